/** What record and notice say of a bid by themselves: is it out, and why, word for word (chain/evaluation/report/screening.py). */
import { faultOf, order } from "../../bid/figures.ts";
import type { FormField, Notice } from "../../bid/notice.ts";
import type { NamedOrganisation, OpeningRecord, RecordedBid } from "../../bid/record.ts";
import type { Dropped } from "./report.ts";

const FORMS = {
  money: ["an amount with two places, such as 1234567.00", "应为带两位小数的金额，如 1234567.00"],
  number: ["an exact decimal, such as 12.5", "应为精确小数，如 12.5"],
  integer: ["a whole number", "应为整数"],
  days: ["a whole number of days", "应为整数天数"],
  text: ["text of 1 to 1000 characters", "应为 1 至 1000 字"],
} as const;

/** Bids of one envelope that are out by its record and the notice alone, by place. */
export function screen(record: OpeningRecord, notice: Notice): Map<number, Dropped> {
  const out = new Map<number, Dropped>();
  for (const bid of record.bids) {
    const { place, fault } = bid;
    if (fault !== null) {
      const words = `投标未能开启：${fault.kind} / it did not open: ${fault.kind}`;
      out.set(place, { place, step: "opening", reasons: [words] });
      continue;
    }
    const reasons = [...organisationFaults(bid, record), ...figureFaults(bid, record, notice)];
    if (reasons.length > 0) out.set(place, { place, step: "formal", reasons });
  }
  return out;
}

/** Places of the bids that the members have to judge: those that the record alone does not drop. */
export function lookedAt(record: OpeningRecord, notice: Notice): number[] {
  const out = screen(record, notice);
  return record.bids.map(({ place }) => place).filter((place) => !out.has(place));
}

/** The figures that were read out of a bid, by name. */
export function figuresOf({ figures }: RecordedBid): Map<string, string> {
  return new Map(figures.map(({ figure }) => [figure.name, figure.value] as const));
}

function* organisationFaults({ place, organisation: mine }: RecordedBid, record: OpeningRecord): Generator<string> {
  if (mine === null || mine.result === "invalid") {
    yield "没有证据表明有单位对该投标负责 / nobody is shown to stand behind the bid";
    return;
  }
  if (mine.result !== "valid") return;
  for (const { place: other, organisation: theirs } of record.bids) {
    if (other === place || theirs === null || theirs.result !== "valid") continue;
    const shared = [...codesOf(mine)].filter((code) => code !== "" && codesOf(theirs).has(code)).sort();
    for (const code of shared)
      yield `${code} 同时参与了第 ${other} 号投标 / ${code} stands behind the bid of place ${other}, too`;
  }
}

function* figureFaults(bid: RecordedBid, record: OpeningRecord, notice: Notice): Generator<string> {
  const form = notice.envelopes.find(({ number }) => number === record.envelope)?.form ?? [];
  const said = figuresOf(bid);
  for (const field of form) {
    const { name } = field;
    const value = said.get(name);
    if (value === undefined) {
      if (field.required) yield `缺少必填项 ${name} / ${name} is required and missing`;
      continue;
    }
    const fault = faultWords(field, value);
    const ceiling = notice.lots.find(({ number }) => number === record.lot)?.ceiling ?? null;
    if (fault !== null) yield `${name}：${fault[1]} / ${name}: ${fault[0]}`;
    else if (name === notice.price && ceiling !== null && order(value, ceiling.amount) > 0) {
      const sum = `${ceiling.currency} ${grouped(ceiling.amount)}`;
      yield `报价高于最高投标限价 ${sum} / the price is above the ceiling ${sum}`;
    }
  }
}

/** What is wrong with a figure that was read out, in English and Chinese. */
function faultWords(field: FormField, value: string): readonly [en: string, zh: string] | null {
  const fault = value === "" ? "form" : faultOf(field, value);
  if (fault === null) return null;
  if (fault === "least") return [`at least ${field.least}`, `不得小于 ${field.least}`];
  if (fault === "most") return [`at most ${field.most}`, `不得大于 ${field.most}`];
  if (field.kind !== "choice") return FORMS[field.kind];
  const values = field.choices.map((one) => one.value);
  return [`one of ${values.join(", ")}`, `应为以下之一：${values.join("、")}`];
}

function codesOf({ code, members }: NamedOrganisation): Set<string> {
  return new Set([code, ...members.map((one) => one.code)]);
}

function grouped(amount: string): string {
  const [whole = "", fraction = ""] = amount.split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${fraction}`;
}
