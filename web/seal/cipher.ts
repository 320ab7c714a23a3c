/**
 * Encrypts and decrypts blocks of a payload: on the spot, or beside in a worker that does nothing else. A block's result lies in the
 * buffer that the block lay in, so that a handful of buffers goes round however large a file is.
 */
import { InvalidInput } from "../verify/errors.ts";
import { CHUNK, isEmpty, openChunk, sealChunk, TAG } from "./age.ts";
import { CHUNKS_A_BLOCK, HEADROOM, type Layout } from "./layout.ts";
import { dropped, Native, type Subtle } from "./native.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A block, decrypted as far as its chunks authenticate; `fault` says why there is no more of it. */
export interface Opened {
  readonly data: Bytes;
  readonly fault: string | null;
}

/** Works on blocks of one payload. What it is given may not be used any more. */
export interface Cipher {
  /** The ciphertext of a block that has {@link HEADROOM} bytes before it in its buffer; it begins there. */
  encrypt(block: number, data: Bytes): Promise<Bytes>;
  /** The plaintext of a block's ciphertext. */
  decrypt(block: number, data: Bytes): Promise<Opened>;
}

/** The part of a layout that a cipher takes. */
export type Keyed = Pick<Layout, "key" | "chunks">;

/** Bytes of the ciphertext of so many. */
export function sealedSize(size: number): number {
  return size + Math.ceil(size / CHUNK) * TAG;
}

/** On the spot, by the browser's own cipher where it has one, else by the library: the same bytes, the same faults. */
export class Inline implements Cipher {
  private readonly native: Promise<Native | null>;
  private turn: Promise<unknown>;

  /** @param subtle what may have a cipher; a test gives others */
  constructor(
    private readonly keyed: Keyed,
    subtle: Subtle | undefined = globalThis.crypto?.subtle as Subtle | undefined,
  ) {
    this.native = Native.of(keyed.key, subtle);
    this.turn = this.native;
  }

  encrypt(block: number, data: Bytes): Promise<Bytes> {
    return this.next(async (native) => {
      const out = new Uint8Array(data.buffer, data.byteOffset - HEADROOM, sealedSize(data.length));
      const chunks = this.chunksOf(block, data, CHUNK);
      const asked = chunks.map(({ counter, last, chunk }) => native?.seal(counter, last, chunk));
      let done = 0;
      for (const [at, { counter, last, chunk }] of chunks.entries()) {
        const place = out.subarray(done, done + chunk.length + TAG);
        if (!moved(await asked[at], place)) sealChunk(this.keyed.key, counter, last, chunk, place);
        done += place.length;
      }
      return out;
    });
  }

  decrypt(block: number, data: Bytes): Promise<Opened> {
    return this.next(async (native) => {
      const chunks = this.chunksOf(block, data, CHUNK + TAG);
      const asked = chunks.map(({ counter, last, chunk }) =>
        isEmpty(counter, chunk) ? null : native?.open(counter, last, chunk),
      );
      let done = 0;
      try {
        for (const [at, { counter, last, chunk }] of chunks.entries()) {
          const place = data.subarray(done, done + Math.max(0, chunk.length - TAG));
          if (!moved(await asked[at], place)) openChunk(this.keyed.key, counter, last, chunk, place);
          done += place.length;
        }
      } catch (error) {
        const fault = error instanceof InvalidInput ? error.message : "a chunk does not authenticate";
        return { data: data.subarray(0, done), fault };
      }
      return { data: data.subarray(0, done), fault: null };
    });
  }

  /** Block after block, so that the browser has the chunks of one at a time and no more memory. */
  private next<Made>(work: (native: Native | null) => Promise<Made>): Promise<Made> {
    const made = this.turn.then(async () => work(await this.native));
    this.turn = made.catch(() => {});
    return made;
  }

  /** A block in chunks of that size; of nothing there is one, which is empty. */
  private chunksOf(block: number, data: Bytes, size: number): Chunk[] {
    const chunks: Chunk[] = [];
    for (let from = 0, counter = block * CHUNKS_A_BLOCK; from === 0 || from < data.length; from += size, counter++) {
      chunks.push({ counter, last: counter === this.keyed.chunks - 1, chunk: data.subarray(from, from + size) });
    }
    return chunks;
  }
}

interface Chunk {
  readonly counter: number;
  readonly last: boolean;
  readonly chunk: Bytes;
}

/** Puts what the browser's cipher made into its place; false if it made nothing. No later chunk lies there (`HEADROOM`). */
function moved(made: Bytes | null | undefined, place: Bytes): boolean {
  if (made == null) return false;
  place.set(made);
  dropped(made);
  return true;
}

/** By a port to the worker that does it; blocks are handed over, not copied. */
export class Beside implements Cipher {
  private readonly waiting = new Map<number, { done: (made: Opened) => void; failed: (error: Error) => void }>();

  constructor(
    private readonly port: MessagePort,
    { key, chunks }: Keyed,
  ) {
    port.onmessage = ({ data }: MessageEvent<Worked>) => {
      const asked = this.waiting.get(data.block);
      this.waiting.delete(data.block);
      if ("failed" in data) asked?.failed(new Error(data.failed));
      else asked?.done(data);
    };
    port.postMessage({ key, chunks } satisfies ToWork);
  }

  async encrypt(block: number, data: Bytes): Promise<Bytes> {
    return (await this.ask("encrypt", block, data)).data;
  }

  decrypt(block: number, data: Bytes): Promise<Opened> {
    return this.ask("decrypt", block, data);
  }

  private ask(work: "encrypt" | "decrypt", block: number, data: Bytes): Promise<Opened> {
    return new Promise((done, failed) => {
      this.waiting.set(block, { done, failed });
      this.port.postMessage({ work, block, data } satisfies ToWork, [data.buffer]);
    });
  }
}

/** To the worker: first what keys the payload, then block after block. */
export type ToWork =
  | Keyed
  | { readonly work: "encrypt" | "decrypt"; readonly block: number; readonly data: Uint8Array<ArrayBuffer> };

/** Back from it. */
export type Worked = { readonly block: number } & (Opened | { readonly failed: string });

/** What the worker does, block after block. */
export function workAt(port: MessagePort): void {
  let cipher: Cipher | undefined;
  port.onmessage = async ({ data: asked }: MessageEvent<ToWork>) => {
    if ("key" in asked) {
      cipher = new Inline(asked);
      return;
    }
    if (cipher === undefined) return;
    const { work, block, data } = asked;
    try {
      const made =
        work === "encrypt"
          ? { data: await cipher.encrypt(block, data), fault: null }
          : await cipher.decrypt(block, data);
      port.postMessage({ block, ...made } satisfies Worked, [made.data.buffer]);
    } catch (error) {
      port.postMessage({ block, failed: String(error) } satisfies Worked);
    }
  };
}
