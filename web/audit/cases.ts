/** A13 as far as events alone tell it: cases filed within their periods; awards and contract after theirs, with no case open. */
import { type TenderCase, within } from "./case.ts";
import { numberIn, order, type TenderEvent } from "./events.ts";
import type { Subject } from "./report.ts";
import { CASE, type Lot, PHASE } from "./story.ts";

const ENTERS = ["EnvelopeClosed", "EnvelopeOpened", "Reviewed", "LotAdvanced"];

/** The clocks of one lot. */
export function auditClocks(audited: TenderCase, lot: Lot): void {
  const { report, story } = audited;
  const { standstill, complaintPeriod } = story.terms;
  for (const one of lot.cases) {
    const kind = one.kind === CASE.objection ? "objection" : "complaint";
    const subject = within(audited.lot(lot.number), `${kind} ${one.number}`, {
      paper: one.digest,
      block: one.filed.block.number,
    });
    const { since, awarded } = entered(audited, lot, one.filed);
    const until = since + (awarded ? complaintPeriod : standstill);
    report.holds("A1303", subject, one.filed.block.time <= until, `filed after the period's end, ${until}`);
  }
  for (const event of lot.awards) {
    const subject = within(audited.lot(lot.number), `award ${numberIn(event, "number")}`, {
      block: event.block.number,
    });
    checkOrder(audited, lot, event, subject, standstill);
  }
  if (lot.contract !== null) {
    const subject = within(audited.lot(lot.number), "contract", { block: lot.contract.block.number });
    checkOrder(audited, lot, lot.contract, subject, complaintPeriod);
  }
}

/** Second at which the phase, ranking or award began that ran when this event happened; and is it an award. */
function entered({ story }: TenderCase, { number }: Lot, before: TenderEvent): { since: number; awarded: boolean } {
  let [since, awarded] = [0, false];
  for (const event of story.events) {
    if (order(event, before) >= 0) break;
    const same = event.transaction === before.transaction;
    if (ENTERS.includes(event.name) && event.values.lot === number && !same) {
      since = event.block.time;
      awarded = event.values.phase === PHASE.awarded;
    }
  }
  return { since, awarded };
}

/** An award or contract came after its period, with no case open. */
function checkOrder(audited: TenderCase, lot: Lot, event: TenderEvent, subject: Subject, period: number): void {
  const waiting = lot.cases.filter(
    ({ filed, settled }) => order(filed, event) < 0 && (settled === null || order(settled, event) > 0),
  );
  const numbers = waiting.map(({ number }) => number).join(", ");
  audited.report.holds("A1305", subject, waiting.length === 0, `case ${numbers} waited for its answer`);
  const { since, awarded } = entered(audited, lot, event);
  // Another candidate, after an award that came to nothing: no period runs.
  if (event.name === "LotAwarded" && awarded) return;
  const words = `the period ran until ${since + period}, ${event.name} in block ${event.block.number} came before`;
  audited.report.holds("A1305", subject, event.block.time > since + period, words);
}
