/** The room's words, in the language of the page that the service made. */
import bidroom from "../../chain/words/bidroom.json" with { type: "json" };
import { dateTime, zoneName } from "../ui/zones.ts";
import type { Words } from "./notice.ts";

/** A key of the list `bidroom`. */
export type WordKey = keyof typeof bidroom;

/** Chinese or English. */
export function language(): "zh" | "en" {
  return document.documentElement.lang.startsWith("zh") ? "zh" : "en";
}

/** The text of a key, with values in its places `{name}`. */
export function t(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
  return bidroom[key][language()].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Words of a notice. */
export function said(words: Words): string {
  return words[language()];
}

/** The words of a fault: our own where there are some for its code, else a general sentence before what it says itself. */
export function faultWords(error: unknown): string {
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) return t("fault.offline");
  const { code = "", message = String(error) } = (error ?? {}) as { code?: string | number; message?: string };
  const key = `fault.${code}`;
  if (key in bidroom) return t(key as WordKey);
  return `${t("fault.general")} (${typeof code === "string" && code !== "" ? `${code}: ` : ""}${message})`;
}

/** A second of the chain's clock: as the chain has it (UTC+8), and in the reader's own zone. */
export function moment(second: number): string {
  const [chain, own] = [`${dateTime(second, "Asia/Shanghai")} UTC+8`, `${dateTime(second)} ${zoneName(second)}`];
  return chain === own ? chain : `${chain} · ${t("time.own", { time: own })}`;
}
