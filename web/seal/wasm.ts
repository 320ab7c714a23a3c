/**
 * SHA-256's compression (FIPS 180-4 section 6.2.2) as a WebAssembly module that is put together here, round by round: files of
 * hundreds of megabytes are hashed several times, browsers hash no streams themselves, and this is twice as fast as JavaScript.
 *
 * The module has a memory of its own: eight words of state at 0, data from {@link DATA} on. `blocks(from, to)` compresses the
 * blocks of 64 bytes that lie there. Whether it computes what it must is tried against the library by a test.
 */
import { SHA256_IV } from "@noble/hashes/_md.js";

/** Where data lies in the module's memory. */
export const DATA = 64;
/** Bytes of data that the memory takes at once. */
export const ROOM = 2 ** 20;

const [FROM, TO, STATE, WORDS, T1, PAIRS, LOCALS] = [0, 1, 2, 10, 26, 27, 27];
const [GET, SET, TEE, CONST, ADD, AND, OR, XOR, SHR, ROTL, ROTR] = [32, 33, 34, 65, 106, 113, 114, 115, 118, 119, 120];
const [LOAD, STORE, BLOCK, LOOP, BR, BR_IF, GE_U, END] = [40, 54, 2, 3, 12, 13, 79, 11];
const [I32, NOTHING] = [127, 64];

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2). */
function constants(): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((one) => n % one !== 0)) primes.push(n);
  return primes.map((prime) => Number(cubeRoot(BigInt(prime) << 96n) & 0xffff_ffffn) | 0);
}

function cubeRoot(value: bigint): bigint {
  let [low, high] = [0n, 1n << 40n];
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** 3n <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of a 32-bit number. */
function signed(value: number): number[] {
  const low = value & 127;
  const rest = value >> 7;
  const done = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
  return done ? [low] : [low | 128, ...signed(rest)];
}

const get = (local: number) => [GET, ...unsigned(local)];
const set = (local: number) => [SET, ...unsigned(local)];
const number = (value: number) => [CONST, ...signed(value)];
const turned = (local: number, by: number) => [...get(local), ...number(by), ROTR];
const load = (base: number, offset: number) => [...get(base), LOAD, 2, ...unsigned(offset)];

/**
 * Three turns of a local, xored, by rising numbers: one inside the other, which takes fewer copies than one beside the other. The
 * third one is a shift if `shifted`.
 */
function mixed(local: number, [one, two, three]: readonly [number, number, number], shifted: boolean): number[] {
  const last = [...get(local), XOR, ...number(one), ROTR];
  if (shifted) return [...turned(local, two - one), ...last, ...get(local), ...number(three), SHR, XOR];
  return [...turned(local, three - two), ...get(local), XOR, ...number(two - one), ROTR, ...last];
}

/** Big-endian word `at` of the block into its local. */
function word(at: number): number[] {
  const half = (by: number, mask: number) => [...get(WORDS + at), ...number(by), ROTL, ...number(mask), AND];
  return [
    ...load(FROM, 4 * at),
    ...set(WORDS + at),
    ...half(8, 0x00ff00ff),
    ...half(24, 0xff00ff00 | 0),
    OR,
    ...set(WORDS + at),
  ];
}

/** The next word of the message schedule, in the place of the one that is needed no more. */
function next(round: number): number[] {
  const local = (back: number) => WORDS + ((round + 16 - back) % 16);
  return [
    ...get(local(16)),
    ...mixed(local(15), [7, 18, 3], true),
    ADD,
    ...get(local(7)),
    ADD,
    ...mixed(local(2), [17, 19, 10], true),
    ADD,
    ...set(local(16)),
  ];
}

/** One round. The eight working variables stay where they are; their names move on. */
function step(round: number, constant: number): number[] {
  const name = (place: number) => STATE + ((place + 64 - round) % 8);
  const [a, b, , d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(name) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return [
    ...get(h),
    ...mixed(e, [6, 11, 25], false),
    ADD,
    ...get(g),
    ...get(e),
    ...get(f),
    ...get(g),
    XOR,
    AND,
    XOR, // ch(e, f, g) = g xor (e and (f xor g))
    ADD,
    ...number(constant),
    ADD,
    ...get(WORDS + (round % 16)),
    ADD,
    TEE,
    ...unsigned(T1),
    ...get(d),
    ADD,
    ...set(d),
    ...get(T1),
    ...mixed(a, [2, 13, 22], false),
    ADD,
    ...get(a),
    ...get(b),
    XOR,
    TEE,
    ...unsigned(PAIRS + (round % 2)),
    ...get(PAIRS + ((round + 1) % 2)),
    AND,
    ...get(b),
    XOR, // maj(a, b, c) = b xor ((a xor b) and (b xor c)); b xor c is the round's before
    ADD,
    ...set(h),
  ];
}

function body(): number[] {
  const eight = [0, 1, 2, 3, 4, 5, 6, 7];
  const stateIn = eight.flatMap((at) => [...number(0), LOAD, 2, ...unsigned(4 * at), ...set(STATE + at)]);
  const stateOut = eight.flatMap((at) => [
    ...number(0),
    ...number(0),
    LOAD,
    2,
    ...unsigned(4 * at),
    ...get(STATE + at),
    ADD,
    STORE,
    2,
    ...unsigned(4 * at),
  ]);
  const rounds = constants().flatMap((constant, at) => [...(at < 16 ? word(at) : next(at)), ...step(at, constant)]);
  return [
    ...[BLOCK, NOTHING, LOOP, NOTHING],
    ...[...get(FROM), ...get(TO), GE_U, BR_IF, 1],
    ...stateIn,
    ...[...get(STATE + 1), ...get(STATE + 2), XOR, ...set(PAIRS + 1)],
    ...rounds,
    ...stateOut,
    ...[...get(FROM), ...number(64), ADD, ...set(FROM), BR, 0],
    ...[END, END, END],
  ];
}

/** The module's bytes. */
export function moduleBytes(): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];
  const text = (value: string) =>
    [value.length, ...value].map((one) => (typeof one === "number" ? one : one.charCodeAt(0)));
  const code = [1, ...unsigned(LOCALS), I32, ...body()];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, I32, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(DATA / 64 + ROOM / 65_536)]),
    ...section(7, [2, ...text("memory"), 2, 0, ...text("blocks"), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

/** The state before the first block. */
export const START: Uint32Array = SHA256_IV;
