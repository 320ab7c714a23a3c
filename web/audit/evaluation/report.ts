/** The evaluation report: from which papers, who is out and why, points, ranking (docs/formats/evaluation.md, chain/evaluation/report). */
import { millionths } from "../../sheet/points.ts";
import { isObject, type JsonObject } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import {
  digestOrNull,
  hexIn,
  listIn,
  lotIn,
  type NamedLot,
  numbersIn,
  objectOf,
  PLACE,
  paperOf,
  rowsIn,
  textOf,
  textsIn,
  wholeIn,
} from "../forms.ts";

/** At which step a bid is dropped, in this order. */
export const STEPS = ["opening", "formal", "qualification", "low-price"] as const;

/** A bid that is out, with every reason of its step, in words. */
export interface Dropped {
  readonly place: number;
  readonly step: (typeof STEPS)[number];
  readonly reasons: readonly string[];
}

/** A price: exact, two places, with its currency. */
export interface Price {
  readonly amount: string;
  readonly currency: string;
}

/** A bid that is still in it; exact decimals as text. In a technical result price and rank are null. */
export interface Ranked {
  readonly place: number;
  readonly points: ReadonlyMap<string, string>;
  readonly total: string | null;
  readonly price: Price | null;
  readonly rank: number | null;
}

/** Why something is made anew, and which case caused that; both null for what is made for the first time. */
export interface Anew {
  readonly reason: string | null;
  readonly case: number | null;
}

/** A report on one envelope of one lot; digests as 0x text. */
export interface EvaluationReport extends NamedLot, Anew {
  readonly envelope: number;
  readonly notice: string;
  readonly record: string;
  readonly technical: string | null;
  readonly qualification: string | null;
  readonly committee: string | null;
  readonly commitments: string | null;
  readonly sheets: readonly { readonly account: string; readonly sheet: string }[];
  readonly float: { readonly paper: string; readonly point: string } | null;
  readonly ties: readonly { readonly paper: string; readonly order: readonly number[] }[];
  readonly clarifications: readonly string[];
  readonly reference: string | null;
  readonly low: readonly number[];
  readonly dropped: readonly Dropped[];
  readonly bids: readonly Ranked[];
}

const MEMBERS =
  "envelope notice record technical qualification committee commitments sheets float ties clarifications reference low dropped bids " +
  "reason case";
const MONEY = /^(0|[1-9][0-9]{0,14})\.[0-9]{2}$/;

/** A report's paper; nothing is computed again. Throws InvalidInput. */
export function readReport(data: Uint8Array): EvaluationReport {
  const value = paperOf(data, "yinxin-evaluation-1", [...PLACE, ...MEMBERS.split(" ")]);
  const dropped = rowsIn(value, "dropped", ["place", "step", "reasons"]).map(droppedOf);
  const bids = rowsIn(value, "bids", ["place", "points", "total", "price", "rank"]).map(rankedOf);
  const out = dropped.map(({ place }) => place);
  const places = new Set([...out, ...bids.map(({ place }) => place)]);
  const ascending = out.every((place, at) => at === 0 || place > (out[at - 1] ?? 0));
  if (!ascending || places.size !== out.length + bids.length) throw bad("bids and dropped");
  const drawn = value.float === null ? null : objectOf(value, "float", ["paper", "point"]);
  return {
    ...lotIn(value),
    envelope: wholeIn(value, "envelope", 1),
    notice: hexIn(value, "notice", 32),
    record: hexIn(value, "record", 32),
    technical: digestOrNull(value, "technical"),
    qualification: digestOrNull(value, "qualification"),
    committee: digestOrNull(value, "committee"),
    commitments: digestOrNull(value, "commitments"),
    sheets: rowsIn(value, "sheets", ["account", "sheet"], 200).map((one) => ({
      account: hexIn(one, "account", 20),
      sheet: hexIn(one, "sheet", 32),
    })),
    float: drawn === null ? null : { paper: hexIn(drawn, "paper", 32), point: decimalIn(drawn, "point") },
    ties: rowsIn(value, "ties", ["paper", "order"]).map((one) => ({
      paper: hexIn(one, "paper", 32),
      order: numbersIn(one, "order", 1),
    })),
    clarifications: listIn(value, "clarifications").map((one) => hexIn({ one }, "one", 32)),
    reference: value.reference === null ? null : decimalIn(value, "reference"),
    low: numbersIn(value, "low", 1),
    dropped,
    bids,
    ...anewIn(value),
  };
}

/** Members in which two reports say otherwise; equal numbers are equal, however they are written. */
export function differences(left: EvaluationReport, right: EvaluationReport): string[] {
  const names = Object.keys(left) as (keyof EvaluationReport)[];
  return names.filter((name) => plain(left[name], name) !== plain(right[name], name));
}

/** A reason to make something anew, with its case. Throws InvalidInput. */
export function anewIn(value: JsonObject): Anew {
  if (value.reason === null && value.case !== null) throw bad("case");
  if (value.reason === null) return { reason: null, case: null };
  return { reason: textOf(value, "reason"), case: value.case === null ? null : wholeIn(value, "case", 1) };
}

/** An exact decimal as text. Throws InvalidInput. */
export function decimalIn(value: JsonObject, name: string): string {
  const text = textOf(value, name);
  if (millionths(text) === null) throw bad(name);
  return text;
}

/** An amount with its currency. Throws InvalidInput. */
export function priceIn(value: JsonObject, name: string): Price {
  const found = objectOf(value, name, ["amount", "currency"]);
  const [amount, currency] = [textOf(found, "amount"), textOf(found, "currency")];
  if (!MONEY.test(amount) || !/^[A-Z]{3}$/.test(currency)) throw bad(name);
  return { amount, currency };
}

/** True for the same sum in the same currency. */
export function samePrice(left: Price | null, right: Price | null): boolean {
  return left?.currency === right?.currency && left?.amount === right?.amount;
}

function droppedOf(value: JsonObject): Dropped {
  const step = STEPS.find((one) => one === value.step);
  const reasons = textsIn(value, "reasons", 1000);
  if (step === undefined || reasons.length === 0) throw bad("dropped");
  return { place: wholeIn(value, "place", 1), step, reasons };
}

function rankedOf(value: JsonObject): Ranked {
  const { points } = value;
  if (points === undefined || !isObject(points) || Object.keys(points).length > 100) throw bad("bids.points");
  return {
    place: wholeIn(value, "place", 1),
    points: new Map(Object.keys(points).map((name) => [name, decimalIn(points, name)] as const)),
    total: value.total === null ? null : decimalIn(value, "total"),
    price: value.price === null ? null : priceIn(value, "price"),
    rank: value.rank === null ? null : wholeIn(value, "rank", 1),
  };
}

const NUMBERS: readonly string[] = ["total", "amount", "point", "reference", "points"];

/** One text for equal values. */
function plain(value: unknown, name = ""): string {
  if (typeof value === "string" && NUMBERS.includes(name)) return `#${millionths(value)}`;
  if (value instanceof Map)
    return `{${[...value].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, each]) => `${JSON.stringify(key)}:${plain(each, "points")}`)}}`;
  if (Array.isArray(value)) return `[${value.map((one) => plain(one))}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => `${key}:${plain(each, key)}`)}}`;
  return JSON.stringify(value);
}

function bad(field: string): InvalidInput {
  return new InvalidInput(`${field}: not what it must be`, "evaluation.paper");
}
