/** A4: the notice in all its versions, its documents, and every other paper whose digest stands on the ledger. */

import { readNotice } from "../bid/notice.ts";
import { equal, hex0x, unb64url, unhex0x } from "../verify/bytes.ts";
import { isList, isObject, type Json, type JsonObject, readCanonical } from "../verify/canonical.ts";
import { readAnswer, readObjection } from "./award/papers.ts";
import { named, type TenderCase, within } from "./case.ts";
import { numberIn, type TenderEvent, type Terms, textIn } from "./events.ts";
import { sameLot } from "./forms.ts";
import { Broken } from "./report.ts";
import { CASE, type Case, type Lot, noticeIn } from "./story.ts";

const LARGEST = 16 * 2 ** 20;
const OPENING = "opening";
const REASONS: Readonly<Record<string, readonly [member: string, words: string]>> = {
  TenderCancelled: ["reasonDigest", "reasons of the cancellation"],
  LotFailed: ["digest", "reasons of the failure"],
  Reviewed: ["digest", "technical result"],
  CandidatesNamed: ["digest", "candidates"],
  LotAwarded: ["digest", "award"],
  LotContracted: ["digest", "contract"],
};

/** Every paper is there, is what its digest says, and says what the ledger says. */
export async function auditPapers(audited: TenderCase): Promise<void> {
  const { report, story, name } = audited;
  const versions: JsonObject[] = [];
  for (const [number, event] of story.notices.entries()) {
    const subject = within({ name }, `notice ${number}`);
    const data = await audited.paper("A401", subject, noticeIn(event));
    if (data === null) continue;
    const read = await report.looking("A401", named(subject, noticeIn(event)), () => {
      const value = readCanonical(data, "notice", LARGEST);
      if (!isObject(value)) throw new Broken("notice: it is no object");
      return { value, notice: readNotice(data) };
    });
    if (read === null) continue;
    versions.push(read.value);
    if (number === story.notices.length - 1) audited.notice = read.notice;
  }
  audited.openingKey = await audited.ledger.openingKey(story.terms.ceremony);
  await auditVersions(audited, versions);
  for (const one of new Map(versions.flatMap(documentsOf).map((one) => [one.digest, one])).values()) {
    const subject = within({ name }, `document ${one.name}`);
    const data = await audited.paper("A403", subject, one.digest);
    if (data !== null)
      report.holds("A403", subject, data.length === one.size, `it has ${data.length} bytes, not ${one.size}`);
  }
  for (const [words, digest, event] of others(audited)) {
    const lot = "lot" in event.values && event.values.lot !== 0 ? numberIn(event, "lot") : null;
    await audited.paper("A404", within({ name, lot, block: event.block.number }, words), digest);
  }
  for (const lot of story.lots.values()) for (const one of lot.cases) await auditCasePapers(audited, lot, one);
}

/** A402 and A503: each version says what the ledger says. What an amendment may change is the command's to look at. */
async function auditVersions(audited: TenderCase, versions: readonly JsonObject[]): Promise<void> {
  const { report, story, name, ledger } = audited;
  if (versions.length < story.notices.length) {
    const changed = report.findings.some(({ rule, result }) => rule === "A401" && result === "broken");
    const words = "not every version of the notice is there as it was published";
    if (changed) report.holds("A402", { name }, false, words);
    else report.unknown("A402", { name }, words);
    return;
  }
  const said = (key: string, told: unknown, holds: unknown): void => {
    if (told !== holds) throw new Broken(`${key}: the notice says ${String(told)}, the ledger ${String(holds)}`);
  };
  await report.looking("A402", { name }, () => {
    for (const [at, notice] of versions.entries()) {
      const event = story.notices[at];
      if (event === undefined) continue;
      const place = { genesis: ledger.genesis, chainId: ledger.chainId, book: ledger.book, tender: story.number };
      for (const [key, holds] of Object.entries(place)) said(key, notice[key], holds);
      for (const [key, told, holds] of termsOf(notice, story.terms)) said(key, told, holds);
      const custodians = items(notice.custodians).map((one) => one.account);
      said("custodians", custodians.join(", "), story.custodians.join(", "));
      said("number", notice.number, at);
      const times = event.name === "Published" ? story.terms : event.values;
      for (const key of ["deadline", "openAt"] as const) said(key, notice[key], times[key]);
    }
    const key = audited.notice?.openingKey;
    const same = key !== undefined && audited.openingKey !== null && equal(key, audited.openingKey);
    if (!same) throw new Broken("openingKey: the notice says another than the ledger");
    audited.said = versions.at(-1) ?? null;
  });
  if (versions.length > 1) {
    const words = "what an amendment may change is not looked at on this device; yinxin audit does";
    report.note("A402", { name }, words);
  }
  if (audited.notice !== null && audited.openingKey !== null) {
    const same = equal(audited.notice.openingKey, audited.openingKey);
    report.holds("A503", { name }, same, "the notice names another key than the ceremony gave");
  }
}

