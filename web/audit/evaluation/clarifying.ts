/** Clarifications: a question to a bid, its answer, and how the committee's members vote on it (chain/evaluation/sheets/clarifying.py). */
import { recover } from "../../keys/secp.ts";
import { messageDigest } from "../../keys/typed.ts";
import { b64url, hex0x, sha256, utf8 } from "../../verify/bytes.ts";
import { canonical } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { lotOf, type Panel } from "../committee/turns.ts";
import { order, type TenderEvent, textIn } from "../events.ts";
import {
  hexIn,
  lotIn,
  type NamedLot,
  objectOf,
  PLACE,
  paperOf,
  rawIn,
  rowsIn,
  sameLot,
  textOf,
  wholeIn,
} from "../forms.ts";
import { Missing } from "../report.ts";
import { officeBefore } from "./commitments.ts";

/** What a question may be about; the step at which the bid is dropped if the committee is not satisfied. */
export type Matter = "low-price" | "formal" | "qualification";

interface Question extends NamedLot {
  readonly envelope: number;
  readonly bid: number;
  readonly matter: Matter;
  readonly until: number;
}

interface Vote {
  readonly account: string;
  readonly accept: boolean;
  readonly reason: string;
  readonly signature: Uint8Array;
}

interface Clarification extends NamedLot {
  readonly bid: number;
  readonly question: string;
  readonly answer: { readonly text: string; readonly signature: Uint8Array; readonly digest: string } | null;
  readonly committee: string;
  readonly votes: readonly Vote[];
}

/** A clarification that counts. */
export interface Asked {
  /** SHA-256 of its paper, 0x text. */
  readonly digest: string;
  readonly question: Question;
  readonly votes: readonly Vote[];
  /** What more than half of the members say; null: neither. */
  readonly accepted: boolean | null;
}

const NOT_ASKED = "clarification.unknown";
const MATTERS: readonly Matter[] = ["low-price", "formal", "qualification"];

/**
 * Clarifications of an envelope that count, in the order of the ledger; of each question the newest. Throws what the board throws:
 * where a paper is not to be had, what counts cannot be told.
 */
export async function clarificationsOf(panel: Panel, envelope: number): Promise<Asked[]> {
  const newest = new Map<string, Asked>();
  for (const event of panel.lot.records.filter(({ values }) => values.kind === "clarification")) {
    try {
      const [found, question] = await checkClarification(panel, event);
      newest.delete(question);
      if (found.question.envelope === envelope) newest.set(question, found);
    } catch (error) {
      const idle = error instanceof InvalidInput || (error instanceof Missing && error.code === NOT_ASKED);
      if (!idle) throw error;
    }
  }
  return [...newest.values()];
}

/** A clarification on record, if it counts, and its question's digest. Throws InvalidInput: it does not; and what the board throws. */
export async function checkClarification(panel: Panel, event: TenderEvent): Promise<[Asked, string]> {
  const { audited, lot } = panel;
  const digest = textIn(event, "digest");
  const paper = readClarification(await audited.board.get(digest));
  const question = await questionOf(panel, paper.question, event);
  const here = lotOf(panel);
  if (!sameLot(paper, here) || !sameLot(question, here) || paper.bid !== question.bid)
    throw wrong("it is of another lot or bid than its question");
  const bid = lot.bids.find(({ place }) => place === paper.bid);
  if (bid === undefined) throw wrong("there is no such bid");
  if (paper.answer !== null && signerOf(answerText(paper), paper.answer.signature) !== bid.bidder)
    throw wrong("the answer is not signed by whoever acts for the bid");
  if (paper.answer === null && event.block.time <= question.until) throw wrong("the time for an answer is not over");
  const office = await officeBefore(panel, event);
  if (office === null || office.digest !== paper.committee) throw wrong("its committee is not the one in office");
  const { members } = office.committee;
  for (const vote of paper.votes) {
    const signed = signerOf(voteText(paper, vote), vote.signature) === vote.account;
    if (!signed || !members.some(({ account }) => account === vote.account))
      throw wrong("a vote is not signed by a member of the committee");
  }
  const most = (wanted: boolean): boolean =>
    2 * paper.votes.filter(({ accept }) => accept === wanted).length > members.length;
  const accepted = most(true) ? true : most(false) ? false : null;
  return [{ digest, question, votes: paper.votes, accepted }, paper.question];
}

