/** A9: the opening record, against ledger, keys, roots and cases. */
import { type OpeningRecord, type RecordedBid, readRecord } from "../bid/record.ts";
import { identityOf } from "../holding/messages.ts";
import { recover } from "../keys/secp.ts";
import type { FaultKind } from "../seal/faults.ts";
import { proves } from "../seal/form.ts";
import { concat, hex0x, keccak256, unhex0x, utf8 } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import { fileOf } from "./bids.ts";
import { named, recordsOf, type TenderCase, within } from "./case.ts";
import { order, type TenderEvent, textIn } from "./events.ts";
import { paperOf } from "./forms.ts";
import { identified, namedKeys, placeOf } from "./openings.ts";
import { isHere } from "./papers.ts";
import { Broken, type Subject } from "./report.ts";
import { CASE, type Case, type Closing, type Lot, noticeInForce, PHASE, phaseOf } from "./story.ts";

/** Faults of which k2 is published as evidence; of `foreign` only where the manifest, and not the header, names another bid. */
const SHOWN_BY_K2: readonly FaultKind[] = ["bad_lock_two", "bad_ciphertext", "bad_manifest", "foreign"];
const WITNESSED =
  "I opened these bids with my own key and found what this record says.\n本人已用自己的密钥开启并核对，与开标记录一致。\nyinxin-opening-record-1 ";

/** The one opening record of an opened envelope, or null: the first that was recorded, if there are more. */
export async function auditRecord(audited: TenderCase, lot: Lot, envelope: number): Promise<OpeningRecord | null> {
  const { report } = audited;
  const events = recordsIn(lot, envelope);
  const [first] = events;
  if (first === undefined) {
    const phase = phaseOf(audited.story, lot);
    const [subject, words] = [audited.lot(lot.number, envelope), "no opening record stands on the ledger"];
    if (phase === PHASE.opened || phase === PHASE.priceOpened) report.note("A901", subject, words);
    else report.unknown("A901", subject, words);
    return null;
  }
  const subject = within(audited.lot(lot.number, envelope), "opening record", { block: first.block.number });
  const [digest = "", ...others] = [...new Set(events.map((event) => textIn(event, "digest")))];
  const words = `after ${digest} others were recorded: ${others.join(", ")}`;
  report.holds("A901", { ...subject, paper: digest }, others.length === 0, words);
  const data = await audited.paper("A901", subject, digest);
  const closing = lot.closings.get(envelope);
  if (data === null || closing === undefined) return null;
  const at = { ...subject, paper: digest };
  return report.looking("A901", named(subject, digest), async () => {
    const record = readRecord(data);
    report.holds("A902", at, placeFits(audited, lot, envelope, closing, record), "another place, notice or time");
    auditBids(audited, lot, closing, record, at);
    await auditEnding(audited, lot, record, first, at);
    return record;
  });
}

/** Opening records of an envelope on the ledger, oldest first. */
export function recordsIn(lot: Lot, envelope: number): TenderEvent[] {
  const [start, end] = [lot.openings.get(envelope)?.event, lot.openings.get(envelope + 1)?.event];
  if (start === undefined) return [];
  return recordsOf(lot, "opening").filter(
    (event) => order(start, event) < 0 && (end === undefined || order(event, end) < 0),
  );
}

/** The first record of that envelope on the ledger, if its bytes are had; null if there is none, or nobody has it. */
export async function standingRecord(audited: TenderCase, lot: Lot, envelope: number): Promise<OpeningRecord | null> {
  const [first] = recordsIn(lot, envelope);
  if (first === undefined) return null;
  try {
    const record = readRecord(await audited.board.get(textIn(first, "digest")));
    const { book, number } = audited.story;
    const own = hex0x(record.book) === book && record.tender === number && record.lot === lot.number;
    const same = record.envelope === envelope && hex0x(record.live) === lot.closings.get(envelope)?.digest;
    return own && same ? record : null;
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    return null;
  }
}

