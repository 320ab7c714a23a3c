/** Times for people: in the reader's own zone, which is named, and in UTC beside it. */
import { languageTag, t } from "../words/words.ts";

const PARTS: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

/** `2026-01-31 09:05:00` in the reader's zone (or in `zone`). */
export function dateTime(seconds: number, zone?: string): string {
  const options = zone === undefined ? PARTS : { ...PARTS, timeZone: zone };
  // Swedish writes ISO 8601.
  return new Intl.DateTimeFormat("sv-SE", options).format(new Date(seconds * 1000));
}

/** `2026-01-31` where the bureaus are: certificates begin and end with days of China Standard Time. */
export function legalDay(seconds: number): string {
  return dateTime(seconds, "Asia/Shanghai").slice(0, 10);
}

/** `09:05` in the reader's zone. */
export function clock(seconds: number): string {
  return dateTime(seconds).slice(11, 16);
}

/** The reader's zone at that time: `UTC+8`. */
export function zoneName(seconds: number): string {
  const format = new Intl.DateTimeFormat("en-US", { timeZoneName: "shortOffset" });
  const found = format.formatToParts(new Date(seconds * 1000)).find((part) => part.type === "timeZoneName");
  return (found?.value ?? "UTC").replace("GMT", "UTC");
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
