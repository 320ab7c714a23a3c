/** Members of papers, read strictly: exact kinds and bounds, as chain/kernel/strict.py; whatever else is refused with the member named. */
import { hex0x, unb64url, unhex0x } from "../verify/bytes.ts";
import {
  hasExactly,
  isList,
  isObject,
  type Json,
  type JsonObject,
  lengthOf,
  readCanonical,
} from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";

/** Members that name a lot. */
export const PLACE = ["genesis", "book", "tender", "lot"] as const;
/** Bytes of a paper. */
const LARGEST = 16 * 2 ** 20;
const MOST = 10_000;

/** A paper of one format with exactly these members beside it. Throws InvalidInput. */
export function paperOf(data: Uint8Array, format: string, names: readonly string[], limit = LARGEST): JsonObject {
  const value = readCanonical(data, format, limit);
  if (!isObject(value) || value.format !== format) throw bad(`format: only ${format} is known`);
  if (!hasExactly(value, ["format", ...names])) throw bad(`members are ${names.join(", ")}`);
  return value;
}

/** A lot as a paper names it; digests and addresses as 0x text. */
export interface NamedLot {
  readonly genesis: string;
  readonly book: string;
  readonly tender: number;
  readonly lot: number;
}

/** The lot that a paper names. Throws InvalidInput. */
export function lotIn(value: JsonObject): NamedLot {
  return {
    genesis: hexIn(value, "genesis", 32),
    book: hexIn(value, "book", 20),
    tender: wholeIn(value, "tender", 1),
    lot: wholeIn(value, "lot", 1),
  };
}

/** True for the same lot. */
export function sameLot(left: NamedLot, right: NamedLot): boolean {
  return (
    left.genesis === right.genesis && left.book === right.book && left.tender === right.tender && left.lot === right.lot
  );
}

/** Bytes of a size as 0x text, in their one form. */
export function hexIn(value: JsonObject, name: string, size: number): string {
  return hex0x(unhex0x(value[name], name, size));
}

/** A SHA-256 as 0x text, or null. */
export function digestOrNull(value: JsonObject, name: string): string | null {
  return value[name] === null ? null : hexIn(value, name, 32);
}

/** Bytes of a size, from base64url. */
export function rawIn(value: JsonObject, name: string, size: number): Uint8Array {
  const data = unb64url(value[name], name);
  if (data.length !== size) throw bad(`${name}: ${size} bytes as base64url`);
  return data;
}

/** A whole number from `least`. */
export function wholeIn(value: JsonObject, name: string, least: number): number {
  return wholeOf(value[name], name, least);
}

/** A list of whole numbers from `least`. */
export function numbersIn(value: JsonObject, name: string, least: number, most = 100_000): number[] {
  return listIn(value, name, most).map((one) => wholeOf(one, name, least));
}

/** A list of at most so many. */
export function listIn(value: JsonObject, name: string, most = MOST): readonly Json[] {
  const found = value[name];
  if (!isList(found) || found.length > most) throw bad(`${name}: a list of at most ${most}`);
  return found;
}

/** A list of objects. */
export function objectsIn(value: JsonObject, name: string, most = MOST): JsonObject[] {
  return listIn(value, name, most).map((one) => {
    if (!isObject(one)) throw bad(`${name}: objects`);
    return one;
  });
}

/** A list of objects with exactly these members. */
export function rowsIn(value: JsonObject, name: string, members: readonly string[], most = MOST): JsonObject[] {
  const found = objectsIn(value, name, most);
  if (!found.every((one) => hasExactly(one, members))) throw bad(`${name}: members are ${members.join(", ")}`);
  return found;
}

/** An object with exactly these members. */
export function objectOf(value: JsonObject, name: string, members: readonly string[]): JsonObject {
  const found = value[name];
  if (!isObject(found) || !hasExactly(found, members)) throw bad(`${name}: members are ${members.join(", ")}`);
  return found;
}

/** A text of 1 (or `least`) to `most` characters. */
export function textOf(value: JsonObject, name: string, most = 4000, least = 1): string {
  const found = value[name];
  if (typeof found !== "string" || lengthOf(found) < least || lengthOf(found) > most)
    throw bad(`${name}: a text of ${least} to ${most} characters`);
  return found;
}

/** A list of texts. */
export function textsIn(value: JsonObject, name: string, most = MOST): string[] {
  return listIn(value, name, most).map((text) => textOf({ [name]: text }, name));
}

function wholeOf(value: Json | undefined, name: string, least: number): number {
  if (typeof value !== "number" || value < least) throw bad(`${name}: a number from ${least}`);
  return value;
}

function bad(message: string): InvalidInput {
  return new InvalidInput(message, "audit.form");
}
