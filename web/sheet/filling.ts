/** A sheet as a member fills it in, and everything that is wrong with it at once (`chain/evaluation/sheets/checking.py`). */
import { lengthOf } from "../verify/canonical.ts";
import { fits, millionths } from "./points.ts";
import { type BidSheet, LONGEST, type Opinion } from "./sheet.ts";

/** A criterion for which experts give points; weight and step are exact decimals. */
export interface Criterion {
  readonly name: string;
  readonly label: { readonly zh: string; readonly en: string };
  readonly weight: string;
  readonly step: string;
}

/** A verdict as it is filled in. */
export type Verdict = "" | "pass" | "fail";

/** What is filled in of one bid, all as typed. */
export interface Filled {
  readonly formal: Verdict;
  readonly formalReason: string;
  readonly qualification: Verdict;
  readonly qualificationReason: string;
  readonly points: Readonly<Record<string, string>>;
  readonly remark: string;
}

/** Kinds of faults; each has its words. */
export type FaultKind = "verdict" | "reason" | "long" | "exact" | "none" | "range" | "forFail" | "foreign";

/** One thing that is wrong: of which bid, in which member. */
export interface SheetFault {
  readonly place: number;
  /** `formal`, `formal_reason`, `points.NAME` and so on, as the command names them. */
  readonly field: string;
  readonly kind: FaultKind;
}

/** Nothing filled in yet. */
export const EMPTY: Filled = {
  formal: "",
  formalReason: "",
  qualification: "",
  qualificationReason: "",
  points: {},
  remark: "",
};

/** What was filled in, as it goes into a sheet; whoever has faults has no sheet. */
export function bidSheet(place: number, filled: Filled): BidSheet {
  const said = Object.entries(filled.points).flatMap(([name, text]) => {
    const clean = text.trim();
    return clean === "" ? [] : [[name, clean] as const];
  });
  return {
    place,
    formal: opinion(filled.formal, filled.formalReason),
    qualification: opinion(filled.qualification, filled.qualificationReason),
    points: Object.fromEntries(said),
    remark: filled.remark.trim(),
  };
}

/** Everything that is wrong with what was filled in of one bid. */
export function faultsOf(place: number, filled: Filled, criteria: readonly Criterion[]): SheetFault[] {
  return [...told(filled, criteria)].map(([field, kind]) => ({ place, field, kind }));
}

function* told(filled: Filled, criteria: readonly Criterion[]): Generator<readonly [string, FaultKind]> {
  yield* verdictFaults("formal", filled.formal, filled.formalReason);
  yield* verdictFaults("qualification", filled.qualification, filled.qualificationReason);
  if (lengthOf(filled.remark) > LONGEST) yield ["remark", "long"];
  const points = Object.entries(filled.points).filter(([, text]) => text.trim() !== "");
  if (filled.formal === "fail" || filled.qualification === "fail") {
    if (points.length > 0) yield ["points", "forFail"];
    return;
  }
  const given = new Map(points);
  for (const { name } of criteria) if (!given.has(name)) yield [`points.${name}`, "none"];
  for (const [name, text] of given) {
    const criterion = criteria.find((one) => one.name === name);
    const clean = text.trim();
    if (criterion === undefined) yield [`points.${name}`, "foreign"];
    else if (millionths(clean) === null) yield [`points.${name}`, "exact"];
    else if (!fits(clean, criterion.weight, criterion.step)) yield [`points.${name}`, "range"];
  }
}

function* verdictFaults(name: string, verdict: Verdict, reason: string): Generator<readonly [string, FaultKind]> {
  if (verdict === "") yield [name, "verdict"];
  if (verdict === "fail" && reason.trim() === "") yield [`${name}_reason`, "reason"];
  if (lengthOf(reason) > LONGEST) yield [`${name}_reason`, "long"];
}

function opinion(verdict: Verdict, reason: string): Opinion {
  return { passed: verdict !== "fail", reason: reason.trim() };
}
