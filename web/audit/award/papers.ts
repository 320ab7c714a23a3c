/** Papers of cases and awards (docs/formats/award.md, chain/contracting/award): who objects and complains, what came of it, who is awarded. */
import { isObject, type JsonObject, readCanonical } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { type Price, priceIn } from "../evaluation/report.ts";
import { hexIn, lotIn, type NamedLot, objectOf, PLACE, paperOf, rowsIn, textOf, wholeIn } from "../forms.ts";

/** What somebody says in a case; `objection`: the number of the one that a complaint follows, or null. */
export interface Said extends NamedLot {
  readonly objection: number | null;
}

/** What came of a case about a result: is it right, and does the result stand all the same. */
export interface Outcome {
  readonly upheld: boolean;
  readonly stands: boolean;
}

/** An answer or a decision; no outcome where an answer at the opening needs none. */
export interface Answer extends NamedLot {
  /** Number of the case, and the SHA-256 of its paper. */
  readonly number: number;
  readonly about: string;
  readonly outcome: Outcome | null;
}

/** Who stands behind a bid. */
export interface Party {
  readonly code: string;
  readonly name: string;
  readonly members: readonly { readonly code: string; readonly name: string }[];
}

/** One award of a lot. */
export interface Award extends NamedLot {
  readonly number: number;
  /** SHA-256 of the candidates' paper. */
  readonly candidates: string;
  readonly rank: number;
  readonly place: number;
  readonly organisation: Party;
  readonly price: Price;
  /** Ranks of those who are passed over. */
  readonly passed: readonly number[];
}

const LARGEST = 16 * 2 ** 20;
const GROUNDS: readonly unknown[] = ["given-up", "contract-refused", "guarantee-refused", "disqualified"];

/** An objection. Throws InvalidInput. */
export function readObjection(data: Uint8Array): Said {
  const value = paperOf(data, "yinxin-objection-1", [...PLACE, "text"]);
  textOf(value, "text");
  return { ...lotIn(value), objection: null };
}

/** A complaint. Throws InvalidInput. */
export function readComplaint(data: Uint8Array): Said {
  const value = paperOf(data, "yinxin-complaint-1", [...PLACE, "objection", "text"]);
  textOf(value, "text");
  return { ...lotIn(value), objection: value.objection === null ? null : wholeIn(value, "objection", 1) };
}

/** The answer to an objection; decided or not. Throws InvalidInput. */
export function readAnswer(data: Uint8Array): Answer {
  const names = [...PLACE, "number", "objection", "text"];
  const form = readCanonical(data, "answer", LARGEST);
  const decided = isObject(form) && form.format === "yinxin-objection-answer-2";
  const value = decided
    ? paperOf(data, "yinxin-objection-answer-2", [...names, "decision", "stands"])
    : paperOf(data, "yinxin-objection-answer-1", names);
  return answerIn(value, "objection", decided ? outcomeIn(value) : null);
}

/** The decision on a complaint. Throws InvalidInput. */
export function readDecision(data: Uint8Array): Answer {
  const names = [...PLACE, "number", "complaint", "decision", "stands", "text"];
  const value = paperOf(data, "yinxin-decision-on-complaint-1", names);
  return answerIn(value, "complaint", outcomeIn(value));
}

/** An award. Throws InvalidInput. */
export function readAward(data: Uint8Array): Award {
  const names = [...PLACE, "number", "candidates", "rank", "place", "organisation", "price", "reasons"];
  const value = paperOf(data, "yinxin-award-1", names);
  const who = objectOf(value, "organisation", ["code", "name", "members"]);
  const reasons = rowsIn(value, "reasons", ["rank", "ground", "text", "case"], 1000);
  for (const one of reasons) {
    if (!GROUNDS.includes(one.ground)) throw bad("reasons.ground");
    textOf(one, "text");
    if (one.case !== null) wholeIn(one, "case", 1);
  }
  return {
    ...lotIn(value),
    number: wholeIn(value, "number", 1),
    candidates: hexIn(value, "candidates", 32),
    rank: wholeIn(value, "rank", 1),
    place: wholeIn(value, "place", 1),
    organisation: { ...companyIn(who), members: rowsIn(who, "members", ["code", "name"], 20).map(companyIn) },
    price: priceIn(value, "price"),
    passed: reasons.map((one) => wholeIn(one, "rank", 1)),
  };
}

function answerIn(value: JsonObject, about: string, outcome: Outcome | null): Answer {
  textOf(value, "text");
  return { ...lotIn(value), number: wholeIn(value, "number", 1), about: hexIn(value, about, 32), outcome };
}

function outcomeIn({ decision, stands }: JsonObject): Outcome {
  if (decision !== "upheld" && decision !== "rejected") throw bad("decision");
  if (typeof stands !== "boolean" || (decision === "rejected" && !stands)) throw bad("stands");
  return { upheld: decision === "upheld", stands };
}

function companyIn(value: JsonObject): { code: string; name: string } {
  return { code: textOf(value, "code", 18), name: textOf(value, "name", 200) };
}

function bad(field: string): InvalidInput {
  return new InvalidInput(`${field}: not what it must be`, "award.paper");
}
