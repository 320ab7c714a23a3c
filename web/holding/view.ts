/** What a key holder is shown: what she puts her name to, in plain words, and why nothing is signed where it is not. */
import { h } from "../ui/dom.ts";
import { factList as facts } from "../ui/facts.ts";
import { dateTime, zoneName } from "../ui/times.ts";
import { hex0x } from "../verify/bytes.ts";
import { k, named, pageLanguage } from "../words/keyroom.ts";
import type { ReadyDraws, WaitingDraw } from "./draws.ts";
import type { NotYet, Ready, Title } from "./ready.ts";
import type { Roll } from "./roll.ts";
import type { PublicShare } from "./share.ts";

/** Clocks, as the page looks at them. Seconds. */
export interface Clocks {
  readonly own: number;
  readonly ledger: number;
  /** First second of the opening. */
  readonly due: number;
}

/** `2026-01-31 09:05:00 UTC+8`. */
export function moment(seconds: number): string {
  return `${dateTime(seconds)} ${zoneName(seconds)}`;
}

/** The times, by both clocks. */
export function clocksCard(clocks: Clocks, timed: boolean, oneVoice: boolean): HTMLElement {
  return h(
    "section",
    { class: "card stack", "aria-labelledby": "clocks-heading", id: "clocks" },
    h("h2", { id: "clocks-heading" }, k("holding.clocks")),
    facts(
      [k("holding.due"), moment(clocks.due)],
      [k("holding.ownClock"), moment(clocks.own)],
      [k("holding.ledgerClock"), moment(clocks.ledger)],
    ),
    timed && h("p", { class: "soft small" }, k("holding.clockSays")),
    oneVoice && h("p", { class: "note note-care", id: "one-voice" }, k("holding.oneVoice")),
  );
}

/** Whose share is open. */
export function shareLine(share: PublicShare): HTMLElement {
  const { keyHolder, number, scope } = share;
  const where = scope.kind === "term" ? k("holding.term") : k("holding.single", { tender: scope.number });
  return h("p", { id: "share" }, k("holding.shareOpen", { keyHolder, number }), ` ${where}`);
}

/** What is about to be signed. */
export function readyFacts(ready: Ready, share: PublicShare): HTMLElement {
  const title = (one: Title): string => one[pageLanguage()];
  const { tender, lot, envelope } = ready.wanted;
  return facts(
    [k("holding.tender"), `${tender}  ${title(ready.title)}`],
    [k("holding.lot"), `${lot}  ${title(ready.lotTitle)}`],
    [k("holding.envelope"), envelope === 1 ? k("holding.first") : k("holding.second")],
    [k("holding.bids"), String(ready.set.bids.length)],
    [k("holding.liveSet"), hex0x(ready.digest)],
    [k("holding.opens"), moment(ready.openAt)],
    [k("holding.custodians"), k("holding.custodiansSay", { count: ready.custodians.length })],
    [k("holding.as"), k("holding.asHolder", { keyHolder: share.keyHolder, number: ready.ceremony })],
  );
}

/** The roll call that is about to be answered, and how it stands. */
export function rollFacts(roll: Roll, keyHolder: number): HTMLElement {
  const { ceremony, counter } = roll;
  return h(
    "div",
    { class: "stack" },
    facts(
      [k("roll.number"), k("roll.numberIs", { counter, ceremony })],
      [k("holding.as"), k("holding.asHolder", { keyHolder, number: ceremony })],
    ),
    rollStands(roll, keyHolder),
  );
}

/** Between things in a row. */
function comma(): string {
  return pageLanguage() === "zh" ? "、" : ", ";
}

/** Who has answered a roll call, who signed wrongly, who is absent. */
export function rollStands(roll: Roll, keyHolder: number): HTMLElement {
  const { present, wrong, absent, threshold, complete } = roll;
  const listed = (some: readonly number[]): string =>
    some.map((one) => k(one === keyHolder ? "roll.you" : "roll.holder", { number: one })).join(comma()) ||
    k("roll.nobody");
  const enough = present.length >= threshold;
  const stands = complete ? "roll.complete" : enough ? "roll.enough" : "roll.more";
  return h(
    "div",
    { class: "stack", id: "roll" },
    facts([k("roll.present"), listed(present)], [k("roll.absent"), listed(absent)]),
    wrong.length > 0 && h("p", { class: "note note-bad" }, k("roll.wrong", { who: listed(wrong) })),
    h("p", { class: "soft" }, k(stands, { count: threshold - present.length, threshold })),
  );
}

/** What is about to be drawn, each thing by itself. */
export function drawFacts(
  ready: ReadyDraws,
  where: { tender: number; lot: number },
  share: PublicShare,
): HTMLElement[] {
  const language = pageLanguage();
  const common = facts(
    [k("holding.tender"), `${where.tender}  ${ready.title[language]}`],
    [k("holding.lot"), `${where.lot}  ${ready.lotTitle[language]}`],
    [k("holding.as"), k("holding.asHolder", { keyHolder: share.keyHolder, number: ready.ceremony })],
  );
  return [common, ...ready.waiting.map(waitingFacts)];
}

function waitingFacts(one: WaitingDraw): HTMLElement {
  const { seats, excluded, replaced, places, floats } = one;
  const rules = [...excluded].map(([rule, count]) => k("draw.byRule", { rule: named("barred", rule), count }));
  const rows: (readonly [string, string])[] = [[k("draw.counter"), String(one.counter)]];
  if (one.kind === "draw") {
    rows.push([k("draw.seats"), seats.map((seat) => `${seat.seats} × ${seat.specialty}`).join(comma())]);
    rows.push([k("draw.excluded"), rules.join(comma()) || k("roll.nobody")]);
  }
  for (const { place, reason } of replaced) rows.push([k("draw.replaces"), k("draw.replacesIs", { place, reason })]);
  if (one.kind === "tie") rows.push([k("draw.places"), places.join(comma())]);
  if (one.kind === "float") rows.push([k("draw.floats"), floats.map((point) => `${point} %`).join(comma())]);
  rows.push([k("draw.subject"), hex0x(one.subject)]);
  return h("div", { class: "stack" }, h("h3", {}, named("drawing", one.kind)), facts(...rows));
}

/** Why nothing is signed. */
export function notYetWords(fault: NotYet): string {
  const values = Object.fromEntries(
    Object.entries(fault.values).map(([name, value]) => {
      return [name, name === "due" || name === "final" ? moment(Number(value)) : String(value)];
    }),
  );
  return named("refused", fault.code).replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
