/** DER (ITU-T X.690), as far as one signature needs it: what BER allows and DER does not is refused. */
import { byteAt, concat, equal, hex } from "../bytes.ts";
import { broken } from "./values.ts";

const DEEPEST = 24;

/** One value: its tag, its content, and all its bytes. */
export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const INTEGER = 0x02;
export const BITS = 0x03;
export const OCTETS = 0x04;
export const OID = 0x06;
export const NULL = 0x05;
/** The constructed, context-specific tags [0] and [1]. */
export const FIRST = 0xa0;
export const SECOND = 0xa1;

/** The fault of a signature of another form. */
export function odd(what: string): Error {
  return broken(`its signature (CMS) has another ${what}`);
}

/** The one value that `data` is, with everything inside checked for its one form. */
export function readDer(data: Uint8Array): Der {
  const [one, ...more] = valuesIn(data, 0);
  if (one === undefined || more.length > 0) throw odd("encoding");
  return one;
}

/** The values inside a constructed one. */
export function partsOf(value: Der): Der[] {
  if ((value.tag & 0x20) === 0) throw odd("encoding");
  return valuesIn(value.content, 0);
}

/** The parts of a value that must have that tag. */
export function within(value: Der | undefined, tag: number, what: string): Der[] {
  if (value?.tag !== tag) throw odd(what);
  return partsOf(value);
}

/** The content of a plain value that must have that tag. */
export function plain(value: Der | undefined, tag: number, what: string): Uint8Array {
  if (value?.tag !== tag) throw odd(what);
  return value.content;
}

/** True for the object identifier with that content, in hexadecimal. */
export function isOid(value: Der | undefined, content: string): boolean {
  return value?.tag === OID && hex(value.content) === content;
}

/** True for an algorithm identifier: that object identifier, with NULL or no parameters. */
export function isAlgorithm(value: Der | undefined, content: string): boolean {
  if (value?.tag !== SEQUENCE) return false;
  const [name, parameters, ...more] = partsOf(value);
  return isOid(name, content) && more.length === 0 && (parameters === undefined || parameters.tag === NULL);
}

/** The same value under another tag of one byte. */
export function retagged(value: Der, tag: number): Uint8Array {
  return concat(Uint8Array.of(tag), value.whole.subarray(1));
}

function valuesIn(data: Uint8Array, depth: number): Der[] {
  if (depth > DEEPEST) throw odd("depth");
  const found: Der[] = [];
  let at = 0;
  while (at < data.length) {
    const tag = byteAt(data, at);
    if (at + 2 > data.length || (tag & 0x1f) === 0x1f) throw odd("encoding");
    let size = byteAt(data, at + 1);
    let begin = at + 2;
    if (size >= 0x80) {
      const octets = size & 0x7f;
      if (octets < 1 || octets > 3 || begin + octets > data.length) throw odd("encoding");
      size = data.subarray(begin, begin + octets).reduce((value, byte) => value * 256 + byte, 0);
      begin += octets;
      if (size < 0x80 || size < 2 ** (8 * (octets - 1))) throw odd("encoding");
    }
    const end = begin + size;
    if (end > data.length) throw odd("encoding");
    const content = data.slice(begin, end);
    check(tag, content, depth);
    found.push({ tag, content, whole: data.slice(at, end) });
    at = end;
  }
  return found;
}

function check(tag: number, content: Uint8Array, depth: number): void {
  if ((tag & 0x20) !== 0) {
    valuesIn(content, depth + 1);
    return;
  }
  if (tag === INTEGER) {
    const [first = 0, second = 0] = content;
    const idle = content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
    if (content.length === 0 || idle) throw odd("encoding");
  }
  if (tag === 0x01 && !(equal(content, Uint8Array.of(0)) || equal(content, Uint8Array.of(0xff)))) throw odd("encoding");
  if (tag === NULL && content.length > 0) throw odd("encoding");
}