function termsOf(notice: JsonObject, terms: Terms): [key: string, said: unknown, holds: unknown][] {
  const inner = (name: string, key: string): unknown => {
    const found = notice[name];
    return isObject(found) ? found[key] : undefined;
  };
  const { bureau, supervisor, lots, envelopes } = terms;
  const plain = [
    "minimumBids",
    "ceremony",
    "gap",
    "grace",
    "revealWindow",
    "amendmentMargin",
    "standstill",
    "complaintPeriod",
  ] as const;
  return [
    ["bureau.uscc", inner("bureau", "uscc"), bureau],
    ["lots", items(notice.lots).length, lots],
    ["envelopes", items(notice.envelopes).length, envelopes],
    ["supervisor.account", inner("supervisor", "account"), supervisor],
    ...plain.map((one): [string, unknown, unknown] => [one, notice[one], terms[one]]),
  ];
}

function documentsOf(notice: JsonObject): { name: string; digest: string; size: number }[] {
  return items(notice.documents).map((one) => ({
    name: String(one.name),
    digest: hex0x(unb64url(one.digest, "documents.digest")),
    size: Number(one.size),
  }));
}

/** Papers that are not judged further here: what each is, its digest, the event that names it. */
function* others({ story }: TenderCase): Generator<[words: string, digest: string, event: TenderEvent]> {
  const records = [...story.records, ...[...story.lots.values()].flatMap((lot) => lot.records)];
  for (const event of records) {
    const kind = textIn(event, "kind");
    if (kind !== OPENING) yield [`${kind} in block ${event.block.number}`, textIn(event, "digest"), event];
  }
  for (const event of story.events) {
    const [key, words] = REASONS[event.name] ?? [];
    if (key === undefined || /^0x0*$/.test(textIn(event, key))) continue;
    const lot = "lot" in event.values ? `lot ${event.values.lot}, ` : "";
    yield [`${lot}${words} in block ${event.block.number}`, textIn(event, key), event];
  }
}

/** Papers of an objection or complaint; of an objection with its answer also what they name. */
async function auditCasePapers(audited: TenderCase, lot: Lot, one: Case): Promise<void> {
  const { report } = audited;
  const kind = one.kind === CASE.objection ? "objection" : "complaint";
  const subject = within(audited.lot(lot.number), `${kind} ${one.number}`, { block: one.filed.block.number });
  const reply = { ...subject, name: `answer to ${subject.name}` };
  const data = await audited.paper("A405", subject, one.digest);
  const answer = one.answer === null ? null : await audited.paper("A405", reply, one.answer);
  if (one.kind !== CASE.objection) return;
  const here = audited.place(lot.number);
  if (data !== null) {
    await report.looking("A406", named(subject, one.digest), () => {
      if (!sameLot(readObjection(data), here)) throw new Broken("the objection names another lot");
    });
  }
  if (answer !== null && one.answer !== null) {
    await report.looking("A406", named(reply, one.answer), () => {
      const found = readAnswer(answer);
      const same = found.number === one.number && found.about === one.digest;
      if (!sameLot(found, here) || !same) throw new Broken("the answer is to another objection");
    });
  }
}

/** True if a paper names this lot. */
export function isHere({ ledger, story }: TenderCase, paper: JsonObject, { number }: Pick<Lot, "number">): boolean {
  unhex0x(paper.genesis, "genesis", 32);
  unhex0x(paper.book, "book", 20);
  const same = paper.genesis === ledger.genesis && paper.book === ledger.book;
  return same && paper.tender === story.number && paper.lot === number;
}

function items(value: Json | undefined): JsonObject[] {
  return isList(value) ? value.filter(isObject) : [];
}
