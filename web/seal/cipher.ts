/**
 * Encrypts and decrypts blocks of a payload: on the spot, or beside in a worker that does nothing else. A block's result lies in the
 * buffer that the block lay in, so that a handful of buffers goes round however large a file is.
 */
import { InvalidInput } from "../verify/errors.ts";
import { CHUNK, openChunk, sealChunk, TAG } from "./age.ts";
import { CHUNKS_A_BLOCK, HEADROOM, type Layout } from "./layout.ts";

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

/** As {@link Cipher} does it. */
function encryptBlock({ key, chunks }: Keyed, block: number, data: Bytes): Bytes {
  const out = new Uint8Array(data.buffer, data.byteOffset - HEADROOM, sealedSize(data.length));
  let counter = block * CHUNKS_A_BLOCK;
  for (let from = 0, to = 0; from < data.length; from += CHUNK, to += CHUNK + TAG) {
    const chunk = data.subarray(from, from + CHUNK);
    sealChunk(key, counter, counter === chunks - 1, chunk, out.subarray(to, to + chunk.length + TAG));
    counter++;
  }
  return out;
}

/** As {@link Cipher} does it. */
function decryptBlock({ key, chunks }: Keyed, block: number, data: Bytes): Opened {
  let counter = block * CHUNKS_A_BLOCK;
  let done = 0;
  try {
    for (let from = 0; from === 0 || from < data.length; from += CHUNK + TAG) {
      const chunk = data.subarray(from, from + CHUNK + TAG);
      const size = Math.max(0, chunk.length - TAG);
      openChunk(key, counter, counter === chunks - 1, chunk, data.subarray(done, done + size));
      done += size;
      counter++;
    }
  } catch (error) {
    const fault = error instanceof InvalidInput ? error.message : "a chunk does not authenticate";
    return { data: data.subarray(0, done), fault };
  }
  return { data: data.subarray(0, done), fault: null };
}

/** Bytes of the ciphertext of so many. */
export function sealedSize(size: number): number {
  return size + Math.ceil(size / CHUNK) * TAG;
}

/** On the spot. */
export class Inline implements Cipher {
  constructor(private readonly keyed: Keyed) {}

  async encrypt(block: number, data: Bytes): Promise<Bytes> {
    return encryptBlock(this.keyed, block, data);
  }

  async decrypt(block: number, data: Bytes): Promise<Opened> {
    return decryptBlock(this.keyed, block, data);
  }
}

/** By a port to the worker that does it; blocks are handed over, not copied. */
export class Beside implements Cipher {
  private readonly waiting = new Map<number, (done: Opened) => void>();

  constructor(
    private readonly port: MessagePort,
    { key, chunks }: Keyed,
  ) {
    port.onmessage = ({ data: { block, ...opened } }: MessageEvent<Worked>) => {
      this.waiting.get(block)?.(opened);
      this.waiting.delete(block);
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
    return new Promise((resolve) => {
      this.waiting.set(block, resolve);
      this.port.postMessage({ work, block, data } satisfies ToWork, [data.buffer]);
    });
  }
}

/** To the worker: first what keys the payload, then block after block. */
export type ToWork =
  | Keyed
  | { readonly work: "encrypt" | "decrypt"; readonly block: number; readonly data: Uint8Array<ArrayBuffer> };

/** Back from it. */
export type Worked = Opened & { readonly block: number };

/** What the worker does, block after block. */
export function workAt(port: MessagePort): void {
  let keyed: Keyed | undefined;
  port.onmessage = ({ data: asked }: MessageEvent<ToWork>) => {
    if ("key" in asked) {
      keyed = asked;
      return;
    }
    if (keyed === undefined) return;
    const { work, block, data } = asked;
    const made =
      work === "encrypt" ? { data: encryptBlock(keyed, block, data), fault: null } : decryptBlock(keyed, block, data);
    port.postMessage({ block, ...made } satisfies Worked, [made.data.buffer]);
  };
}
