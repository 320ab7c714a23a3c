/**
 * Opening: from the committed file and its two keys to documents, or to a fault (docs/formats/sealed-bid.md, "Opening"). The file
 * is read once, block by block, and its digest taken on the way. Nothing of it may be acted upon before the promise is fulfilled.
 */
import { concat, equal, fromBigEndian } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import { CHUNK, fits, type Header, TAG as MAC, payloadKey, readHeader } from "./age.ts";
import { type Cipher, Inline, type Keyed, type Opened } from "./cipher.ts";
import { BidFault } from "./faults.ts";
import { formRoot } from "./form.ts";
import { type Hasher, hashers, type MakeHasher } from "./hasher.ts";
import { type BidIdentity, identityDigest, sameIdentity } from "./identity.ts";
import { BLOCK, CHUNKS_A_BLOCK, HEADROOM } from "./layout.ts";
import { type BidKeys, type Recipients, unlock } from "./locks.ts";
import { LARGEST, type Manifest, readManifest, TAG } from "./manifest.ts";
import { paddedSize } from "./padding.ts";
import { Reading } from "./reading.ts";
import { AHEAD, type Watch } from "./sealing.ts";

/** What is known of a bid before it is opened: from ledger and notice. */
export interface Committed {
  readonly identity: BidIdentity;
  readonly openingKey: Uint8Array;
  readonly recipients: Recipients;
  readonly digest: Uint8Array;
  readonly size: number;
  readonly formRoot: Uint8Array;
}

/**
 * Takes the documents' bytes as they come; they are there until its promise is fulfilled. What it was given is worth nothing if the
 * opening fails.
 */
export type TakeDocument = (document: number, bytes: Uint8Array) => void | Promise<void>;

const PIECE = BLOCK + HEADROOM;

/** Makes what decrypts a payload. */
export type MakeCipher = (keyed: Keyed) => Cipher;

const onTheSpot: MakeCipher = (keyed) => new Inline(keyed);

/** Opens a sealed bid. Throws BidFault. */
export async function openBid(
  file: Blob,
  committed: Committed,
  keys: BidKeys,
  take: TakeDocument = () => {},
): Promise<Manifest> {
  const { identity, openingKey, recipients } = committed;
  const keyOf = (header: Header) => unlock(header, identity, openingKey, recipients, keys);
  return openWith(new Pieces(file, await hashers()), keyOf, committed, onTheSpot, take);
}

/**
 * Checks a file just sealed with what its maker still has: that it is the file, and opens to what was sealed. Null if it was
 * stopped. Throws BidFault.
 */
export async function checkSealed(
  file: Blob,
  committed: Committed,
  fileKey: Uint8Array,
  makeCipher: MakeCipher = onTheSpot,
  watch: Watch = {},
): Promise<Manifest | null> {
  const keyOf = (header: Header) => {
    if (!fits(header, fileKey)) throw new BidFault("bad_ciphertext", "the header's MAC does not match");
    return fileKey;
  };
  try {
    return await openWith(new Pieces(file, await hashers(), watch), keyOf, committed, makeCipher, () => {});
  } catch (error) {
    if (error instanceof Stopped) return null;
    throw error;
  }
}

/** Whatever goes wrong, the rest is read as well: the bidder is blamed only for the file that was committed. */
async function openWith(
  pieces: Pieces,
  keyOf: (header: Header) => Uint8Array,
  committed: Committed,
  makeCipher: MakeCipher,
  take: TakeDocument,
): Promise<Manifest> {
  const wrong = () => new BidFault("wrong_file", "the file at hand is not the committed one");
  if (pieces.file.size !== committed.size) throw wrong();
  let found: Manifest | BidFault;
  try {
    found = await opened(pieces, keyOf, committed, makeCipher, take);
  } catch (error) {
    if (!(error instanceof BidFault)) throw error;
    found = error;
  }
  if (!equal(await pieces.digest(), committed.digest)) throw wrong();
  if (found instanceof BidFault) throw found;
  return found;
}

async function opened(
  pieces: Pieces,
  keyOf: (header: Header) => Uint8Array,
  committed: Committed,
  makeCipher: MakeCipher,
  take: TakeDocument,
): Promise<Manifest> {
  const header = await headerOf(pieces.file);
  const fileKey = keyOf(header);
  await pieces.take(header.size, new ArrayBuffer(header.size));
  const plain = new Plain(pieces, payloadKey(fileKey, await pieces.take(16, new ArrayBuffer(16))), makeCipher);
  const manifest = await manifestOf(plain, committed);
  for (const [at, { name, size, digest }] of manifest.documents.entries()) {
    const hasher = pieces.make();
    await plain.through(size, "bad_document", async (bytes) => {
      hasher.update(bytes);
      await take(at, bytes);
    });
    if (!equal(hasher.digest(), digest)) throw new BidFault("bad_document", `${name} is not what the manifest says`);
  }
  await plain.through(paddedSize(plain.taken) - plain.taken, "bad_padding", (bytes) => {
    if (bytes.some((byte) => byte !== 0)) throw new BidFault("bad_padding", "the padding is not of zeros");
  });
  if (await plain.more()) throw new BidFault("bad_padding", "bytes behind the padding");
  return manifest;
}

