/**
 * The credential: an SD-JWT VC (RFC 9901, typ `dc+sd-jwt`) signed with ES256, in exactly one form
 * (docs/formats/credential.md):
 *
 *     issuer-signed JWT ~ identifier's disclosure ~ other disclosures, ascending by digest ~
 */
import { b64url, sha256, unb64url, utf8 } from "./bytes.ts";
import { isList, isObject, type Json, readCanonical } from "./canonical.ts";
import type { Claims } from "./claims.ts";
import { InvalidInput } from "./errors.ts";
import { type CompactJws, readCompact } from "./jws.ts";
import { checkIdentifier, FIELD_NAME } from "./names.ts";
import { ascending, IDENTIFIER_CLAIM, MAX_FIELDS, type Payload, readPayload } from "./payload.ts";

/** Longest credential read, in characters. */
export const MAX_CREDENTIAL = 128 * 1024;

const IDENTIFIER_VALUE = "value"; // name inside the identifier's disclosure
const MAX_ROW = 16 * 1024 + 256;
const MAX_DEPTH = 6;
const FORM = /^[A-Za-z0-9_.-]+(?:~[A-Za-z0-9_-]+)*~$/;
const RESERVED = new Set(
  `iss sub aud exp nbf iat jti cnf vct status ttl _sd _sd_alg ${IDENTIFIER_CLAIM} ${IDENTIFIER_VALUE}`.split(" "),
);

/** A credential whose form was checked. Its signature was not: see {@link signedBy} of jws.ts. */
export interface ParsedCredential {
  /** SHA-256 of the issuer-signed JWT, 32 bytes. */
  readonly jwtDigest: Uint8Array;
  readonly jws: CompactJws;
  readonly claims: Claims;
  /** Disclosed fields, name to value, in the order of their names. */
  readonly fields: ReadonlyMap<string, Json>;
  /** How many fields are not disclosed. */
  readonly hidden: number;
}

interface Disclosure {
  readonly digest: string;
  readonly name: string;
  readonly value: Json;
}

/** Check form and digests of a credential with any choice of disclosures. The signature is not checked. */
export function parseCredential(text: string): ParsedCredential {
  if (text.length > MAX_CREDENTIAL) {
    throw new InvalidInput(`credential longer than ${MAX_CREDENTIAL} characters`, "credential.size");
  }
  if (!FORM.test(text)) throw explained(text);
  const [jwt = "", ...rest] = text.slice(0, -1).split("~");
  const jws = readCompact(jwt, "dc+sd-jwt", "credential");
  const payload = readPayload(jws.payload);
  const { identifier, fields } = match(rest.map(readDisclosure), payload);
  const claims: Claims = {
    bureau: payload.bureau,
    certificateType: payload.certificateType,
    identifier,
    notBefore: payload.notBefore,
    expires: payload.expires,
    statusList: payload.statusList,
    statusIndex: payload.statusIndex,
    key: jws.thumbprint,
  };
  const hidden = payload.listed.length - fields.size;
  return { jwtDigest: sha256(utf8(jwt)), jws, claims, fields, hidden };
}

function explained(text: string): InvalidInput {
  if (text.includes("~") && text.slice(text.lastIndexOf("~") + 1).split(".").length === 3) {
    const why = "credential: carries a key-binding JWT, which this version does not read";
    return new InvalidInput(why, "credential.key_binding");
  }
  return new InvalidInput("credential: not jwt~disclosures~ in base64url", "credential.form");
}

/** One disclosure: the strict base64url of the canonical JSON of [salt, name, value], the salt of 16 to 48 bytes. */
function readDisclosure(text: string): Disclosure {
  const row = readCanonical(unb64url(text, "disclosure"), "disclosure", MAX_ROW);
  if (!isList(row) || row.length !== 3)
    throw new InvalidInput("disclosure: not [salt, name, value]", "credential.form");
  const [salt, name, value = null] = row;
  if (typeof salt !== "string" || typeof name !== "string") {
    throw new InvalidInput("disclosure: not [salt, name, value]", "credential.disclosure");
  }
  checkValue(value, 0);
  const { length } = unb64url(salt, "salt");
  if (length < 16 || length > 48) throw new InvalidInput("disclosure: salt is not 16 to 48 bytes", "credential.salt");
  return { digest: b64url(sha256(utf8(text))), name, value };
}

/** A JSON value that no SD-JWT reader takes for structure. */
function checkValue(value: Json, depth: number): void {
  if (depth > MAX_DEPTH) throw new InvalidInput("disclosure: nested too deeply", "credential.value");
  if (isList(value)) {
    for (const item of value) checkValue(item, depth + 1);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (["_sd", "_sd_alg", "..."].includes(key)) {
        throw new InvalidInput("disclosure: a reserved key", "credential.value");
      }
      checkValue(item, depth + 1);
    }
  }
}

/** Identifier and fields; each disclosure answers one listed digest, in the one order there is. */
function match(
  shown: readonly Disclosure[],
  payload: Payload,
): { identifier: string | null; fields: Map<string, Json> } {
  const [first] = shown;
  let identifier: string | null = null;
  let others = shown;
  if (first !== undefined && first.digest === payload.identifierDigest) {
    if (first.name !== IDENTIFIER_VALUE) {
      throw new InvalidInput("credential: the identifier is disclosed by another name", "credential.identifier");
    }
    identifier = checkIdentifier(first.value, payload.certificateType);
    others = shown.slice(1);
  }
  const listed = new Set(payload.listed);
  if (!others.every((one) => listed.has(one.digest))) {
    throw new InvalidInput("credential: a disclosure is of another credential", "credential.unknown_disclosure");
  }
  if (!ascending(others.map((one) => one.digest))) {
    throw new InvalidInput("credential: disclosures are not in order of their digests", "credential.disclosure_order");
  }
  const names = others.map((one) => one.name).sort();
  if (!ascending(names)) {
    throw new InvalidInput("credential: one field disclosed with two values", "credential.duplicate_field");
  }
  if (names.length > MAX_FIELDS || names.some((name) => RESERVED.has(name) || !FIELD_NAME.test(name))) {
    throw new InvalidInput("credential: a name that no field may have", "credential.field_name");
  }
  const values = new Map(others.map((one) => [one.name, one.value]));
  return { identifier, fields: new Map(names.map((name) => [name, values.get(name) ?? null])) };
}
