/** The draw: a signature that nobody can choose becomes an order that everybody can repeat (docs/formats/draw.md, chain/evaluation/draw.py). */
import { millionths } from "../../sheet/points.ts";
import { bigEndian, concat, hex0x, sha256, utf8 } from "../../verify/bytes.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { numbersIn, paperOf, rawIn, rowsIn, textOf, wholeIn } from "../forms.ts";
import type { Pool } from "./pool.ts";

/** How many experts of one specialty are needed. */
export interface Quota {
  readonly specialty: string;
  readonly seats: number;
}

/** What is drawn, fixed before the seed is known; digests as 0x text. */
export interface Seats {
  /** SHA-256 of the pool's paper. */
  readonly pool: string;
  readonly quotas: readonly Quota[];
  /** 0-based places of the pool, ascending. */
  readonly excluded: readonly number[];
  /** SHA-256 of the paper that says why each is excluded. */
  readonly reasons: string;
  /** How many are drawn. */
  readonly count: number;
}

const MOST = 200; // quotas of a draw, and characters of a specialty
const RANGE = 1n << 64n;

/** A draw's paper. Throws InvalidInput. */
export function readSeats(data: Uint8Array): Seats {
  const value = paperOf(data, "yinxin-draw-1", ["pool", "quotas", "excluded", "reasons"]);
  const quotas = rowsIn(value, "quotas", ["specialty", "seats"], MOST).map((one) => ({
    specialty: textOf(one, "specialty", MOST),
    seats: wholeIn(one, "seats", 1),
  }));
  const excluded = numbersIn(value, "excluded", 0);
  const once = new Set(quotas.map(({ specialty }) => specialty)).size === quotas.length;
  if (quotas.length === 0 || !once) throw bad("quotas");
  if (!ascends(excluded)) throw bad("excluded");
  const count = quotas.reduce((sum, one) => sum + one.seats, 0);
  const [pool, reasons] = [hex0x(rawIn(value, "pool", 32)), hex0x(rawIn(value, "reasons", 32))];
  return { pool, quotas, excluded, reasons, count };
}

/** The places of a tie's paper, two or more, ascending. Throws InvalidInput. */
export function readTie(data: Uint8Array): readonly number[] {
  const places = numbersIn(paperOf(data, "yinxin-tie-1", ["places"]), "places", 1);
  if (places.length < 2 || !ascends(places)) throw bad("places");
  return places;
}

/** The seed, 32 bytes, of the key holders' signature (48 bytes), which the caller has verified. */
export function seedOf(signature: Uint8Array): Uint8Array {
  if (signature.length !== 48) throw bad("signature");
  return sha256(concat(utf8("yinxin-seed-1\0"), signature));
}

/** Places of those who are drawn, quota by quota, in the order drawn. Throws InvalidInput: another pool, or too few experts are left. */
export function drawExperts(pool: Pool, seats: Seats, seed: Uint8Array): number[] {
  if (seats.pool !== pool.digest) throw bad("pool");
  if ((seats.excluded.at(-1) ?? -1) >= pool.lines.length) throw bad("excluded");
  const out = new Set(seats.excluded);
  const numbers = new Numbers(seed);
  return seats.quotas.flatMap(({ specialty, seats: wanted }) => {
    const left = [...pool.lines.keys()].filter((at) => pool.lines[at]?.specialty === specialty && !out.has(at));
    if (left.length < wanted)
      throw new InvalidInput(`${specialty}: ${wanted} seats and ${left.length} experts`, "draw.few");
    return numbers.shuffled(left).slice(0, wanted);
  });
}

/** The float point: one of the notice's, each as likely. Throws InvalidInput: none, or one twice. */
export function drawPoint(points: readonly string[], seed: Uint8Array): string {
  const values = points.map(millionths);
  const point = values.includes(null) ? undefined : points[new Numbers(seed).below(points.length || 1)];
  if (point === undefined || new Set(values).size !== points.length) throw bad("floats");
  return point;
}

/** Equal bids in a drawn order, first the better. */
export function drawOrder(places: readonly number[], seed: Uint8Array): number[] {
  return new Numbers(seed).shuffled([...places].sort((left, right) => left - right));
}

/** Numbers from a seed, without bias. */
export class Numbers {
  private block = 0;
  private held: bigint[] = [];

  constructor(private readonly seed: Uint8Array) {
    if (seed.length !== 32) throw bad("seed");
  }

  /** A number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Number(this.wide(BigInt(limit)));
  }

  /** The same for limits up to 2^64. */
  wide(limit: bigint): bigint {
    const bound = (RANGE / limit) * limit;
    for (;;) {
      const value = this.next();
      if (value < bound) return value % limit;
    }
  }

  /** The items in a drawn order: Fisher and Yates's shuffle. */
  shuffled<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let last = out.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [out[last], out[other]] = [out[other] as T, out[last] as T];
    }
    return out;
  }

  private next(): bigint {
    if (this.held.length === 0) {
      const digest = sha256(concat(this.seed, bigEndian(this.block, 8)));
      const view = new DataView(digest.buffer, digest.byteOffset, digest.length);
      this.held = [0, 8, 16, 24].map((at) => view.getBigUint64(at));
      this.block++;
    }
    return this.held.shift() ?? 0n;
  }
}

/** True for numbers that ascend, each once. */
export function ascends(numbers: readonly number[]): boolean {
  return numbers.every((one, at) => at === 0 || one > (numbers[at - 1] ?? one));
}

function bad(field: string): InvalidInput {
  return new InvalidInput(`draw: ${field}`, "draw.form");
}
