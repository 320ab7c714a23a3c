/** An age v1 file in its one form (C2SP age; docs/formats/record.md): header, keys, chunks. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64, concat, equal, fromUtf8, unbase64, utf8 } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";
import { derive } from "./box.ts";

/** Bytes of a file key, and of the nonce before the payload. */
export const FILE_KEY_SIZE = 16;
/** Plaintext bytes a chunk. */
export const CHUNK = 64 * 1024;
/** Bytes that a chunk grows by. */
export const TAG = 16;
/** Longest header that is read, in bytes; that of a sealed bid has some 500. */
const MAX_HEADER = 4096;

const VERSION = "age-encryption.org/v1";
const COLUMNS = 64;
const ARGUMENTS = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** A recipient's part of a header. */
export interface Stanza {
  readonly args: readonly string[];
  readonly body: Uint8Array;
}

/** A header, read. */
export interface Header {
  readonly stanzas: readonly Stanza[];
  readonly mac: Uint8Array;
  /** The bytes that the MAC is taken over. */
  readonly covered: Uint8Array;
  /** Bytes of the whole header; the payload starts there. */
  readonly size: number;
}

/** base64 without padding. */
export function bare64(data: Uint8Array): string {
  return base64(data).replace(/=+$/, "");
}

function unbare64(text: string, field: string): Uint8Array {
  const data = text.includes("=") ? null : unbase64(text + "=".repeat((4 - (text.length % 4)) % 4));
  if (data === null) throw new InvalidInput(`${field}: not canonical base64`, "age.base64");
  return data;
}

/** The bytes of a header with these stanzas under a file key. */
export function writeHeader(stanzas: readonly Stanza[], fileKey: Uint8Array): Uint8Array {
  const lines = [VERSION];
  for (const { args, body } of stanzas) {
    lines.push(`-> ${args.join(" ")}`);
    const text = bare64(body);
    for (let start = 0; start <= text.length; start += COLUMNS) lines.push(text.slice(start, start + COLUMNS));
  }
  const covered = utf8([...lines, "---"].join("\n"));
  return concat(covered, utf8(` ${bare64(macOf(covered, fileKey))}\n`));
}

/** Length of the header at the start of `prefix`, or null if it does not end there yet. Throws InvalidInput. */
export function headerEnd(prefix: Uint8Array): number | null {
  const start = utf8(`${VERSION}\n`);
  if (!equal(prefix.slice(0, start.length), start.slice(0, prefix.length)))
    throw new InvalidInput("not an age v1 file", "age.version");
  const text = String.fromCharCode(...prefix.slice(0, MAX_HEADER));
  const mark = text.indexOf("\n---");
  const end = mark < 0 ? -1 : text.indexOf("\n", mark + 4);
  if (end >= 0) return end + 1;
  if (prefix.length >= MAX_HEADER) throw new InvalidInput("a header longer than that of a sealed bid", "age.header");
  return null;
}

/** The header at the start of `data`. Throws InvalidInput for anything but its one form. */
export function readHeader(data: Uint8Array): Header {
  const size = headerEnd(data);
  const text = size === null ? null : fromUtf8(data.subarray(0, size - 1));
  if (size === null || text === null) throw new InvalidInput("the header has no end", "age.header");
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  if (!last.startsWith("--- ") || last.length !== 4 + 43) throw new InvalidInput("the line of the MAC", "age.mac_line");
  const mac = unbare64(last.slice(4), "MAC");
  const stanzas: Stanza[] = [];
  let place = 1;
  while (place < lines.length) {
    const line = lines[place++] ?? "";
    if (!line.startsWith("-> ") || !ARGUMENTS.test(line.slice(3))) throw new InvalidInput("no stanza", "age.stanza");
    let body = "";
    for (;;) {
      const part = lines[place++];
      if (part === undefined || part.length > COLUMNS) throw new InvalidInput("a stanza's body", "age.stanza");
      body += part;
      if (part.length < COLUMNS) break;
    }
    stanzas.push({ args: line.slice(3).split(" "), body: unbare64(body, "stanza body") });
  }
  if (stanzas.length === 0) throw new InvalidInput("the header has no stanza", "age.stanzas");
  return { stanzas, mac, covered: data.slice(0, size - last.length - 1 + 3), size };
}

/** True if the header's MAC is that of the file key. */
export function fits(header: Header, fileKey: Uint8Array): boolean {
  return equal(macOf(header.covered, fileKey), header.mac);
}

/** The key of the payload behind `nonce` (16 bytes). */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return derive(fileKey, nonce, utf8("payload"));
}

/**
 * Encrypts chunk `counter` into `out`, which has {@link TAG} bytes more and may begin where the chunk does, or before it; the last
 * one of a payload is marked.
 */
export function sealChunk(key: Uint8Array, counter: number, last: boolean, chunk: Uint8Array, out: Uint8Array): void {
  chacha20poly1305(key, chunkNonce(counter, last)).encrypt(chunk, out);
}

/** Inverse of {@link sealChunk}, into `out` if there is one, where it may begin as there; throws if it does not authenticate. */
export function openChunk(
  key: Uint8Array,
  counter: number,
  last: boolean,
  chunk: Uint8Array,
  out?: Uint8Array,
): Uint8Array {
  if (isEmpty(counter, chunk)) throw new InvalidInput("an empty chunk", "age.empty_chunk");
  return chacha20poly1305(key, chunkNonce(counter, last)).decrypt(chunk, out);
}

/** True for a chunk that no payload has: without a byte of plaintext, unless the whole payload has none. */
export function isEmpty(counter: number, chunk: Uint8Array): boolean {
  return chunk.length < TAG || (chunk.length === TAG && counter > 0);
}

/** The nonce of a chunk: its number, 11 bytes, and whether it is the last (C2SP age, "Payload"). */
export function chunkNonce(counter: number, last: boolean): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(3, Math.floor(counter / 2 ** 32));
  new DataView(nonce.buffer).setUint32(7, counter);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

function macOf(covered: Uint8Array, fileKey: Uint8Array): Uint8Array {
  return hmac(sha256, derive(fileKey, new Uint8Array(0), utf8("header")), covered);
}
