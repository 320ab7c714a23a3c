/** The answer: one glance first (colour, shape, word, sentence), then what to compare, then what to do, then why. */
import { type Child, h } from "../../ui/dom.ts";
import { type IconName, icon } from "../../ui/icons.ts";
import { age, dateTime, legalDay, now, number, secondsOf, zoneName } from "../../ui/times.ts";
import {
  type Certificate,
  type Step,
  sentence,
  type Verdict,
  type Verification,
  verdictWords,
} from "../../verify/index.ts";
import { language, t, type WordKey } from "../../words/words.ts";
import type { Given } from "../state.ts";
import { steps } from "./steps.ts";

const SHAPES: Readonly<Record<Verdict, IconName>> = {
  VALID: "check",
  SUSPENDED: "pause",
  REVOKED: "cross",
  CANCELLED: "cross",
  LAPSED: "cross",
  TRANSFERRED: "arrow",
  SUPERSEDED: "arrow",
  EXPIRED: "cross",
  NOT_YET_VALID: "clock",
  FORGED: "warning",
  UNTRUSTED_ISSUER: "warning",
  UNKNOWN: "question",
  CANNOT_CHECK: "question",
};

/** What the answer's buttons do. */
export interface AnswerActions {
  another(): void;
  again(): void;
}

/** Shape of a verdict. */
export function shapeOf(verdict: Verdict): IconName {
  return SHAPES[verdict];
}

/** The whole answer. */
export function answerCard(given: Given, actions: AnswerActions): HTMLElement {
  const { found } = given;
  const words = verdictWords(found.verdict, language());
  const whoPart = found.certificate === null ? null : person(found.certificate, found.steps[6]);
  return h(
    "article",
    { class: `verdict tone-${words.colour}`, "data-verdict": found.verdict, "aria-labelledby": "verdict" },
    h(
      "div",
      { class: "verdict-band" },
      icon(SHAPES[found.verdict]),
      h(
        "div",
        {},
        h("h2", { class: "verdict-word", id: "verdict", tabindex: -1 }, words.word),
        h("p", { class: "verdict-says" }, otherShower(found) ? t("present.says") : words.says),
      ),
    ),
    asOf(given),
    h(
      "div",
      { class: "verdict-body" },
      twoAnswers(given),
      // What is in force is compared with the person; what is not, is acted on first.
      ...(found.inForce === true
        ? [whoPart, next(given, words.next, actions)]
        : [next(given, words.next, actions), whoPart]),
      found.certificate === null ? null : facts(found.certificate),
      steps(given),
    ),
  );
}

function asOf(given: Given): HTMLElement {
  const seconds = given.found.statusAsOf;
  if (seconds === null) return h("p", { class: "verdict-asof" }, t("answer.noStatus"));
  const since = now() - seconds;
  const utc = dateTime(seconds, "UTC");
  return h(
    "div",
    { class: "verdict-asof" },
    h(
      "p",
      {},
      h(
        "time",
        { datetime: new Date(seconds * 1000).toISOString() },
        t("answer.asOf", { local: dateTime(seconds), zone: zoneName(seconds) }),
      ),
      " · ",
      h("span", { class: "nowrap" }, since < 60 ? t("answer.now") : t("answer.ago", { age: age(since) })),
    ),
    h(
      "p",
      { class: "small" },
      `${t("answer.asOfChain", { utc })} · ${t(given.offline ? "answer.fromSnapshot" : "answer.fromLedger")}`,
    ),
  );
}

function twoAnswers({ found }: Given): HTMLElement {
  const one = (key: "answer.authentic" | "answer.inForce", value: boolean | null): HTMLElement => {
    const state = value === null ? "open" : value ? "yes" : "no";
    const drawing = value === null ? "question" : value ? "check" : "cross";
    return h(
      "div",
      { class: "answer", "data-answer": `${key === "answer.authentic" ? "authentic" : "inForce"}-${state}` },
      icon(drawing),
      h("dt", {}, t(key)),
      h("dd", {}, t(`${key}.${state}`)),
    );
  };
  return h("dl", { class: "answers" }, one("answer.authentic", found.authentic), one("answer.inForce", found.inForce));
}

