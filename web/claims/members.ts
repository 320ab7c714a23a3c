/** What the documents of this room have in common: one canonical form, exactly the members that are named. */
import { fromUtf8, unb64url, utf8 } from "../verify/bytes.ts";
import { hasExactly, isObject, type Json, type JsonObject, readCanonical } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";

/** Largest document of this room, bytes. */
export const LIMIT = 16 * 1024;

/** The members of a canonical JSON object of that format. Throws InvalidInput. */
export function readMembers(
  data: Uint8Array,
  format: string,
  names: readonly string[],
  what: string,
  limit = LIMIT,
): JsonObject {
  const value = readCanonical(data, what, limit);
  if (!isObject(value) || value.format !== format) throw new InvalidInput(`${what}: unknown format`, "claim.format");
  if (!hasExactly(value, ["format", ...names])) {
    throw new InvalidInput(`${what}: not exactly the members ${names.join(", ")}`, "claim.members");
  }
  return value;
}

/** A text member. Throws InvalidInput. */
export function text(value: Json | undefined, field: string): string {
  if (typeof value !== "string") throw new InvalidInput(`${field}: is of another kind`, "claim.members");
  return value;
}

/** base64url of exactly that many bytes. Throws InvalidInput. */
export function raw(value: Json | undefined, size: number, field: string): Uint8Array {
  const data = unb64url(text(value, field), field);
  if (data.length !== size) throw new InvalidInput(`${field}: ${data.length} bytes instead of ${size}`, "claim.size");
  return data;
}

/** Seconds since 1970 UTC. Throws InvalidInput. */
export function moment(value: Json | undefined, field = "time"): number {
  if (typeof value !== "number") throw new InvalidInput(`${field}: is of another kind`, "claim.members");
  if (value < 0) throw new InvalidInput(`${field}: a time before 1970`, "claim.time");
  return value;
}

/** "tag", a zero byte, the canonical text: what is signed or authenticated in this room. */
export function tagged(tag: string, canonicalText: string): Uint8Array {
  return utf8(`${tag}\u0000${canonicalText}`);
}

/** Text from UTF-8. Throws InvalidInput. */
export function textOf(data: Uint8Array, what: string): string {
  const found = fromUtf8(data);
  if (found === null) throw new InvalidInput(`${what}: not UTF-8`, "canonical.json");
  return found;
}
