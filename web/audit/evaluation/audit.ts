/** A11: sheets and commitments, clarifications, reports, candidates; each computed again (chain/audit/tenders/evaluating.py). */
import { fromUtf8 } from "../../verify/bytes.ts";
import { InvalidInput, YinxinError } from "../../verify/errors.ts";
import { eventIn, paperIn, recordsOf, type TenderCase, within } from "../case.ts";
import { panelOf } from "../committee/audit.ts";
import { lotOf } from "../committee/turns.ts";
import { order, type TenderEvent, textIn } from "../events.ts";
import { sameLot } from "../forms.ts";
import { standingRecord } from "../records.ts";
import { Broken, Missing, type Subject } from "../report.ts";
import { type Lot, PHASE, phaseOf } from "../story.ts";
import { checkCandidates, FAILED, readCandidates, readFailure } from "./candidates.ts";
import { checkClarification } from "./clarifying.ts";
import { commitmentsOf, type RecordedCommitments, sheetFaults, shownSheet } from "./commitments.ts";
import { compute } from "./computing.ts";
import { gather, newestReport, type RecordedReport, reportsOf, type Scene } from "./gathering.ts";
import { differences, readReport } from "./report.ts";
import { rulesOf } from "./rules.ts";
import { lookedAt } from "./screening.ts";

/** Everything from the sheets of a lot to its candidates, or to its failure. */
export async function auditEvaluation(audited: TenderCase, lot: Lot): Promise<void> {
  const { report, notice, said } = audited;
  if (notice === null || said === null || !lot.openings.has(1)) return;
  const subject = audited.lot(lot.number);
  report.about(subject.name);
  const scene = await report.looking("A1101", subject, async (): Promise<Scene | null> => {
    const panel = await panelOf(audited, lot);
    return panel === null ? null : { ...panel, notice, evaluation: rulesOf(said) };
  });
  if (scene === null) return;
  const recorded = (await report.looking("A1101", subject, () => commitmentsOf(scene))) ?? [];
  for (const one of recorded) await auditCommitments(scene, one, subject);
  for (const event of recordsOf(lot, "clarification"))
    await report.looking("A1103", within(subject, "clarification", paperIn(event)), () =>
      checkClarification(scene, event),
    );
  let found = false;
  for (const envelope of [...lot.openings.keys()].sort()) {
    const at = audited.lot(lot.number, envelope);
    await report.looking("A1104", at, async () => {
      let number = 0;
      for await (const one of reportsOf(scene, envelope)) {
        found = true;
        await auditReport(scene, number++, one, at);
      }
    });
  }
  if (lot.review !== null) await auditReview(scene, lot.review, subject);
  if (!found && lot.rankings.length > 0)
    report.unknown("A1104", subject, "candidates are named, and no evaluation report is on record");
  for (const [at, event] of lot.rankings.entries()) await auditCandidates(scene, at + 1, event, subject);
  if (lot.failed !== null && !/^0x0*$/.test(textIn(lot.failed, "digest")))
    await auditFailure(scene, lot.failed, subject);
}

async function auditCommitments(scene: Scene, one: RecordedCommitments, subject: Subject): Promise<void> {
  const { report } = scene.audited;
  const at = within(subject, "commitments to sheets", paperIn(one.event));
  report.holds("A1101", at, one.fault === "", `they count for nothing: ${one.fault}`);
  if (one.fault !== "" || one.paper === null) return;
  const { round, reason, case: cause } = one.paper;
  if (reason !== null) report.note("A1101", at, `round ${round}: ${reason}${caseWords(cause)}`);
  await auditSheets(scene, one, subject);
}

/** The sheets of a round; while nothing rests on them, one that is not shown is only noted. */
async function auditSheets(scene: Scene, one: RecordedCommitments, subject: Subject): Promise<void> {
  const { audited, lot, notice, evaluation } = scene;
  const { report } = audited;
  const record = await standingRecord(audited, lot, 1);
  if (record === null) return;
  const later = recordsOf(lot, "evaluation").some((event) => order(one.event, event) < 0);
  const rested = later || lot.review !== null;
  for (const [seat, commitment] of (one.paper?.commitments ?? []).entries()) {
    const words = `round ${commitment.round}, seat ${one.committee?.members[seat]?.seat}, sheet`;
    const at = within(subject, words, { paper: commitment.sheet, block: one.event.block.number });
    let shown = true;
    await report.looking("A1102", at, async () => {
      const sheet = await shownSheet(scene, commitment).catch((error: unknown) => {
        if (rested || !(error instanceof Missing)) throw error;
        shown = false;
        return null;
      });
      const faults = sheet === null ? [] : [...sheetFaults(sheet.bids, evaluation.criteria, lookedAt(record, notice))];
      if (faults.length > 0) throw new Broken(faults.join("; "));
    });
    if (!shown) report.note("A1102", at, "it is not shown yet");
  }
}

