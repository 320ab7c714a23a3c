/**
 * Sealing: from documents on the bidder's device to one sealed file, in constant memory, stopped and gone on with at any time.
 *
 * Each block has its place in the file and its own nonces, so what is written already is read again, hashed and kept, and the
 * rest is made; whoever goes on after a crash has the outcome checked (`checkSealed`), for a disk may have lost what it had. A document that changed since its digest was taken is noticed; the file is worth nothing then, and neither are
 * its secrets: they must not encrypt anything else.
 */
import { equal } from "../verify/bytes.ts";
import { CHUNK, sealChunk, TAG } from "./age.ts";
import type { Hashing } from "./hashing.ts";
import { BLOCK, type Layout, placeOf } from "./layout.ts";
import { changed, readPlain } from "./plaintext.ts";

/** Where the file goes. As FileSystemSyncAccessHandle, which is one. */
export interface Sink {
  getSize(): number;
  read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(data: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
}

/** How it goes on. */
export interface Watch {
  /** Told how many bytes of the plaintext are done. */
  readonly told?: (done: number) => void;
  /** True if it is to stop; what is written stays. */
  readonly stopped?: () => boolean;
}

/** What a commitment says of the file. */
export interface SealedFile {
  readonly digest: Uint8Array;
  readonly size: number;
}

/**
 * Makes the file, or what is missing of it. Null if it was stopped.
 *
 * Throws InvalidInput (`bid.changed`) if a document is not what the manifest says.
 */
export async function sealInto(
  layout: Layout,
  sources: readonly Blob[],
  sink: Sink,
  hashing: Hashing,
  { told = () => {}, stopped = () => false }: Watch = {},
): Promise<SealedFile | null> {
  const whole = keptBlocks(layout, sink);
  write(sink, layout.start, 0);
  await hashing.cipher(layout.start.slice());
  const blocks = Math.ceil(layout.plain / BLOCK);
  const piece = (at: number) => readPlain(layout, sources, at * BLOCK, Math.min((at + 1) * BLOCK, layout.plain));
  let coming = piece(0);
  for (let at = 0; at < blocks; at++) {
    if (stopped()) {
      sink.flush();
      coming.catch(() => {});
      return null;
    }
    const { data, cuts } = await coming;
    if (at + 1 < blocks) coming = piece(at + 1);
    const size = data.length + Math.ceil(data.length / CHUNK) * TAG;
    const sealed = hashing.room(size);
    if (at < whole) sink.read(sealed, { at: placeOf(layout, at) });
    else {
      encrypt(layout, at, data, sealed);
      write(sink, sealed, placeOf(layout, at));
    }
    await Promise.all([hashing.plain(data, cuts), hashing.cipher(sealed)]);
    told(Math.min((at + 1) * BLOCK, layout.plain));
  }
  sink.flush();
  const { documents, file } = await hashing.finish();
  for (const [at, { name, digest }] of layout.documents.entries()) {
    const found = documents[at];
    if (found === undefined || !equal(found, digest)) throw changed(name);
  }
  return { digest: file, size: layout.size };
}

/** Blocks that lie whole in the sink; what is beyond them is cut off. */
function keptBlocks(layout: Layout, sink: Sink): number {
  const start = new Uint8Array(layout.start.length);
  const size = sink.getSize();
  if (
    size < start.length ||
    size > layout.size ||
    sink.read(start, { at: 0 }) !== start.length ||
    !equal(start, layout.start)
  ) {
    sink.truncate(0);
    return 0;
  }
  if (size === layout.size) return Math.ceil(layout.plain / BLOCK);
  const whole = Math.floor((size - layout.start.length) / (placeOf(layout, 1) - placeOf(layout, 0)));
  sink.truncate(placeOf(layout, whole));
  return whole;
}

function encrypt(layout: Layout, block: number, data: Uint8Array, out: Uint8Array): void {
  for (let from = 0, to = 0; from < data.length; from += CHUNK) {
    const chunk = data.subarray(from, from + CHUNK);
    const counter = (block * BLOCK + from) / CHUNK;
    const last = block * BLOCK + from + chunk.length === layout.plain;
    sealChunk(layout.key, counter, last, chunk, out.subarray(to, to + chunk.length + TAG));
    to += chunk.length + TAG;
  }
}

function write(sink: Sink, data: Uint8Array, at: number): void {
  let done = 0;
  while (done < data.length) {
    const rest = data.subarray(done) as Uint8Array<ArrayBuffer>;
    const written = sink.write(rest, { at: at + done });
    if (written === 0) throw new Error("the browser has no room left for the sealed file");
    done += written;
  }
}

/** A sink in memory: for small files, and where there are no files. */
export class Memory implements Sink {
  private data = new Uint8Array(0);

  /** What was written. */
  bytes(): Uint8Array {
    return this.data;
  }

  getSize(): number {
    return this.data.length;
  }

  read(into: Uint8Array, { at }: { at: number }): number {
    const found = this.data.subarray(at, at + into.length);
    into.set(found);
    return found.length;
  }

  write(data: Uint8Array, { at }: { at: number }): number {
    if (at + data.length > this.data.length) this.truncate(at + data.length);
    this.data.set(data, at);
    return data.length;
  }

  truncate(size: number): void {
    const next = new Uint8Array(size);
    next.set(this.data.subarray(0, size));
    this.data = next;
  }

  flush(): void {}
}
