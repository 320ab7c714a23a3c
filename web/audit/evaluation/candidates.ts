/** Candidates, and a lot that fails for reasons (docs/formats/evaluation.md, chain/evaluation/report/candidates.py). */
import { millionths } from "../../sheet/points.ts";
import type { JsonObject } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { lotOf, wrong } from "../committee/turns.ts";
import {
  digestOrNull,
  hexIn,
  lotIn,
  type NamedLot,
  objectOf,
  PLACE,
  paperOf,
  rowsIn,
  sameLot,
  textOf,
  textsIn,
  wholeIn,
} from "../forms.ts";
import { standingRecord } from "../records.ts";
import { Missing } from "../report.ts";
import type { RecordedReport, Scene } from "./gathering.ts";
import { type Anew, anewIn, decimalIn, type Price, priceIn } from "./report.ts";

/** One candidate; the companies in the order of the opening record. */
export interface Candidate {
  readonly rank: number;
  readonly place: number;
  readonly code: string;
  readonly name: string;
  readonly members: readonly { readonly code: string; readonly name: string }[];
  readonly price: Price;
  readonly total: string | null;
}

/** The candidates of a lot, as they were named. */
export interface Candidates extends NamedLot, Anew {
  readonly number: number;
  /** SHA-256 of the report they follow from. */
  readonly evaluation: string;
  readonly candidates: readonly Candidate[];
}

/** Why a lot fails after its opening. */
export interface Failure extends NamedLot {
  /** SHA-256 of the report, and how many bids it leaves; null if it fails without one. */
  readonly evaluation: string | null;
  readonly valid: number | null;
  readonly reasons: readonly string[];
}

/** Format of a failure for reasons. */
export const FAILED = "yinxin-lot-failed-2";

/** Whether they follow from a report is not checked. Throws InvalidInput. */
export function readCandidates(data: Uint8Array): Candidates {
  const names = [...PLACE, "number", "evaluation", "candidates", "reason", "case"];
  const value = paperOf(data, "yinxin-candidates-1", names);
  const members = ["rank", "place", "organisation", "price", "total"];
  const candidates = rowsIn(value, "candidates", members, 100).map(candidateOf);
  const places = new Set(candidates.map(({ place }) => place));
  const inOrder = candidates.every(({ rank }, at) => rank === at + 1);
  if (candidates.length === 0 || !inOrder || places.size !== candidates.length) throw bad("candidates");
  const [number, anew] = [wholeIn(value, "number", 1), anewIn(value)];
  if ((anew.reason === null) !== (number === 1)) throw bad("reason");
  return { ...lotIn(value), number, evaluation: hexIn(value, "evaluation", 32), candidates, ...anew };
}

/** Reasons of a lot that failed after its evaluation. Throws InvalidInput. */
export function readFailure(data: Uint8Array): Failure {
  const value = paperOf(data, FAILED, [...PLACE, "evaluation", "valid", "reasons", "case"]);
  const reasons = textsIn(value, "reasons", 1000);
  const evaluation = digestOrNull(value, "evaluation");
  if (reasons.length === 0 || (evaluation === null) !== (value.valid === null)) throw bad("valid");
  if (value.case !== null) wholeIn(value, "case", 1);
  const valid = value.valid === null ? null : wholeIn(value, "valid", 0);
  return { ...lotIn(value), evaluation, valid, reasons };
}

/** Throws InvalidInput unless these are the candidates that follow from the newest report, whatever reason they give. */
export async function checkCandidates(
  scene: Scene,
  said: Candidates,
  number: number,
  newest: RecordedReport,
): Promise<void> {
  if (!sameLot(said, lotOf(scene)) || said.number !== number || said.evaluation !== newest.digest)
    throw wrong("they are of another lot or number, or rest on another report than the newest one");
  const { bids, envelope } = newest.report;
  if (bids.length === 0) throw wrong("no valid bid is left");
  const record = await standingRecord(scene.audited, scene.lot, envelope);
  if (record === null) throw new Missing("the opening record, which names them, is not to be had");
  const named = new Map(record.bids.map(({ place, organisation }) => [place, organisation] as const));
  const right = bids.slice(0, scene.evaluation.candidates).map((bid, at): Candidate => {
    const who = named.get(bid.place) ?? null;
    if (bid.rank !== at + 1 || bid.price === null || who === null)
      throw wrong("places that only a draw can part would be candidates");
    const { code, name, members } = who;
    return { rank: at + 1, place: bid.place, code, name, members, price: bid.price, total: bid.total };
  });
  if (written(right) !== written(said.candidates)) throw wrong("the report names others, or names them otherwise");
}

/** One text for the same candidates. */
function written(all: readonly Candidate[]): string {
  return JSON.stringify(
    all.map(({ rank, place, code, name, members, price, total }) => [
      ...[rank, place, code, name, members.map((one) => [one.code, one.name])],
      ...[price.amount, price.currency, total === null ? null : String(millionths(total))],
    ]),
  );
}

function candidateOf(value: JsonObject): Candidate {
  const who = objectOf(value, "organisation", ["code", "name", "members"]);
  return {
    rank: wholeIn(value, "rank", 1),
    place: wholeIn(value, "place", 1),
    ...companyOf(who),
    members: rowsIn(who, "members", ["code", "name"], 20).map(companyOf),
    price: priceIn(value, "price"),
    total: value.total === null ? null : decimalIn(value, "total"),
  };
}

function companyOf(value: JsonObject): { code: string; name: string } {
  return { code: textOf(value, "code", 18, 0), name: textOf(value, "name", 4000, 0) };
}

function bad(field: string): InvalidInput {
  return new InvalidInput(`${field}: not what it must be`, "evaluation.paper");
}
