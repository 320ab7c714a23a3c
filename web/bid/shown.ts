/** Certificates that a bid shows: ticked, not uploaded. Of each only what must be shown is disclosed. */
import { readBundle } from "../verify/bundle.ts";
import { b64url, fromUtf8, sha256, unb64url, utf8 } from "../verify/bytes.ts";
import { isList, type Json } from "../verify/canonical.ts";
import { parseCredential } from "../verify/credential.ts";
import { InvalidInput } from "../verify/errors.ts";
import type { Rule } from "./notice.ts";

/** The holder's name and code, in every certificate of an organisation. */
export const NAME = "certificateHolderName";
export const CODE = "certificateHolderCode";

const ALWAYS = [NAME, CODE, "certificateNumber"];
const EMPLOYER = "KZ_empEnpCode";
const GUARANTEE = [...ALWAYS, "KZ_guaranteeAmount", "KZ_beneficiaryCode", "KZ_ocid", "KZ_lot"];

/** A certificate with all that its file discloses. */
export interface Held {
  /** The SD-JWT. */
  readonly text: string;
  readonly type: string;
  readonly fields: ReadonlyMap<string, Json>;
}

/** From an evidence bundle or an SD-JWT. Throws InvalidInput. */
export function readHeld(data: Uint8Array): Held {
  const text = data[0] === 0x7b ? readBundle(data).credential : (fromUtf8(data) ?? "").trim();
  const { claims, fields } = parseCredential(text);
  return { text, type: claims.certificateType, fields };
}

/** With only these fields disclosed, as far as it has them. */
export function present(held: Held, names: readonly string[]): string {
  const [jwt = "", ...rows] = held.text.slice(0, -1).split("~");
  const wanted = new Set(names.filter((name) => held.fields.has(name)));
  const chosen = rows.filter((row) => wanted.has(nameOf(row)));
  return [jwt, ...chosen, ""].join("~");
}

/** For a rule: who holds it, its number, and what the rule looks at. Throws InvalidInput for another type. */
export function presentFor(held: Held, rule: Rule): string {
  if (held.type !== rule.certificateType)
    throw new InvalidInput("a certificate of another type", "bidding.certificate");
  const person = rule.holder === "person";
  return present(held, [
    ...ALWAYS.filter((name) => !person || (name !== NAME && name !== CODE)),
    ...rule.fields,
    ...(person ? [EMPLOYER] : []),
  ]);
}

/** A guarantee: whose it is, for whom, for what, how much. */
export function presentGuarantee(held: Held): string {
  return present(held, GUARANTEE);
}

/** SHA-256 of the issuer-signed JWT, base64url. */
export function certificateOf(text: string): string {
  return b64url(sha256(utf8(text.split("~")[0] ?? "")));
}

function nameOf(row: string): string {
  const value: Json = JSON.parse(fromUtf8(unb64url(row, "disclosure")) ?? "null") as Json;
  const name = isList(value) ? value[1] : null;
  return typeof name === "string" && name !== "value" ? name : "";
}
