/**
 * What people read, in English and Chinese: from web/catalogue/words.json, which is written from the same catalogue as the
 * command line's words (`python -m scripts.write_words`).
 */
import words from "../catalogue/words.json" with { type: "json" };

export type Language = "en" | "zh";

/** How one verdict is told to a clerk: symbol (tells verdicts apart without colour), colour, word, sentence, next step. */
export interface VerdictWords {
  readonly symbol: string;
  readonly colour: string;
  readonly word: string;
  readonly says: string;
  readonly next: string;
}

const DETAILS: Readonly<Record<string, { en: string; zh: string } | undefined>> = words.details;

/** The sentence of a finding; its code if this catalogue lacks it. */
export function sentence(code: string, params: Readonly<Record<string, string>>, language: Language): string {
  const text = DETAILS[code]?.[language] ?? code;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
}

/** The words of a verdict. */
export function verdictWords(verdict: keyof typeof words.verdicts, language: Language): VerdictWords {
  const one = words.verdicts[verdict];
  const { symbol, colour } = one;
  return language === "zh"
    ? { symbol, colour, word: one.zh, says: one.says_zh, next: one.next_zh }
    : { symbol, colour, word: one.en, says: one.says_en, next: one.next_en };
}

/** Symbol and word of a step's result. */
export function resultWords(
  result: keyof typeof words.results,
  language: Language,
): { readonly symbol: string; readonly word: string } {
  const { symbol, zh } = words.results[result];
  return { symbol, word: language === "zh" ? zh : result };
}

/** Name of a step. */
export function stepName(name: keyof typeof words.steps, language: Language): string {
  return language === "zh" ? words.steps[name] : name;
}
