/** A ceremony as ledger and boards tell it at one final block: the same for everybody (chain/tenders/holding/ceremonies.py). */
import { equal } from "../../verify/bytes.ts";
import { Refused } from "../../verify/errors.ts";
import { answerBytes, complaintOf, type Words } from "./complaints.ts";
import type { Transcript } from "./hearing.ts";
import { type Judgement, judge } from "./judgement.ts";
import type { Roster } from "./roster.ts";
import { numbersOf } from "./wire.ts";

/** Where a ceremony stands by the ledger's clock. */
export type Round = "deals" | "complaints" | "answers" | "confirmations" | "over";

/** Last seconds of the rounds, in their order. */
export type Ends = readonly [deals: number, complaints: number, answers: number, confirmations: number];

/** What a member confirms: transcript (32 bytes), qualified members, key (96 bytes). */
export interface Outcome {
  readonly transcript: Uint8Array;
  readonly qualified: readonly number[];
  readonly key: Uint8Array;
}

/** All that ledger and boards say. */
export interface Ceremony {
  readonly number: number;
  readonly ends: Ends;
  readonly roster: Roster;
  /** Of the block, seconds. */
  readonly time: number;
  /** Digest of each deal, by member. */
  readonly dealt: Words;
  /** By member, then accused. */
  readonly complaints: ReadonlyMap<number, Words>;
  /** By dealer, then complainer. */
  readonly answers: ReadonlyMap<number, Words>;
  /** The newest of each member, in the order in which members first confirmed. */
  readonly confirmed: ReadonlyMap<number, Outcome>;
  /** Who has reported that the share is destroyed. */
  readonly destroyed: ReadonlySet<number>;
  /** The key in force, or null. */
  readonly key: Uint8Array | null;
  /** Bytes of the deals that are to be had. */
  readonly deals: Words;
}

/** In their order. */
export const ROUNDS = ["deals", "complaints", "answers", "confirmations"] as const;

/** The round of a second; every end is inclusive, as the contract has it. */
export function roundAt(ends: Ends, time: number): Round {
  return ROUNDS.find((_, at) => time <= (ends[at] ?? 0)) ?? "over";
}

/** The last second of the present round; 0 if none is to come. */
export function endOf({ ends, time }: Pick<Ceremony, "ends" | "time">): number {
  return ends.find((end) => time <= end) ?? 0;
}

/** Members whose digest stands on the ledger and whose deal is not to be had, ascending. */
export function missingIn(ceremony: Ceremony): number[] {
  return numbersOf(ceremony.dealt).filter((number) => !ceremony.deals.has(number));
}

/** The messages that are judged. */
export function transcriptIn(ceremony: Ceremony): Transcript {
  const { roster, dealt, deals } = ceremony;
  const written = (said: ReadonlyMap<number, Words>, write: typeof complaintOf): Words =>
    new Map([...said].map(([number, words]) => [number, write(roster, number, words)]));
  return {
    deals,
    complaints: written(ceremony.complaints, complaintOf),
    answers: written(ceremony.answers, answerBytes),
    withheld: new Map([...dealt].filter(([number]) => !deals.has(number))),
  };
}

/** What came of it. Throws Refused `holding.early`: the answers are not in yet; and as {@link judge} does. */
export function judgementIn(ceremony: Ceremony): Judgement {
  const round = roundAt(ceremony.ends, ceremony.time);
  if (round !== "confirmations" && round !== "over") throw new Refused("holding.early");
  return judge(ceremony.roster, transcriptIn(ceremony));
}

/** What a judgement comes to. */
export function outcomeOf({ transcript, deals, key }: Judgement): Outcome {
  return { transcript, qualified: [...deals.keys()], key };
}

/** True if both confirm the same. */
export function sameOutcome(left: Outcome, right: Outcome): boolean {
  const qualified = left.qualified.join() === right.qualified.join();
  return qualified && equal(left.transcript, right.transcript) && equal(left.key, right.key);
}

/**
 * The judgement that the key in force rests on.
 * @throws Refused `holding.no_key`: none is in force; `holding.other_key_in_force`: it is not what the messages give
 */
export function judgementInForce(ceremony: Ceremony): Judgement {
  const { key } = ceremony;
  if (key === null) throw new Refused("holding.no_key");
  const judgement = judgementIn(ceremony);
  const active = activeIn(ceremony, key);
  if (active === null || !sameOutcome(active, outcomeOf(judgement))) throw new Refused("holding.other_key_in_force");
  return judgement;
}

/** The outcome of that key that t members confirm first; null if there is none. */
function activeIn(ceremony: Ceremony, key: Uint8Array): Outcome | null {
  const seen: Outcome[] = [];
  for (const outcome of ceremony.confirmed.values()) {
    seen.push(outcome);
    const count = seen.filter((one) => sameOutcome(one, outcome)).length;
    if (count === ceremony.roster.threshold && equal(outcome.key, key)) return outcome;
  }
  return null;
}
