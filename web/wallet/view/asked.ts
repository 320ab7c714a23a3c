/** Before anything is shown: who asks, what for, and what the holder agrees to. */
import { REQUEST_AGE, type ShowingRequest } from "../../claims/request.ts";
import { disclosuresOf } from "../../claims/showing.ts";
import { type Child, h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { now } from "../../ui/times.ts";
import { w } from "../../words/wallet.ts";
import type { Card } from "../cards.ts";
import { labelOf, labelsOf } from "../labels.ts";
import { shown } from "./card.ts";
import { typeName } from "./home.ts";

/** What was chosen so far. */
export interface Choice {
  readonly card: Card;
  readonly fields: Set<string>;
}

/** What the page's buttons do. */
export interface AskedActions {
  choose(card: Card): void;
  agree(): void;
  refuse(): void;
}

/** The choice to begin with: what was asked for and is there, nothing else. */
export function firstChoice(card: Card, request: ShowingRequest): Choice {
  const asked = new Set(request.fields);
  const there = disclosuresOf(card.credential ?? "").map((one) => one.name);
  return { card, fields: new Set(there.filter((name) => asked.has(name))) };
}

/** The page; `cards`: those that can answer. */
export function askedPage(
  request: ShowingRequest,
  cards: readonly Card[],
  choice: Choice | null,
  actions: AskedActions,
): Child[] {
  const late = now() - request.time > REQUEST_AGE;
  return [
    who(request),
    late
      ? h("div", { class: "note note-bad", "data-late": true }, icon("clock"), h("div", {}, w("asked.late")))
      : choice === null
        ? h("div", { class: "note note-care", "data-none": true }, icon("warning"), h("div", {}, w("asked.none")))
        : null,
    ...(late || choice === null ? [] : [choosing(request, cards, choice, actions)]),
    h(
      "div",
      { class: "row" },
      !late &&
        choice !== null &&
        h("button", { class: "button primary", type: "button", id: "agree", onclick: actions.agree }, w("asked.agree")),
      h("button", { class: "button", type: "button", id: "refuse", onclick: actions.refuse }, w("asked.refuse")),
    ),
  ];
}

function who(request: ShowingRequest): HTMLElement {
  return h(
    "section",
    { class: "card stack", "aria-labelledby": "asked" },
    h("p", { class: "soft" }, w("asked.lead")),
    h("h2", { id: "asked", class: "person-name", tabindex: -1, "data-asker": true }, request.name),
    h(
      "dl",
      { class: "facts" },
      h("div", {}, h("dt", {}, w("asked.purpose")), h("dd", { "data-purpose": true }, request.purpose)),
      h("div", {}, h("dt", {}, w("asked.place")), h("dd", {}, request.aud)),
    ),
    h("div", { class: "note note-care" }, icon("person"), h("div", {}, w("asked.unproven"))),
  );
}

function choosing(request: ShowingRequest, cards: readonly Card[], choice: Choice, actions: AskedActions): HTMLElement {
  const asked = new Set(request.fields);
  const labels = labelsOf(choice.card);
  const called = (name: string): string => labelOf(labels, choice.card.certificate.type.code, name);
  const all = disclosuresOf(choice.card.credential ?? "");
  const box = (name: string, value: unknown): HTMLElement => {
    const control = h("input", {
      type: "checkbox",
      id: `field-${name}`,
      checked: choice.fields.has(name),
      onchange: () => {
        if (control.checked) choice.fields.add(name);
        else choice.fields.delete(name);
      },
    });
    return h(
      "li",
      {},
      h(
        "label",
        { class: "tick", for: `field-${name}` },
        control,
        h("span", {}, h("span", { class: "soft small" }, called(name)), h("strong", {}, shown(value))),
      ),
    );
  };
  const wanted = all.filter((one) => asked.has(one.name));
  const missing = request.fields.filter((name) => !all.some((one) => one.name === name));
  const others = all.filter((one) => !asked.has(one.name));
  return h(
    "section",
    { class: "card stack", "aria-labelledby": "choose" },
    h("h2", { id: "choose" }, w("asked.choose")),
    cards.length > 1 && picker(cards, choice, actions),
    cards.length === 1 &&
      h("p", {}, h("strong", {}, typeName(choice.card)), ` · ${choice.card.certificate.holder ?? ""}`),
    wanted.length > 0 && h("ul", { class: "ticks" }, ...wanted.map((one) => box(one.name, one.value))),
    missing.length > 0 &&
      h("p", { class: "soft small" }, w("asked.missing", { names: missing.map(called).join(" · ") })),
    others.length > 0 &&
      h(
        "details",
        { class: "steps", open: wanted.length === 0 },
        h("summary", {}, icon("next"), w("asked.others")),
        h("ul", { class: "ticks" }, ...others.map((one) => box(one.name, one.value))),
      ),
    h("p", { class: "soft small" }, w("asked.hidden")),
  );
}

function picker(cards: readonly Card[], choice: Choice, actions: AskedActions): HTMLElement {
  const control = h(
    "select",
    {
      class: "input",
      id: "pick-card",
      onchange: () => {
        const card = cards.find((one) => String(one.id) === control.value);
        if (card !== undefined) actions.choose(card);
      },
    },
    ...cards.map((card) =>
      h(
        "option",
        { value: card.id, selected: card.id === choice.card.id },
        `${typeName(card)} · ${card.certificate.holder ?? ""}`,
      ),
    ),
  );
  return h("div", { class: "field" }, h("label", { for: "pick-card" }, w("asked.card")), control);
}
