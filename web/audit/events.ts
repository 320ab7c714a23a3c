/**
 * Events of TenderBook and TenderProceedings, from their logs: values under the interface's own names, as chain/ledger/tenders has
 * them. Numbers are numbers; addresses, digests and bytes are 0x text; points are compressed.
 */
import type { Commitment } from "../bid/acts.ts";
import { g1FromLedger } from "../seal/curve.ts";
import { AbiReader } from "../verify/abi.ts";
import { fromUtf8, hex0x, keccak256, utf8 } from "../verify/bytes.ts";
import { Unavailable } from "../verify/errors.ts";
import type { Log } from "../verify/events.ts";
import type { BlockRef } from "../verify/facts.ts";

/** The rules that the chain keeps of a tender (`ITenderBook.Notice`). */
export interface Terms {
  readonly bureau: string;
  readonly digest: string;
  readonly lots: number;
  readonly envelopes: number;
  readonly minimumBids: number;
  readonly deadline: number;
  readonly openAt: number;
  readonly ceremony: number;
  readonly supervisor: string;
  readonly gap: number;
  readonly grace: number;
  readonly revealWindow: number;
  readonly amendmentMargin: number;
  readonly standstill: number;
  readonly complaintPeriod: number;
}

type Value = number | string | readonly number[] | readonly string[] | Terms | Commitment;

/** One event. */
export interface TenderEvent {
  readonly name: EventName;
  readonly values: Readonly<Record<string, Value>>;
  readonly block: BlockRef;
  /** 0x text. */
  readonly transaction: string;
  /** Of the log in its block. */
  readonly index: number;
}

/** A log with the place where it happened. */
export interface PlacedLog extends Log {
  readonly block: BlockRef;
  readonly transaction: Uint8Array;
  readonly index: number;
}

const NOTICE =
  "bytes18 bureau,bytes32 digest,uint32 lots,uint8 envelopes,uint32 minimumBids,uint64 deadline,uint64 openAt,uint64 ceremony," +
  "address supervisor,uint32 gap,uint32 grace,uint32 revealWindow,uint32 amendmentMargin,uint32 standstill,uint32 complaintPeriod";
const COMMITMENT =
  "uint64 tender,uint32 lot,address bidder,uint32 version,address recovery,uint64 notAfter,bytes32 kindDigest," +
  "bytes32 file1,uint64 size1,bytes32 form1,bytes32 file2,uint64 size2,bytes32 form2";
const STRUCTS: Readonly<Record<string, string>> = { Notice: NOTICE, Commitment: COMMITMENT };

/** Names and arguments as contracts/tenders/ITender*.sol have them; `!` stands before what lies in a topic. */
const SIGNATURES = {
  Published: "!uint64 tender,!bytes18 bureau,Notice notice,address[] custodians",
  Amended: "!uint64 tender,!uint32 number,bytes32 digest,uint64 deadline,uint64 openAt",
  Extended: "!uint64 tender,uint64 deadline,uint64 openAt",
  TenderCancelled: "!uint64 tender,bytes32 reasonDigest",
  DeadlineMoved: "!uint64 tender,uint64 timeBefore,uint64 timeAfter,uint64 deadline,uint64 openAt",
  DeadlineSeen: "!uint64 tender,uint64 blockNumber",
  DeadlineSettled: "!uint64 tender,uint64 timeBefore,uint64 timeAfter",
  BidCommitted:
    "!uint64 tender,!uint32 lot,!address bidder,uint32 place,bytes32 commitmentHash,Commitment commitment,address custodian",
  BidWithdrawn: "!uint64 tender,!uint32 lot,!address bidder,uint32 place,uint32 version,address by",
  BidMoved: "!uint64 tender,!uint32 lot,!address bidder,address successor,uint32 place,uint32 version",
  DecoyRevealed: "!uint64 tender,!uint32 lot,!address bidder,uint32 place,address custodian,bytes32 salt",
  EnvelopeClosed: "!uint64 tender,!uint32 lot,!uint8 envelope,bytes32 digest,uint32 count",
  EnvelopeOpened: "!uint64 tender,!uint32 lot,!uint8 envelope,bytes signature,bytes32 keysDigest",
  Reviewed: "!uint64 tender,!uint32 lot,bytes32 digest,uint32[] dropped",
  LotAdvanced: "!uint64 tender,!uint32 lot,uint8 phase",
  LotFailed: "!uint64 tender,!uint32 lot,bytes32 digest",
  Recorded: "!uint64 tender,!uint32 lot,!bytes32 kind,bytes32 digest",
  CustodyAttested: "!uint64 tender,!uint32 lot,!uint8 envelope,address custodian,bytes32 digest",
  CandidatesNamed: "!uint64 tender,!uint32 lot,!uint32 number,bytes32 digest",
  CaseFiled: "!uint64 tender,!uint32 lot,!uint32 number,uint8 kind,address by,bytes32 digest",
  CaseSettled: "!uint64 tender,!uint32 lot,!uint32 number,address by,bytes32 digest",
  LotAwarded: "!uint64 tender,!uint32 lot,!uint32 number,bytes32 digest",
  LotContracted: "!uint64 tender,!uint32 lot,bytes32 digest",
} as const;

