/** The first page of an open wallet: the certificates, and the ways to add one. */
import { shapeOf } from "../../scan/view/answer.ts";
import { type Child, h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { legalDay, secondsOf } from "../../ui/times.ts";
import { verdictWords } from "../../verify/index.ts";
import { w } from "../../words/wallet.ts";
import { language } from "../../words/words.ts";
import type { Card } from "../cards.ts";

/** What the page's buttons do. */
export interface HomeActions {
  chosen(file: File): void;
  paste(): void;
  scan(): void;
  open(id: number): void;
  help(): void;
}

/** The page. */
export function homePage(cards: readonly Card[], actions: HomeActions): Child[] {
  return [
    h(
      "section",
      { class: "stack", "aria-labelledby": "cards" },
      h("h2", { id: "cards", tabindex: -1 }, w("home.heading")),
      cards.length === 0
        ? h("div", { class: "card empty" }, icon("file"), h("h3", {}, w("home.empty")), h("p", {}, w("home.emptyText")))
        : h("ul", { class: "cards" }, ...cards.map((card) => h("li", {}, tile(card, actions)))),
    ),
    adding(actions),
  ];
}

function tile(card: Card, actions: HomeActions): HTMLElement {
  const { certificate, checked, acting } = card;
  const words = verdictWords(checked.verdict, language());
  return h(
    "button",
    { class: "tile", type: "button", "data-card": card.id, onclick: () => actions.open(card.id) },
    h("span", { class: "tile-type" }, typeName(card)),
    h("span", { class: "tile-name" }, certificate.holder ?? w("card.noName")),
    h("span", { class: "tile-bureau" }, certificate.bureau.name ?? certificate.bureau.uscc),
    h(
      "span",
      { class: "tile-foot" },
      h("span", { class: `mark mark-${words.colour}` }, icon(shapeOf(checked.verdict)), words.word),
      acting?.state === "bound" && h("span", { class: "mark" }, icon("device"), w("card.actsHere")),
      h("span", { class: "soft small" }, validity(card)),
    ),
  );
}

/** Name of a card's type in the language in use, else its code. */
export function typeName({ certificate: { type } }: Card): string {
  const name = type[language()];
  return name === null ? type.code : name.charAt(0).toUpperCase() + name.slice(1);
}

/** Validity in days of China Standard Time; the end is the first second that is not in force any more. */
export function validity({ certificate: { validity: span } }: Card): string {
  const from = legalDay(secondsOf(span.notBefore));
  if (span.expires === null) return w("card.unlimited", { from });
  return w("card.validity", { from, until: legalDay(secondsOf(span.expires) - 1) });
}

function adding(actions: HomeActions): HTMLElement {
  const picker = h("input", {
    type: "file",
    class: "heard",
    id: "file",
    tabindex: -1,
    "aria-label": w("add.file"),
    accept: "image/png,image/jpeg,image/webp,application/pdf,application/json,.json,.txt,.jwt",
    onchange: () => {
      const file = picker.files?.[0];
      picker.value = "";
      if (file !== undefined) actions.chosen(file);
    },
  });
  return h(
    "section",
    { class: "card stack", "aria-labelledby": "add" },
    h("h2", { id: "add" }, w("add.heading")),
    h("p", {}, w("add.text")),
    h(
      "div",
      { class: "ways" },
      h(
        "button",
        { class: "button", type: "button", id: "choose-file", onclick: () => picker.click() },
        icon("file"),
        w("add.file"),
      ),
      h(
        "button",
        { class: "button", type: "button", id: "open-paste", onclick: actions.paste },
        icon("paste"),
        w("add.paste"),
      ),
      h(
        "button",
        { class: "button", type: "button", id: "open-lens", onclick: actions.scan },
        icon("scan"),
        w("lens.open"),
      ),
      h(
        "button",
        { class: "button", type: "button", id: "open-help", onclick: actions.help },
        icon("question"),
        w("help.open"),
      ),
    ),
    picker,
    h("p", { class: "small soft" }, w("add.drop")),
  );
}
