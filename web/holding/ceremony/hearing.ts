/**
 * Who complains of whom, which complaints are heard, and what a dealer answers (chain/sealing/ceremony/hearing.py). Everything
 * follows from what stands on the ledger and from the deals whose digests stand there, so every member hears the same.
 */
import { sha256 } from "../../verify/bytes.ts";
import { InvalidInput, Refused, Unavailable } from "../../verify/errors.ts";
import { accusedIn, type Complaint, readComplaint, type Words } from "./complaints.ts";
import { type Deal, readDeal, shareFor } from "./deal.ts";
import type { Roster } from "./roster.ts";
import { numbersOf } from "./wire.ts";

/** Why a member is left out. */
export type Offence = "absent" | "bad_deal" | "bad_box" | "no_answer" | "many_complaints" | "false_complaint";

/** Who is left out, and why. */
export interface MemberFault {
  readonly member: number;
  readonly offence: Offence;
}

/** All messages of the first three rounds, as they came, by the member that the ledger names as the sender. */
export interface Transcript {
  /** The bytes whose digests stand on the ledger. */
  readonly deals: Words;
  /** As written, from the ledger's words. */
  readonly complaints: Words;
  /** As written, from the ledger's words. */
  readonly answers: Words;
  /** Digests (32 bytes) of deals that were not to be had. */
  readonly withheld: Words;
}

/** What is known when dealers answer. */
export interface Hearing {
  /** Deals that are not bad, of dealers of whom fewer than t complain; ascending. */
  readonly dealt: ReadonlyMap<number, Deal>;
  /** Whose deals are not among them, and why. */
  readonly faults: ReadonlyMap<number, MemberFault>;
  /** Of each dealer in `dealt` of whom somebody complains: who does, ascending. */
  readonly complainers: ReadonlyMap<number, readonly number[]>;
  /** Those among them that are heard. True: the deal was missing; false: the box is said to be wrong. */
  readonly heard: ReadonlyMap<number, ReadonlyMap<number, boolean>>;
}

type Spoken = Map<number, Map<number, boolean>>;

/** Dealers who would show a share to a member that says it misses the deal. */
export function exposedIn(hearing: Hearing): number[] {
  return [...hearing.heard].filter(([, heard]) => [...heard.values()].includes(true)).map(([dealer]) => dealer);
}

/**
 * Hears the complaints.
 * @throws InvalidInput a message of a member that is not on the roster
 * @throws Unavailable `ceremony.withheld`: a deal is missing that others have; nothing can be said before it comes
 */
export function hear(roster: Roster, transcript: Transcript): Hearing {
  for (const sent of [transcript.deals, transcript.withheld, transcript.complaints, transcript.answers]) {
    if (numbersOf(sent).some((number) => number < 1 || number > roster.members.length)) {
      throw new InvalidInput("a message of somebody who is not on the roster", "ceremony.number");
    }
  }
  const said = complaintsIn(roster, transcript);
  const spoken = spokenIn(said);
  const there = (number: number): boolean => transcript.deals.has(number) || transcript.withheld.has(number);
  const counts = (member: number, missing: boolean): boolean =>
    there(member) && !(missing && (said.get(member)?.missing.length ?? 0) >= roster.threshold);
  const counted = filtered(spoken, counts);
  const faults = new Map<number, MemberFault>();
  const dealt = new Map<number, Deal>();
  const out = (member: number, offence: Offence): void => void faults.set(member, { member, offence });
  for (let number = 1; number <= roster.members.length; number++) {
    const data = transcript.deals.get(number);
    if (!there(number)) out(number, "absent");
    else if ((counted.get(number)?.size ?? 0) >= roster.threshold) out(number, "many_complaints");
    else if (transcript.withheld.has(number) || data === undefined) {
      throw new Unavailable(`the deal of member ${number} is on no board, but others have it`, "ceremony.withheld");
    } else {
      const deal = readOrNull(() => readDeal(data, roster, number));
      if (deal === null) out(number, "bad_deal");
      else dealt.set(number, deal);
    }
  }
  const heard = filtered(counted, (member) => dealt.has(member));
  const of = (map: Spoken): number[] => numbersOf(map).filter((dealer) => dealt.has(dealer));
  return {
    dealt,
    faults,
    complainers: new Map(of(spoken).map((dealer) => [dealer, numbersOf(spoken.get(dealer) ?? new Map())])),
    heard: new Map(of(heard).map((dealer) => [dealer, heard.get(dealer) ?? new Map()])),
  };
}

/**
 * A dealer's answer to those who complained of it: a word for each; null if nobody did, or its own deal does not count. Who is not
 * heard gets the digest of the deal, for the ledger wants a word for each.
 * @throws Refused shares must not be shown: t or more members complain (`ceremony.complaints`), or whoever hides deals could learn
 *   what was dealt (`ceremony.hidden`)
 * @throws Unavailable a deal is missing that others have
 */
export function makeAnswer(roster: Roster, dealer: number, seed: Uint8Array, transcript: Transcript): Words | null {
  const hearing = hear(roster, transcript);
  if (hearing.faults.get(dealer)?.offence === "many_complaints") throw new Refused("ceremony.complaints");
  const complainers = hearing.complainers.get(dealer);
  const data = transcript.deals.get(dealer);
  if (complainers === undefined || data === undefined) return null;
  const heard = hearing.heard.get(dealer) ?? new Map<number, boolean>();
  const exposed = exposedIn(hearing);
  if (exposed.includes(dealer) && hearing.dealt.size - exposed.length < roster.threshold) {
    throw new Refused("ceremony.hidden", { members: exposed.join(", ") });
  }
  const plain = sha256(data);
  return new Map(complainers.map((one) => [one, heard.has(one) ? shareFor(roster, dealer, seed, one) : plain]));
}

/** What `read` gives, or null if the input breaks a rule. */
export function readOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

/** Complaints in the right form; a malformed one is none. */
function complaintsIn(roster: Roster, transcript: Transcript): Map<number, Complaint> {
  const said = new Map<number, Complaint>();
  for (const [member, data] of transcript.complaints) {
    const complaint = readOrNull(() => readComplaint(data, roster, member));
    if (complaint !== null) said.set(member, complaint);
  }
  return said;
}

/** By dealer, then by complainer, ascending: whether the deal is said to be missing. */
function spokenIn(said: ReadonlyMap<number, Complaint>): Spoken {
  const spoken: Spoken = new Map();
  for (const member of numbersOf(said)) {
    const complaint = said.get(member);
    for (const dealer of complaint === undefined ? [] : accusedIn(complaint)) {
      const about = spoken.get(dealer) ?? new Map<number, boolean>();
      spoken.set(dealer, about.set(member, complaint?.missing.includes(dealer) ?? false));
    }
  }
  return spoken;
}

function filtered(spoken: Spoken, keeps: (member: number, missing: boolean) => boolean): Spoken {
  return new Map(
    [...spoken].map(([dealer, about]) => [dealer, new Map([...about].filter(([one, missing]) => keeps(one, missing)))]),
  );
}
