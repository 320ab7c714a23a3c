/** What came of draws: reasons, who was drawn, the float point, the order of a tie (chain/evaluation/committee/papers.py). */
import { millionths } from "../../sheet/points.ts";
import type { JsonObject } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { hexIn, lotIn, type NamedLot, numbersIn, PLACE, paperOf, rawIn, rowsIn, textOf, wholeIn } from "../forms.ts";
import { ascends } from "./draw.ts";

/** Why a place is not drawn from. */
export type ExclusionRule = "employer" | "account" | "declared" | "absent" | "drawn";

/** Why each is excluded from a draw, and whom it replaces; places ascend. */
export interface DrawReasons extends NamedLot {
  readonly counter: number;
  readonly excluded: readonly { readonly place: number; readonly rule: ExclusionRule; readonly reason: string }[];
  readonly replaced: readonly { readonly place: number; readonly reason: string }[];
}

/** A result: what it completes, the key holders' signature (48 bytes), and what follows from that. */
export interface Result extends NamedLot {
  /** SHA-256 of the draw, the tie or the notice, 0x text. */
  readonly subject: string;
  readonly counter: number;
  readonly signature: Uint8Array;
  /** 0-based places of the pool in the order drawn, or places of bids, first the better. */
  readonly places: readonly number[];
  /** The float point, in percent; of others empty. */
  readonly point: string;
}

const LONGEST = 400;
const MOST = 100_000;
const RULES: readonly string[] = ["employer", "account", "declared", "absent", "drawn"] satisfies ExclusionRule[];

/** Reasons of a draw. Throws InvalidInput. */
export function readReasons(data: Uint8Array): DrawReasons {
  const value = paperOf(data, "yinxin-draw-reasons-1", [...PLACE, "counter", "excluded", "replaced"]);
  const excluded = rowsIn(value, "excluded", ["place", "rule", "reason"], MOST).map((one) => {
    const rule = textOf(one, "rule", LONGEST);
    if (!RULES.includes(rule)) throw bad("excluded.rule");
    const reason = textOf(one, "reason", LONGEST, rule === "declared" ? 1 : 0);
    return { place: wholeIn(one, "place", 0), rule: rule as ExclusionRule, reason };
  });
  const replaced = rowsIn(value, "replaced", ["place", "reason"]).map((one) => ({
    place: wholeIn(one, "place", 0),
    reason: textOf(one, "reason", LONGEST),
  }));
  for (const list of [excluded, replaced]) if (!ascends(list.map(({ place }) => place))) throw bad("places");
  return { ...lotIn(value), counter: wholeIn(value, "counter", 1), excluded, replaced };
}

/** Who was drawn; the signature is not checked. Throws InvalidInput. */
export function readDrawn(data: Uint8Array): Result {
  const value = paperOf(data, "yinxin-drawn-1", [...PLACE, "draw", "counter", "signature", "seats"]);
  return { ...resultIn(value, "draw"), places: placesIn(value, "seats", 0), point: "" };
}

/** The order of equal bids; the signature is not checked. Throws InvalidInput. */
export function readTieDrawn(data: Uint8Array): Result {
  const value = paperOf(data, "yinxin-tie-drawn-1", [...PLACE, "tie", "counter", "signature", "order"]);
  return { ...resultIn(value, "tie"), places: placesIn(value, "order", 1), point: "" };
}

/** A float point; the signature is not checked. Throws InvalidInput. */
export function readFloat(data: Uint8Array): Result {
  const value = paperOf(data, "yinxin-float-point-1", [...PLACE, "notice", "counter", "signature", "point"]);
  const point = textOf(value, "point");
  if (millionths(point) === null) throw bad("point");
  return { ...resultIn(value, "notice"), places: [], point };
}

function resultIn(value: JsonObject, subject: string): Omit<Result, "places" | "point"> {
  return {
    ...lotIn(value),
    subject: hexIn(value, subject, 32),
    counter: wholeIn(value, "counter", 1),
    signature: rawIn(value, "signature", 48),
  };
}

function placesIn(value: JsonObject, name: string, least: number): number[] {
  const found = numbersIn(value, name, least, 10_000);
  if (found.length === 0 || new Set(found).size !== found.length) throw bad(name);
  return found;
}

function bad(field: string): InvalidInput {
  return new InvalidInput(`${field}: not what it must be`, "draw.paper");
}
