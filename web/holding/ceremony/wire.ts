/** What the messages of a ceremony have in common: canonical JSON, a format, the ceremony they belong to (chain/sealing/ceremony). */
import { bigEndian, hex0x, unb64url } from "../../verify/bytes.ts";
import { hasExactly, isObject, type Json, type JsonObject, member, readCanonical } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";

const LARGEST = 2 ** 20;

/** The members of a message of one format and one ceremony. Throws InvalidInput. */
export function readMessage(
  data: Uint8Array,
  format: string,
  ceremony: Uint8Array,
  members: readonly string[],
): JsonObject {
  const value = readCanonical(data, format, LARGEST);
  if (!isObject(value) || member(value, "format") !== format) {
    throw new InvalidInput(`not a message of the form ${format}`, "ceremony.format");
  }
  if (!hasExactly(value, ["format", "ceremony", ...members])) {
    throw new InvalidInput(`members are ${members.join(", ")}`, "ceremony.members");
  }
  if (value.ceremony !== hex0x(ceremony)) throw new InvalidInput("belongs to another ceremony", "ceremony.other");
  return value;
}

/** A member's number, 1 to `most`. Throws InvalidInput. */
export function aNumber(value: Json | undefined, most: number, field: string): number {
  if (typeof value !== "number" || value < 1 || value > most) {
    throw new InvalidInput(`${field}: 1 to ${most}`, "ceremony.number");
  }
  return value;
}

/** base64url of exactly `size` bytes. Throws InvalidInput. */
export function someBytes(value: Json | undefined, size: number, field: string): Uint8Array {
  const data = unb64url(value, field);
  if (data.length !== size) throw new InvalidInput(`${field}: ${size} bytes as base64url`, "ceremony.bytes");
  return data;
}

/** Throws InvalidInput unless each number is above the one before. */
export function checkAscending(numbers: readonly number[], field: string): void {
  if (numbers.some((one, at) => at > 0 && one <= (numbers[at - 1] ?? 0))) {
    throw new InvalidInput(`${field}: ascending`, "ceremony.order");
  }
}

/** Two bytes of a member's number. */
export function two(number: number): Uint8Array {
  return bigEndian(number, 2);
}

/** The keys of a map, ascending. */
export function numbersOf(map: ReadonlyMap<number, unknown>): number[] {
  return [...map.keys()].sort((left, right) => left - right);
}
