/**
 * What came of a ceremony: the same for everybody who has its messages (chain/sealing/ceremony/judgement.py). Boxes can be made
 * again from what is in them, so an answer proves whether the dealer or the complainer is wrong.
 */
import { type G2Point, GENERATOR, ORDER, readScalar, valueAt, writeScalar } from "../../seal/curve.ts";
import { b64url, equal, hex0x, sha256, utf8 } from "../../verify/bytes.ts";
import { canonical, type JsonObject } from "../../verify/canonical.ts";
import { Refused } from "../../verify/errors.ts";
import type { BareShare } from "../share.ts";
import { readAnswer, type Words } from "./complaints.ts";
import { boxFor, type Deal, gives, shareIn } from "./deal.ts";
import {
  exposedIn,
  type Hearing,
  hear,
  type MemberFault,
  type Offence,
  readOrNull,
  type Transcript,
} from "./hearing.ts";
import { memberAt, type Roster } from "./roster.ts";
import { numbersOf } from "./wire.ts";

/** The end of a ceremony. */
export interface Judgement {
  readonly roster: Roster;
  /** The qualified members' deals, by number, ascending. */
  readonly deals: ReadonlyMap<number, Deal>;
  /** Who is left out, by number, ascending. */
  readonly faults: readonly MemberFault[];
  /** The opening key, 96 bytes. */
  readonly key: Uint8Array;
  /** Public part of each qualified member's share, 96 bytes. */
  readonly holders: Words;
  /** Digest over all messages, the qualified and the key, 32 bytes. */
  readonly transcript: Uint8Array;
}

/** What no honest member does. Who is absent or does not answer may only have had a broken line. */
const PROVED: readonly Offence[] = ["bad_deal", "bad_box", "false_complaint"];

/**
 * Who qualified, and the key that they share.
 * @throws Refused `ceremony.qualified`: fewer than t; `ceremony.hidden`: so many showed a share to who missed their deals that the
 *   rest could know the key; `ceremony.key`: it is degenerate
 * @throws InvalidInput a message of a member that is not on the roster
 * @throws Unavailable a deal is missing that others have
 */
export function judge(roster: Roster, transcript: Transcript): Judgement {
  const hearing = hear(roster, transcript);
  const found = new Map(hearing.faults);
  for (const dealer of hearing.complainers.keys()) {
    for (const fault of decided(roster, hearing, dealer, transcript.answers.get(dealer))) {
      if (!found.has(fault.member)) found.set(fault.member, fault);
    }
  }
  const deals = new Map([...hearing.dealt].filter(([number]) => !found.has(number)));
  const faults = [...found.values()].sort((left, right) => left.member - right.member);
  if (deals.size < roster.threshold) {
    const reasons = faults.map((one) => `${one.member} ${one.offence}`).join(", ");
    throw new Refused("ceremony.qualified", { count: deals.size, needed: roster.threshold, reasons });
  }
  checkHidden(roster, hearing, deals, faults);
  const { key, holders } = openingKey(roster, deals);
  const digest = digestOf(roster, transcript, [...deals.keys()], key);
  return { roster, deals, faults, key, holders, transcript: digest };
}

/**
 * A qualified member's share: the sum of what the qualified dealt to it, checked against the key.
 * @param secret its X25519 key
 * @throws Refused `ceremony.qualified`: the member did not qualify; `ceremony.box`: a box does not open, and it did not complain
 */
export function takeShare(judgement: Judgement, member: number, secret: Uint8Array): BareShare {
  if (!judgement.deals.has(member)) throw new Refused("ceremony.qualified", { member });
  let total = 0n;
  for (const deal of judgement.deals.values()) {
    const part = shareIn(deal, member, secret);
    if (part === null) throw new Refused("ceremony.box", { dealer: deal.dealer });
    total += readScalar(part);
  }
  const value = writeScalar(total % ORDER);
  const point = GENERATOR.multiply(readScalar(value, "share")).toBytes(true);
  if (!equal(point, judgement.holders.get(member) ?? new Uint8Array())) throw new Refused("ceremony.share");
  const { scope, digest } = judgement.roster;
  return { scope, ceremony: hex0x(digest), keyHolder: member, secret: value };
}

/** One of the qualified is honest and has shown nothing; dealers who answered may have lost company since. */
function checkHidden(
  roster: Roster,
  hearing: Hearing,
  deals: ReadonlyMap<number, Deal>,
  faults: readonly MemberFault[],
): void {
  const exposed = exposedIn(hearing).filter((one) => deals.has(one));
  const proved = faults.filter((one) => PROVED.includes(one.offence)).length;
  if (exposed.length > 0 && deals.size - exposed.length < roster.threshold - proved) {
    throw new Refused("ceremony.hidden", { members: exposed.join(", ") });
  }
}

/** Who is wrong: the dealer, or those among the complainers whose boxes were right. */
function decided(roster: Roster, hearing: Hearing, dealer: number, data: Uint8Array | undefined): MemberFault[] {
  const shares = data === undefined ? null : readOrNull(() => readAnswer(data, roster, dealer));
  const complainers = hearing.complainers.get(dealer) ?? [];
  const deal = hearing.dealt.get(dealer);
  if (shares === null || deal === undefined || numbersOf(shares).join() !== complainers.join()) {
    return [{ member: dealer, offence: "no_answer" }];
  }
  const wrong: MemberFault[] = [];
  for (const [member, missing] of hearing.heard.get(dealer) ?? []) {
    const share = shares.get(member) ?? new Uint8Array();
    const box = boxFor(deal.ceremony, dealer, member, memberAt(roster, member).key, share);
    if (!equal(box, deal.boxes[member - 1] ?? new Uint8Array()) || !gives(deal, member, share)) {
      return [{ member: dealer, offence: "bad_box" }];
    }
    if (!missing) wrong.push({ member, offence: "false_complaint" });
  }
  return wrong;
}

function openingKey(roster: Roster, deals: ReadonlyMap<number, Deal>): { key: Uint8Array; holders: Words } {
  const sums = Array.from({ length: roster.threshold }, (_, power) => {
    const points = [...deals.values()].flatMap((deal) => deal.points[power] ?? []);
    return points.reduce((sum, point) => sum.add(point));
  });
  const holders = new Map([...deals.keys()].map((number) => [number, valueAt(sums, number)]));
  const [key] = sums;
  const degenerate = [...sums, ...holders.values()].some((point: G2Point) => point.is0());
  if (key === undefined || degenerate) throw new Refused("ceremony.key");
  return {
    key: key.toBytes(true),
    holders: new Map([...holders].map(([number, point]) => [number, point.toBytes(true)])),
  };
}

function digestOf(roster: Roster, transcript: Transcript, qualified: number[], key: Uint8Array): Uint8Array {
  const listed = (sent: Words, digest: (data: Uint8Array, number: number) => Uint8Array): JsonObject[] =>
    numbersOf(sent).map((number) => ({
      member: number,
      digest: b64url(digest(sent.get(number) ?? new Uint8Array(), number)),
    }));
  const dealt = new Map([...transcript.deals, ...transcript.withheld]);
  const text = canonical({
    format: "yinxin-transcript-1",
    ceremony: hex0x(roster.digest),
    deals: listed(dealt, (data, number) => (transcript.withheld.has(number) ? data : sha256(data))),
    complaints: listed(transcript.complaints, sha256),
    answers: listed(transcript.answers, sha256),
    qualified,
    key: b64url(key),
  });
  return sha256(utf8(text));
}
