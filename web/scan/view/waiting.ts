/** The answer's place while there is no answer: nothing yet, working, or something that cannot be read. */
import { h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { t, type WordKey } from "../../words/words.ts";
import type { FaultName } from "../state.ts";

/** Nothing was checked yet. */
export function emptyCard(): HTMLElement {
  return h(
    "div",
    { class: "card empty", "data-answer-state": "empty" },
    icon("scan"),
    h("h2", {}, t("empty.heading")),
    h("p", {}, t("empty.text")),
  );
}

/** Something is being done; `slow` says that it is not forgotten. */
export function busyCard(word: WordKey, slow: boolean, cancel: () => void): HTMLElement {
  return h(
    "div",
    { class: "card empty", "data-answer-state": "busy", "aria-busy": "true" },
    h("div", { class: "spinner", "aria-hidden": "true" }),
    h("h2", { id: "busy", tabindex: -1 }, t(word)),
    slow && h("p", { "data-slow": true }, t("checking.slow")),
    slow && h("button", { class: "button", type: "button", onclick: cancel }, t("checking.cancel")),
  );
}

const TEXTS: Readonly<Record<FaultName, readonly [WordKey, WordKey]>> = {
  noCode: ["fault.noCode", "fault.noCodeNext"],
  manyCodes: ["fault.manyCodes", "fault.manyCodesNext"],
  tooLarge: ["fault.tooLarge", "fault.tooLargeNext"],
  otherKind: ["fault.otherKind", "fault.otherKindNext"],
  otherCode: ["fault.otherCode", "fault.otherCodeNext"],
  reader: ["fault.reader", "fault.readerNext"],
  pdf: ["fault.pdf", "fault.pdfNext"],
  missing: ["identifier.missing", "identifier.missingNext"],
  offline: ["identifier.offline", "identifier.offlineNext"],
  refused: ["identifier.refused", "identifier.refusedNext"],
  showingBroken: ["showing.broken", "showing.againNext"],
  showing_replayed: ["showing.replayed", "showing.replayedNext"],
  showing_other_request: ["showing.otherRequest", "showing.againNext"],
  showing_other_place: ["showing.otherPlace", "showing.againNext"],
  showing_request_expired: ["showing.requestExpired", "showing.againNext"],
  showing_expired: ["showing.expired", "showing.expiredNext"],
  showing_clock: ["showing.clock", "showing.clockNext"],
};

/** What cannot be read is no verdict, and looks like none. */
export function faultCard(fault: FaultName, detail: string, back: () => void): HTMLElement {
  const [says, next] = TEXTS[fault];
  return h(
    "div",
    { class: "card empty", "data-answer-state": "fault", "data-fault": fault },
    icon("file"),
    h("h2", { id: "fault", tabindex: -1 }, t("fault.heading")),
    h("p", {}, t(says, { fault: detail })),
    h("p", {}, t(next)),
    h("button", { class: "button primary", type: "button", id: "back", onclick: back }, t("fault.again")),
  );
}

/** The sentence of a fault, for a screen reader. */
export function spokenFault(fault: FaultName, detail: string): string {
  return t(TEXTS[fault][0], { fault: detail });
}
