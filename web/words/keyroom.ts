/** Words of the pages where people sign and open, from the list `keyroom` of the one catalogue; the page says the language. */
import words from "../../chain/words/keyroom.json" with { type: "json" };
import type { Language, Values } from "./words.ts";

/** A key of the list. */
export type KeyroomWord = keyof typeof words;

/** The page's language, from its `lang`. */
export function pageLanguage(): Language {
  return document.documentElement.lang.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** The text of a key in the page's language, its places filled. */
export function k(key: KeyroomWord, values: Values = {}): string {
  return words[key][pageLanguage()].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** The text of `group.name` if the list has it, else the name itself. */
export function named(group: string, name: string): string {
  const key = `${group}.${name}`;
  return Object.hasOwn(words, key) ? k(key as KeyroomWord) : name;
}
