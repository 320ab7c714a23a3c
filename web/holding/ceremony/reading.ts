/**
 * What the KeyHolderRegistry's answers and events say of a ceremony, with the papers that boards have of it. Members count from 0 on the
 * ledger and from 1 here. Events that do not account for what the contract holds are not believed (chain/ledger/tenders/whole.py). What
 * leaves no trace in the answers is as good as the endpoint that tells it: a complaint that is left out together with its answer, the
 * digests and words themselves, confirmations, and all of it if the answers are made up as well.
 */
import { g2FromLedger } from "../../seal/curve.ts";
import { AbiReader } from "../../verify/abi.ts";
import { equal, fromBigEndian, hex, hex0x, keccak256, sha256, utf8 } from "../../verify/bytes.ts";
import { InvalidInput, Refused, Unavailable } from "../../verify/errors.ts";
import type { Log } from "../../verify/events.ts";
import { readRoster } from "./roster.ts";
import type { Ceremony, Ends, Outcome } from "./state.ts";
import { numbersOf } from "./wire.ts";

/** Answers of the contract at one block, and the ceremony's logs up to it. */
export interface Told {
  /** Of `planOf`, `membersOf`, `publicKeyOf`, `eligible`. */
  readonly plan: Uint8Array;
  readonly members: Uint8Array;
  readonly key: Uint8Array;
  readonly eligible: Uint8Array;
  /** Every event with the ceremony's number, oldest first. */
  readonly logs: readonly Log[];
  /** Of the block, seconds. */
  readonly time: number;
}

/** Where the ceremony is looked at: genesis (32 bytes) and TenderBook (20 bytes), 0x hexadecimal. */
export interface Here {
  readonly genesis: string;
  readonly book: string;
}

/** The paper with that digest (0x hexadecimal), or undefined. Its bytes are hashed before they are believed. */
export type Papers = (digest: string) => Uint8Array | undefined;

/** Topics of the events that are read. */
export const TOPICS = {
  dealt: topic("Dealt(uint64,uint256,bytes32)"),
  complained: topic("Complained(uint64,uint256,uint256,bytes32)"),
  answered: topic("Answered(uint64,uint256,uint256,bytes32)"),
  confirmed: topic("Confirmed(uint64,uint256,bytes32,uint256,bytes)"),
  destroyed: topic("ShareDestroyed(uint64,uint256,bytes32)"),
} as const;

/** SHA-256 of the roster, in the plan; 0x hexadecimal. */
export function rosterDigestIn(plan: Uint8Array): string {
  return hex0x(new AbiReader(plan).word(4 * 32));
}

/** Last seconds of the rounds, in the plan. */
export function endsIn(plan: Uint8Array): Ends {
  const read = new AbiReader(plan);
  const second = (place: number): number => read.number(32 * place, 64);
  return [second(6), second(7), second(8), second(9)];
}

/**
 * The ceremony.
 * @throws Refused `holding.other_book`: it is for another book; `holding.roster_plan`: its roster contradicts the plan
 * @throws Unavailable `holding.roster`: no board has the roster; `ledger.gap`: the events do not account for the contract's state
 */
export function ceremonyIn(number: number, told: Told, here: Here, papers: Papers): Ceremony {
  const plan = new AbiReader(told.plan);
  if (hex0x(plan.word(32).subarray(12)) !== here.book) throw new Refused("holding.other_book", { ceremony: number });
  const roster = rosterOf(number, told, here, papers);
  const events = eventsIn(told.logs);
  checkWhole(told, events);
  const deals = [...events.dealt].flatMap(([member, digest]): [number, Uint8Array][] => {
    const data = paperOf(papers, hex0x(digest));
    return data === undefined ? [] : [[member, data]];
  });
  const point = bytesIn(told.key);
  const key = point.length === 0 ? null : g2FromLedger(point);
  return { number, ends: endsIn(told.plan), roster, time: told.time, key, deals: new Map(deals), ...events };
}

