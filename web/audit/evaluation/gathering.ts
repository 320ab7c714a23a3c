/** From ledger and board to what a report follows from, as of an event (chain/evaluation/report/gathering.py). Nothing here is chosen. */

import type { Notice } from "../../bid/notice.ts";
import type { OpeningRecord } from "../../bid/record.ts";
import type { ScoreSheet } from "../../sheet/sheet.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { checkFloat } from "../committee/floating.ts";
import { lotOf, type Panel, readDraws, wrong } from "../committee/turns.ts";
import { order, type TenderEvent, textIn } from "../events.ts";
import { sameLot } from "../forms.ts";
import { recordsIn, standingRecord } from "../records.ts";
import { Missing } from "../report.ts";
import { type Asked, clarificationsOf } from "./clarifying.ts";
import {
  commitmentsOf,
  type Office,
  officeBefore,
  type RecordedCommitments,
  sheetFaults,
  shownSheet,
  standingBefore,
} from "./commitments.ts";
import { type Qualification, readQualification } from "./qualification.ts";
import { type Anew, type EvaluationReport, readReport } from "./report.ts";
import type { Rules } from "./rules.ts";
import { lookedAt } from "./screening.ts";

/** One lot whose evaluation is looked at. */
export interface Scene extends Panel {
  readonly notice: Notice;
  readonly evaluation: Rules;
}

/** A report on record, with the event and the SHA-256 of its paper. */
export interface RecordedReport {
  readonly digest: string;
  readonly event: TenderEvent;
  readonly report: EvaluationReport;
}

/** Everything a report follows from; digests as 0x text. */
export interface Basis extends Anew {
  readonly scene: Scene;
  readonly envelope: number;
  readonly record: { readonly digest: string; readonly paper: OpeningRecord };
  /** Opening record of envelope 1, for envelope 2. */
  readonly first: OpeningRecord | null;
  /** The report on envelope 1, for envelope 2. */
  readonly technical: RecordedReport | null;
  readonly qualification: { readonly digest: string; readonly paper: Qualification } | null;
  readonly committee: Office | null;
  readonly commitments: string | null;
  /** With its SHA-256, of every member, in the order of the seats. */
  readonly sheets: readonly { readonly digest: string; readonly sheet: ScoreSheet }[];
  readonly float: { readonly paper: string; readonly point: string } | null;
  readonly ties: readonly { readonly paper: string; readonly order: readonly number[] }[];
  readonly asked: readonly Asked[];
}

/** The same with only those records that stand before that event. */
export function until(scene: Scene, event: TenderEvent | null): Scene {
  if (event === null) return scene;
  const { lot } = scene;
  return { ...scene, lot: { ...lot, records: lot.records.filter((one) => order(one, event) < 0) } };
}

/** Reports on record on an envelope, oldest first; papers that cannot be read are passed over. Throws what the board throws. */
export async function* reportsOf({ audited, lot }: Scene, envelope: number): AsyncGenerator<RecordedReport> {
  const events = lot.records.filter(({ values }) => values.kind === "evaluation");
  if (lot.review !== null) events.push(lot.review);
  for (const event of events.sort(order)) {
    const digest = textIn(event, "digest");
    const data = await audited.board.get(digest);
    const report = held(() => readReport(data));
    if (report?.envelope === envelope) yield { digest, event, report };
  }
}

/** The newest report on an envelope, before that event or now. */
export async function newestReport(
  scene: Scene,
  envelope: number,
  event: TenderEvent | null,
): Promise<RecordedReport | null> {
  let newest: RecordedReport | null = null;
  for await (const one of reportsOf(scene, envelope)) if (event === null || order(one.event, event) < 0) newest = one;
  return newest;
}