function placeFits(
  { ledger, story }: TenderCase,
  lot: Lot,
  envelope: number,
  { digest }: Closing,
  record: OpeningRecord,
): boolean {
  return (
    hex0x(record.genesis) === ledger.genesis &&
    hex0x(record.book) === ledger.book &&
    record.tender === story.number &&
    record.lot === lot.number &&
    record.envelope === envelope &&
    record.openedAt === lot.openings.get(envelope)?.event.block.time &&
    hex0x(record.live) === digest &&
    namedKeys(lot, envelope).includes(hex0x(record.keys)) &&
    hex0x(record.notice) === noticeInForce(story)
  );
}

function auditBids(audited: TenderCase, lot: Lot, { bids }: Closing, record: OpeningRecord, subject: Subject): void {
  const { report } = audited;
  const same = bids.every(({ place, digest, commitment }, at) => {
    const one = record.bids[at];
    const right = one?.place === place && hex0x(one.commitment) === digest;
    return right && hex0x(one.bidder) === commitment.bidder && one.version === commitment.version;
  });
  const words = "it holds other bids than the live ones";
  if (!report.holds("A903", subject, same && record.bids.length === bids.length, words)) return;
  const place = placeOf(audited, lot, record.envelope);
  for (const [at, bid] of bids.entries()) {
    const one = record.bids[at];
    if (one === undefined) continue;
    const where = within(subject, `place ${one.place}`);
    report.about(where.name);
    const root = unhex0x(fileOf(bid.commitment, record.envelope).form, "form", 32);
    const identity = identityOf(place, identified(bid));
    const wrong = one.figures.filter((figure) => !proves(figure, root, identity)).map(({ figure }) => figure.name);
    report.holds("A904", where, wrong.length === 0, `not under the committed root: ${wrong.join(", ")}`);
    auditReadOut(audited, record.envelope, one, where);
    for (const said of k2Faults(one)) report.holds("A901", where, false, said);
  }
}

/** Exactly the figures of the notice's form, of bids that opened; a required one that a bid lacks is noted. */
function auditReadOut({ report, notice }: TenderCase, envelope: number, one: RecordedBid, where: Subject): void {
  const form = notice?.envelopes.find(({ number }) => number === envelope)?.form;
  if (form === undefined) return;
  const told = one.figures.map(({ figure }) => figure.name);
  const right = told.every((name) => form.some((field) => field.name === name)) && new Set(told).size === told.length;
  report.holds("A905", where, right, "it reads out what the notice's form does not name, or a figure twice");
  const lacking = form.filter(({ name, required }) => required && !told.includes(name)).map(({ name }) => name);
  if (lacking.length > 0 && one.fault === null)
    report.note("A905", where, `required, and not read out: ${lacking.join(", ")}`);
}

/** Where the record's k2 is not as its format demands. */
function k2Faults({ fault }: RecordedBid): string[] {
  if (fault === null) return [];
  const { kind, k2, evidence } = fault;
  const wants = SHOWN_BY_K2.includes(kind) && (kind !== "foreign" || typeof evidence.found !== "string");
  if (wants && k2 === null) return [`${kind} without k2: nothing shows it`];
  return !wants && k2 !== null ? [`k2 of a bid is published under ${kind}, which must not have one`] : [];
}

async function auditEnding(
  audited: TenderCase,
  lot: Lot,
  record: OpeningRecord,
  event: TenderEvent,
  subject: Subject,
): Promise<void> {
  const { report, story } = audited;
  const minimum = record.envelope === 1 ? story.terms.minimumBids : 1;
  const count = distinct(record.bids);
  const right = record.organisations === count && record.minimum === minimum;
  report.holds("A906", subject, right, `${count} organisations stand behind the bids`);
  if (record.organisations < record.minimum)
    await report.looking("A907", subject, () => checkFailed(audited, lot, record, textIn(event, "digest")));
  auditObjections(audited, lot, record, event, subject);
  if (record.witness === null) {
    report.note("A909", subject, `the supervisor has not signed it: ${record.alone ?? "no reason is given"}`);
    return;
  }
  const words = utf8(WITNESSED + hex0x(record.content));
  const digest = keccak256(concat(utf8(`\x19Ethereum Signed Message:\n${words.length}`), words));
  const signed = recover(digest, record.witness) === story.terms.supervisor;
  report.holds("A909", subject, signed, "the signature is not the supervisor's over this content");
}

