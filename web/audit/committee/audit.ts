/** A10: pool, draws, committee, float point, ties and names, each recomputed from what was signed (chain/audit/tenders/committee.py). */
import { hex0x } from "../../verify/bytes.ts";
import { eventIn, named, paperIn, recordsOf, type TenderCase, within } from "../case.ts";
import { numberIn, order, type TenderEvent, textIn } from "../events.ts";
import { sameLot } from "../forms.ts";
import { standingRecord } from "../records.ts";
import { Broken, Missing, type Rule, type Subject } from "../report.ts";
import { type Lot, PHASE } from "../story.ts";
import { checkFloat } from "./floating.ts";
import { expertsOf, type Names, ownersOf, readNames, sameMembers } from "./members.ts";
import { isOf, type Pool } from "./pool.ts";
import { committeeRules } from "./rules.ts";
import { committeesOf, countedOf, otherParts, type Recorded } from "./standing.ts";
import { type Draws, type Panel, poolOnRecord, readDraws, type Turn } from "./turns.ts";

const KINDS: readonly unknown[] = ["draw", "tie", "drawn", "tie-drawn", "float", "committee", "committee-names"];
const NOBODY_TOLD = "an opening record, which names who bids, is not to be had";

/** The tender's pool: one, by the deadline, in its form; null if there is none or it cannot be had. */
export async function auditPool(audited: TenderCase): Promise<Pool | null> {
  const { report, story, name } = audited;
  const events = story.records.filter(({ values }) => values.kind === "expert-pool");
  const used = [...story.lots.values()].some((lot) => recordsOf(lot, "draw").length > 0);
  if (events.length === 0 && !used) return null;
  for (const [at, event] of events.entries()) {
    const subject = within({ name }, `pool in block ${event.block.number}`, paperIn(event));
    report.holds("A1001", subject, event.block.time <= story.deadline, "recorded after the deadline");
    report.holds("A1001", subject, at === 0, "another pool was recorded before: experts could be chosen");
  }
  return report.looking("A1001", within({ name }, "pool"), async () => {
    const found = await poolOnRecord(audited);
    if (found === null) throw new Missing("the tender has no pool of experts on record by its deadline");
    return found;
  });
}

/** What the committee of a lot rests on; null where the notice cannot be told. */
export async function panelOf(audited: TenderCase, lot: Lot): Promise<Panel | null> {
  const { notice, said } = audited;
  if (notice === null || said === null) return null;
  const parts = await otherParts(audited);
  const { openingKey, digest } = notice;
  const given = { openingKey, noticeDigest: hex0x(digest), parts, paired: new Map<string, boolean>() };
  return { audited, lot, rules: committeeRules(said), ...given };
}

/** Everything drawn for a lot, and who sits there. */
export async function auditCommittee(audited: TenderCase, lot: Lot, pool: Pool | null): Promise<void> {
  if (lot.rankings.length === 0 && !lot.records.some(({ values }) => KINDS.includes(values.kind))) return;
  const { report } = audited;
  const subject = audited.lot(lot.number);
  report.about(subject.name);
  if (audited.said === null) return;
  const panel = await report.looking("A1002", subject, () => panelOf(audited, lot));
  if (panel === null) return;
  const draws = await report.looking("A1002", subject, () => readDraws(panel));
  if (draws !== null) {
    auditTurns(panel, draws, subject);
    auditResults(panel, draws, subject);
    noteWords(panel, draws, subject);
  }
  for (const event of recordsOf(lot, "float")) await auditFloat(panel, event, subject);
  const committees = await report.looking("A1006", subject, () => committeesOf(panel));
  if (committees === null) return;
  auditCommittees(panel, committees, subject);
  auditOffice(panel, committees, subject);
  if (draws !== null && pool !== null) await auditNames(panel, draws, committees, pool, subject);
}

/** Every record keeps the rules, and was completed. */
function auditTurns({ audited: { report }, lot }: Panel, draws: Draws, within_: Subject): void {
  for (const turn of draws.turns) {
    const subject = turnIn(within_, turn);
    report.holds("A1002", subject, turn.fault === "", `it does not count: ${turn.fault}`);
    if (turn.fault !== "") continue;
    if (lot.phase >= PHASE.candidates || turn.result !== null)
      report.holds("A1003", subject, turn.result !== null, "it was recorded and never completed");
    else report.note("A1003", subject, "it waits for its result");
  }
}

/** Every result on record follows from the key holders' signature. */
function auditResults({ audited: { report } }: Panel, draws: Draws, within_: Subject): void {
  for (const { kind, result } of draws.turns) if (result !== null) report.count(kind === "tie" ? "A1008" : "A1004");
  for (const { event, why } of draws.strays) {
    const rule: Rule = event.values.kind === "tie-drawn" ? "A1008" : "A1004";
    const words = `${textIn(event, "kind")} in block ${event.block.number}`;
    report.holds(rule, within(within_, words, paperIn(event)), false, why);
  }
}

/** What rests on somebody's word: no rule is broken, and everybody sees it. */
function noteWords({ audited: { report } }: Panel, draws: Draws, within_: Subject): void {
  const said = new Map<number, string>();
  for (const turn of draws.turns) {
    if (turn.fault !== "" || turn.reasons === null) continue;
    report.count("A1005");
    for (const { place, reason } of turn.reasons.replaced)
      report.note("A1005", turnIn(within_, turn), `place ${place} was drawn and replaced: ${reason}`);
    for (const { place, rule, reason } of turn.reasons.excluded)
      if ((rule === "declared" || rule === "absent") && !said.has(place))
        said.set(place, reason === "" ? rule : `${rule}: ${reason}`);
  }
  if (said.size === 0) return;
  const listed = [...said].sort(([one], [other]) => one - other).map(([place, why]) => `place ${place}: ${why}`);
  report.note("A1005", within(within_, "excluded by word"), `${said.size} of the pool: ${listed.join("; ")}`);
}

