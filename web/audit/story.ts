/** The story of a tender: what its events tell, and nothing else; the shapes of chain/tenders/story/shapes.py. */
import type { Commitment } from "../bid/acts.ts";
import type { TenderEvent, Terms } from "./events.ts";

/** Phases of a lot, by the contract's numbers. */
export const PHASE = {
  bidding: 1,
  closed: 2,
  opened: 3,
  reviewed: 4,
  priceClosed: 5,
  priceOpened: 6,
  candidates: 7,
  awarded: 8,
  contracted: 9,
  failed: 10,
  cancelled: 11,
} as const;

/** Kinds of cases, by the contract's numbers. */
export const CASE = { objection: 1, complaint: 2 } as const;

/** One place of a lot. `bidder` acts for it now; `digest` is its commitment's hash. */
export interface Bid {
  readonly place: number;
  bidder: string;
  version: number;
  readonly recovery: string;
  commitment: Commitment;
  digest: string;
  live: boolean;
}

/** A live bid as a closing fixed it. */
export interface LiveBid {
  readonly place: number;
  readonly commitment: Commitment;
  readonly digest: string;
}

/** A live set as it was fixed. */
export interface Closing {
  readonly digest: string;
  readonly bids: readonly LiveBid[];
  readonly event: TenderEvent;
}

/** An opening: the key holders' signature over the live set, and the digest of the published keys. */
export interface Opened {
  readonly signature: string;
  readonly keys: string;
  readonly event: TenderEvent;
}

/** An objection or complaint; `answer` is the digest of what settled it. */
export interface Case {
  readonly number: number;
  readonly kind: number;
  readonly by: string;
  readonly digest: string;
  readonly filed: TenderEvent;
  answer: string | null;
  settled: TenderEvent | null;
}

/** One lot. `since`: second at which its newest phase began. */
export interface Lot {
  readonly number: number;
  phase: number;
  since: number;
  readonly bids: Bid[];
  readonly moved: Set<string>;
  readonly closings: Map<number, Closing>;
  readonly openings: Map<number, Opened>;
  readonly custody: { readonly envelope: number; readonly custodian: string; readonly digest: string }[];
  review: TenderEvent | null;
  dropped: readonly number[];
  failed: TenderEvent | null;
  readonly cases: Case[];
  readonly rankings: TenderEvent[];
  readonly awards: TenderEvent[];
  contract: TenderEvent | null;
  readonly records: TenderEvent[];
}

/** One tender up to one block. */
export interface Story {
  readonly book: string;
  readonly number: number;
  readonly terms: Terms;
  readonly custodians: readonly string[];
  deadline: number;
  openAt: number;
  settledAt: number;
  outage: TenderEvent | null;
  cancelled: TenderEvent | null;
  readonly lots: ReadonlyMap<number, Lot>;
  /** Events that carry a notice's digest: the publication, then amendments. */
  readonly notices: TenderEvent[];
  /** Papers on record for the whole tender. */
  readonly records: TenderEvent[];
  readonly events: TenderEvent[];
}

/** SHA-256 of a version of the notice, by the event that names it. */
export function noticeIn({ name, values }: TenderEvent): string {
  return name === "Published" ? (values.notice as Terms).digest : String(values.digest);
}

/** SHA-256 of the notice in force. */
export function noticeInForce({ notices }: Story): string {
  const last = notices.at(-1);
  if (last === undefined) throw new Error("a story begins with a notice");
  return noticeIn(last);
}

/** Where a lot stands, a cancelled tender's too. */
export function phaseOf(story: Story, lot: Lot): number {
  return story.cancelled !== null && lot.phase < PHASE.contracted ? PHASE.cancelled : lot.phase;
}