function rosterOf(number: number, told: Told, here: Here, papers: Papers): Ceremony["roster"] {
  const plan = new AbiReader(told.plan);
  const data = paperOf(papers, rosterDigestIn(told.plan));
  if (data === undefined) throw new Unavailable("the roster is on no board that answers", "holding.roster");
  const roster = readRoster(data);
  const read = new AbiReader(told.members);
  const accounts = read.items(read.offset(0, 0), 1).map((at) => hex(read.word(at).subarray(12)));
  const tender = plan.number(2 * 32, 64);
  const { genesis, book, kind, number: scoped } = roster.scope;
  const scope = kind === (tender === 0 ? "term" : "tender") && scoped === (tender || number);
  const members = roster.members.map((one) => hex(one.address)).join() === accounts.join();
  const place = genesis === here.genesis && book === here.book;
  if (!scope || !members || !place || roster.threshold !== plan.number(5 * 32, 8)) {
    throw new Refused("holding.roster_plan", { ceremony: number });
  }
  return roster;
}

type Events = Pick<Ceremony, "dealt" | "complaints" | "answers" | "confirmed" | "destroyed">;

function eventsIn(logs: readonly Log[]): Events {
  const dealt = new Map<number, Uint8Array>();
  const complaints = new Map<number, Map<number, Uint8Array>>();
  const answers = new Map<number, Map<number, Uint8Array>>();
  const confirmed = new Map<number, Outcome>();
  const destroyed = new Set<number>();
  for (const { topics, data } of logs) {
    const is = (one: Uint8Array): boolean => equal(topics[0] ?? new Uint8Array(), one);
    const member = (): number => memberIn(topics[2]);
    const read = new AbiReader(data);
    if (is(TOPICS.dealt)) dealt.set(member(), read.word(0));
    else if (is(TOPICS.complained)) said(complaints, member(), memberIn(topics[3]), read.word(0));
    else if (is(TOPICS.answered)) said(answers, member(), memberIn(topics[3]), read.word(0));
    else if (is(TOPICS.destroyed)) destroyed.add(member());
    else if (is(TOPICS.confirmed)) {
      const key = g2FromLedger(read.bytes(read.offset(64, 0)));
      confirmed.set(member(), { transcript: read.word(0), qualified: setIn(read.word(32)), key });
    }
  }
  return { dealt, complaints, answers, confirmed, destroyed };
}

/** What was dealt, complained of and answered must come to those whom the contract lets qualify. */
function checkWhole(told: Told, { dealt, complaints, answers }: Events): void {
  const open = new Set<number>();
  for (const [member, words] of complaints) {
    for (const accused of words.keys()) if (!answers.get(accused)?.has(member)) open.add(accused);
  }
  const complained = (dealer: number, member: number): boolean => complaints.get(member)?.has(dealer) ?? false;
  const right = [...answers].every(([dealer, words]) => [...words.keys()].every((one) => complained(dealer, one)));
  const left = numbersOf(dealt).filter((number) => !open.has(number));
  if (!right || left.join() !== setIn(new AbiReader(told.eligible).word(0)).join()) {
    throw new Unavailable("the events do not account for the contract's deals, complaints and answers", "ledger.gap");
  }
}

function said(words: Map<number, Map<number, Uint8Array>>, member: number, other: number, word: Uint8Array): void {
  words.set(member, (words.get(member) ?? new Map<number, Uint8Array>()).set(other, word));
}

function memberIn(word: Uint8Array | undefined): number {
  const place = fromBigEndian(word ?? new Uint8Array([255, 255]));
  if (place > 255) throw new Unavailable("an event of somebody who can be no member", "ledger.event");
  return place + 1;
}

/** Numbers of the bits that are set, ascending. */
function setIn(word: Uint8Array): number[] {
  const bits = BigInt(hex0x(word));
  return Array.from({ length: 256 }, (_, place) => place + 1).filter((one) => (bits >> BigInt(one - 1)) & 1n);
}

function bytesIn(answer: Uint8Array): Uint8Array {
  const read = new AbiReader(answer);
  return read.bytes(read.offset(0, 0));
}

function paperOf(papers: Papers, digest: string): Uint8Array | undefined {
  const data = papers(digest);
  if (data !== undefined && hex0x(sha256(data)) !== digest) {
    throw new InvalidInput("a paper of another digest", "holding.paper");
  }
  return data;
}

function topic(signature: string): Uint8Array {
  return keccak256(utf8(signature));
}
