/** How each rule stands after an audit here. No DOM. */
import { HERE, PARTLY } from "./here.ts";
import type { Done } from "./messages.ts";
import type { Finding, Result, Rule } from "./report.ts";

/** `nothing`: looked at here, and there was nothing to look at; `elsewhere`: not looked at here at all. */
export type Standing = Result | "holds" | "nothing" | "elsewhere";

const WORST: readonly Result[] = ["broken", "unknown", "note"];

/** What came of it as a whole. */
export function verdictOf({ findings }: Pick<Done, "findings">): "broken" | "unknown" | "clean" {
  const has = (result: Result): boolean => findings.some((one) => one.result === result);
  return has("broken") ? "broken" : has("unknown") ? "unknown" : "clean";
}

/** Findings, the worst first. */
export function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((left, right) => WORST.indexOf(left.result) - WORST.indexOf(right.result));
}

/** How a rule stands, and how often it was looked at. */
export function standingOf(
  { findings, looked }: Pick<Done, "findings" | "looked">,
  rule: Rule,
): { readonly standing: Standing; readonly count: number; readonly partly: boolean } {
  const count = new Map(looked).get(rule) ?? 0;
  const partly = PARTLY.includes(rule);
  const found = findings.filter((one) => one.rule === rule).map(({ result }) => result);
  const worst = WORST.find((one) => found.includes(one));
  if (worst !== undefined) return { standing: worst, count, partly };
  if (!HERE.includes(rule)) return { standing: "elsewhere", count, partly: false };
  return { standing: count === 0 ? "nothing" : "holds", count, partly };
}

/** Where on the tender's pages the thing lies that a finding concerns. */
export function placeOf(tender: number, { rule, lot }: Pick<Finding, "rule" | "lot">): string {
  const opening = /^A[789]\d\d$/.test(rule);
  const at = `/tenders/${tender}${opening ? "/opening" : ""}`;
  if (lot !== null) return `${at}#lot-${lot}`;
  return `/tenders/${tender}#${rule.startsWith("A4") ? "documents" : "facts"}`;
}
