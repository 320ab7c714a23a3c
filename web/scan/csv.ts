/** A shift's list as CSV (RFC 4180), for people who open it in a spreadsheet. */
import { dateTime, zoneName } from "../ui/times.ts";
import { verdictWords } from "../verify/index.ts";
import { language, t } from "../words/words.ts";
import type { Entry } from "./shift.ts";

/** The file's bytes: UTF-8 with its mark, so that spreadsheets read Chinese. */
export function csv(entries: readonly Entry[]): Blob {
  const lines = [heading(), ...entries.map(line)].map((cells) => cells.map(cell).join(","));
  return new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" });
}

function heading(): string[] {
  return [
    t("shift.time"),
    t("shift.answer"),
    t("shift.authentic"),
    t("shift.inForce"),
    t("shift.asOf"),
    t("shift.type"),
    t("shift.holder"),
    t("shift.bureau"),
    t("shift.identifier"),
    "verdict",
  ];
}

function line(entry: Entry): string[] {
  const lang = language();
  const time = (seconds: number | null): string =>
    seconds === null ? "" : `${dateTime(seconds)} ${zoneName(seconds)}`;
  const yes = (value: boolean | null): string => (value === null ? "?" : t(value ? "answer.yes" : "answer.no"));
  return [
    time(entry.againAt ?? entry.at),
    verdictWords(entry.verdict, lang).word,
    yes(entry.authentic),
    yes(entry.inForce),
    time(entry.statusAsOf),
    entry.type?.[lang] ?? entry.type?.code ?? "",
    entry.holder ?? "",
    entry.bureau ?? "",
    entry.identifier ?? "",
    entry.verdict,
  ];
}

/**
 * One cell, always quoted. What a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection):
 * names come from certificates, and certificates from strangers.
 */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
