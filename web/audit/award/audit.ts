/** A13, lot by lot: cases, then awards, then what the contract waited for (chain/audit/tenders/after.py, cases.py). */
import { paperIn, type TenderCase, within } from "../case.ts";
import { entered } from "../cases.ts";
import { order } from "../events.ts";
import { wholeIn } from "../forms.ts";
import type { Subject } from "../report.ts";
import { CASE, type Lot } from "../story.ts";
import { auditAwards } from "./awards.ts";
import { isUntold, outcomeOf, type ReadCase, readCases } from "./reading.ts";

const LOST = "a paper of it is not to be had";
const DAY = 86_400;
const DAYS = { objection: 3, complaint: 42 } as const;

/** What came of a lot after its evaluation. */
export async function auditAfter(audited: TenderCase, lot: Lot): Promise<void> {
  const { report } = audited;
  const subject = audited.lot(lot.number);
  const cases = (await report.looking("A1301", subject, () => readCases(audited, lot))) ?? [];
  for (const one of cases) auditCase(audited, lot, one, subject);
  await auditAwards(audited, lot, cases);
}

/** One case: filed in time, after an objection where one is due, answered in time and with a decision. */
function auditCase(audited: TenderCase, lot: Lot, one: ReadCase, subject: Subject): void {
  const { report, story } = audited;
  const { filed, number, kind, settled } = one.filed;
  const words = kind === CASE.objection ? "objection" : "complaint";
  const at = within(subject, `${words} ${number}`, paperIn(filed));
  const { since, awarded } = entered(audited, lot, filed);
  const until = since + (awarded ? story.terms.complaintPeriod : story.terms.standstill);
  report.holds("A1303", at, filed.block.time <= until, `filed after the period's end, ${until}`);
  if (kind === CASE.complaint) auditComplaint(audited, lot, one, at, awarded);
  const result = lot.rankings.some((event) => order(event, filed) < 0);
  if (isUntold(one) && result) report.unknown("A1302", at, `what was answered cannot be told: ${one.wrong || LOST}`);
  else if (settled !== null && one.answer !== null) {
    const said = "it is about a result, and the answer does not say what came of it";
    report.holds("A1302", at, outcomeOf(one) !== null || !result, said);
  }
  if (audited.said !== null) noteAnswer(audited, one, filed.block.time + periodOf(audited, words), at);
}

/** A complaint names the objection before it, its own, unless it is about the award. */
function auditComplaint({ report }: TenderCase, lot: Lot, one: ReadCase, at: Subject, awarded: boolean): void {
  if (one.wrong !== "") {
    report.holds("A1301", at, false, one.wrong);
    return;
  }
  if (one.lost) report.unknown("A1301", at, LOST);
  if (one.said === null) return;
  const { objection } = one.said;
  if (objection === null) {
    report.holds("A1301", at, awarded, "a complaint about the opening or the candidates names the objection before it");
    return;
  }
  const earlier = lot.cases.slice(0, one.filed.number - 1).find(({ number }) => number === objection);
  const own = earlier?.kind === CASE.objection && earlier.by === one.filed.by;
  report.holds("A1301", at, own, `there is no objection ${objection} of the same account before it`);
}

function noteAnswer({ report, ledger }: TenderCase, one: ReadCase, ends: number, at: Subject): void {
  const { settled } = one.filed;
  const time = settled === null ? ledger.block.time : settled.block.time;
  const words = settled === null ? "still waits for its answer" : "was answered";
  if (time > ends) report.note("A1304", at, `${words} ${time - ends} s after the answer was due`);
  else report.holds("A1304", at, true, "");
}

/** Seconds until the answer or decision is due; by the notice only where it says that it is a demonstration. */
function periodOf({ said }: TenderCase, kind: keyof typeof DAYS): number {
  if (said?.profile !== "demo") return DAYS[kind] * DAY;
  return wholeIn(said, kind === "objection" ? "standstill" : "complaintPeriod", 0);
}
