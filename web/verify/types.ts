/**
 * Certificate types as a verifier knows them: names, labels, derived answers, how old a status may be. From
 * web/catalogue/types.json, written from chain/catalogue/types/ (`python -m scripts.write_words`).
 */

import shipped from "../catalogue/types.json" with { type: "json" };
import type { Json } from "./canonical.ts";

/** What something is called in both languages. */
export interface Label {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
}

/** One field of a type; its place in `fields`, from 1, is its number on a stamp's face. */
export interface Field extends Label {
  readonly kind: string;
}

/** An answer a holder may show instead of a value. `yes`: the values, or the items, for which it is yes. */
export interface DerivedAnswer extends Label {
  readonly field: string;
  readonly how: string;
  readonly yes: readonly string[];
}

/** What a type, its fields and its answers are called. */
export interface TypeLabels {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly fields: readonly Label[];
  readonly derived: readonly Label[];
}

export interface CertificateType extends TypeLabels {
  /** Seconds. */
  readonly statusMaxAge: number;
  readonly fields: readonly Field[];
  readonly derived: readonly DerivedAnswer[];
}

/** The types of this release. */
export const SHIPPED: readonly CertificateType[] = shipped;

/** Value of a field, of a face field, or of an answer. */
export type FieldValue = Json;

/** Name of the first derived answer among `fields` that is not true or false, or that its own field contradicts. */
export function wrongAnswer(kind: CertificateType, fields: ReadonlyMap<string, FieldValue>): string | null {
  for (const answer of kind.derived) {
    const given = fields.get(answer.name);
    if (given === undefined) continue;
    if (typeof given !== "boolean") return answer.name;
    const base = fields.get(answer.field);
    if (typeof base === "string" && says(answer, base) !== given) return answer.name;
  }
  return null;
}

function says(answer: DerivedAnswer, value: string): boolean {
  if (answer.how !== "contains") return answer.yes.includes(value);
  const items = granted(value);
  return answer.yes.some((item) => items.has(item));
}

/** The items of a canonical text, without their remarks in brackets; none if brackets do not match or are nested. */
function granted(text: string): Set<string> {
  const found: string[] = [];
  let depth = 0;
  let item = "";
  for (const character of text.replaceAll("(", "（").replaceAll(")", "）")) {
    if (character === "（") depth += 1;
    if (character === "）") depth -= 1;
    if (depth < 0 || depth > 1) return new Set();
    if (depth === 0 && "；;、，,\n".includes(character)) {
      found.push(item);
      item = "";
    } else {
      item += character;
    }
  }
  if (depth !== 0) return new Set();
  found.push(item);
  return new Set(found.map((one) => one.replace(/（[^（）]*）/g, "").trim()).filter((one) => one !== ""));
}
