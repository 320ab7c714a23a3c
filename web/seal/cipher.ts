/** Encrypts blocks of a payload: on the spot, or beside in a worker that does nothing else. */
import { CHUNK, sealChunk, TAG } from "./age.ts";
import { BLOCK, type Layout } from "./layout.ts";

/** Encrypts the blocks of one payload. */
export interface Cipher {
  /** The block's ciphertext. What it is given may not be used any more. */
  encrypt(block: number, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Ciphertext that is used no more: its room may be used again. */
  free(sealed: Uint8Array<ArrayBuffer>): void;
}

/** The part of a layout that encrypting takes. */
export type Keyed = Pick<Layout, "key" | "plain">;

/** Block `at` of a payload into `out`. */
export function encryptBlock({ key, plain }: Keyed, at: number, data: Uint8Array, out: Uint8Array): void {
  for (let from = 0, to = 0; from < data.length; from += CHUNK) {
    const chunk = data.subarray(from, from + CHUNK);
    const start = at * BLOCK + from;
    sealChunk(key, start / CHUNK, start + chunk.length === plain, chunk, out.subarray(to, to + chunk.length + TAG));
    to += chunk.length + TAG;
  }
}

/** Bytes of the ciphertext of so many. */
export function sealedSize(size: number): number {
  return size + Math.ceil(size / CHUNK) * TAG;
}

/** On the spot. */
export class Inline implements Cipher {
  constructor(private readonly layout: Keyed) {}

  async encrypt(block: number, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const out = new Uint8Array(sealedSize(data.length));
    encryptBlock(this.layout, block, data, out);
    return out;
  }

  free(): void {}
}

/** By a port to the worker that encrypts; blocks are handed over, not copied. */
export class Beside implements Cipher {
  private readonly waiting = new Map<number, (sealed: Uint8Array<ArrayBuffer>) => void>();
  private readonly spare: ArrayBuffer[] = [];

  constructor(
    private readonly port: MessagePort,
    { key, plain }: Keyed,
  ) {
    port.onmessage = ({ data }: MessageEvent<Encrypted>) => {
      this.waiting.get(data.block)?.(data.sealed);
      this.waiting.delete(data.block);
    };
    port.postMessage({ key, plain } satisfies ToEncrypt);
  }

  encrypt(block: number, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve) => {
      this.waiting.set(block, resolve);
      const room = this.spare.pop();
      const message: ToEncrypt = room === undefined ? { block, data } : { block, data, room };
      this.port.postMessage(message, room === undefined ? [data.buffer] : [data.buffer, room]);
    });
  }

  free(sealed: Uint8Array<ArrayBuffer>): void {
    this.spare.push(sealed.buffer);
  }
}

/** To the worker: first what keys the payload, then block after block, with room for the ciphertext if there is any. */
export type ToEncrypt =
  | Keyed
  | { readonly block: number; readonly data: Uint8Array<ArrayBuffer>; readonly room?: ArrayBuffer };

/** Back from it. */
export type Encrypted = { readonly block: number; readonly sealed: Uint8Array<ArrayBuffer> };