async function auditReport(scene: Scene, number: number, one: RecordedReport, subject: Subject): Promise<void> {
  const { report } = scene.audited;
  const { reason, case: cause, envelope } = one.report;
  const at = within(subject, "evaluation report", paperIn(one.event));
  if (number > 0) report.holds("A1105", at, reason !== null, "it is made anew and says no reason");
  if (reason !== null) {
    report.note("A1105", at, `made anew: ${reason}${caseWords(cause)}`);
    const known = cause === null || cause <= scene.lot.cases.length;
    report.holds("A1105", at, known, `there is no case ${cause}`);
  }
  await report.looking("A1104", at, async () => {
    const found = compute(await gather(scene, envelope, one.event, { reason, case: cause }));
    const open = [...found.low.map(String), ...found.ties.map((group) => `(${group.join(", ")})`)];
    if (open.length > 0) throw new Broken(`it stands although something is open: ${open.join(", ")}`);
    const differ = differences(one.report, found.report);
    if (differ.length > 0) throw new Broken(`computed again, it says otherwise: ${differ.join(", ")}`);
  });
}

async function auditReview(scene: Scene, event: TenderEvent, subject: Subject): Promise<void> {
  const { audited, lot } = scene;
  await audited.report.looking("A1106", eventIn({ ...subject, ...paperIn(event) }, event), async () => {
    const said = readReport(await audited.board.get(textIn(event, "digest")));
    const live = lot.closings.get(1)?.bids.map(({ place }) => place) ?? [];
    const places = said.dropped.map(({ place }) => place).filter((place) => live.includes(place));
    const ledger = event.values.dropped as readonly number[];
    if (said.envelope !== 1 || places.join() !== ledger.join())
      throw new Broken(`the ledger drops ${ledger.join(", ")}, the technical result ${places.join(", ")}`);
  });
}

async function auditCandidates(scene: Scene, number: number, event: TenderEvent, subject: Subject): Promise<void> {
  const { audited, lot, notice } = scene;
  const { report } = audited;
  const at = within(subject, `candidates ${number}`, paperIn(event));
  const data = await audited.paper("A1107", at, textIn(event, "digest"));
  if (data === null) return;
  await report.looking("A1107", at, async () => {
    const said = readCandidates(data);
    const newest = await newestReport(scene, notice.envelopes.length, event);
    if (newest === null) throw new Broken("no evaluation report is on record before them");
    await checkCandidates(scene, said, number, newest);
    if (said.reason !== null) report.note("A1107", at, `named anew: ${said.reason}${caseWords(said.case)}`);
    if (said.case !== null && said.case > lot.cases.length) throw new Broken(`there is no case ${said.case}`);
  });
}

/** The reasons of a lot that failed after its evaluation; those of the opening are A907's. */
async function auditFailure(scene: Scene, event: TenderEvent, subject: Subject): Promise<void> {
  const { audited, notice, lot } = scene;
  const { report } = audited;
  const at = within(subject, "reasons of the failure", paperIn(event));
  const data = await audited.board.get(textIn(event, "digest")).catch((error: unknown) => {
    if (!(error instanceof YinxinError)) throw error;
    return null; // a finding of A404
  });
  if (data === null) return;
  const record = await standingRecord(audited, lot, Math.max(...lot.openings.keys()));
  if (record !== null && record.organisations < record.minimum) return;
  if (record === null && !fromUtf8(data)?.includes(FAILED)) {
    report.unknown("A1108", at, "the opening record, which may give them, is not to be had");
    return;
  }
  await report.looking("A1108", at, async () => {
    const said = readFailure(data);
    const newest = (await newestReport(scene, notice.envelopes.length, event)) ?? (await newestReport(scene, 1, event));
    const valid = newest?.report.bids.length ?? null;
    if (!sameLot(said, lotOf(scene)) || said.evaluation !== (newest?.digest ?? null) || said.valid !== valid)
      throw new InvalidInput("they name another report than the newest one, or another number of valid bids", "audit");
    const listed = said.reasons.join("; ");
    if (said.valid !== null && said.valid > 0)
      report.note("A1108", at, `it failed although ${said.valid} valid bids were left: ${listed}`);
    if (said.evaluation === null && phaseOf(audited.story, lot) === PHASE.failed)
      report.note("A1108", at, `it failed without an evaluation: ${listed}`);
  });
}

function caseWords(number: number | null): string {
  return number === null ? "" : ` (case ${number})`;
}
