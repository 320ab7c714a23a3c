/** Times for people: in the reader's own zone, which is named, and in UTC beside it. */
import { languageTag, t } from "../words/words.ts";
import { dateTime } from "./zones.ts";

export { dateTime, zoneName } from "./zones.ts";

/** `2026-01-31` where the bureaus are: certificates begin and end with days of China Standard Time. */
export function legalDay(seconds: number): string {
  return dateTime(seconds, "Asia/Shanghai").slice(0, 10);
}

/** `09:05` in the reader's zone. */
export function clock(seconds: number): string {
  return dateTime(seconds).slice(11, 16);
}

/** How long ago, in the largest unit that fits: `3 h`, `2 days`. */
export function age(seconds: number): string {
  const past = Math.max(0, Math.round(seconds));
  if (past < 60) return t("age.seconds", { count: past });
  if (past < 3600) return t("age.minutes", { count: Math.floor(past / 60) });
  if (past < 2 * 86_400) return t("age.hours", { count: Math.floor(past / 3600) });
  return t("age.days", { count: number(Math.floor(past / 86_400)) });
}

/** A number with the marks of the reader's language. */
export function number(value: number): string {
  return new Intl.NumberFormat(languageTag()).format(value);
}

/** Seconds since 1970 of an RFC 3339 time. */
export function secondsOf(rfc3339: string): number {
  return Math.floor(Date.parse(rfc3339) / 1000);
}

/** Now, in whole seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}