function next(given: Given, says: string, actions: AnswerActions): HTMLElement {
  const tone = { green: "note-good", yellow: "note-care", red: "note-bad" }[
    verdictWords(given.found.verdict, "en").colour
  ];
  const successor = given.found.certificate?.successor ?? null;
  const open = given.found.verdict === "CANNOT_CHECK" || given.found.verdict === "UNKNOWN";
  return h(
    "div",
    { class: "stack" },
    h(
      "div",
      { class: `note ${tone ?? ""}` },
      icon("hand"),
      h(
        "div",
        {},
        h("strong", {}, t("answer.next")),
        says,
        given.queued && h("p", { "data-queued": true }, t("answer.queued")),
        successor !== null && h("p", {}, `${t("answer.successor")}: `, h("span", { class: "mono" }, successor)),
      ),
    ),
    h(
      "div",
      { class: "row" },
      h(
        "button",
        { class: "button primary", type: "button", id: "another", onclick: actions.another },
        icon("scan"),
        t("answer.another"),
      ),
      open && h("button", { class: "button", type: "button", onclick: actions.again }, icon("turn"), t("answer.again")),
    ),
  );
}

function person(certificate: Certificate, shower: Step): HTMLElement {
  return h(
    "section",
    { class: "stack", "aria-labelledby": "compare" },
    certificate.confirmed
      ? h("h3", { id: "compare", class: "soft" }, t("answer.compare"))
      : h(
          "div",
          { class: "note note-care" },
          icon("warning"),
          h("div", {}, h("strong", { id: "compare" }, t("answer.claims"))),
        ),
    h(
      "div",
      { class: "person" },
      h("span", { class: "soft small" }, t("answer.holder")),
      h("span", { class: "person-name", "data-holder": true }, certificate.holder ?? t("answer.noName")),
    ),
    certificate.fields.length > 0 &&
      h("dl", { class: "facts" }, ...once(certificate).map((field) => fact(field[language()], shown(field.value)))),
    certificate.hidden > 0 &&
      h("p", { class: "soft small" }, t("answer.hidden", { count: number(certificate.hidden) })),
    presence(certificate, shower),
  );
}

/** The certificate is genuine, and it is only the showing that is not. */
function otherShower({ authentic, verdict, steps: found }: Verification): boolean {
  return authentic === true && verdict === "FORGED" && found[6].result === "INVALID";
}

/** Whether the holder's own device shows it, right now; a printed code can be photographed. */
function presence(certificate: Certificate, shower: Step): HTMLElement | null {
  if (shower.result === "SKIPPED") {
    return certificate.confirmed ? h("p", { class: "small soft" }, t("answer.photographed")) : null;
  }
  const [tone, drawing] = (
    { VALID: ["good", "person"], INVALID: ["bad", "cross"], ERROR: ["care", "question"] } as const
  )[shower.result];
  return h(
    "div",
    { class: `note note-${tone}`, "data-present": shower.result },
    icon(drawing),
    h("div", {}, h("strong", {}, t(`present.${shower.result}`)), sentence(shower.code, shower.params, language())),
  );
}

/** Each field once: a face field may be shortened, and its disclosure, which comes later, is whole. */
function once(certificate: Certificate): Certificate["fields"] {
  return [...new Map(certificate.fields.map((field) => [field.name, field])).values()];
}

function facts(certificate: Certificate): HTMLElement {
  const { bureau, type, validity } = certificate;
  const from = legalDay(secondsOf(validity.notBefore));
  // The end is the first second that is not in force any more.
  const until = validity.expires === null ? null : legalDay(secondsOf(validity.expires) - 1);
  const named = capital(type[language()]) ?? t("answer.typeUnknown", { code: type.code });
  return h(
    "dl",
    { class: "facts" },
    fact(
      t("answer.bureau"),
      h(
        "span",
        { "data-bureau": true },
        bureau.name ?? t(certificate.confirmed ? "answer.bureauUnread" : "answer.bureauNone"),
      ),
      "\n",
      h(
        "span",
        { class: "soft small" },
        `${bureau.uscc}${bureau.name === null ? "" : ` · ${t("answer.bureauSource")}`}`,
      ),
    ),
    fact(t("answer.type"), named),
    fact(
      t("answer.validity"),
      until === null ? t("answer.unlimited", { from }) : t("answer.validityText", { from, until }),
    ),
    certificate.identifier !== null &&
      fact(t("answer.identifier"), h("span", { class: "mono" }, certificate.identifier)),
  );
}

function fact(label: string, ...value: readonly Child[]): HTMLElement {
  return h("div", {}, h("dt", {}, label), h("dd", {}, ...value));
}

function shown(value: unknown): string {
  if (typeof value === "boolean") return t(value ? "answer.yes" : "answer.no");
  if (typeof value === "number") return number(value);
  return Array.isArray(value) ? value.join(" · ") : String(value);
}

/** The words for a screen reader: the verdict and its sentence. */
export function spoken(verdict: Verdict): string {
  const { word, says } = verdictWords(verdict, language());
  return t("answer.spoken" satisfies WordKey, { word, says });
}

function capital(text: string | null): string | null {
  return text === null ? null : text.charAt(0).toUpperCase() + text.slice(1);
}