async function questionOf({ audited, lot }: Panel, digest: string, event: TenderEvent): Promise<Question> {
  const asked = lot.records.some(
    (one) => one.values.kind === "clarification-asked" && one.values.digest === digest && order(one, event) < 0,
  );
  if (!asked) throw new Missing("no such question is on record", NOT_ASKED);
  const names = [...PLACE, "envelope", "bid", "matter", "text", "until"];
  const value = paperOf(await audited.board.get(digest), "yinxin-clarification-question-1", names);
  const matter = MATTERS.find((one) => one === value.matter);
  if (matter === undefined) throw wrong("matter");
  textOf(value, "text");
  const [envelope, bid, until] = [wholeIn(value, "envelope", 1), wholeIn(value, "bid", 1), wholeIn(value, "until", 1)];
  return { ...lotIn(value), envelope, bid, matter, until };
}

function readClarification(data: Uint8Array): Clarification {
  const names = [...PLACE, "bid", "question", "answer", "committee", "votes"];
  const value = paperOf(data, "yinxin-clarification-1", names);
  const [lot, bid, question] = [lotIn(value), wholeIn(value, "bid", 1), hexIn(value, "question", 32)];
  let answer: Clarification["answer"] = null;
  if (value.answer !== null) {
    const said = objectOf(value, "answer", ["text", "signature"]);
    const [text, signature] = [textOf(said, "text"), rawIn(said, "signature", 65)];
    const format = "yinxin-clarification-answer-1";
    const note = canonical({ format, ...lot, bid, question, text, signature: b64url(signature) });
    answer = { text, signature, digest: hex0x(sha256(utf8(note))) };
  }
  const votes = rowsIn(value, "votes", ["account", "accept", "reason", "signature"], 200).map((one) => {
    if (typeof one.accept !== "boolean") throw wrong("votes.accept");
    const account = hexIn(one, "account", 20);
    return { account, accept: one.accept, reason: textOf(one, "reason"), signature: rawIn(one, "signature", 65) };
  });
  if (new Set(votes.map(({ account }) => account)).size !== votes.length) throw wrong("votes: of each member one");
  return { ...lot, bid, question, answer, committee: hexIn(value, "committee", 32), votes };
}

/** What a bid's address signs under an answer. */
function answerText({ bid, question, answer, ...lot }: Clarification): string {
  return (
    `This is my answer to a question about my bid in tender ${lot.tender}, lot ${lot.lot}.\n` +
    `这是本投标人对第 ${lot.tender} 号项目第 ${lot.lot} 标段澄清问题的答复。\n` +
    `yinxin-clarification-answer-1 ${where(lot)} ${bid} ${question} ${hex0x(sha256(utf8(answer?.text ?? "")))}`
  );
}

/** What a member signs under a vote. */
function voteText({ bid, question, answer, committee, ...lot }: Clarification, { accept, reason }: Vote): string {
  const content = canonical({ question, answer: answer?.digest ?? null, accept, reason });
  return (
    `I vote so on the clarification of the bid of place ${bid} in tender ${lot.tender}, lot ${lot.lot}.\n` +
    `本人对第 ${lot.tender} 号项目第 ${lot.lot} 标段第 ${bid} 号投标的澄清作此表决。\n` +
    `yinxin-clarification-vote-1 ${where(lot)} ${bid} ${committee} ${hex0x(sha256(utf8(content)))}`
  );
}

function where({ genesis, book, tender, lot }: NamedLot): string {
  return `${genesis} ${book} ${tender} ${lot}`;
}

function signerOf(text: string, signature: Uint8Array): string | null {
  return recover(messageDigest(text), signature);
}

function wrong(why: string): InvalidInput {
  return new InvalidInput(why, "clarification.fault");
}
