/** The answer as people read it: one glance first, then what was shown, then the steps. Readable without colour. */
import { type Language, resultWords, sentence, stepName, type Verification, verdictWords } from "../verify/index.ts";
import { sourceWords } from "../words/verification.ts";
import { make } from "./dom.ts";
import { say } from "./words.ts";

const CHINA = 8 * 3600;

/** The whole answer. */
export function answerOf(found: Verification, language: Language): HTMLElement {
  const words = verdictWords(found.verdict, language);
  const asOf = found.statusAsOf === null ? say(language, "answer.not_read") : local(found.statusAsOf);
  return make(
    "div",
    { class: `answer ${words.colour}`, "data-verdict": found.verdict },
    make(
      "p",
      { class: "word" },
      make("span", { class: "symbol", "aria-hidden": "true" }, words.symbol),
      make("strong", {}, words.word),
    ),
    make("p", { class: "says" }, words.says),
    make("p", {}, `${say(language, "answer.as_of")}: ${asOf}`),
    make("p", {}, make("b", {}, `${say(language, "answer.next")}: `), words.next),
    ...shownOf(found, language),
    make("h3", {}, say(language, "answer.steps")),
    stepsOf(found, language),
  );
}

function shownOf(found: Verification, language: Language): HTMLElement[] {
  const { certificate } = found;
  if (certificate === null) return [];
  const { bureau, type, validity } = certificate;
  const ends = validity.expires === null ? say(language, "answer.no_end") : localText(validity.expires);
  const rows: [string, string | null][] = [
    [say(language, "answer.bureau"), `${bureau.name ?? say(language, "answer.no_name")} (${bureau.uscc})`],
    [say(language, "answer.type"), type[language] ?? type.code],
    [say(language, "answer.identifier"), certificate.identifier],
    [say(language, "answer.holder"), certificate.holder],
    ...certificate.fields.map((field): [string, string] => [
      field[language],
      typeof field.value === "string" ? field.value : JSON.stringify(field.value),
    ]),
    [say(language, "answer.validity"), `${localText(validity.notBefore)} – ${ends}`],
    [say(language, "answer.source"), sourceWords(certificate.source, language)],
  ];
  const list = make("dl");
  for (const [name, value] of rows) {
    if (value !== null) list.append(make("dt", {}, name), make("dd", {}, value));
  }
  return certificate.confirmed ? [list] : [make("p", { class: "claimed" }, say(language, "answer.unconfirmed")), list];
}

function stepsOf(found: Verification, language: Language): HTMLElement {
  const steps = found.steps.map((step) => {
    const { symbol, word } = resultWords(step.result, language);
    const title = `${symbol} ${stepName(step.name, language)}: ${word}`;
    return make("li", { class: step.result }, title, make("small", {}, sentence(step.code, step.params, language)));
  });
  return make("ol", {}, ...steps);
}

/** Civil time of the People's Republic of China, as the command line writes it. */
export function local(seconds: number): string {
  const text = new Date((seconds + CHINA) * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} +08:00`;
}

function localText(rfc3339: string): string {
  return local(Date.parse(rfc3339) / 1000);
}
