/** A shift's list: what was checked here, and what is done with it at the end of a shift. */
import { h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { clock, dateTime } from "../../ui/times.ts";
import { verdictWords } from "../../verify/index.ts";
import { language, t } from "../../words/words.ts";
import { type Entry, KEPT_DAYS, type Shift } from "../shift.ts";
import { shapeOf } from "./answer.ts";

/** What the buttons do. */
export interface ShiftActions {
  save(): void;
  handOver(): void;
  wipe(): void;
}

/** The page of the list. */
export function shiftPage(shift: Shift, actions: ShiftActions): HTMLElement {
  const entries = shift.newestFirst;
  return h(
    "section",
    { class: "card stack-wide", "aria-labelledby": "shift-heading" },
    h(
      "div",
      { class: "spread" },
      h(
        "div",
        {},
        h("h2", { id: "shift-heading", tabindex: -1 }, t("shift.heading")),
        h("p", { class: "soft small" }, t("shift.since", { time: dateTime(shift.since).slice(0, 16) })),
      ),
      h(
        "div",
        { class: "row" },
        h(
          "button",
          { class: "button", type: "button", id: "export", disabled: entries.length === 0, onclick: actions.save },
          icon("save"),
          t("shift.export"),
        ),
        h(
          "button",
          { class: "button", type: "button", id: "hand-over", onclick: actions.handOver },
          icon("person"),
          t("shift.handOver"),
        ),
        h(
          "button",
          { class: "button", type: "button", id: "wipe", onclick: actions.wipe },
          icon("bin"),
          t("shift.wipe"),
        ),
      ),
    ),
    entries.length === 0
      ? h("div", { class: "empty" }, icon("list"), h("h3", {}, t("shift.empty")), h("p", {}, t("shift.emptyText")))
      : table(shift, entries),
    h("p", { class: "soft small" }, t("shift.kept", { days: KEPT_DAYS })),
  );
}

function table(shift: Shift, entries: readonly Entry[]): HTMLElement {
  const columns = [t("shift.time"), t("shift.answer"), t("shift.holder"), t("shift.type"), t("shift.bureau")];
  return h(
    "table",
    { class: "table" },
    h("caption", {}, t("shift.count", { count: shift.all.length, waiting: shift.waiting.length })),
    h("thead", {}, h("tr", {}, ...columns.map((column) => h("th", { scope: "col" }, column)))),
    h("tbody", {}, ...entries.map((entry) => row(entry, columns))),
  );
}

function row(entry: Entry, columns: readonly string[]): HTMLElement {
  const words = verdictWords(entry.verdict, language());
  const cell = (at: number, ...children: Parameters<typeof h>[2][]): HTMLElement =>
    h("td", { "data-label": columns[at] ?? "" }, h("div", {}, ...children));
  return h(
    "tr",
    { "data-entry": entry.id, "data-verdict": entry.verdict },
    cell(0, clock(entry.at)),
    cell(
      1,
      h("span", { class: `mark mark-${words.colour}` }, icon(shapeOf(entry.verdict)), words.word),
      entry.waiting !== null && h("div", { class: "small" }, t("shift.waiting")),
      entry.againAt !== null && h("div", { class: "small soft" }, t("shift.rechecked", { time: clock(entry.againAt) })),
    ),
    cell(2, entry.holder ?? "–"),
    cell(3, entry.type?.[language()] ?? entry.type?.code ?? "–"),
    cell(4, entry.bureau ?? "–"),
  );
}
