/** Strict encodings: each byte string has exactly one accepted text. And the two hashes that everything rests on. */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { InvalidInput } from "./errors.ts";

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const URL64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = valuesOf(URL64);
const BASE64 = `${URL64.slice(0, 62)}+/`;
const PLAIN_VALUES = valuesOf(BASE64);
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** 32 zero bytes: the head of what was never anchored, the transaction that a receipt does not name. */
export const ZEROS = new Uint8Array(32);

/** SHA-256 (FIPS 180-4). */
export function sha256(data: Uint8Array): Uint8Array {
  return nobleSha256(data);
}

/** Keccak-256 with the original padding, as the EVM computes it (not SHA3-256). */
export function keccak256(data: Uint8Array): Uint8Array {
  return keccak_256(data);
}

/** UTF-8 of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text from UTF-8, a byte order mark included; null if it is not UTF-8. */
export function fromUtf8(data: Uint8Array): string | null {
  try {
    return decoder.decode(data);
  } catch {
    return null;
  }
}

/** The parts, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Same length, same bytes. Nothing here is secret, so time may tell where they differ. */
export function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** Order of two byte strings: negative, 0 or positive. */
export function compare(left: Uint8Array, right: Uint8Array): number {
  const size = Math.min(left.length, right.length);
  for (let at = 0; at < size; at++) {
    const difference = byteAt(left, at) - byteAt(right, at);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The byte at a place; 0 beyond the end. */
export function byteAt(data: Uint8Array, at: number): number {
  return data[at] ?? 0;
}

/** The bytes right in a field of `size`, zeros before them. */
export function padLeft(data: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  out.set(data, size - data.length);
  return out;
}

/** Lower-case hexadecimal without a prefix. */
export function hex(data: Uint8Array): string {
  let out = "";
  for (const byte of data) out += HEX[byte];
  return out;
}

/** Lower-case hexadecimal with the prefix 0x. */
export function hex0x(data: Uint8Array): string {
  return `0x${hex(data)}`;
}

/** Inverse of {@link hex0x}; refuses capitals, odd lengths and, if given, another size in bytes. */
export function unhex0x(text: unknown, field: string, size?: number): Uint8Array {
  if (typeof text !== "string" || text.length % 2 !== 0 || !/^0x[0-9a-f]*$/.test(text)) {
    throw new InvalidInput(`${field}: not lower-case 0x hexadecimal`, "encoding.hex");
  }
  const data = unhex(text.slice(2));
  if (size !== undefined && data.length !== size) {
    throw new InvalidInput(`${field}: ${data.length} bytes instead of ${size}`, "encoding.hex");
  }
  return data;
}

/** Bytes of hexadecimal digits that were checked. */
export function unhex(digits: string): Uint8Array {
  const data = new Uint8Array(digits.length / 2);
  for (let at = 0; at < data.length; at++) data[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return data;
}

/** base64url without padding (RFC 4648 section 5). */
export function b64url(data: Uint8Array): string {
  return encode64(data, URL64);
}

/** Inverse of {@link b64url}; refuses padding, foreign characters and unused trailing bits. */
export function unb64url(text: unknown, field: string): Uint8Array {
  const data = typeof text === "string" ? decode64(text, VALUES) : null;
  if (data === null) throw new InvalidInput(`${field}: not canonical base64url`, "encoding.base64url");
  return data;
}

/** Bytes of base64 with its padding (RFC 4648 section 4); null unless it is the one text of its bytes. */
export function unbase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const bare = text.endsWith("==") ? text.slice(0, -2) : text.endsWith("=") ? text.slice(0, -1) : text;
  if (bare.length % 4 === 1 || (bare.length % 4 === 0 && bare.length !== text.length)) return null;
  return decode64(bare, PLAIN_VALUES);
}

/** base64 with its padding. */
export function base64(data: Uint8Array): string {
  const bare = encode64(data, BASE64);
  return bare + "=".repeat((4 - (bare.length % 4)) % 4);
}

/** Big-endian bytes of a number below 2^53 in a field of `size`. */
export function bigEndian(value: number, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let rest = value;
  for (let at = size - 1; at >= 0 && rest > 0; at--) {
    out[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return out;
}

/** The number that big-endian bytes make; Infinity from 2^53 on, so that no bound lets it pass. */
export function fromBigEndian(data: Uint8Array): number {
  let value = 0;
  for (const byte of data) value = value * 256 + byte;
  return value <= Number.MAX_SAFE_INTEGER ? value : Number.POSITIVE_INFINITY;
}

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value;
  return values;
}

function encode64(data: Uint8Array, alphabet: string): string {
  let out = "";
  for (let at = 0; at < data.length; at += 3) {
    const three = (byteAt(data, at) << 16) | (byteAt(data, at + 1) << 8) | byteAt(data, at + 2);
    const characters = Math.min(4, data.length - at + 1);
    for (let place = 0; place < characters; place++) out += alphabet.charAt((three >> (18 - 6 * place)) & 63);
  }
  return out;
}

function decode64(text: string, values: Int8Array): Uint8Array | null {
  const rest = text.length % 4;
  if (rest === 1) return null;
  const data = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let place = 0; place < text.length; place++) {
    const value = values[text.charCodeAt(place)] ?? -1;
    if (value < 0) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      data[at++] = (held >> bits) & 255;
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? data : null; // unused bits must be zero
}
