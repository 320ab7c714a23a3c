/** The words of the page, from the catalogue that Python reads, too. */
import single from "../../chain/words/single.json" with { type: "json" };
import type { Language } from "../verify/index.ts";
import { filled, type Values } from "../words/filled.ts";

/** A key of the list `single`. */
export type WordKey = keyof typeof single;

/** The text of a key in a language; values for the places `{name}`. */
export function say(language: Language, key: WordKey, values: Values = {}): string {
  return filled(single[key][language], values);
}
