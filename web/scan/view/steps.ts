/** The numbered steps, folded away: what each asked, what it found, what that rests on. */
import { h } from "../../ui/dom.ts";
import { type IconName, icon } from "../../ui/icons.ts";
import { number } from "../../ui/times.ts";
import { type Result, type Step, sentence } from "../../verify/index.ts";
import { resultWord, stepWord } from "../../words/verification.ts";
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
      source !== "" && `${t("steps.ledger", { source })} · `,
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
    h("p", {}, sentence(one.code, one.params, language())),
    h("p", { class: "step-rests" }, t("steps.rests", { source: t(`steps.source.${one.name}`) })),
  );
}
