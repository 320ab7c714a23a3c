/**
 * ZLIB (RFC 1950) over DEFLATE (RFC 1951), bounded and strict: never more bytes than asked for, the check sum must hold,
 * and nothing may follow. Written here because DecompressionStream differs between engines in what it lets follow.
 */
import { byteAt } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";

const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
];
const LENGTH_BASE = [...LENGTHS, 227, 258];
const LENGTH_BITS = LENGTH_BASE.map((_, at) => (at < 8 || at === 28 ? 0 : (at >> 2) - 1));
const DISTANCE_BASE = Array.from({ length: 30 }, (_, at) =>
  at < 4 ? at + 1 : ((2 + (at & 1)) << ((at >> 1) - 1)) + 1,
);
const DISTANCE_BITS = Array.from({ length: 30 }, (_, at) => (at < 4 ? 0 : (at >> 1) - 1));
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LONGEST_CODE = 15;

/** A canonical Huffman code: how many codes of each length, and the symbols in the order of their codes. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/** The bytes that `data` holds; throws InvalidInput unless it is ZLIB data of at most `limit` bytes and no more. */
export function inflate(data: Uint8Array, limit: number): Uint8Array {
  const header = (byteAt(data, 0) << 8) | byteAt(data, 1);
  const dictionary = (header & 0x20) !== 0;
  if (data.length < 6 || (header & 0x0f00) !== 0x0800 || header >> 12 > 7 || header % 31 !== 0 || dictionary) {
    throw bad("not ZLIB data");
  }
  const bits = new Bits(data.subarray(0, data.length - 4), 2);
  const out = new Output(limit);
  let last = false;
  while (!last) {
    last = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 0) stored(bits, out);
    else if (kind === 1) block(bits, out, FIXED, FIXED_DISTANCES);
    else if (kind === 2) block(bits, out, ...dynamic(bits));
    else throw bad("an unknown kind of block");
  }
  if (!bits.isAtEnd()) throw bad("bytes after its end");
  const found = out.bytes();
  const sum = data.subarray(data.length - 4).reduce((value, byte) => value * 256 + byte, 0);
  if (adler32(found) !== sum) throw bad("its check sum does not hold");
  return found;
}

class Bits {
  private held = 0;
  private count = 0;

  constructor(
    private readonly data: Uint8Array,
    private at: number,
  ) {}

  take(wanted: number): number {
    while (this.count < wanted) {
      if (this.at >= this.data.length) throw bad("cut short");
      this.held |= byteAt(this.data, this.at++) << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << wanted) - 1);
    this.held >>>= wanted;
    this.count -= wanted;
    return value;
  }

  /** Forget what is left of a byte; then `size` whole bytes. */
  whole(size: number): Uint8Array {
    this.held = 0;
    this.count = 0;
    if (size > this.data.length - this.at) throw bad("cut short");
    this.at += size;
    return this.data.subarray(this.at - size, this.at);
  }

  isAtEnd(): boolean {
    return this.at === this.data.length;
  }
}

class Output {
  private data = new Uint8Array(65_536);
  private size = 0;

  constructor(private readonly limit: number) {}

  room(more: number): void {
    if (this.size + more > this.limit) throw bad(`more than ${this.limit} bytes`);
    if (this.size + more > this.data.length) {
      const larger = new Uint8Array(Math.min(this.limit, Math.max(this.size + more, 2 * this.data.length)));
      larger.set(this.data.subarray(0, this.size));
      this.data = larger;
    }
  }

  put(byte: number): void {
    this.room(1);
    this.data[this.size++] = byte;
  }

  append(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.data.set(bytes, this.size);
    this.size += bytes.length;
  }

  repeat(distance: number, length: number): void {
    if (distance > this.size) throw bad("a distance before its beginning");
    this.room(length);
    const end = this.size + length;
    for (; this.size < end; this.size++) this.data[this.size] = byteAt(this.data, this.size - distance);
  }

  bytes(): Uint8Array {
    return this.data.slice(0, this.size);
  }
}

function stored(bits: Bits, out: Output): void {
  const [a = 0, b = 0, c = 0, d = 0] = bits.whole(4);
  const size = a | (b << 8);
  if ((size ^ (c | (d << 8))) !== 0xffff) throw bad("a stored block of another length");
  out.append(bits.whole(size));
}

function block(bits: Bits, out: Output, literals: Code, distances: Code): void {
  for (;;) {
    const symbol = next(bits, literals);
    if (symbol < 256) {
      out.put(symbol);
      continue;
    }
    if (symbol === 256) return;
    const length = (LENGTH_BASE[symbol - 257] ?? -1) + bits.take(LENGTH_BITS[symbol - 257] ?? 0);
    if (symbol > 285) throw bad("an unknown length");
    const place = next(bits, distances);
    const base = DISTANCE_BASE[place];
    if (base === undefined) throw bad("an unknown distance");
    out.repeat(base + bits.take(DISTANCE_BITS[place] ?? 0), length);
  }
}

function next(bits: Bits, code: Code): number {
  let value = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    value |= bits.take(1);
    const count = code.counts[length] ?? 0;
    if (value - count < first) return code.symbols[index + (value - first)] ?? 0;
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  throw bad("an unknown code");
}

function codeOf(lengths: readonly number[], what: string): Code {
  const counts = new Uint16Array(LONGEST_CODE + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  let left = 1;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    left = left * 2 - (counts[length] ?? 0);
    if (left < 0) throw bad(`${what}: more codes than there are`);
  }
  const used = lengths.length - (counts[0] ?? 0);
  // As zlib: an incomplete code is taken only for distances, and only with one code of one bit, or none.
  if (left > 0 && !(what === "distances" && (used === 0 || (used === 1 && counts[1] === 1)))) {
    throw bad(`${what}: fewer codes than there must be`);
  }
  counts[0] = 0;
  const offsets = [0, 0];
  for (let length = 1; length < LONGEST_CODE; length++) offsets.push((offsets[length] ?? 0) + (counts[length] ?? 0));
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    symbols[offsets[length] ?? 0] = symbol;
    offsets[length] = (offsets[length] ?? 0) + 1;
  });
  return { counts, symbols };
}

function dynamic(bits: Bits): [Code, Code] {
  const [literals, distances, count] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  if (literals > 286 || distances > 30) throw bad("too many codes");
  const meta = new Array<number>(19).fill(0);
  for (const place of ORDER.slice(0, count)) meta[place] = bits.take(3);
  const code = codeOf(meta, "lengths");
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = next(bits, code);
    if (symbol < 16) {
      lengths.push(symbol);
      continue;
    }
    const before = lengths.at(-1);
    if (symbol === 16 && before === undefined) throw bad("a repetition of nothing");
    const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    for (let time = 0; time < times; time++) lengths.push(symbol === 16 ? (before ?? 0) : 0);
  }
  if (lengths.length > literals + distances || lengths[256] === 0) throw bad("lengths of codes that do not fit");
  return [codeOf(lengths.slice(0, literals), "literals"), codeOf(lengths.slice(literals), "distances")];
}

const FIXED = codeOf(
  Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)),
  "literals",
);
const FIXED_DISTANCES = codeOf(new Array<number>(32).fill(5), "distances");

function adler32(data: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let at = 0; at < data.length; ) {
    const end = Math.min(data.length, at + 3800); // as many as keep the sums below 2^32
    for (; at < end; at++) {
      low += byteAt(data, at);
      high += low;
    }
    low %= 65_521;
    high %= 65_521;
  }
  return high * 65_536 + low;
}

function bad(why: string): InvalidInput {
  return new InvalidInput(`status token: lst: ${why}`, "status_token.lst");
}
