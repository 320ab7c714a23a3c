/**
 * Complaints about deals, and the dealers' answers: one word of 32 bytes each, which the ledger itself carries, so nobody can
 * withhold them (chain/sealing/ceremony/complaints.py). What is judged is the written form of a member's words.
 */
import { SCALAR_SIZE } from "../../seal/curve.ts";
import { b64url, concat, equal, hex0x, sha256, utf8 } from "../../verify/bytes.ts";
import { canonical, hasExactly, isList, isObject, type Json } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { type Deal, shareIn } from "./deal.ts";
import type { Roster } from "./roster.ts";
import { aNumber, checkAscending, numbersOf, readMessage, someBytes, two } from "./wire.ts";

/** All that a member says on the ledger; both lists ascending, and nobody in both. */
export interface Complaint {
  readonly member: number;
  /** Dealers whose boxes do not hold the committed shares. */
  readonly against: readonly number[];
  /** Dealers whose deals were not to be had. */
  readonly missing: readonly number[];
}

/** A word of the ledger for each other member, by number. */
export type Words = ReadonlyMap<number, Uint8Array>;

const COMPLAINT = "yinxin-complaint-1";
const ANSWER = "yinxin-answer-1";

/** What a member puts on the ledger if it cannot get the deal whose digest stands there. */
export function missingWord(roster: Roster, member: number, accused: number): Uint8Array {
  return sha256(concat(utf8("yinxin-complaint-missing-1\0"), roster.digest, two(member), two(accused)));
}

/** What a member puts on the ledger if its box in that deal is not right. Every word but {@link missingWord} is read as this one. */
export function boxWord(roster: Roster, member: number, accused: number): Uint8Array {
  return sha256(concat(utf8("yinxin-complaint-box-1\0"), roster.digest, two(member), two(accused)));
}

/** Whom a complaint is about, ascending. */
export function accusedIn(complaint: Complaint): number[] {
  return [...complaint.against, ...complaint.missing].sort((left, right) => left - right);
}

/**
 * What a member has to complain of, or null.
 * @param secret its X25519 key
 * @param deals those that `readDeal` accepted
 * @param missing dealers whose digest stands on the ledger and whose deal is not to be had. t or more of them are not complained of:
 *   at most t - 1 dealers withhold theirs, so it is the member's own line that is broken.
 */
export function makeComplaint(
  roster: Roster,
  member: number,
  secret: Uint8Array,
  deals: readonly Deal[],
  missing: readonly number[] = [],
): Complaint | null {
  const wrong = deals.filter((deal) => shareIn(deal, member, secret) === null);
  const against = ascending(wrong.map((deal) => deal.dealer));
  const absent = ascending([...new Set(missing)]);
  const told = absent.length < roster.threshold ? absent : [];
  return against.length + told.length > 0 ? { member, against, missing: told } : null;
}

/** A member's complaint from the ledger, as it is written: the word for each accused. */
export function complaintOf(roster: Roster, member: number, words: Words): Uint8Array {
  const isMissing = (one: number): boolean =>
    equal(words.get(one) ?? new Uint8Array(), missingWord(roster, member, one));
  const accused = numbersOf(words);
  return complaintBytes(roster, {
    member,
    against: accused.filter((one) => !isMissing(one)),
    missing: accused.filter(isMissing),
  });
}

/** Canonical JSON. */
export function complaintBytes(roster: Roster, { member, against, missing }: Complaint): Uint8Array {
  return utf8(canonical({ format: COMPLAINT, ceremony: hex0x(roster.digest), member, against, missing }));
}

/** A member's complaint. Throws InvalidInput. */
export function readComplaint(data: Uint8Array, roster: Roster, member: number): Complaint {
  const value = readMessage(data, COMPLAINT, roster.digest, ["member", "against", "missing"]);
  if (value.member !== member) throw new InvalidInput("another member's complaint", "ceremony.complaint");
  const listed = (list: Json | undefined, field: string): number[] => {
    if (!isList(list)) throw new InvalidInput(`${field}: a list`, "ceremony.complaint");
    const numbers = list.map((one) => aNumber(one, roster.members.length, field));
    checkAscending(numbers, field);
    return numbers;
  };
  const complaint = { member, against: listed(value.against, "against"), missing: listed(value.missing, "missing") };
  const accused = accusedIn(complaint);
  if (accused.length === 0) throw new InvalidInput("against: at least one", "ceremony.order");
  checkAscending(accused, "against");
  return complaint;
}

/** A dealer's answer, canonical JSON: the shares (32 bytes) of those who complained. */
export function answerBytes(roster: Roster, dealer: number, shares: Words): Uint8Array {
  const listed = numbersOf(shares).map((one) => ({ member: one, share: b64url(shares.get(one) ?? new Uint8Array()) }));
  return utf8(canonical({ format: ANSWER, ceremony: hex0x(roster.digest), dealer, shares: listed }));
}

/** The shares in a dealer's answer. Throws InvalidInput. */
export function readAnswer(data: Uint8Array, roster: Roster, dealer: number): Words {
  const value = readMessage(data, ANSWER, roster.digest, ["dealer", "shares"]);
  if (value.dealer !== dealer || !isList(value.shares)) {
    throw new InvalidInput("another dealer's answer, or no list", "ceremony.answer");
  }
  const shares = value.shares.map((one): [number, Uint8Array] => {
    if (!isObject(one) || !hasExactly(one, ["member", "share"])) {
      throw new InvalidInput("member and share", "ceremony.answer");
    }
    return [aNumber(one.member, roster.members.length, "member"), someBytes(one.share, SCALAR_SIZE, "share")];
  });
  checkAscending(
    shares.map(([number]) => number),
    "shares",
  );
  return new Map(shares);
}

function ascending(numbers: number[]): number[] {
  return numbers.sort((left, right) => left - right);
}
