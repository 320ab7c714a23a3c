/**
 * A key holder's part in a ceremony: what is due in each round, by the ledger's clock (chain/tenders/holding/rounds.py). Everything a
 * member says follows from its seed, the key on its card, and what ledger and boards say; so a page that was closed anywhere goes on,
 * says nothing twice, and says the same. What is kept is stored before anything is said; a deal is on the board before its digest is
 * on the ledger; nothing is confirmed before its owner has the share in a file; and fewer than t shares of the own deal are ever shown,
 * whatever the ledger is said to hold.
 */
import { equal, hex, sha256 } from "../../verify/bytes.ts";
import { Refused, YinxinError } from "../../verify/errors.ts";
import { accusedIn, boxWord, makeComplaint, missingWord, type Words } from "./complaints.ts";
import { makeConfirmation } from "./confirmation.ts";
import { type Deal, makeDeal, readDeal } from "./deal.ts";
import { makeAnswer, type Offence, readOrNull } from "./hearing.ts";
import { type Judgement, takeShare } from "./judgement.ts";
import type { Keeping } from "./keeping.ts";
import { memberAt } from "./roster.ts";
import {
  type Ceremony,
  endOf,
  judgementIn,
  judgementInForce,
  missingIn,
  type Outcome,
  outcomeOf,
  roundAt,
  sameOutcome,
  transcriptIn,
} from "./state.ts";
import { numbersOf } from "./wire.ts";

/** Where a member's words go. Each act returns once it is final and a fresh look at the ledger has it, and does nothing twice. */
export interface Ports {
  /** This device's own clock, seconds. */
  now(): number;
  /** Stores what is kept. */
  store(keeping: Keeping): Promise<void>;
  /** Puts the own deal on the board. */
  put(data: Uint8Array): Promise<void>;
  /** Puts a deal that was seen on the board again, for others may miss it. Boards may refuse: that stops nobody. */
  spread(data: Uint8Array): Promise<void>;
  /** Leaves the confirmation on the board. */
  post(ceremony: number, member: number, confirmation: Uint8Array): Promise<void>;
  deal(ceremony: number, digest: Uint8Array): Promise<void>;
  complain(ceremony: number, accused: number, word: Uint8Array): Promise<void>;
  answer(ceremony: number, complainer: number, word: Uint8Array): Promise<void>;
  confirm(ceremony: number, outcome: Outcome): Promise<void>;
}

/** How a ceremony stands for one member. `unsaved`: the share is taken, and is to be saved before it is confirmed. */
export type Standing = "going_on" | "unsaved" | "ready" | "left_out" | "failed" | "destroyed";

/** What is worth knowing. */
export type Note =
  | { readonly kind: "missing"; readonly member: number }
  | { readonly kind: "fault"; readonly member: number; readonly offence: Offence }
  | { readonly kind: "refused"; readonly error: YinxinError };

/** What was said on the ledger in this pass. */
export type Done =
  | { readonly kind: "dealt" | "confirmed" | "share" }
  | { readonly kind: "complained" | "answered"; readonly member: number };

/** What a member did in one pass, and how it stands. */
export interface Report {
  readonly ceremony: number;
  readonly member: number;
  standing: Standing;
  readonly done: Done[];
  readonly notes: Note[];
  /** Second, by the ledger's clock, at which the present round ends; 0 if nothing is to come. */
  due: number;
}

/** What a member can only note, and look at again in the next pass. */
const PASSING = [
  ...["ceremony.withheld", "ceremony.complaints", "ceremony.hidden", "ceremony.qualified", "ceremony.box"],
  ...["holding.many_shown", "holding.answers_clock", "holding.answers_over"],
];

/**
 * Seconds by which a device's clock and the blocks' may differ: a clock set by hand strays by minutes, and a ledger's final block comes
 * late. It holds an invented round to the hours of the true one and needs no more; a part of the round would be nothing in a short one.
 */
const STRAY = 600;

