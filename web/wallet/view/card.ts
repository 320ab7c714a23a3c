/** One certificate, shown as what it is: a sheet with its frame, name, fields, bureau and validity. */
import { shapeOf } from "../../scan/view/answer.ts";
import { type Child, h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { age, dateTime, now, number, zoneName } from "../../ui/times.ts";
import { verdictWords } from "../../verify/index.ts";
import { w } from "../../words/wallet.ts";
import { language, t } from "../../words/words.ts";
import type { Card } from "../cards.ts";
import { typeName, validity } from "./home.ts";

/** What the page's buttons do. */
export interface CardActions {
  check(): void;
  save(): void;
  drop(): void;
}

/** The page; `more`: what stands between the sheet and its buttons. */
export function cardPage(card: Card, more: readonly Child[], actions: CardActions): Child[] {
  return [
    standing(card, actions),
    ...more,
    sheet(card),
    h(
      "section",
      { class: "row" },
      h(
        "button",
        { class: "button", type: "button", id: "save-card", onclick: actions.save },
        icon("save"),
        w("card.save"),
      ),
      h(
        "button",
        { class: "button", type: "button", id: "drop-card", onclick: actions.drop },
        icon("bin"),
        w("card.drop"),
      ),
    ),
  ];
}

/** The sheet alone. */
export function sheet(card: Card): HTMLElement {
  const { certificate } = card;
  const fields = [...new Map(certificate.fields.map((field) => [field.name, field])).values()];
  return h(
    "article",
    { class: "sheet", "aria-labelledby": "sheet-type", "data-sheet": card.id },
    h("p", { class: "sheet-bureau" }, certificate.bureau.name ?? certificate.bureau.uscc),
    h("h2", { class: "sheet-type", id: "sheet-type", tabindex: -1 }, typeName(card)),
    h("p", { class: "sheet-name", "data-holder": true }, certificate.holder ?? w("card.noName")),
    h(
      "dl",
      { class: "facts sheet-facts" },
      ...fields.map((field) => fact(field[language()], shown(field.value))),
      fact(w("card.valid"), validity(card)),
      fact(w("card.bureauCode"), certificate.bureau.uscc),
      certificate.identifier !== null &&
        wide(w("card.identifier"), h("span", { class: "mono" }, certificate.identifier)),
    ),
    certificate.hidden > 0 && h("p", { class: "soft small" }, w("card.hidden", { count: number(certificate.hidden) })),
  );
}

function standing(card: Card, actions: CardActions): HTMLElement {
  const { checked } = card;
  const words = verdictWords(checked.verdict, language());
  const since = now() - checked.at;
  const when = since < 60 ? w("card.checkedNow") : w("card.checkedAgo", { age: age(since) });
  const of = checked.statusAsOf;
  const tone = { green: "note-good", yellow: "note-care", red: "note-bad" }[words.colour] ?? "";
  return h(
    "section",
    { class: `note ${tone}`, "data-verdict": checked.verdict },
    icon(shapeOf(checked.verdict)),
    h(
      "div",
      { class: "stack" },
      h("div", {}, h("strong", {}, words.word), words.says),
      h(
        "p",
        { class: "small" },
        of === null ? w("card.noStatus") : w("card.asOf", { time: dateTime(of), zone: zoneName(of) }),
        " · ",
        when,
        checked.offline && ` · ${w("card.fromSnapshot")}`,
      ),
      h(
        "div",
        {},
        h(
          "button",
          { class: "button", type: "button", id: "check-again", onclick: actions.check },
          icon("turn"),
          w("card.check"),
        ),
      ),
    ),
  );
}

/** Characters of the longest value that stands beside another one. */
const NARROW = 36;

function fact(label: string, value: string): HTMLElement {
  return value.length > NARROW ? wide(label, value) : h("div", {}, h("dt", {}, label), h("dd", {}, value));
}

function wide(label: string, value: Child): HTMLElement {
  return h("div", { class: "whole" }, h("dt", {}, label), h("dd", {}, value));
}

/** A field's value for people. */
export function shown(value: unknown): string {
  if (typeof value === "boolean") return t(value ? "answer.yes" : "answer.no");
  if (typeof value === "number") return number(value);
  return Array.isArray(value) ? value.join(" · ") : String(value);
}
