/** What was shown with this device, to whom and what for. */
import { type Child, h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { dateTime } from "../../ui/times.ts";
import { w } from "../../words/wallet.ts";
import { language } from "../../words/words.ts";
import { labelOf } from "../labels.ts";
import type { Shown } from "../live.ts";

/** The page. */
export function historyPage(entries: readonly Shown[], forget: () => void): Child[] {
  return [
    h("h2", { tabindex: -1 }, w("history.heading")),
    entries.length === 0
      ? h("div", { class: "card empty" }, icon("clock"), h("h3", {}, w("history.empty")))
      : h("ul", { class: "stack" }, ...entries.map(one)),
    entries.length > 0 &&
      h(
        "div",
        {},
        h(
          "button",
          { class: "button", type: "button", id: "forget", onclick: forget },
          icon("bin"),
          w("history.forget"),
        ),
      ),
    h("p", { class: "soft small" }, w("history.kept")),
  ];
}

function one(entry: Shown): HTMLElement {
  return h(
    "li",
    { class: "card stack", "data-shown": true },
    h("div", { class: "spread" }, h("strong", {}, entry.name), h("span", { class: "soft small" }, dateTime(entry.at))),
    h("p", {}, entry.purpose),
    h(
      "p",
      { class: "soft small" },
      `${entry.type[language()] ?? entry.type.code}: ${entry.fields.map((name) => labelOf(entry.labels ?? [], entry.type.code, name)).join(" · ") || w("history.nothing")}`,
    ),
  );
}