/** The header of a sealed file. Throws BidFault. */
export async function headerOf(file: Blob): Promise<Header> {
  try {
    return readHeader(new Uint8Array(await file.slice(0, 4096).arrayBuffer()));
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    throw new BidFault("bad_header", error.message);
  }
}

async function manifestOf(plain: Plain, committed: Committed): Promise<Manifest> {
  const start = await plain.bytes(TAG.length + 4);
  const length = fromBigEndian(start.subarray(TAG.length));
  if (!equal(start.subarray(0, TAG.length), TAG) || length === 0 || length > LARGEST) {
    throw new BidFault("bad_manifest", "the plaintext does not start as a bid of version 1");
  }
  const data = await plain.bytes(length);
  let manifest: Manifest;
  try {
    manifest = readManifest(data);
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    throw new BidFault("bad_manifest", error.message);
  }
  if (!sameIdentity(manifest.identity, committed.identity))
    throw new BidFault("foreign", "the manifest names another bid");
  if (!equal(formRoot(manifest.form, identityDigest(committed.identity)), committed.formRoot)) {
    throw new BidFault("wrong_form", "not the committed opening form");
  }
  return manifest;
}

/** Somebody asked to stop. */
class Stopped extends Error {}

/** The file as it lies, read once; its digest is taken on the way. */
class Pieces {
  private at = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly reading: Reading;
  private readonly hasher: Hasher;

  constructor(
    readonly file: Blob,
    readonly make: MakeHasher,
    private readonly watch: Watch = {},
  ) {
    this.reading = new Reading(file);
    this.hasher = make();
  }

  /** Bytes that are left. */
  get left(): number {
    return this.file.size - this.at;
  }

  /** The next `size` bytes, or what is left, into `room`, which moves to them. */
  take(size: number, room: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> {
    const next = this.turn.then(() => this.read(size, room)); // one piece is read after the other
    this.turn = next.catch(() => {});
    return next;
  }

  private async read(size: number, room: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> {
    if (await this.watch.stopped?.()) throw new Stopped();
    const wanted = Math.min(size, this.left);
    const piece = await this.reading.next(new Uint8Array(room, 0, wanted));
    if (piece.length < wanted) throw new BidFault("wrong_file", "the file ended while it was read");
    this.at += piece.length;
    this.hasher.update(piece);
    this.watch.told?.(this.at);
    return piece;
  }

  /** SHA-256 of the whole file. */
  async digest(): Promise<Uint8Array> {
    let room = new ArrayBuffer(PIECE);
    while (this.left > 0) room = (await this.take(PIECE, room)).buffer;
    return this.hasher.digest();
  }
}

/** The plaintext, block by block; `taken` is how many bytes were given out. */
class Plain {
  taken = 0;
  private held: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  private fault: string | null = null;
  private block = 0;
  private readonly blocks: number;
  private readonly cipher: Cipher;
  private readonly coming: Promise<Opened>[] = [];
  private readonly rooms: ArrayBuffer[] = [];

  constructor(
    private readonly pieces: Pieces,
    key: Uint8Array,
    makeCipher: MakeCipher,
  ) {
    const chunks = Math.max(1, Math.ceil(pieces.left / (CHUNK + MAC)));
    this.blocks = Math.ceil(chunks / CHUNKS_A_BLOCK);
    this.cipher = makeCipher({ key, chunks });
  }

  /** True if anything is left. Throws BidFault if what comes next does not authenticate. */
  async more(): Promise<boolean> {
    while (this.held.length === 0) {
      if (this.fault !== null) throw new BidFault("bad_ciphertext", this.fault);
      if (this.block === this.blocks && this.coming.length === 0) return false;
      await this.next();
    }
    return true;
  }

  /** The next `size` bytes, in pieces. Throws BidFault of that kind if they are not there. */
  async through(
    size: number,
    kind: "bad_document" | "bad_padding" | "bad_manifest",
    told: (bytes: Uint8Array) => void | Promise<void>,
  ): Promise<void> {
    let left = size;
    while (left > 0) {
      if (!(await this.more())) throw new BidFault(kind, "the plaintext is cut off");
      const piece = this.held.subarray(0, left);
      this.taken += piece.length;
      left -= piece.length;
      await told(piece);
      this.held = this.held.subarray(piece.length);
    }
  }

  /** The next `size` bytes at once. */
  async bytes(size: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    await this.through(size, "bad_manifest", (bytes) => {
      parts.push(bytes.slice());
    });
    return concat(...parts);
  }

  private async next(): Promise<void> {
    if (this.held.buffer.byteLength === PIECE) this.rooms.push(this.held.buffer);
    while (this.coming.length < AHEAD && this.block < this.blocks) {
      const next = this.open(this.block++);
      next.catch(() => {}); // told when its turn comes
      this.coming.push(next);
    }
    const { data, fault } = (await this.coming.shift()) ?? { data: new Uint8Array(0), fault: null };
    if (data.length === 0 && fault === null) throw new BidFault("bad_manifest", "there is nothing in it");
    this.held = data;
    this.fault = fault;
  }

  private async open(block: number): Promise<Opened> {
    const room = this.rooms.pop() ?? new ArrayBuffer(PIECE);
    return this.cipher.decrypt(block, await this.pieces.take(PIECE, room));
  }
}
