/** The few forms of Solidity's ABI that our contracts' answers have, read strictly. */
import { concat, fromBigEndian, fromUtf8, keccak256, utf8 } from "./bytes.ts";
import { Unavailable } from "./errors.ts";

/** Call data: selector and arguments of fixed size, `bytes…` left in their words. */
export function callData(signature: string, ...values: readonly Uint8Array[]): Uint8Array {
  const words = values.map((value) => concat(value, new Uint8Array(32 - value.length)));
  return concat(selector(signature), ...words);
}

/** The first 4 bytes of the signature's Keccak-256: of a function, or of a custom error. */
export function selector(signature: string): Uint8Array {
  return keccak256(utf8(signature)).subarray(0, 4);
}

/** One answer, read by places counted in bytes from its beginning. Throws Unavailable where it is not what it must be. */
export class AbiReader {
  constructor(private readonly data: Uint8Array) {
    if (data.length % 32 !== 0) throw odd("not whole words");
  }

  /** The 32 bytes at a place. */
  word(at: number): Uint8Array {
    if (at + 32 > this.data.length) throw odd("cut short");
    return this.data.slice(at, at + 32);
  }

  /** A number of that many bits; Infinity from 2^53 on. */
  number(at: number, bits: number): number {
    const word = this.word(at);
    if (word.subarray(0, 32 - bits / 8).some((byte) => byte !== 0)) throw odd(`a number beyond ${bits} bits`);
    return fromBigEndian(word);
  }

  /** `bytes18` and the like: the rest of the word must be zero. */
  left(at: number, size: number): Uint8Array {
    const word = this.word(at);
    if (word.subarray(size).some((byte) => byte !== 0)) throw odd("a word with filled padding");
    return word.subarray(0, size);
  }

  /** Where the part begins whose offset, counted from `base`, stands at a place. */
  offset(at: number, base: number): number {
    const found = base + this.number(at, 256);
    if (!(found + 32 <= this.data.length)) throw odd("an offset beyond the end");
    return found;
  }

  /** `bytes`, whose length stands at a place. */
  bytes(at: number): Uint8Array {
    const size = this.number(at, 256);
    const padded = Math.ceil(size / 32) * 32;
    if (!(at + 32 + padded <= this.data.length)) throw odd("bytes beyond the end");
    if (this.data.subarray(at + 32 + size, at + 32 + padded).some((byte) => byte !== 0)) throw odd("filled padding");
    return this.data.slice(at + 32, at + 32 + size);
  }

  /** `string`, as {@link bytes}. */
  text(at: number): string {
    const found = fromUtf8(this.bytes(at));
    if (found === null) throw odd("text that is not UTF-8");
    return found;
  }

  /** Places of the items of an array, each `words` long, whose length stands at a place. */
  items(at: number, words: number): number[] {
    const count = this.number(at, 256);
    if (!(at + 32 + 32 * words * count <= this.data.length)) throw odd("an array beyond the end");
    return Array.from({ length: count }, (_, item) => at + 32 + 32 * words * item);
  }
}

function odd(why: string): Unavailable {
  return new Unavailable(`a contract's answer is not what it must be: ${why}`, "ledger.answer");
}
