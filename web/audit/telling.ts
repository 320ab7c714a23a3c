/**
 * From events to the story: the chain's rules, told once more, as chain/tenders/story/telling.py tells them. An event that cannot
 * follow those before it is refused.
 */
import { type Commitment, commitmentHash, kindDigest } from "../bid/acts.ts";
import { liveDigest } from "../holding/messages.ts";
import { hex0x, unhex0x } from "../verify/bytes.ts";
import { type EventName, numberIn, order, type TenderEvent, type Terms, textIn } from "./events.ts";
import { Broken } from "./report.ts";
import { type Bid, type Lot, PHASE, type Story } from "./story.ts";

/** The story of one tender from all its events, in order. Throws Broken, naming the event that cannot follow. */
export function tell(events: readonly TenderEvent[], book: string): Story {
  const [first, ...rest] = events;
  if (first === undefined) throw new Broken("the ledger has no events of it");
  if (first.name !== "Published") throw new Broken("the events do not begin with a publication");
  const terms = first.values.notice as Terms;
  const numbers = Array.from({ length: terms.lots }, (_, at) => at + 1);
  const story: Story = {
    book,
    number: numberIn(first, "tender"),
    terms,
    custodians: first.values.custodians as readonly string[],
    deadline: terms.deadline,
    openAt: terms.openAt,
    settledAt: 0,
    outage: null,
    cancelled: null,
    lots: new Map(numbers.map((number) => [number, blank(number)])),
    notices: [first],
    records: [],
    events: [first],
  };
  let before = first;
  for (const event of rest) {
    if (order(event, before) <= 0) throw wrong(event, "events are out of order");
    const teller = TELLERS[event.name];
    if (teller === undefined || event.values.tender !== story.number) throw wrong(event, "not an event of this tender");
    teller(story, event);
    story.events.push(event);
    before = event;
  }
  return story;
}

function blank(number: number): Lot {
  return {
    number,
    phase: PHASE.bidding,
    since: 0,
    bids: [],
    moved: new Set(),
    closings: new Map(),
    openings: new Map(),
    custody: [],
    review: null,
    dropped: [],
    failed: null,
    cases: [],
    rankings: [],
    awards: [],
    contract: null,
    records: [],
  };
}

type Teller = (story: Story, event: TenderEvent) => void;