function auditObjections(
  { report }: TenderCase,
  lot: Lot,
  record: OpeningRecord,
  event: TenderEvent,
  subject: Subject,
): void {
  const key = (one: { number: number; by: string; paper: string }) => `${one.number} ${one.by} ${one.paper}`;
  const known = (one: Case) => key({ number: one.number, by: one.by, paper: one.digest });
  const filed = new Map(objectionsIn(lot, record.envelope).map((one) => [known(one), one]));
  const told = new Set(record.objections.map(key));
  const before = [...filed].filter(([, one]) => order(one.filed, event) < 0).map(([name]) => name);
  const right = before.every((one) => told.has(one)) && [...told].every((one) => filed.has(one));
  report.holds("A908", subject, right, "it lists other objections than were filed before it");
  for (const one of record.objections) {
    const found = filed.get(key(one));
    if (one.answer === null || found === undefined) continue;
    report.holds("A908", within(subject, `objection ${one.number}`), one.answer === found.answer, "another answer");
  }
}

/** The objections of an envelope's session: filed after its opening, and before the next phase. */
function objectionsIn(lot: Lot, envelope: number): Case[] {
  const since = lot.openings.get(envelope)?.event;
  if (since === undefined) return [];
  const ends = [lot.review, lot.rankings[0]].filter((one) => one !== null && one !== undefined);
  return lot.cases.filter(
    ({ kind, filed }) =>
      kind === CASE.objection &&
      order(filed, since) > 0 &&
      !ends.some((end) => order(since, end) < 0 && order(end, filed) < 0),
  );
}

async function checkFailed(audited: TenderCase, lot: Lot, record: OpeningRecord, digest: string): Promise<void> {
  if (lot.failed === null) throw new Broken("too few organisations stand behind the bids, and the lot goes on");
  const names = ["genesis", "book", "tender", "lot", "organisations", "minimum", "record"];
  const paper = paperOf(await audited.board.get(textIn(lot.failed, "digest")), "yinxin-lot-failed-1", names);
  const here = isHere(audited, paper, { number: record.lot });
  const { organisations, minimum } = record;
  const same = paper.organisations === organisations && paper.minimum === minimum && paper.record === digest;
  if (!here || !same) throw new Broken("the reasons of the failure are others than the record's");
}

/**
 * How many organisations stand behind the live bids, as far as anything shows: the rule of chain/tenders/opening/record.py. Bids that
 * share a company count as one; one that could not be told counts by itself, if none of its companies is counted yet.
 */
export function distinct(bids: readonly RecordedBid[]): number {
  const judged = bids.flatMap(({ organisation: one }) =>
    one === null ? [] : [{ result: one.result, codes: new Set([one.code, ...one.members.map(({ code }) => code)]) }],
  );
  let groups: Set<string>[] = [];
  for (const { codes } of judged.filter(({ result }) => result === "valid")) {
    const joined = groups.filter((one) => meets(one, codes));
    groups = [...groups.filter((one) => !meets(one, codes)), new Set([...codes, ...joined.flatMap((one) => [...one])])];
  }
  const untold = judged.filter(({ result }) => result === "error").map(({ codes }) => [...codes].sort());
  untold.sort((left, right) => left.length - right.length || (left.join("\n") < right.join("\n") ? -1 : 1));
  for (const codes of untold) {
    const own = new Set(codes);
    if (!groups.some((one) => meets(one, own))) groups.push(own);
  }
  return groups.length + bids.filter(({ outcome }) => outcome !== "opened").length;
}

function meets(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return [...left].some((one) => right.has(one));
}
