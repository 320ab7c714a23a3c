/**
 * Opening: from the committed file and its two keys to documents, or to a fault (docs/formats/sealed-bid.md, "Opening"). The file
 * is read once, block by block. Nothing of it may be acted upon before the promise is fulfilled.
 */
import { concat, equal, fromBigEndian } from "../verify/bytes.ts";
import { InvalidInput, YinxinError } from "../verify/errors.ts";
import { CHUNK, fits, type Header, TAG as MAC, openChunk, payloadKey, readHeader } from "./age.ts";
import { BidFault } from "./faults.ts";
import { formRoot } from "./form.ts";
import { type Hasher, hashers, type MakeHasher } from "./hasher.ts";
import { type BidIdentity, identityDigest, sameIdentity } from "./identity.ts";
import { type BidKeys, type Recipients, unlock } from "./locks.ts";
import { LARGEST, type Manifest, readManifest, TAG } from "./manifest.ts";
import { paddedSize } from "./padding.ts";

/** What is known of a bid before it is opened: from ledger and notice. */
export interface Committed {
  readonly identity: BidIdentity;
  readonly openingKey: Uint8Array;
  readonly recipients: Recipients;
  readonly digest: Uint8Array;
  readonly size: number;
  readonly formRoot: Uint8Array;
}

/** Takes the documents' bytes as they come; what it was given is worth nothing if the opening fails. */
export type TakeDocument = (document: number, bytes: Uint8Array) => void | Promise<void>;

const PIECE = 16 * (CHUNK + MAC);

/** Opens a sealed bid. Throws BidFault. */
export async function openBid(
  file: Blob,
  committed: Committed,
  keys: BidKeys,
  take: TakeDocument = () => {},
): Promise<Manifest> {
  const make = await hashers();
  await checkFile(file, committed, make());
  const header = await headerOf(file);
  const { identity, openingKey, recipients } = committed;
  return openWith(file, header, unlock(header, identity, openingKey, recipients, keys), committed, make, take);
}

/** Checks a file just sealed with what its maker still has: that it is the file, and opens to what was sealed. Throws BidFault. */
export async function checkSealed(file: Blob, committed: Committed, fileKey: Uint8Array): Promise<Manifest> {
  const make = await hashers();
  await checkFile(file, committed, make());
  const header = await headerOf(file);
  if (!fits(header, fileKey)) throw new BidFault("bad_ciphertext", "the header's MAC does not match");
  return openWith(file, header, fileKey, committed, make, () => {});
}

async function openWith(
  file: Blob,
  header: Header,
  fileKey: Uint8Array,
  committed: Committed,
  make: MakeHasher,
  take: TakeDocument,
): Promise<Manifest> {
  const plain = new Plain(file, header.size, fileKey);
  const manifest = await manifestOf(plain, committed);
  for (const [at, { name, size, digest }] of manifest.documents.entries()) {
    const hasher = make();
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

async function checkFile(file: Blob, committed: Committed, hasher: Hasher): Promise<void> {
  for (let from = 0; from < file.size; from += PIECE) {
    hasher.update(new Uint8Array(await file.slice(from, from + PIECE).arrayBuffer()));
  }
  if (file.size !== committed.size || !equal(hasher.digest(), committed.digest)) {
    throw new BidFault("wrong_file", "the file at hand is not the committed one");
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

/** The plaintext, chunk by chunk; `taken` is how many bytes were given out. */
class Plain {
  taken = 0;
  private held = new Uint8Array(0);
  private read = new Uint8Array(0);
  private at: number;
  private counter = 0;
  private key: Uint8Array | null = null;

  constructor(
    private readonly file: Blob,
    start: number,
    private readonly fileKey: Uint8Array,
  ) {
    this.at = start;
  }

  /** True if anything is left. */
  async more(): Promise<boolean> {
    while (this.held.length === 0) {
      if (this.key !== null && this.at === this.file.size && this.read.length === 0) return false;
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
      this.held = this.held.subarray(piece.length);
      this.taken += piece.length;
      left -= piece.length;
      await told(piece);
    }
  }

  /** The next `size` bytes at once. */
  async bytes(size: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    await this.through(size, "bad_manifest", (bytes) => {
      parts.push(bytes);
    });
    return concat(...parts);
  }

  private async next(): Promise<void> {
    if (this.key === null) this.key = payloadKey(this.fileKey, await this.fetch(16));
    if (this.read.length === 0) this.read = await this.fetch(PIECE);
    const chunk = this.read.subarray(0, CHUNK + MAC);
    this.read = this.read.subarray(chunk.length);
    const last = this.at === this.file.size && this.read.length === 0;
    try {
      this.held = openChunk(this.key, this.counter++, last, chunk) as Uint8Array<ArrayBuffer>;
    } catch (error) {
      throw new BidFault(
        "bad_ciphertext",
        error instanceof InvalidInput ? error.message : "a chunk does not authenticate",
      );
    }
    if (last && this.held.length === 0) throw new BidFault("bad_manifest", "there is nothing in it");
  }

  private async fetch(size: number): Promise<Uint8Array<ArrayBuffer>> {
    const from = this.at;
    this.at = Math.min(this.file.size, from + size);
    return new Uint8Array(await this.file.slice(from, this.at).arrayBuffer());
  }
}
