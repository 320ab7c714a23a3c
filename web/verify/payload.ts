/** The payload of the issuer-signed JWT: what is visible in every presentation, in its one canonical form. */
import { hasExactly, isList, isObject, type Json, type JsonObject, member, readCanonical } from "./canonical.ts";
import { InvalidInput } from "./errors.ts";
import {
  checkBureau,
  checkIndex,
  checkTimes,
  checkType,
  ISSUER_PREFIX,
  readStatusUri,
  TYPE_PREFIX,
  TYPE_VERSION,
} from "./names.ts";

/** The visible claim that holds the identifier's digest; also its name in presentations. */
export const IDENTIFIER_CLAIM = "certificateIdentifier";

/** Most fields of a credential. */
export const MAX_FIELDS = 96;

const LARGEST = 128 * 1024;
// The last of 43 characters carries four bits of the digest and two zero bits.
const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const REQUIRED = ["_sd", "_sd_alg", IDENTIFIER_CLAIM, "iss", "nbf", "status", "vct"];

/** What every presentation shows. Digests are base64url. */
export interface Payload {
  /** Of the fields' disclosures, sorted, unique. */
  readonly listed: readonly string[];
  readonly identifierDigest: string;
  readonly bureau: string;
  readonly certificateType: string;
  readonly notBefore: number;
  readonly expires: number | null;
  readonly statusList: string;
  readonly statusIndex: number;
}

/** Read the payload; a claim missing, unknown or of another kind, or another form, is refused. */
export function readPayload(data: Uint8Array): Payload {
  const claims = readCanonical(data, "credential", LARGEST);
  if (!isObject(claims)) throw wrong("payload is no object");
  const ends = member(claims, "exp") !== undefined;
  if (!hasExactly(claims, ends ? [...REQUIRED, "exp"] : REQUIRED)) throw wrong("a claim is missing or unknown");
  if (claims._sd_alg !== "sha-256") throw wrong("_sd_alg must be sha-256");
  const listed = digestsOf(claims._sd);
  const own = digestsOf(part(claims, IDENTIFIER_CLAIM, "_sd"));
  const [identifierDigest] = own;
  if (identifierDigest === undefined || own.length !== 1 || listed.includes(identifierDigest)) {
    throw wrong("certificateIdentifier must hold one digest");
  }
  const { iss, vct, nbf } = claims;
  const expires = ends ? (claims.exp ?? Number.NaN) : null;
  checkTimes(nbf, expires);
  if (typeof iss !== "string" || !iss.startsWith(ISSUER_PREFIX)) {
    throw new InvalidInput("iss: no bureau", "credential.bureau");
  }
  if (typeof vct !== "string" || !vct.startsWith(TYPE_PREFIX) || !vct.endsWith(TYPE_VERSION)) {
    throw new InvalidInput("vct: not known", "credential.type");
  }
  const place = part(claims, "status", "status_list");
  if (!isObject(place) || !hasExactly(place, ["idx", "uri"])) throw wrong("status_list must hold idx and uri");
  const bureau = checkBureau(iss.slice(ISSUER_PREFIX.length));
  const list = readStatusUri(place.uri);
  if (list.bureau !== bureau) throw new InvalidInput("status: the list is another bureau's", "credential.status");
  return {
    listed,
    identifierDigest,
    bureau,
    certificateType: checkType(vct.slice(TYPE_PREFIX.length, -TYPE_VERSION.length)),
    notBefore: nbf as number, // checkTimes held both to whole numbers
    expires: expires as number | null,
    statusList: list.list,
    statusIndex: checkIndex(place.idx),
  };
}

/** The only member of a claim that is an object with exactly that member. */
function part(claims: JsonObject, claim: string, name: string): Json {
  const value = claims[claim];
  if (!isObject(value) || !hasExactly(value, [name])) throw wrong(`${claim} must hold ${name} alone`);
  return value[name] ?? null;
}

/** Canonical base64url of 32 bytes each, ascending, unique. */
function digestsOf(value: Json | undefined): string[] {
  if (!isList(value) || value.length > MAX_FIELDS) throw wrong("_sd is no list of digests, or too long");
  const found = value.map((one) => {
    if (typeof one !== "string" || !DIGEST.test(one)) throw wrong("_sd holds what is no SHA-256 digest");
    return one;
  });
  if (!ascending(found)) throw wrong("_sd is not sorted and unique");
  return found;
}

/** Sorted, and none twice. */
export function ascending(texts: readonly string[]): boolean {
  return texts.every((text, at) => at === 0 || (texts[at - 1] ?? "") < text);
}

function wrong(why: string): InvalidInput {
  return new InvalidInput(`credential: ${why}`, "credential.claims");
}
