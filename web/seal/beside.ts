/** Digests taken by another worker: pieces are handed over, not copied, and at most a few are on their way. */
import type { Digests, Hashing } from "./hashing.ts";
import type { Taken, Through } from "./messages.ts";
import type { Cut } from "./plaintext.ts";

const MOST = 4; // pieces of a megabyte

/** By a port to the worker that hashes. What it is given may not be used any more. */
export class Beside implements Hashing {
  private away = 0;
  private waiting: (() => void)[] = [];
  private readonly spare: ArrayBuffer[] = [];
  private finished: (digests: Digests) => void = () => {};

  constructor(private readonly port: MessagePort) {
    port.onmessage = ({ data }: MessageEvent<Taken>) => {
      if ("digests" in data) {
        this.finished(data.digests);
        return;
      }
      this.away--;
      if (data.back !== undefined) this.spare.push(data.back);
      for (const free of this.waiting.splice(0)) free();
    };
  }

  room(size: number): Uint8Array<ArrayBuffer> {
    while (this.spare.length > 0) {
      const found = this.spare.pop();
      if (found?.byteLength === size) return new Uint8Array(found);
    }
    return new Uint8Array(size);
  }

  plain(data: Uint8Array, cuts: readonly Cut[]): Promise<void> {
    return this.send({ plain: data, cuts }, data);
  }

  cipher(data: Uint8Array): Promise<void> {
    return this.send({ cipher: data }, data);
  }

  finish(): Promise<Digests> {
    return new Promise((resolve) => {
      this.finished = resolve;
      this.port.postMessage({ finish: true } satisfies Through);
    });
  }

  private async send(message: Through, data: Uint8Array): Promise<void> {
    this.away++;
    this.port.postMessage(message, [data.buffer]);
    while (this.away >= MOST) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }
}
