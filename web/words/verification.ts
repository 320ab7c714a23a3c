/** Names of steps and of their results, from the list `verification` of the one catalogue. */
import words from "../../chain/words/verification.json" with { type: "json" };
import type { Result, StepName } from "../verify/index.ts";
import type { Language } from "./words.ts";

/** Name of a step. */
export function stepWord(name: StepName, language: Language): string {
  return words[`step.${name}`][language];
}

/** Word of a step's result. */
export function resultWord(result: Result, language: Language): string {
  return words[`result.${result}`][language];
}
