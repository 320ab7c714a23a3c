/** The numbered steps, folded away: what each asked, what it found, what that rests on. */
import { h } from "../../ui/dom.ts";
import { type IconName, icon } from "../../ui/icons.ts";
import { dateTime, number, secondsOf, zoneName } from "../../ui/times.ts";
import { type Params, type Result, type Step, sentence } from "../../verify/index.ts";
import { resultWord, sourceWords, stepWord } from "../../words/verification.ts";
import { language, t } from "../../words/words.ts";
import type { Given } from "../state.ts";

const SHAPES: Readonly<Record<Result, IconName>> = {
  VALID: "check",
  INVALID: "cross",
  ERROR: "question",
  SKIPPED: "dash",
};

/** The list of steps. */
export function steps(given: Given): HTMLElement {
  const source = given.found.certificate?.source ?? "";
  return h(
    "details",
    { class: "steps" },
    h("summary", {}, icon("next"), t("steps.heading")),
    h("ol", {}, ...given.found.steps.map(step)),
    h(
      "p",
      { class: "soft small" },
      source !== "" && `${t("steps.ledger", { source: sourceWords(source, language()) })} · `,
      t("steps.device", { ms: number(Math.max(1, Math.round(given.took))) }),
    ),
  );
}

function step(one: Step): HTMLElement {
  return h(
    "li",
    { class: "step", "data-step": one.name, "data-result": one.result },
    h(
      "div",
      { class: "step-head" },
      h("strong", {}, stepWord(one.name, language())),
      h("span", { class: "step-result" }, icon(SHAPES[one.result]), resultWord(one.result, language())),
    ),
    h("p", {}, sentence(one.code, plain(one), language())),
    h("p", { class: "step-rests" }, t("steps.rests", { source: t(`steps.source.${restsOn(one)}`) })),
  );
}

/** Step 7 is the clerk's own, unless a device made it. */
function restsOn({ name, result, code }: Step): Step["name"] | "device" {
  return name === "holder" && result !== "SKIPPED" && code !== "skipped" ? "device" : name;
}

/** Values as people read them: times in their own zone, kinds by their names. */
function plain({ code, params }: Step): Params {
  const told = (name: string, value: string): string =>
    name === "kind" ? kind(value) : name === "fault" ? fault(code, value) : time(value);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, told(name, value)]));
}

/** Addresses, limits and forms are for technicians; for people the ledger did not answer, or it is no certificate. */
function fault(code: string, value: string): string {
  if (code === "form.not_readable") return t("steps.fault.input");
  return /no connection|no answer in time|endpoints name a final block/.test(value) ? t("steps.fault.silent") : value;
}

function kind(value: string): string {
  return value === "bundle" || value === "credential" || value === "stamp" || value === "pdf"
    ? t(`steps.kind.${value}`)
    : value;
}

function time(value: string): string {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$/.test(value)) return value;
  const seconds = secondsOf(value);
  return `${dateTime(seconds)} (${zoneName(seconds)})`;
}