const TELLERS: Partial<Record<EventName, Teller>> = {
  // ------------------------------------------------------------------ the notice
  Amended: (story, event) => {
    if (event.values.number !== story.notices.length) throw wrong(event, "an amendment is missing");
    postpone(story, event, story.deadline);
    story.notices.push(event);
  },
  Extended: (story, event) => postpone(story, event, story.deadline + 1),
  TenderCancelled: (story, event) => {
    if (story.cancelled || [...story.lots.values()].some(({ awards }) => awards.length > 0))
      throw wrong(event, "nothing is cancelled twice, or after an award");
    story.cancelled = event;
  },
  DeadlineMoved: (story, event) => {
    const [before, after] = [numberIn(event, "timeBefore"), numberIn(event, "timeAfter")];
    if (story.outage || story.settledAt || before > story.deadline)
      throw wrong(event, "the deadline moves once, and for an outage that spans it");
    if (after - before <= story.terms.gap) throw wrong(event, "that was no outage");
    const deadline = numberIn(event, "deadline");
    if (deadline !== after + story.terms.grace) throw wrong(event, "the grace is another one");
    story.openAt += deadline - story.deadline;
    story.deadline = deadline;
    // Final with its end, or with this proof of the outage if that came even later.
    story.settledAt = Math.max(story.deadline, event.block.time);
    if (event.values.openAt !== story.openAt) throw wrong(event, "the opening moves as far as the deadline");
    story.outage = event;
  },
  DeadlineSeen: (story, event) => {
    if (event.block.time <= story.deadline) throw wrong(event, "the deadline is not over");
  },
  DeadlineSettled: (story, event) => {
    if (story.settledAt || event.block.time <= story.deadline)
      throw wrong(event, "a deadline becomes final once, after it is over");
    story.settledAt = event.block.time;
  },
  // ------------------------------------------------------------------ bids
  BidCommitted: committed,
  BidWithdrawn: (story, event) => {
    const bid = liveBid(bidding(story, event), event);
    nextVersion(bid, numberIn(event, "version"), event);
    if (![bid.bidder, bid.recovery].includes(textIn(event, "by")))
      throw wrong(event, "neither the bidder nor the recovery address withdrew");
    bid.live = false;
  },
  BidMoved: (story, event) => {
    const lot = bidding(story, event);
    const [bid, successor] = [liveBid(lot, event), textIn(event, "successor")];
    nextVersion(bid, numberIn(event, "version"), event);
    if (lot.moved.has(successor) || lot.bids.some((one) => one.bidder === successor))
      throw wrong(event, "the successor has a place already");
    lot.moved.add(bid.bidder);
    bid.bidder = successor;
  },
  DecoyRevealed: revealed,
  // ------------------------------------------------------------------ the opening
  EnvelopeClosed: closed,
  EnvelopeOpened: (story, event) => {
    const [lot, envelope] = [lotOf(story, event), numberIn(event, "envelope")];
    const due = envelope === 1 ? PHASE.closed : PHASE.priceClosed;
    if (lot.phase !== due || event.block.time < story.openAt)
      throw wrong(event, "nothing opens before it is closed and due");
    lot.openings.set(envelope, { signature: textIn(event, "signature"), keys: textIn(event, "keysDigest"), event });
    enter(lot, envelope === 1 ? PHASE.opened : PHASE.priceOpened, event);
  },
  Reviewed: (story, event) => {
    const lot = lotOf(story, event);
    const dropped = event.values.dropped as readonly number[];
    const live = lot.bids.filter((bid) => bid.live).map(({ place }) => place);
    const ascending = dropped.every((place, at) => at === 0 || place > (dropped[at - 1] ?? 0));
    if (lot.phase !== PHASE.opened || !ascending || !dropped.every((place) => live.includes(place)))
      throw wrong(event, "a technical result drops live bids, once");
    for (const bid of lot.bids) bid.live &&= !dropped.includes(bid.place);
    lot.review = event;
    lot.dropped = dropped;
    enter(lot, PHASE.reviewed, event);
  },
  LotFailed: (story, event) => {
    const lot = lotOf(story, event);
    if (lot.phase > PHASE.candidates) throw wrong(event, "a lot fails before it is awarded");
    lot.failed = event;
    enter(lot, PHASE.failed, event);
  },
  LotAdvanced: (story, event) => {
    const [lot, phase] = [lotOf(story, event), numberIn(event, "phase")];
    if (phase < lot.phase || phase < PHASE.candidates || phase > PHASE.contracted)
      throw wrong(event, "phases never go back");
    enter(lot, phase, event);
  },
  // ------------------------------------------------------------------ proceedings
  Recorded: (story, event) => {
    (event.values.lot === 0 ? story.records : lotOf(story, event).records).push(event);
  },
  CustodyAttested: (story, event) => {
    const [lot, envelope, custodian] = [lotOf(story, event), numberIn(event, "envelope"), textIn(event, "custodian")];
    const due = envelope === 1 ? PHASE.closed : PHASE.priceClosed;
    if (lot.phase !== due || !story.custodians.includes(custodian))
      throw wrong(event, "a custodian attests between closing and opening");
    lot.custody.push({ envelope, custodian, digest: textIn(event, "digest") });
  },
  CandidatesNamed: (story, event) => counted(lotOf(story, event).rankings, event),
  LotAwarded: (story, event) => counted(lotOf(story, event).awards, event),
  LotContracted: (story, event) => {
    lotOf(story, event).contract = event;
  },
  CaseFiled: (story, event) => {
    const { cases } = lotOf(story, event);
    if (event.values.number !== cases.length + 1) throw wrong(event, "a case before it is missing");
    cases.push({
      number: numberIn(event, "number"),
      kind: numberIn(event, "kind"),
      by: textIn(event, "by"),
      digest: textIn(event, "digest"),
      filed: event,
      answer: null,
      settled: null,
    });
  },
  CaseSettled: (story, event) => {
    const found = lotOf(story, event).cases[numberIn(event, "number") - 1];
    if (found === undefined || found.answer !== null) throw wrong(event, "no such case is open");
    found.answer = textIn(event, "digest");
    found.settled = event;
  },
};

function postpone(story: Story, event: TenderEvent, earliest: number): void {
  const [deadline, openAt] = [numberIn(event, "deadline"), numberIn(event, "openAt")];
  if (story.cancelled || event.block.time > story.deadline || deadline < earliest || openAt < story.openAt)
    throw wrong(event, "a deadline only moves forward, before it is over");
  story.deadline = deadline;
  story.openAt = openAt;
  if (story.outage) story.settledAt = deadline;
}

