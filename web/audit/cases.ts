/** Clocks of A13: when the period of a case began; awards and contract after theirs, with no case open. */
import type { TenderCase } from "./case.ts";
import { order, type TenderEvent } from "./events.ts";
import type { Subject } from "./report.ts";
import { type Lot, PHASE } from "./story.ts";

const ENTERS = ["EnvelopeClosed", "EnvelopeOpened", "Reviewed", "LotAdvanced"];

/** Second at which the phase, ranking or award began that ran when this event happened; and is it an award. */
export function entered(
  { story }: TenderCase,
  { number }: Lot,
  before: TenderEvent,
): { since: number; awarded: boolean } {
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
export function checkOrder(audited: TenderCase, lot: Lot, event: TenderEvent, subject: Subject, period: number): void {
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
