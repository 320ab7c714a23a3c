/** What a member is shown of a ceremony: the rounds and their hours, how it stands for her, who is left out and why. */
import { localTimes } from "../../page/times.ts";
import { h } from "../../ui/dom.ts";
import { factList as facts } from "../../ui/facts.ts";
import { dateTime } from "../../ui/times.ts";
import { k, named, pageLanguage } from "../../words/keyroom.ts";

import type { Done } from "./rounds.ts";
import type { Shown, ShownNote } from "./shown.ts";
import { type Ends, ROUNDS, roundAt } from "./state.ts";

const TONES = { ready: "good", unsaved: "care", left_out: "bad", failed: "bad" } as const;

/** A moment by the chain's clock, with the reader's own beside it where that is another. */
export function instant(seconds: number): HTMLElement {
  const text = `${dateTime(seconds, "Asia/Shanghai")} `;
  const zone = h("span", { class: "zone" }, "UTC+8");
  const made = h("time", { datetime: new Date(seconds * 1000).toISOString(), "data-instant": true }, text, zone);
  localTimes(made);
  return made;
}

/** The four rounds: what is done in each, until when, and where the ledger's clock stands. */
export function roundsCard(ends: Ends, time: number): HTMLElement {
  const present = roundAt(ends, time);
  const at = present === "over" ? ROUNDS.length : ROUNDS.indexOf(present);
  const stands = (place: number): string => {
    return k(place < at ? "ceremony.passed" : place === at ? "ceremony.now" : "ceremony.later");
  };
  const rows = ROUNDS.map((round, place) => {
    const name = h("div", {}, h("strong", {}, named("round", round)));
    name.append(h("span", { class: "soft small" }, ` ${named("roundSays", round)}`));
    return h(
      "tr",
      { "aria-current": place === at && "step" },
      h("td", { "data-label": k("ceremony.round") }, name),
      h("td", { "data-label": k("ceremony.ends") }, instant(ends[place] ?? 0)),
      h(
        "td",
        { "data-label": k("ceremony.standsAt") },
        h("span", { class: place === at ? "chip chip-good" : "chip" }, stands(place)),
      ),
    );
  });
  const head = (["ceremony.round", "ceremony.ends", "ceremony.standsAt"] as const).map((word) =>
    h("th", { scope: "col" }, k(word)),
  );
  return h(
    "section",
    { class: "card stack", id: "rounds", "aria-labelledby": "rounds-heading", "data-round": present },
    h("h2", { id: "rounds-heading" }, k("ceremony.rounds")),
    h("table", { class: "table" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)),
    h("p", { class: "soft" }, `${k("ceremony.ledgerClock")} `, instant(time)),
  );
}

/** How it stands for the member, in plain words. */
export function reportCard(report: Shown, done: readonly Done[], trouble: string): HTMLElement {
  const { standing, member, members, threshold, dealt, confirmed, key } = report;
  const tone = standing in TONES ? ` note-${TONES[standing as keyof typeof TONES]}` : "";
  return h(
    "section",
    { class: "card stack", id: "report", "aria-labelledby": "report-heading", "data-standing": standing },
    h("h2", { id: "report-heading" }, k("ceremony.report")),
    h("p", { class: `note${tone}`, id: "standing" }, standsWords(report)),
    trouble !== "" && h("p", { class: "note note-bad", id: "trouble" }, trouble),
    ...report.notes.map((note) => noteLine(note, member)),
    facts(
      [k("ceremony.you"), k("ceremony.youAre", { member, members })],
      [k("ceremony.needed"), k("ceremony.neededIs", { threshold })],
      [k("ceremony.dealtBy"), whom(dealt, member)],
      [k("ceremony.confirmedBy"), whom(confirmed, member)],
    ),
    key !== null && h("p", { class: "small" }, `${k("ceremony.key")} `, h("code", { class: "mono" }, key)),
    done.length > 0 && h("h3", {}, k("ceremony.said")),
    done.length > 0 &&
      h("ul", { id: "done" }, ...done.map((one) => h("li", { "data-done": one.kind }, doneWords(one)))),
  );
}

/** How it stands, in words. Once the rounds are over, a share that is in no file is confirmed no more. */
export function standsWords({ standing, due }: Pick<Shown, "standing" | "due">): string {
  return standing === "unsaved" && due === 0 ? k("stands.unsavedOver") : named("stands", standing);
}

/** What was done, in words. */
export function doneWords(done: Done): string {
  if (done.kind === "complained") return k("did.complained", { member: done.member });
  if (done.kind === "answered") return k("did.answered", { member: done.member });
  return named("did", done.kind);
}

function noteLine(note: ShownNote, me: number): HTMLElement {
  if (note.kind === "refused") {
    return h("p", { class: "note note-bad", "data-note": note.code }, named("fault", note.code));
  }
  const { member } = note;
  if (note.kind === "missing") {
    return h("p", { class: "note note-care", "data-note": "missing" }, k("ceremony.missing", { member }));
  }
  const why = named("offence", note.offence);
  const words = k(member === me ? "ceremony.faultYou" : "ceremony.faultIs", { member, why });
  return h("p", { class: "note note-care", "data-note": note.offence, "data-member": member }, words);
}

function whom(numbers: readonly number[], me: number): string {
  const listed = numbers.map((number) => k(number === me ? "roll.you" : "roll.holder", { number }));
  return listed.join(pageLanguage() === "zh" ? "、" : ", ") || k("roll.nobody");
}
