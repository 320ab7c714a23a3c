/** The digests that are taken while a bid is sealed: of each document as it was encrypted, and of the file as it was written. */
import { hashers, type MakeHasher } from "./hasher.ts";
import type { Cut } from "./plaintext.ts";

/** What was hashed. */
export interface Digests {
  readonly documents: readonly Uint8Array[];
  readonly file: Uint8Array;
}

/** Takes what goes through, in order, and may keep it. A promise says when more may come. */
export interface Hashing {
  /** Bytes to write ciphertext into; what stood in them before means nothing. */
  room(size: number): Uint8Array<ArrayBuffer>;
  plain(data: Uint8Array, cuts: readonly Cut[]): void | Promise<void>;
  cipher(data: Uint8Array): void | Promise<void>;
  finish(): Promise<Digests>;
}

/** Hashes on the spot. */
export class Inline implements Hashing {
  private readonly documents: Uint8Array[] = [];
  private readonly file;
  private current;

  constructor(private readonly make: MakeHasher) {
    this.file = make();
    this.current = make();
  }

  room(size: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(size);
  }

  plain(data: Uint8Array, cuts: readonly Cut[]): void {
    for (const { document, from, to, ends } of cuts) {
      this.current.update(data.subarray(from, to));
      if (!ends) continue;
      this.documents[document] = this.current.digest();
      this.current = this.make();
    }
  }

  cipher(data: Uint8Array): void {
    this.file.update(data);
  }

  async finish(): Promise<Digests> {
    return { documents: this.documents, file: this.file.digest() };
  }
}

const PIECE = 2 ** 22;

/** SHA-256 of a file, read piece by piece; `told` hears how many bytes more were read. */
export async function digestOf(file: Blob, told: (bytes: number) => void = () => {}): Promise<Uint8Array> {
  const hasher = (await hashers())();
  for (let from = 0; from < file.size; from += PIECE) {
    const piece = new Uint8Array(await file.slice(from, from + PIECE).arrayBuffer());
    hasher.update(piece);
    told(piece.length);
  }
  return hasher.digest();
}
