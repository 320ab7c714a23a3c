/** A13: awards against the candidates named last (chain/audit/tenders/awards.py), and what upheld cases ask of award and contract. */

import { hex0x, sha256 } from "../../verify/bytes.ts";
import { named, paperIn, type TenderCase, within } from "../case.ts";
import { checkOrder } from "../cases.ts";
import { type Candidates, readCandidates } from "../evaluation/candidates.ts";
import { samePrice } from "../evaluation/report.ts";
import { numberIn, order, type TenderEvent, textIn } from "../events.ts";
import { sameLot } from "../forms.ts";
import { Broken, type Subject } from "../report.ts";
import type { Lot } from "../story.ts";
import { type Award, type Party, readAward } from "./papers.ts";
import { type ReadCase, shaken, untold } from "./reading.ts";

/** The awards of a lot, oldest first, and its contract as far as order and cases go. */
export async function auditAwards(audited: TenderCase, lot: Lot, cases: readonly ReadCase[]): Promise<void> {
  const { report, story } = audited;
  let last: Award | null = null;
  for (const event of lot.awards) {
    const subject = within(audited.lot(lot.number), `award ${numberIn(event, "number")}`, paperIn(event));
    checkOrder(audited, lot, event, subject, story.terms.standstill);
    const award = await awardIn(audited, event, subject);
    const former: Award | null = last;
    last = award;
    if (award === null) continue;
    await report.looking("A1306", subject, () => checkAward(audited, lot, event, award));
    if (former !== null && award.rank !== former.rank) report.holds("A1307", subject, true, "");
    else {
      const sure = former !== null || event === lot.awards[0];
      checkUpheld(audited, lot, cases, event, subject, ", and nothing had come of it", sure);
    }
  }
  if (lot.contract === null) return;
  const subject = within(audited.lot(lot.number), "contract", paperIn(lot.contract));
  checkOrder(audited, lot, lot.contract, subject, story.terms.complaintPeriod);
  checkUpheld(audited, lot, cases, lot.contract, subject, " against the award", true);
}

/** An award or contract stands although a case was upheld; if not `sure`, that is not to be told. */
function checkUpheld(
  { report }: TenderCase,
  lot: Lot,
  cases: readonly ReadCase[],
  event: TenderEvent,
  subject: Subject,
  words: string,
  sure: boolean,
): void {
  const [upheld, lost] = [shaken(lot, cases, event).join(", "), untold(lot, cases, event).join(", ")];
  if (upheld === "" && lost !== "") report.unknown("A1307", subject, `what came of case ${lost} is not to be had`);
  else if (upheld !== "" && !sure)
    report.unknown("A1307", subject, `case ${upheld} was upheld; the award before is not to be had`);
  else report.holds("A1307", subject, upheld === "", `case ${upheld} was upheld${words}`);
}

async function awardIn(audited: TenderCase, event: TenderEvent, subject: Subject): Promise<Award | null> {
  const digest = textIn(event, "digest");
  const data = await audited.paper("A1306", subject, digest);
  return data === null ? null : audited.report.looking("A1306", named(subject, digest), () => readAward(data));
}

/** Throws unless the award follows the candidates named last before it. */
async function checkAward(audited: TenderCase, lot: Lot, event: TenderEvent, award: Award): Promise<void> {
  if (!sameLot(award, audited.place(lot.number)) || award.number !== event.values.number)
    throw new Broken("it is about another lot or number");
  const ranking = lot.rankings.findLast((one) => order(one, event) < 0);
  if (ranking === undefined) throw new Broken("no candidates were named before it");
  const data = await audited.board.get(textIn(ranking, "digest"));
  const wrong = contradiction(award, readCandidates(data), hex0x(sha256(data)));
  if (wrong !== "") throw new Broken(wrong);
}

/** What an award says otherwise than the candidates it follows; empty: nothing. */
function contradiction(award: Award, { candidates }: Candidates, digest: string): string {
  if (award.candidates !== digest) return "it follows other candidates than those named last";
  const chosen = candidates.find(({ rank }) => rank === award.rank);
  if (chosen === undefined) return `there is no candidate ${award.rank}`;
  if (award.place !== chosen.place || written(award.organisation) !== written(chosen))
    return `candidate ${award.rank} is somebody else`;
  if (!samePrice(award.price, chosen.price)) return "its price is another than the candidate's";
  const passed = candidates.map(({ rank }) => rank).filter((rank) => rank < award.rank);
  return passed.join() === award.passed.join() ? "" : "its reasons are not of just those who are passed over";
}

function written({ code, name, members }: Party): string {
  return JSON.stringify([code, name, members.map((one) => [one.code, one.name])]);
}
