/** The bar above every page: the name, how things stand, the shift's list, the language. */
import { h } from "../../ui/dom.ts";
import { type IconName, icon } from "../../ui/icons.ts";
import { languages } from "../../ui/languages.ts";
import { age, now } from "../../ui/times.ts";
import { type Language, t } from "../../words/words.ts";
import { ICON } from "../site.ts";
import type { Standing } from "../trust.ts";

/** What the bar's buttons do. */
export interface HeaderActions {
  device(): void;
  shift(): void;
  check(): void;
  speak(language: Language): void;
}

/** The bar. */
export function header(
  standing: Standing,
  counts: { readonly all: number; readonly waiting: number },
  page: "check" | "shift",
  actions: HeaderActions,
): HTMLElement {
  return h(
    "header",
    { class: "bar" },
    h("div", { class: "brand" }, h("img", { src: ICON, alt: "", width: 36, height: 36 }), h("h1", {}, t("app.title"))),
    connection(standing, actions),
    page === "check"
      ? h(
          "button",
          { class: "chip", type: "button", id: "open-shift", onclick: actions.shift },
          icon("list"),
          `${t("shift.open")} · ${counts.all}`,
          counts.waiting > 0 && h("span", {}, `${t("shift.waiting")} ${counts.waiting}`),
        )
      : h(
          "button",
          { class: "chip", type: "button", id: "open-check", onclick: actions.check },
          icon("scan"),
          t("intake.heading"),
        ),
    languages(actions.speak),
  );
}

function connection(standing: Standing, actions: HeaderActions): HTMLElement {
  const [words, drawing, tone] = told(standing);
  return h(
    "button",
    {
      class: `chip ${tone}`,
      type: "button",
      id: "connection",
      "data-connection": standing.connection,
      title: t("connection.more"),
      onclick: actions.device,
    },
    icon(drawing),
    words,
  );
}

function told({ connection: state, snapshot }: Standing): [string, IconName, string] {
  if (state === "online") return [t("connection.online"), "online", "chip-good"];
  const drawing = "offline";
  if (snapshot === null) return [t("connection.bare"), drawing, "chip-bad"];
  if (snapshot.expires <= now()) return [t("connection.expired"), drawing, "chip-bad"];
  return [t("connection.snapshot", { age: age(now() - snapshot.time) }), drawing, "chip-care"];
}