/** Names of the events that tell of a tender. */
export type EventName = keyof typeof SIGNATURES;

interface Part {
  readonly name: string;
  readonly type: string;
  readonly indexed: boolean;
}

const KNOWN = new Map(
  (Object.keys(SIGNATURES) as EventName[]).map((name) => {
    const parts = partsOf(SIGNATURES[name]);
    const types = parts.map(({ type }) => abiType(type)).join(",");
    return [hex0x(keccak256(utf8(`${name}(${types})`))), { name, parts }] as const;
  }),
);

/** The event of a log, or null if it is none of a tender. Throws Unavailable for what is not its one encoding. */
export function eventOf(log: PlacedLog): TenderEvent | null {
  const known = KNOWN.get(hex0x(log.topics[0] ?? new Uint8Array()));
  if (known === undefined) return null;
  const { name, parts } = known;
  const topics = log.topics.slice(1);
  if (topics.length !== parts.filter(({ indexed }) => indexed).length) {
    throw new Unavailable(`${name}: another number of topics`, "ledger.event");
  }
  const data = new AbiReader(log.data);
  const values: Record<string, Value> = {};
  let at = 0;
  for (const { name: part, type, indexed } of parts) {
    if (indexed) values[part] = readValue(part, type, new AbiReader(topics.shift() ?? new Uint8Array()), 0);
    else {
      values[part] = readValue(part, type, data, at);
      at += 32 * wordsOf(type);
    }
  }
  return { name, values, block: log.block, transaction: hex0x(log.transaction), index: log.index };
}

/** A number among an event's values. */
export function numberIn({ values, name }: TenderEvent, member: string): number {
  const found = values[member];
  if (typeof found !== "number") throw new Error(`${name} has no number ${member}`);
  return found;
}

/** A text among an event's values. */
export function textIn({ values, name }: TenderEvent, member: string): string {
  const found = values[member];
  if (typeof found !== "string") throw new Error(`${name} has no text ${member}`);
  return found;
}

/** Where an event stands: negative if the first comes before the second. */
export function order(left: TenderEvent, right: TenderEvent): number {
  return left.block.number - right.block.number || left.index - right.index;
}

function partsOf(signature: string): Part[] {
  return signature.split(",").map((one) => {
    const [type = "", name = ""] = one.replace("!", "").split(" ");
    return { name, type, indexed: one.startsWith("!") };
  });
}

function abiType(type: string): string {
  const struct = STRUCTS[type];
  return struct === undefined ? type : `(${partsOf(struct).map((part) => part.type)})`;
}

function wordsOf(type: string): number {
  const struct = STRUCTS[type];
  return struct === undefined ? 1 : partsOf(struct).length;
}

function readValue(name: string, type: string, data: AbiReader, at: number): Value {
  const struct = STRUCTS[type];
  if (struct !== undefined) {
    const members = partsOf(struct).map((part, place) => [part.name, readValue("", part.type, data, at + 32 * place)]);
    return Object.fromEntries(members) as Terms | Commitment;
  }
  if (name === "kind" && type === "bytes32") return nameOf(data.word(at));
  if (type === "bytes32") return hex0x(data.word(at));
  if (type === "bytes18") return nameOf(data.left(at, 18));
  if (type === "address") return addressOf(data, at);
  if (type === "bytes") {
    const found = data.bytes(data.offset(at, 0));
    return hex0x(name === "signature" ? g1FromLedger(found) : found);
  }
  if (type.endsWith("[]")) {
    const places = data.items(data.offset(at, 0), 1);
    return type === "address[]" ? places.map((one) => addressOf(data, one)) : places.map((one) => data.number(one, 32));
  }
  return data.number(at, Number(type.slice(4)));
}

function addressOf(data: AbiReader, at: number): string {
  if (data.word(at).subarray(0, 12).some(Boolean)) throw new Unavailable("an address too long", "ledger.event");
  return hex0x(data.word(at).subarray(12));
}

/** A short ASCII name, empty for zero; anything else as 0x text. */
function nameOf(word: Uint8Array): string {
  const end = word.findLastIndex((byte) => byte !== 0) + 1;
  const text = word.subarray(0, end);
  return text.every((byte) => byte > 0x20 && byte < 0x7f) ? (fromUtf8(text) ?? "") : hex0x(word);
}
