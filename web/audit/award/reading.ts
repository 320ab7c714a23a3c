/** Cases of a lot with their papers: what is said, what came of it (chain/contracting/award/reading.py, standing.py). */
import { InvalidInput } from "../../verify/errors.ts";
import type { TenderCase } from "../case.ts";

import { order, type TenderEvent } from "../events.ts";
import { type NamedLot, sameLot } from "../forms.ts";
import { Broken, Missing } from "../report.ts";
import { CASE, type Case, type Lot } from "../story.ts";
import {
  type Answer,
  type Outcome,
  readAnswer,
  readComplaint,
  readDecision,
  readObjection,
  type Said,
} from "./papers.ts";

/** One case; `wrong`: what is not as it must be in one of its papers; `lost`: true if one of them is not to be had. */
export interface ReadCase {
  readonly filed: Case;
  /** Null: nobody has the paper, or it is none of ours. */
  readonly said: Said | null;
  readonly answer: Answer | null;
  readonly wrong: string;
  readonly lost: boolean;
}

/** Every case of a lot, in the order of numbers. Throws what the board throws where it does not answer. */
export async function readCases(audited: TenderCase, lot: Lot): Promise<ReadCase[]> {
  const found: ReadCase[] = [];
  for (const one of lot.cases) found.push(await readCase(audited, one, audited.place(lot.number)));
  return found;
}

/** What came of it; null: not decided, or answered at the opening without a decision. */
export function outcomeOf({ answer }: ReadCase): Outcome | null {
  return answer?.outcome ?? null;
}

/**
 * Numbers of the cases that were upheld so that the result does not stand, and that nothing had answered before an event: until the
 * first award a newer ranking answers them, afterwards a newer award.
 */
export function shaken(lot: Lot, cases: readonly ReadCase[], before: TenderEvent): number[] {
  const upheld = cases.filter((one) => outcomeOf(one)?.stands === false);
  return upheld.filter((one) => isLastWord(lot, one, before)).map(({ filed }) => filed.number);
}

/** True if it is settled, and its answer is not to be had or none of ours. */
export function isUntold({ filed, answer }: ReadCase): boolean {
  return filed.settled !== null && answer === null;
}

/** Numbers of the cases whose answer is not to be had, and that {@link shaken} would give if they were upheld. */
export function untold(lot: Lot, cases: readonly ReadCase[], before: TenderEvent): number[] {
  return cases.filter((one) => isUntold(one) && isLastWord(lot, one, before)).map(({ filed }) => filed.number);
}

/** True if it is settled before that event, and nothing between the two could have answered it. */
function isLastWord(lot: Lot, { filed: { settled } }: ReadCase, before: TenderEvent): boolean {
  if (settled === null || order(settled, before) >= 0) return false;
  const awarded = lot.awards.some((event) => order(event, settled) < 0);
  const answers = awarded ? lot.awards : lot.rankings;
  return !answers.some((event) => order(settled, event) < 0 && order(event, before) < 0);
}

async function readCase(audited: TenderCase, filed: Case, here: NamedLot): Promise<ReadCase> {
  const objection = filed.kind === CASE.objection;
  const paper = await held(audited, filed.digest, objection ? readObjection : readComplaint);
  const foreign = paper.found !== null && !sameLot(paper.found, here);
  const said = foreign ? null : paper.found;
  const wrong = foreign ? "the paper is about another lot" : paper.wrong;
  if (filed.answer === null) return { filed, said, answer: null, wrong, lost: paper.lost };
  const reply = await held(audited, filed.answer, objection ? readAnswer : readDecision);
  const { found } = reply;
  const other =
    found !== null && !(sameLot(found, here) && found.number === filed.number && found.about === filed.digest);
  const odd = other ? "the answer is to another case" : reply.wrong;
  const lost = paper.lost || reply.lost;
  return { filed, said, answer: other ? null : found, wrong: odd === "" ? wrong : odd, lost };
}

/** The paper; or why it is not what it must be; or it is not to be had. */
async function held<T>(
  { board }: TenderCase,
  digest: string,
  read: (data: Uint8Array) => T,
): Promise<{ readonly found: T | null; readonly wrong: string; readonly lost: boolean }> {
  try {
    return { found: read(await board.get(digest)), wrong: "", lost: false };
  } catch (error) {
    if (error instanceof Missing) return { found: null, wrong: "", lost: true };
    if (!(error instanceof Broken || error instanceof InvalidInput)) throw error;
    return { found: null, wrong: error.message, lost: false };
  }
}