function committed(story: Story, event: TenderEvent): void {
  const lot = bidding(story, event);
  const commitment = event.values.commitment as Commitment;
  const { tender, lot: number, bidder, version, recovery } = commitment;
  if (tender !== event.values.tender || number !== event.values.lot || bidder !== event.values.bidder)
    throw wrong(event, "the commitment names another place");
  const digest = hex0x(commitmentHash(commitment));
  if (event.values.commitmentHash !== digest) throw wrong(event, "the commitment has another hash");
  if (!story.custodians.includes(textIn(event, "custodian"))) throw wrong(event, "the custodian is none of the notice");
  let bid = lot.bids.find((one) => one.bidder === bidder);
  if (bid === undefined) {
    if (event.values.place !== lot.bids.length + 1 || version !== 1 || lot.moved.has(bidder))
      throw wrong(event, "a bid before it is missing");
    bid = { place: lot.bids.length + 1, bidder, version: 0, recovery, commitment, digest, live: true };
    lot.bids.push(bid);
  }
  nextVersion(bid, version, event);
  if (recovery !== bid.recovery) throw wrong(event, "a bid keeps its recovery address");
  Object.assign(bid, { commitment, digest, live: true });
}

function revealed(story: Story, event: TenderEvent): void {
  const lot = lotOf(story, event);
  const [bid, custodian] = [liveBid(lot, event), textIn(event, "custodian")];
  const until = story.settledAt + story.terms.revealWindow;
  const { time } = event.block;
  if (!story.settledAt || time <= story.deadline || time > until)
    throw wrong(event, "decoys are revealed once the deadline is final, within the window");
  const [book, bidder] = [unhex0x(story.book, "book", 20), unhex0x(bid.bidder, "bidder", 20)];
  const salt = unhex0x(textIn(event, "salt"), "salt", 32);
  const kind = kindDigest(book, story.number, lot.number, bidder, salt, unhex0x(custodian, "custodian", 20));
  if (!story.custodians.includes(custodian) || bid.commitment.kindDigest !== hex0x(kind))
    throw wrong(event, "that is no decoy of this custodian");
  bid.live = false;
}

function closed(story: Story, event: TenderEvent): void {
  const [lot, envelope] = [lotOf(story, event), numberIn(event, "envelope")];
  const due = envelope === 1 ? PHASE.bidding : PHASE.reviewed;
  const window = story.settledAt + story.terms.revealWindow;
  if (lot.phase !== due || !story.settledAt || event.block.time <= window)
    throw wrong(event, "the live set is fixed once bids can change no more");
  const live = lot.bids.filter((bid) => bid.live);
  const digest = chained(live);
  if (event.values.digest !== digest || event.values.count !== live.length)
    throw wrong(event, "the live set is another one");
  const bids = live.map((bid) => ({ place: bid.place, commitment: bid.commitment, digest: bid.digest }));
  lot.closings.set(envelope, { digest, bids, event });
  if (live.length >= (envelope === 1 ? story.terms.minimumBids : 1))
    enter(lot, envelope === 1 ? PHASE.closed : PHASE.priceClosed, event);
}

/** The chain over commitments, as 0x text. */
export function chained(bids: readonly { readonly digest: string }[]): string {
  const hashes = bids.map(({ digest }) => ({ commitment: unhex0x(digest, "commitment", 32) }));
  return hex0x(liveDigest(hashes));
}

function nextVersion(bid: Bid, version: number, event: TenderEvent): void {
  if (version !== bid.version + 1) throw wrong(event, "a version is missing");
  bid.version = version;
}

function counted(earlier: TenderEvent[], event: TenderEvent): void {
  if (event.values.number !== earlier.length + 1) throw wrong(event, "one before it is missing");
  earlier.push(event);
}

function enter(lot: Lot, phase: number, { block }: TenderEvent): void {
  lot.phase = phase;
  lot.since = block.time;
}

function lotOf(story: Story, event: TenderEvent): Lot {
  const lot = story.lots.get(numberIn(event, "lot"));
  if (lot === undefined) throw wrong(event, "there is no such lot");
  return lot;
}

function bidding(story: Story, event: TenderEvent): Lot {
  const lot = lotOf(story, event);
  if (story.cancelled || event.block.time > story.deadline || lot.phase !== PHASE.bidding)
    throw wrong(event, "no bid enters or changes after the deadline");
  return lot;
}

function liveBid(lot: Lot, event: TenderEvent): Bid {
  const bid = lot.bids.find((one) => one.bidder === textIn(event, "bidder"));
  if (!bid?.live || bid.place !== event.values.place) throw wrong(event, "there is no such live bid");
  return bid;
}

function wrong({ name, block }: TenderEvent, why: string): Broken {
  return new Broken(`${name} in block ${block.number}: ${why}`);
}
