/**
 * Canonical JSON (RFC 8785) for the values our formats use, and a reader that refuses every other form.
 *
 * Allowed: null, booleans, whole numbers within ±(2^53-1), text without lone surrogates, lists, objects. Fractions are
 * refused: no format of ours carries one.
 */
import { fromUtf8 } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [name: string]: Json };

const DEEPEST = 500;
const LONE = /\p{Surrogate}/u;

/** The RFC 8785 text of a value. Throws InvalidInput for what has none. */
export function canonical(value: Json): string {
  return written(value, 0);
}

function written(value: Json, depth: number): string {
  if (depth > DEEPEST) throw new InvalidInput("nested too deeply", "canonical.json");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new InvalidInput("a number that is no small integer", "canonical.integer");
    return String(value);
  }
  if (typeof value === "string") return quoted(value);
  if (isList(value)) return `[${value.map((item) => written(item, depth + 1)).join(",")}]`;
  // The default order of texts in JavaScript is by UTF-16 units, as RFC 8785 section 3.2.3 wants it.
  const members = Object.keys(value)
    .sort()
    .map((name) => `${quoted(name)}:${written(value[name] ?? null, depth + 1)}`);
  return `{${members.join(",")}}`;
}

function quoted(text: string): string {
  if (LONE.test(text)) throw new InvalidInput("text holds a lone surrogate", "canonical.text");
  return JSON.stringify(text);
}

/** Parse JSON that must already be in its canonical form; every other byte is refused. `limit` is in bytes. */
export function readCanonical(data: Uint8Array, what: string, limit: number): Json {
  if (data.length > limit) throw new InvalidInput(`${what}: larger than ${limit} bytes`, "canonical.size");
  const text = fromUtf8(data);
  if (text === null) throw new InvalidInput(`${what}: not UTF-8`, "canonical.json");
  return readCanonicalText(text, what);
}

/** As {@link readCanonical}, for text whose length the caller has bounded. */
export function readCanonicalText(text: string, what: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new InvalidInput(`${what}: not JSON`, "canonical.json");
  }
  if (written(value, 0) !== text) throw new InvalidInput(`${what}: not in canonical form (RFC 8785)`, "canonical.form");
  return value;
}

/** True for a list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** True for an object that is no list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True if the object has exactly these members. */
export function hasExactly(value: JsonObject, names: readonly string[]): boolean {
  const own = Object.keys(value);
  return own.length === names.length && names.every((name) => Object.hasOwn(value, name));
}

/** The member, if the object itself has it. */
export function member(value: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Characters of a text as Unicode counts them. */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
