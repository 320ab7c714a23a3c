/** Names of steps and of their results, from the list `verification` of the one catalogue. */
import words from "../../chain/words/verification.json" with { type: "json" };
import type { Result, StepName } from "../verify/index.ts";
import { filled } from "./filled.ts";
import type { Language } from "./words.ts";

const SOURCES = [
  ["source.node", /^chain (?<chain>\d+) at block (?<block>\d+), (?<count>1) endpoint$/],
  [
    "source.nodes",
    /^chain (?<chain>\d+) at block (?<block>\d+), (?<count>\d+) endpoints, (?<quorum>\d+) of them agreeing$/,
  ],
  [
    "source.snapshot",
    /^trust snapshot (?<version>\d+) of chain (?<chain>\d+) at block (?<block>\d+), signed by (?<count>\d+) witness/,
  ],
] as const;

/** Name of a step. */
export function stepWord(name: StepName, language: Language): string {
  return words[`step.${name}`][language];
}

/** Word of a step's result. */
export function resultWord(result: Result, language: Language): string {
  return words[`result.${result}`][language];
}

/**
 * What a verification rests on, in the reader's language: its own phrase (`source`) is English, since it is part of the
 * answer that programs compare. A phrase of another form stays as it is.
 */
export function sourceWords(source: string, language: Language): string {
  for (const [key, form] of SOURCES) {
    const values = form.exec(source)?.groups;
    if (values !== undefined) return filled(words[key][language], { ...values });
  }
  return source;
}
