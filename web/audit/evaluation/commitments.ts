/** Sheets and the members' commitments to them: which stand, in the order of the chain (chain/evaluation/sheets). */

import { fits } from "../../sheet/points.ts";
import { type BidSheet, type Commitment, isSigned, readSheet, type ScoreSheet } from "../../sheet/sheet.ts";
import { InvalidInput } from "../../verify/errors.ts";
import type { Committee } from "../committee/members.ts";
import { committeesOf, countedOf, type Recorded } from "../committee/standing.ts";
import { lotOf, type Panel } from "../committee/turns.ts";
import { order, type TenderEvent, textIn } from "../events.ts";
import { hexIn, lotIn, type NamedLot, PLACE, paperOf, rawIn, rowsIn, sameLot, wholeIn } from "../forms.ts";
import { type Anew, anewIn } from "./report.ts";
import type { Criterion } from "./rules.ts";

/** The commitments of all members of one round. */
export interface Commitments extends NamedLot, Anew {
  readonly envelope: number;
  readonly round: number;
  /** SHA-256 of the committee's paper. */
  readonly committee: string;
  /** In the order of the seats. */
  readonly commitments: readonly Commitment[];
}

/** Commitments on record, and why they count for nothing (empty: they count). */
export interface RecordedCommitments {
  readonly digest: string;
  readonly event: TenderEvent;
  readonly paper: Commitments | null;
  readonly committee: Committee | null;
  readonly fault: string;
}

/** The paper of a round; signatures are not checked. Throws InvalidInput. */
export function readCommitments(data: Uint8Array): Commitments {
  const names = [...PLACE, "envelope", "round", "committee", "commitments", "reason", "case"];
  const value = paperOf(data, "yinxin-sheet-commitments-1", names);
  const [lot, round, committee] = [lotIn(value), wholeIn(value, "round", 1), hexIn(value, "committee", 32)];
  const commitments = rowsIn(value, "commitments", ["account", "sheet", "signature"], 200).map((one) => ({
    ...lot,
    round,
    committee,
    account: hexIn(one, "account", 20),
    sheet: hexIn(one, "sheet", 32),
    signature: rawIn(one, "signature", 65),
  }));
  const accounts = new Set(commitments.map(({ account }) => account));
  if (commitments.length === 0 || accounts.size !== commitments.length) throw bad("commitments: of each member one");
  const anew = anewIn(value);
  if ((anew.reason === null) !== (round === 1)) throw bad("reason: of every round but the first");
  return { ...lot, envelope: wholeIn(value, "envelope", 1), round, committee, commitments, ...anew };
}

/** A committee in office, with the SHA-256 of its paper. */
export type Office = Recorded & { readonly committee: Committee };

/** The committee in office just before an event, or now. Throws what the board throws. */
export async function officeBefore(panel: Panel, event: TenderEvent | null): Promise<Office | null> {
  const counted = countedOf(await committeesOf(panel));
  return counted.findLast((one) => event === null || order(one.event, event) < 0) ?? null;
}

/** Every paper of the first envelope on record, oldest first, among the lot's records. Throws what the board throws. */
export async function commitmentsOf(panel: Panel): Promise<RecordedCommitments[]> {
  const found: RecordedCommitments[] = [];
  let rounds = 0;
  for (const event of panel.lot.records.filter(({ values }) => values.kind === "sheets-committed")) {
    const digest = textIn(event, "digest");
    const data = await panel.audited.board.get(digest);
    let paper: Commitments | null = null;
    let fault = "";
    try {
      paper = readCommitments(data);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      fault = error.message;
    }
    if (paper !== null && paper.envelope !== 1) continue;
    let committee: Committee | null = null;
    if (paper !== null) {
      const office = await officeBefore(panel, event);
      committee = office?.committee ?? null;
      fault = faultOf(paper, lotOf(panel), rounds + 1, office);
      if (fault === "") rounds++;
    }
    found.push({ digest, event, paper, committee, fault });
  }
  return found;
}

/** The newest that count, just before an event or now. */
export function standingBefore(
  all: readonly RecordedCommitments[],
  event: TenderEvent | null,
): RecordedCommitments | null {
  return all.findLast((one) => one.fault === "" && (event === null || order(one.event, event) < 0)) ?? null;
}

/** The sheet that a commitment names. Throws InvalidInput: no sheet, or another's; and what the board throws. */
export async function shownSheet({ audited }: Panel, commitment: Commitment): Promise<ScoreSheet> {
  const sheet = readSheet(await audited.board.get(commitment.sheet));
  const own = sheet.round === commitment.round && sheet.committee === commitment.committee;
  if (!sameLot(sheet, commitment) || !own || sheet.account !== commitment.account)
    throw bad("the sheet is of another place, round, committee or member than its commitment");
  return sheet;
}

/** What is wrong with what a sheet says of these places, the ones that the members have to judge. */
export function* sheetFaults(
  bids: readonly BidSheet[],
  criteria: readonly Criterion[],
  places: readonly number[],
): Generator<string> {
  const there = new Set(bids.map(({ place }) => place));
  for (const place of places) if (!there.has(place)) yield `bids[${place}]: the bid is missing`;
  for (const place of there)
    if (!places.includes(place)) yield `bids[${place}]: there is nothing to judge at this place`;
  for (const { place, formal, qualification, points } of bids) {
    const at = `bids[${place}].points`;
    if (!formal.passed || !qualification.passed) {
      if (Object.keys(points).length > 0) yield `${at}: a bid that you fail gets no points`;
      continue;
    }
    for (const { name, source } of criteria)
      if (source.kind === "expert" && !Object.hasOwn(points, name)) yield `${at}.${name}: no points are given`;
    for (const [name, value] of Object.entries(points)) {
      const criterion = criteria.find((one) => one.name === name);
      if (criterion?.source.kind !== "expert") yield `${at}.${name}: experts give no points for this`;
      else if (!fits(value, criterion.weight, criterion.source.step))
        yield `${at}.${name}: 0 to ${criterion.weight} in steps of ${criterion.source.step}`;
    }
  }
}

function faultOf(paper: Commitments, lot: NamedLot, round: number, office: Office | null): string {
  if (!sameLot(paper, lot)) return "it is of another lot";
  if (paper.round !== round) return `it is round ${paper.round}, and ${round} is next`;
  if (office === null || paper.committee !== office.digest) return "its committee is not the one in office";
  const { members } = office.committee;
  if (paper.commitments.map(({ account }) => account).join() !== members.map(({ account }) => account).join())
    return "it has not exactly one commitment of each member, in the order of the seats";
  const unsigned = paper.commitments.flatMap((one, at) => (isSigned(one) ? [] : [members[at]?.seat]));
  return unsigned.length > 0 ? `seats ${unsigned.join(", ")} have not signed theirs` : "";
}

function bad(message: string): InvalidInput {
  return new InvalidInput(message, "sheet.commitment");
}
