/** The words of the page, from the catalogue that Python reads, too. */
import single from "../../chain/words/single.json" with { type: "json" };
import type { Language } from "../verify/index.ts";

/** A key of the list `single`. */
export type WordKey = keyof typeof single;

/** The text of a key in a language; values for the places `{name}`. */
export function say(language: Language, key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
  return single[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