/**
 * Does what is due now; calling again does no harm.
 * @throws Refused `holding.stranger`: not invited; `holding.card_used`, `holding.other_key`: the roster has a key of this member that
 *   is not of a fresh card kept here; `holding.two_homes`: the account dealt from a seed that is not kept here
 */
export async function goOn(ceremony: Ceremony, keeping: Keeping, ports: Ports): Promise<Report> {
  const account = keeping.owner.account.slice(2);
  const member = ceremony.roster.members.findIndex((one) => hex(one.address) === account) + 1;
  if (member === 0) throw new Refused("holding.stranger", { ceremony: ceremony.number });
  const pass = new Pass(ceremony, keeping, ports, member);
  if (ceremony.destroyed.has(member)) return pass.ended("destroyed");
  keeping.bind(ceremony.number, memberAt(ceremony.roster, member).key);
  await ports.store(keeping);
  for (const data of ceremony.deals.values()) await ports.spread(data);
  try {
    await pass.due();
  } catch (error) {
    if (!(error instanceof YinxinError) || !PASSING.includes(error.code)) throw error;
    pass.report.notes.push({ kind: "refused", error });
    if (error.code === "ceremony.box") pass.report.standing = "left_out";
  }
  return pass.report;
}

class Pass {
  readonly report: Report;

  constructor(
    private readonly ceremony: Ceremony,
    private readonly keeping: Keeping,
    private readonly ports: Ports,
    private readonly me: number,
  ) {
    const due = endOf(ceremony);
    this.report = { ceremony: ceremony.number, member: me, standing: "going_on", done: [], notes: [], due };
  }

  /** Nothing is to come. */
  ended(standing: Standing): Report {
    this.report.standing = standing;
    this.report.due = 0;
    return this.report;
  }

  async due(): Promise<void> {
    const round = roundAt(this.ceremony.ends, this.ceremony.time);
    if (round === "deals") await this.deal();
    else if (round === "complaints") await this.complain();
    else if (round === "answers") await this.answer();
    else if (round === "confirmations") await this.confirm();
    else await this.afterwards();
  }

  private async deal(): Promise<void> {
    const { number, dealt, deals } = this.ceremony;
    const data = await this.ownDeal();
    if (deals.has(this.me)) return;
    await this.ports.put(data);
    if (dealt.has(this.me)) return;
    await this.ports.deal(number, sha256(data));
    this.report.done.push({ kind: "dealt" });
  }

  /** The deal that follows from the seed kept here. Throws Refused if the account dealt another one. */
  private async ownDeal(): Promise<Uint8Array> {
    const { number, roster } = this.ceremony;
    const dealt = this.ceremony.dealt.get(this.me);
    if (dealt !== undefined && !this.keeping.hasSeed(number)) throw new Refused("holding.two_homes");
    const seed = this.keeping.seed(number);
    await this.ports.store(this.keeping);
    const data = makeDeal(roster, this.me, seed);
    if (dealt !== undefined && !equal(dealt, sha256(data))) throw new Refused("holding.two_homes");
    return data;
  }

  private async complain(): Promise<void> {
    const { number, roster, time, ends, complaints } = this.ceremony;
    // Time to put deals on the boards again: only then is a deal missing.
    const late = 2 * time >= ends[0] + ends[1];
    const missing = missingIn(this.ceremony);
    for (const member of missing) this.report.notes.push({ kind: "missing", member });
    const card = this.keeping.cardKey(number);
    const complaint = makeComplaint(roster, this.me, card, goodDeals(this.ceremony), late ? missing : []);
    for (const accused of complaint === null ? [] : accusedIn(complaint)) {
      if (accused === this.me || complaints.get(this.me)?.has(accused)) continue;
      const word = complaint?.missing.includes(accused) ? missingWord : boxWord;
      await this.ports.complain(number, accused, word(roster, this.me, accused));
      this.report.done.push({ kind: "complained", member: accused });
    }
  }

