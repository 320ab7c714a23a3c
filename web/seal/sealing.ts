/**
 * Sealing: from documents on the bidder's device to one sealed file, in constant memory, stopped and gone on with at any time.
 *
 * Each block has its place in the file and its own nonces, so what is written already is read again, hashed and kept, and the
 * rest is made. Whoever has a file made has it checked before it is used (`checkSealed`): that finds a document that changed
 * since its digest was taken, and what a disk lost in a crash. Such a file is worth nothing, and neither are its secrets: they
 * must not encrypt anything else.
 */
import { equal } from "../verify/bytes.ts";
import { type Cipher, sealedSize } from "./cipher.ts";
import type { Hasher } from "./hasher.ts";
import { BLOCK, type Layout, placeOf } from "./layout.ts";
import { Plaintext } from "./plaintext.ts";

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
  /** True if it is to stop; what is written stays. Asked at each block; a promise can let a message be heard before it answers. */
  readonly stopped?: () => boolean | Promise<boolean>;
}

/** What a commitment says of the file. */
export interface SealedFile {
  readonly digest: Uint8Array;
  readonly size: number;
}

/** Blocks that are read and encrypted while the start is made, one is written, or the disk is waited for. */
export const AHEAD = 24;

const FLUSHED = 16; // blocks after which the disk is waited for, while others are encrypted; to wait once at the end is idle time

/**
 * Makes the file, or what is missing of it. Null if it was stopped.
 *
 * Throws InvalidInput (`bid.changed`) if a document has another size than the manifest says, and what the layout's start throws.
 */
export async function sealInto(
  layout: Layout,
  sources: readonly Blob[],
  sink: Sink,
  hasher: Hasher,
  cipher: Cipher,
  { told = () => {}, stopped = () => false }: Watch = {},
): Promise<SealedFile | null> {
  const whole = keptBlocks(layout, sink);
  const plaintext = new Plaintext(layout, sources, whole);
  const blocks = Math.ceil(layout.plain / BLOCK);
  const rooms: ArrayBuffer[] = [];
  let reading: Promise<unknown> = Promise.resolve();
  const make = async (at: number): Promise<Uint8Array<ArrayBuffer>> => {
    const room = rooms.pop() ?? new ArrayBuffer(sealedSize(BLOCK));
    if (at < whole) return kept(layout, sink, at, room);
    const next = reading.then(() => plaintext.next(room)); // one block is read after the other
    reading = next;
    return cipher.encrypt(at, await next);
  };
  const coming: Promise<Uint8Array<ArrayBuffer>>[] = [];
  for (let at = 0, asked = 0; at < blocks; at++) {
    for (; asked < Math.min(blocks, at + AHEAD); asked++) {
      const next = make(asked);
      next.catch(() => {}); // told when its turn comes
      coming.push(next);
    }
    if (at === 0) {
      await reading; // all that may be encrypted now is handed over; the start takes this thread for itself
      const start = layout.start();
      write(sink, start, 0);
      hasher.update(start);
    }
    if (await stopped()) {
      sink.flush();
      return null;
    }
    const sealed = (await coming.shift()) ?? new Uint8Array(0);
    hasher.update(sealed);
    if (at >= whole) write(sink, sealed, placeOf(layout, at));
    if (at >= whole && at % FLUSHED === 0) sink.flush();
    rooms.push(sealed.buffer);
    told(Math.min((at + 1) * BLOCK, layout.plain));
  }
  sink.flush();
  return { digest: hasher.digest(), size: layout.size };
}

/** A block that the sink holds already. */
function kept(layout: Layout, sink: Sink, at: number, room: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const size = Math.min(placeOf(layout, at + 1), layout.size) - placeOf(layout, at);
  const data = new Uint8Array(room, 0, size);
  sink.read(data, { at: placeOf(layout, at) });
  return data;
}

/** Blocks that lie whole in the sink; what is beyond them is cut off. */
function keptBlocks(layout: Layout, sink: Sink): number {
  const start = new Uint8Array(layout.startSize);
  const size = sink.getSize();
  if (
    size < start.length ||
    size > layout.size ||
    sink.read(start, { at: 0 }) !== start.length ||
    !equal(start, layout.start())
  ) {
    sink.truncate(0);
    return 0;
  }
  if (size === layout.size) return Math.ceil(layout.plain / BLOCK);
  const whole = Math.floor((size - layout.startSize) / (placeOf(layout, 1) - placeOf(layout, 0)));
  sink.truncate(placeOf(layout, whole));
  return whole;
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