/** What a report on that envelope follows from, if it stood just before that event. Throws InvalidInput, Missing: something is not there. */
export async function gather(scene: Scene, envelope: number, event: TenderEvent, anew: Anew): Promise<Basis> {
  const seen = until(scene, event);
  const record = await recordOf(seen, envelope);
  const technical = envelope === 1 ? null : await newestReport(scene, 1, event);
  const first = envelope === 1 ? null : (await recordOf(seen, 1)).paper;
  if (envelope > 1 && technical === null) throw wrong("there is no technical result on record");
  const committee = await officeBefore(seen, event);
  const { commitments, sheets } = await sheetsOf(seen, envelope, first ?? record.paper, committee, event);
  const float = await floatOf(seen);
  const draws = await readDraws(seen);
  return {
    scene: seen,
    envelope,
    record,
    first,
    technical,
    qualification: await qualificationOf(seen, envelope, record),
    committee,
    commitments,
    sheets,
    float,
    ties: draws.turns.flatMap(({ kind, result }) =>
      kind === "tie" && result !== null ? [{ paper: result.digest, order: result.places }] : [],
    ),
    asked: await clarificationsOf(seen, envelope),
    ...anew,
  };
}

async function recordOf({ audited, lot }: Scene, envelope: number): Promise<Basis["record"]> {
  const paper = await standingRecord(audited, lot, envelope);
  const [event] = recordsIn(lot, envelope);
  if (paper === null || event === undefined)
    throw new Missing(`lot ${lot.number}, envelope ${envelope} has no opening record to be had`);
  return { digest: textIn(event, "digest"), paper };
}

async function qualificationOf(
  scene: Scene,
  envelope: number,
  record: Basis["record"],
): Promise<Basis["qualification"]> {
  const { audited, lot, evaluation, notice } = scene;
  if (!evaluation.certificates || lookedAt(record.paper, notice).length === 0) return null;
  for (const event of lot.records.filter(({ values }) => values.kind === "qualification")) {
    const digest = textIn(event, "digest");
    const data = await audited.board.get(digest);
    const paper = held(() => readQualification(data));
    if (paper === null || !sameLot(paper, lotOf(scene))) continue;
    if (paper.envelope === envelope && paper.record === record.digest) return { digest, paper };
  }
  if (envelope > 1) return null;
  throw wrong("the notice asks for certificates, and no qualification paper is on record");
}

/** Commitments and sheets of the newest round, in the order of the seats; of envelope 1, whichever is evaluated. */
async function sheetsOf(
  scene: Scene,
  envelope: number,
  first: OpeningRecord,
  committee: Office | null,
  event: TenderEvent,
): Promise<Pick<Basis, "commitments" | "sheets">> {
  const places = lookedAt(first, scene.notice);
  if (places.length === 0) return { commitments: null, sheets: [] };
  const found = standingBefore(await commitmentsOf(scene), event);
  if (found === null || found.paper === null) throw wrong("the members' commitments to their sheets are not on record");
  if (envelope === 1 && committee !== null && found.paper.committee !== committee.digest)
    throw wrong("the committee has changed since its members committed to their sheets");
  return { commitments: found.digest, sheets: await rightSheets(scene, found, places) };
}

/** The sheets of a round. Throws Missing, InvalidInput: seats that have not shown theirs, or show what is no sheet. */
async function rightSheets(
  scene: Scene,
  { paper, committee }: RecordedCommitments,
  places: readonly number[],
): Promise<Basis["sheets"]> {
  const [absent, broken]: [number[], number[]] = [[], []];
  const sheets: { digest: string; sheet: ScoreSheet }[] = [];
  for (const [at, commitment] of (paper?.commitments ?? []).entries()) {
    const seat = committee?.members[at]?.seat ?? 0;
    try {
      const sheet = await shownSheet(scene, commitment);
      const [fault] = sheetFaults(sheet.bids, scene.evaluation.criteria, places);
      if (fault === undefined) sheets.push({ digest: commitment.sheet, sheet });
      else broken.push(seat);
    } catch (error) {
      if (error instanceof Missing) absent.push(seat);
      else if (error instanceof InvalidInput) broken.push(seat);
      else throw error;
    }
  }
  if (broken.length > 0) throw wrong(`what seats ${broken.join(", ")} committed to breaks the rules`);
  if (absent.length > 0) throw new Missing(`seats ${absent.join(", ")} have not shown their sheets`);
  return sheets;
}

/** The float point of a lot: there is one right one, whoever records it. */
async function floatOf(scene: Scene): Promise<Basis["float"]> {
  for (const event of scene.lot.records.filter(({ values }) => values.kind === "float")) {
    const paper = textIn(event, "digest");
    const data = await scene.audited.board.get(paper);
    const found = held(() => checkFloat(scene, data));
    if (found !== null) return { paper, point: found.point };
  }
  return null;
}

function held<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return null;
  }
}