  private async answer(): Promise<void> {
    const { number, roster, complaints, dealt, answers } = this.ceremony;
    const accused = [...complaints.values()].some((words) => words.has(this.me));
    if (!accused || !dealt.has(this.me)) return;
    const plain = sha256(await this.ownDeal());
    const shares = makeAnswer(roster, this.me, this.keeping.seed(number), transcriptIn(this.ceremony));
    if (shares !== null) await this.noteShown(shares, plain);
    for (const member of shares === null ? [] : numbersOf(shares)) {
      const share = shares?.get(member);
      if (share === undefined || answers.get(this.me)?.has(member)) continue;
      await this.ports.answer(number, member, share);
      this.report.done.push({ kind: "answered", member });
    }
  }

  /**
   * Lets these words be said; those that show a share, and are not `plain`, are noted first. Who complains, and that it is time to answer,
   * one service says: t shares are the whole polynomial, so t are not shown, however the complaints change between two passes.
   */
  private async noteShown(words: Words, plain: Uint8Array): Promise<void> {
    const { number, roster, ends, key } = this.ceremony;
    if (key !== null || this.keeping.share(number) !== null) throw new Refused("holding.answers_over");
    const now = this.ports.now();
    if (now < ends[1] - STRAY || now > ends[2] + STRAY) throw new Refused("holding.answers_clock");
    const shares = [...words].filter(([, word]) => !equal(word, plain));
    const all = new Set([...this.keeping.shown(number), ...shares.map(([member]) => member)]);
    if (all.size >= roster.threshold) throw new Refused("holding.many_shown");
    this.keeping.noteShown(number, all);
    await this.ports.store(this.keeping);
  }

  private async confirm(): Promise<void> {
    const { number, confirmed, key } = this.ceremony;
    const judgement = judgementIn(this.ceremony);
    this.nameFaults(judgement);
    const outcome = outcomeOf(judgement);
    const said = confirmed.get(this.me);
    // Another outcome than before: a paper came to light. It may be said while no key is in force.
    const due = said === undefined || (!sameOutcome(said, outcome) && key === null);
    if (!(await this.take(judgement))) return;
    if (!this.keeping.isSaved(number)) {
      this.report.standing = "unsaved";
      return;
    }
    const share = this.keeping.share(number);
    if (due && share !== null) {
      await this.ports.post(number, this.me, makeConfirmation(judgement, share));
      await this.ports.confirm(number, outcome);
      this.report.done.push({ kind: "confirmed" });
    }
    if (key === null) return;
    judgementInForce(this.ceremony);
    this.ended("ready");
  }

  private async afterwards(): Promise<void> {
    const { number, key } = this.ceremony;
    this.report.due = 0;
    if (key === null) {
      this.report.standing = "failed";
      try {
        this.nameFaults(judgementIn(this.ceremony));
      } catch (error) {
        if (!(error instanceof YinxinError)) throw error;
        this.report.notes.push({ kind: "refused", error });
      }
      return;
    }
    if (this.keeping.share(number) === null) {
      const judgement = judgementInForce(this.ceremony);
      this.nameFaults(judgement);
      if (!(await this.take(judgement))) return;
    }
    this.report.standing = this.keeping.isSaved(number) ? "ready" : "unsaved";
  }

  /** Takes and keeps the share; false for who is left out. */
  private async take(judgement: Judgement): Promise<boolean> {
    const { number } = this.ceremony;
    if (!judgement.deals.has(this.me)) {
      this.report.standing = "left_out";
      return false;
    }
    // As long as no key is in force, what was judged before may have been told wrongly, or in part: what is told now counts.
    const may = this.ceremony.key === null;
    const fresh = this.keeping.keep(number, takeShare(judgement, this.me, this.keeping.cardKey(number)), may);
    await this.ports.store(this.keeping);
    if (fresh) this.report.done.push({ kind: "share" });
    return true;
  }

  private nameFaults(judgement: Judgement): void {
    for (const { member, offence } of judgement.faults) this.report.notes.push({ kind: "fault", member, offence });
  }
}

/** Deals that are to be had and not bad. */
function goodDeals({ roster, deals }: Ceremony): Deal[] {
  return numbersOf(deals).flatMap((number) => {
    const data = deals.get(number);
    return (data && readOrNull(() => readDeal(data, roster, number))) ?? [];
  });
}
