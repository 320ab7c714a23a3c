/**
 * ChaCha20-Poly1305 (RFC 8439), which not every WebCrypto has: what the command line seals with it is opened in the browser, and the
 * other way round. Checked against the RFC's own vectors and against files of the command line.
 */
import { concat } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";

const TAG = 16;
const PRIME = (1n << 130n) - 5n;
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;

/** Seals: the text's bytes, enciphered, with 16 bytes of tag behind them. Key 32 bytes, nonce 12, each pair used once. */
export function seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, bound: Uint8Array): Uint8Array {
  const body = streamed(key, nonce, 1, plain);
  return concat(body, tagOf(key, nonce, body, bound));
}

/** Inverse of {@link seal}. Throws InvalidInput `sealed.wrong`: another key, another binding, or it was changed. */
export function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array {
  const body = sealed.subarray(0, Math.max(0, sealed.length - TAG));
  const tag = sealed.subarray(body.length);
  const right = tagOf(key, nonce, body, bound);
  let differs = sealed.length < TAG ? 1 : 0;
  for (let at = 0; at < TAG; at++) differs |= (tag[at] ?? 0) ^ (right[at] ?? 0);
  if (differs !== 0) throw new InvalidInput("it does not open with this key", "sealed.wrong");
  return streamed(key, nonce, 1, body);
}

function tagOf(key: Uint8Array, nonce: Uint8Array, body: Uint8Array, bound: Uint8Array): Uint8Array {
  const once = streamed(key, nonce, 0, new Uint8Array(32));
  const r = little(once.subarray(0, 16)) & CLAMP;
  const s = little(once.subarray(16));
  const sizes = new Uint8Array(16);
  new DataView(sizes.buffer).setBigUint64(0, BigInt(bound.length), true);
  new DataView(sizes.buffer).setBigUint64(8, BigInt(body.length), true);
  const whole = concat(filled(bound), filled(body), sizes);
  let sum = 0n;
  for (let at = 0; at < whole.length; at += 16) {
    sum = ((sum + little(whole.subarray(at, at + 16)) + (1n << 128n)) * r) % PRIME;
  }
  const tag = new Uint8Array(TAG);
  let rest = sum + s;
  for (let at = 0; at < TAG; at++) {
    tag[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return tag;
}

function filled(data: Uint8Array): Uint8Array {
  return concat(data, new Uint8Array((16 - (data.length % 16)) % 16));
}

function little(data: Uint8Array): bigint {
  let value = 0n;
  for (let at = data.length - 1; at >= 0; at--) value = (value << 8n) | BigInt(data[at] ?? 0);
  return value;
}

function streamed(key: Uint8Array, nonce: Uint8Array, first: number, data: Uint8Array): Uint8Array {
  if (key.length !== 32 || nonce.length !== 12) throw new InvalidInput("a key or nonce of another size", "sealed.form");
  const state = new Uint32Array(16);
  state.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  state.set(wordsOf(key), 4);
  state.set(wordsOf(nonce), 13);
  const out = new Uint8Array(data.length);
  for (let at = 0, count = first; at < data.length; at += 64, count++) {
    state[12] = count;
    const block = blockOf(state);
    for (let place = at; place < Math.min(at + 64, data.length); place++) {
      out[place] = (data[place] ?? 0) ^ (block[place - at] ?? 0);
    }
  }
  return out;
}

function wordsOf(data: Uint8Array): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return Array.from({ length: data.length / 4 }, (_, at) => view.getUint32(4 * at, true));
}

function blockOf(state: Uint32Array): Uint8Array {
  const x = new Uint32Array(state);
  const turn = (place: number, by: number, other: number): void => {
    const mixed = (x[place] ?? 0) ^ (x[other] ?? 0);
    x[place] = (mixed << by) | (mixed >>> (32 - by));
  };
  const add = (to: number, from: number): void => {
    x[to] = ((x[to] ?? 0) + (x[from] ?? 0)) | 0;
  };
  const quarter = (a: number, b: number, c: number, d: number): void => {
    add(a, b);
    turn(d, 16, a);
    add(c, d);
    turn(b, 12, c);
    add(a, b);
    turn(d, 8, a);
    add(c, d);
    turn(b, 7, c);
  };
  for (let round = 0; round < 10; round++) {
    for (let at = 0; at < 4; at++) quarter(at, at + 4, at + 8, at + 12);
    for (let at = 0; at < 4; at++) quarter(at, 4 + ((at + 1) % 4), 8 + ((at + 2) % 4), 12 + ((at + 3) % 4));
  }
  const out = new Uint8Array(64);
  const view = new DataView(out.buffer);
  for (let at = 0; at < 16; at++) view.setUint32(4 * at, ((x[at] ?? 0) + (state[at] ?? 0)) >>> 0, true);
  return out;
}
