/** Recursive Length Prefix, strict: one text for one value (Ethereum Yellow Paper, appendix B). */
import { byteAt, concat, fromBigEndian } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";

/** Bytes, or a list of items. */
export type Item = Uint8Array | Item[];

const DEEPEST = 8;

/** RLP of bytes or of nested lists. */
export function encode(item: Item): Uint8Array {
  if (!Array.isArray(item)) {
    if (item.length === 1 && byteAt(item, 0) < 0x80) return item;
    return concat(prefix(item.length, 0x80), item);
  }
  const body = concat(...item.map(encode));
  return concat(prefix(body.length, 0xc0), body);
}

/** The number as RLP wants it: big-endian without leading zeros; zero is empty. Not yet wrapped in RLP. */
export function encodeInteger(value: bigint | number): Uint8Array {
  if (BigInt(value) === 0n) return new Uint8Array(0);
  const digits = BigInt(value).toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, at) => Number.parseInt(even.slice(2 * at, 2 * at + 2), 16));
}

/** Inverse of {@link encode}; refuses anything left over and every form but the shortest. */
export function decode(data: Uint8Array, what: string): Item {
  const [item, end] = itemAt(data, 0, data.length, 0, what);
  if (end !== data.length) throw bad(what, "bytes left over");
  return item;
}

/** The item as a list. */
export function asList(item: Item | undefined, what: string): Item[] {
  if (!Array.isArray(item)) throw bad(what, "a list was expected");
  return item;
}

/** The item as bytes, of `size` if given. */
export function asBytes(item: Item | undefined, what: string, size?: number): Uint8Array {
  if (item === undefined || Array.isArray(item) || (size !== undefined && item.length !== size)) {
    throw bad(what, size === undefined ? "bytes were expected" : `${size} bytes were expected`);
  }
  return item;
}

/** The item as a number of at most 32 bytes without leading zeros; Infinity from 2^53 on. */
export function asInteger(item: Item | undefined, what: string): number {
  const data = asBytes(item, what);
  if (data.length > 32 || data[0] === 0) throw bad(what, "integer with leading zeros or too large");
  return fromBigEndian(data);
}

function bad(what: string, why: string): InvalidInput {
  return new InvalidInput(`${what}: ${why}`, "rlp.form");
}

function prefix(length: number, base: number): Uint8Array {
  if (length < 56) return Uint8Array.of(base + length);
  const size = encodeInteger(length);
  return concat(Uint8Array.of(base + 55 + size.length), size);
}

function itemAt(data: Uint8Array, at: number, end: number, depth: number, what: string): [Item, number] {
  if (at >= end) throw bad(what, "ends early");
  const first = byteAt(data, at);
  if (first < 0x80) return [data.subarray(at, at + 1), at + 1];
  const [start, stop] = span(data, at, end, what);
  if (first < 0xc0) {
    const bytes = data.subarray(start, stop);
    if (bytes.length === 1 && byteAt(bytes, 0) < 0x80) throw bad(what, "a single byte in its long form");
    return [bytes, stop];
  }
  if (depth >= DEEPEST) throw bad(what, "nested too deeply");
  const items: Item[] = [];
  let next = start;
  while (next < stop) {
    const [item, after] = itemAt(data, next, stop, depth + 1, what);
    items.push(item);
    next = after;
  }
  return [items, stop];
}

function span(data: Uint8Array, at: number, end: number, what: string): [number, number] {
  const first = byteAt(data, at);
  let length = first - (first < 0xc0 ? 0x80 : 0xc0);
  let start = at + 1;
  if (length > 55) {
    const digits = data.subarray(start, start + length - 55);
    start += length - 55;
    length = fromBigEndian(digits);
    if (digits.length === 0 || digits[0] === 0 || length < 56) {
      throw bad(what, "a length that is not in its shortest form");
    }
  }
  if (start + length > end) throw bad(what, "ends early");
  return [start, start + length];
}
