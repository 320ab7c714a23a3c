/** Words of the audit on one's own device, and the rules' sentences, in the language of the page. */
import rules from "../../chain/words/audit.json" with { type: "json" };
import words from "../../chain/words/auditroom.json" with { type: "json" };
import { pageLanguage } from "../words/keyroom.ts";
import type { Values } from "../words/words.ts";
import type { Rule } from "./report.ts";

/** A key of the list `auditroom`. */
export type AuditWord = keyof typeof words;

/** Every rule about tenders, in the order of its numbers. */
export const RULES: readonly Rule[] = (Object.keys(rules) as (keyof typeof rules)[])
  .map((key) => key.slice("rule.".length) as Rule)
  .filter((rule) => !/^A[12]\d\d$/.test(rule));

/** The text of a key, its places filled. */
export function t(key: AuditWord, values: Values = {}): string {
  return words[key][pageLanguage()].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A rule's sentence. */
export function sentence(rule: Rule): string {
  return rules[`rule.${rule}`][pageLanguage()];
}

/** The chapter that a rule stands in, such as `A7`. */
export function chapterOf(rule: Rule): string {
  return rule.slice(0, -2);
}

/** The words of a fault: our own where there are some for its code, else a general sentence before what it says itself. */
export function faultWords({ code, message }: { readonly code: string; readonly message: string }): string {
  const key = `fault.${code}`;
  return Object.hasOwn(words, key) ? t(key as AuditWord) : `${t("fault.general")} ${message} (${code})`;
}
