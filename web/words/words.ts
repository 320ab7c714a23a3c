/**
 * The words of the pages, from the one catalogue that Python reads, too (`chain/words`). A key that is not in the list does
 * not compile; `tests/chain/words` holds both languages to the same places for values.
 */
import scanner from "../../chain/words/scanner.json" with { type: "json" };
import { filled, type Values } from "./filled.ts";

export { filled, type Values };

/** Chinese or English, as the catalogue names them. */
export type Language = "zh" | "en";

/** A key of the list `scanner`. */
export type WordKey = keyof typeof scanner;

const STORED = "yinxin.language";

let current: Language = remembered();

/** The language in use. */
export function language(): Language {
  return current;
}

/** The tag of the language in use (BCP 47), for `lang` attributes and for `Intl`. */
export function languageTag(): string {
  return current === "zh" ? "zh-CN" : "en";
}

/** Uses another language from now on, and at the next visit. */
export function setLanguage(chosen: Language): void {
  current = chosen;
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // A browser that stores nothing asks again at the next visit.
  }
}

/** The text of a key in the language in use. */
export function t(key: WordKey, values: Values = {}): string {
  return filled(scanner[key][current], values);
}

function remembered(): Language {
  try {
    const stored = localStorage.getItem(STORED);
    if (stored === "zh" || stored === "en") return stored;
  } catch {
    // Nothing is stored here.
  }
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith("zh")) || navigator.languages.length === 0
    ? "zh"
    : firstIsEnglish()
      ? "en"
      : "zh";
}

function firstIsEnglish(): boolean {
  return (navigator.languages[0] ?? "").toLowerCase().startsWith("en");
}