async function auditFloat(panel: Panel, event: TenderEvent, within_: Subject): Promise<void> {
  const { audited, lot } = panel;
  const subject = within(within_, "float point", paperIn(event));
  const data = await audited.paper("A1007", subject, textIn(event, "digest"));
  if (data === null) return;
  await audited.report.looking("A1007", named(subject, textIn(event, "digest")), () => {
    checkFloat(panel, data);
    const opened = lot.openings.get(audited.story.terms.envelopes);
    if (opened === undefined || order(opened.event, event) >= 0)
      throw new Broken("prices were not open when it was recorded");
  });
}

function auditCommittees({ audited, rules }: Panel, committees: readonly Recorded[], within_: Subject): void {
  const { report } = audited;
  for (const { event, fault } of committees) {
    const subject = within(within_, `committee in block ${event.block.number}`, paperIn(event));
    report.holds("A1006", subject, fault === "", `it does not follow from the draws: ${fault}`);
  }
  const counted = countedOf(committees).map(({ committee }) => committee);
  for (const [at, one] of counted.entries()) {
    const former = counted[at - 1];
    if (former === undefined || sameMembers(ownersOf(former), ownersOf(one))) continue;
    const words = "other representatives of the procuring entity than before";
    report.note("A1006", within(within_, `committee ${one.number}`), words);
  }
  const last = counted.at(-1);
  if (last === undefined || !rules.mandatory) return;
  const [members, experts] = [last.members.length, expertsOf(last).length];
  const subject = within(within_, `committee ${last.number}`);
  if (members < 5 || members % 2 === 0)
    report.note("A1006", subject, "an odd number of at least five (Tendering Law art. 37)");
  if (3 * experts < 2 * members)
    report.note("A1006", subject, "at least two thirds are drawn experts (Tendering Law art. 37)");
}

/** Whoever names candidates has them from a committee; also where nothing was ever drawn for the lot. */
function auditOffice({ audited: { report }, lot }: Panel, committees: readonly Recorded[], within_: Subject): void {
  const counted = countedOf(committees);
  for (const event of lot.rankings) {
    const subject = within(within_, `candidates ${numberIn(event, "number")}`, paperIn(event));
    const seated = counted.some((one) => order(one.event, event) < 0);
    report.holds("A1011", subject, seated, "they were named, and no committee that counts was on record");
  }
}

async function auditNames(
  panel: Panel,
  draws: Draws,
  committees: readonly Recorded[],
  pool: Pool,
  within_: Subject,
): Promise<void> {
  const { audited, lot } = panel;
  const { report } = audited;
  const events = recordsOf(lot, "committee-names");
  const [award] = lot.awards;
  if (events.length === 0 && award !== undefined)
    report.note("A1009", within_, "the lot is awarded, and the committee's names are not public yet");
  for (const event of events) {
    const subject = eventIn(within(within_, "committee-names", paperIn(event)), event);
    const early = award === undefined || order(event, award) < 0;
    report.holds("A1009", subject, !early, "names were public before the award");
    const data = await audited.paper("A1009", subject, textIn(event, "digest"));
    if (data === null) continue;
    await report.looking("A1009", subject, () => checkShown(readNames(data), draws, committees, pool));
    await report.looking("A1010", subject, () => checkEmployers(panel, readNames(data)));
  }
}

/** Throws Broken where the names are not those of the places that were drawn. */
function checkShown(names: Names, draws: Draws, committees: readonly Recorded[], pool: Pool): void {
  const counted = countedOf(committees);
  if (!sameLot(names, draws.lot) || names.committee !== counted.at(-1)?.digest)
    throw new Broken("they are of another lot or committee");
  const drawn = [...draws.drawn].sort((one, other) => one - other);
  if (names.experts.map(({ place }) => place).join() !== drawn.join())
    throw new Broken("they are not of everybody who was drawn");
  for (const { place, line } of names.experts)
    if (!isOf(pool.lines[place], line))
      throw new Broken(`the line shown for place ${place} is not the one in the pool`);
  const accounts = (all: readonly { readonly account: string }[]): string =>
    [...new Set(all.map(({ account }) => account))].sort().join();
  if (accounts(names.owners) !== accounts(counted.flatMap(({ committee }) => ownersOf(committee))))
    throw new Broken("they are not of every representative");
}

/** Throws Broken where somebody who was drawn works for a bidder, Missing where nothing tells who bids. */
async function checkEmployers({ audited, lot }: Panel, names: Names): Promise<void> {
  const codes = new Set<string>();
  for (const envelope of lot.openings.keys()) {
    const record = await standingRecord(audited, lot, envelope);
    if (record === null) throw new Missing(NOBODY_TOLD);
    for (const { organisation: one } of record.bids)
      if (one !== null && one.result !== "invalid") for (const { code } of [one, ...one.members]) codes.add(code);
  }
  if (lot.openings.size === 0) throw new Missing(NOBODY_TOLD);
  const places = names.experts.filter(({ line }) => line.employer !== "" && codes.has(line.employer));
  const listed = places.map(({ place }) => place).join(", ");
  if (places.length > 0) throw new Broken(`who was drawn at places ${listed} works for a bidder`);
}

function turnIn(subject: Subject, { kind, counter, digest, event }: Turn): Subject {
  return within(subject, `${kind} ${counter}`, { paper: digest, block: event.block.number });
}
