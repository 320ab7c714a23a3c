/** A qualification paper as far as a report rests on it (chain/evaluation/qualifying/paper.py): who failed, and by which rules. */
import type { JsonObject } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { ascends } from "../committee/draw.ts";
import { hexIn, lotIn, type NamedLot, objectsIn, PLACE, paperOf, rowsIn, textOf, wholeIn } from "../forms.ts";

/** What the paper says of one record's bids. */
export interface Qualification extends NamedLot {
  readonly envelope: number;
  /** SHA-256 of the opening record. */
  readonly record: string;
  /** Of each bid that failed: the required rules that it fails, and the guarantee, in words. */
  readonly failed: ReadonlyMap<number, readonly string[]>;
}

const ANSWERS: readonly unknown[] = ["pass", "fail", "unknown"];

/** Reads it; findings and blocks are not looked at. Throws InvalidInput. */
export function readQualification(data: Uint8Array): Qualification {
  const names = [...PLACE, "envelope", "record", "deadline", "opening", "bids"];
  const value = paperOf(data, "yinxin-qualification-1", names);
  const failed = new Map<number, string[]>();
  const bids = rowsIn(value, "bids", ["place", "result", "rules", "guarantee"]);
  if (!ascends(bids.map((bid) => wholeIn(bid, "place", 1)))) throw bad("bids.place");
  for (const bid of bids) {
    const rules = objectsIn(bid, "rules", 100).filter((one) => one.required === true && answerIn(one) === "fail");
    const words = rules.map((one) => textOf(one, "rule"));
    if (bid.guarantee !== null) {
      const [guarantee] = objectsIn({ guarantee: [bid.guarantee ?? null] }, "guarantee");
      if (guarantee !== undefined && answerIn(guarantee) === "fail") words.push("guarantee 投标保函");
    }
    if ((answerIn(bid) === "fail") !== words.length > 0) throw bad("bids.result");
    if (words.length > 0) failed.set(wholeIn(bid, "place", 1), words);
  }
  return { ...lotIn(value), envelope: wholeIn(value, "envelope", 1), record: hexIn(value, "record", 32), failed };
}

function answerIn(value: JsonObject): unknown {
  if (!ANSWERS.includes(value.result)) throw bad("result");
  return value.result;
}

function bad(field: string): InvalidInput {
  return new InvalidInput(`${field}: not what it must be`, "qualification.paper");
}
