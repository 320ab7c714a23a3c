/** Step 2, integrity: what was shown is exactly what somebody signed, and its parts tell one story. */
import type { Answer } from "./asking.ts";
import type { EvidenceBundle } from "./bundle.ts";
import { equal } from "./bytes.ts";
import type { Json } from "./canonical.ts";
import type { ParsedCredential } from "./credential.ts";
import { YinxinError } from "./errors.ts";
import type { KeyFacts } from "./facts.ts";
import { signedBy } from "./jws.ts";
import { type ParsedStamp, stampSignedBy } from "./stamp.ts";
import { type CertificateType, wrongAnswer } from "./types.ts";
import { invalid, type Step, skipped, unchecked, valid } from "./verdicts.ts";

const NAME = "integrity";

/** What was shown, read: at least one of credential and stamp. */
export interface Shown {
  readonly credential: ParsedCredential | null;
  readonly stamp: ParsedStamp | null;
  readonly bundle: EvidenceBundle | null;
}

/**
 * Judge integrity.
 *
 * 2.1 the inner relations of a bundle: leaf parts are the digests of this JWT and this stamp; the stamp names this
 *     credential; both name the same bureau, key, identifier, type, validity and status entry; face values are those of
 *     the credential's fields, as far as it discloses them (the beginning, if cut by …); a derived answer agrees with its
 *     field where both are disclosed;
 * 2.2 each signature is by the key it names, as the registry holds that key. Disclosures were matched with the signed
 *     digests when the credential was read.
 */
export function checkIntegrity(shown: Shown, key: Answer<KeyFacts>, kind: CertificateType | null): Step {
  const fault = contradiction(shown, kind);
  if (fault !== null) return invalid(NAME, "integrity.parts", "FORGED", { part: fault });
  if (key.fault !== null) return unchecked(NAME, "integrity.no_key", { fault: key.fault });
  if (key.value === null) return skipped(NAME, "integrity.unknown_key");
  const { thumbprint, publicKey } = key.value;
  const { credential, stamp } = shown;
  const signatures = [
    ...(credential === null ? [] : [{ key: credential.claims.key, holds: () => signedBy(credential.jws, publicKey) }]),
    ...(stamp === null ? [] : [{ key: stamp.claims.key, holds: () => stampSignedBy(stamp, publicKey) }]),
  ];
  for (const signature of signatures) {
    if (!equal(thumbprint.subarray(0, signature.key.length), signature.key)) {
      return invalid(NAME, "integrity.other_key", "FORGED");
    }
    try {
      if (!signature.holds()) return invalid(NAME, "integrity.signature", "FORGED");
    } catch (error) {
      if (!(error instanceof YinxinError)) throw error;
      return unchecked(NAME, "integrity.no_key", { fault: error.message.slice(0, 200) });
    }
  }
  return valid(NAME, "integrity.valid");
}

/** Name of the part in which answers, credential, stamp and leaf differ, or null. */
function contradiction(shown: Shown, kind: CertificateType | null): string | null {
  const { credential, stamp, bundle } = shown;
  if (credential === null) return null;
  const answer = kind === null ? null : wrongAnswer(kind, credential.fields);
  if (answer !== null) return `answer ${answer}`;
  if (stamp === null) return null;
  const [mine, theirs] = [stamp.claims, credential.claims];
  const parts: [string, boolean][] = [
    ["credential digest", equal(stamp.credentialDigest, credential.jwtDigest)],
    ["bureau", mine.bureau === theirs.bureau],
    ["type", mine.certificateType === theirs.certificateType],
    ["start of validity", mine.notBefore === theirs.notBefore],
    ["end of validity", mine.expires === theirs.expires],
    ["status list", mine.statusList === theirs.statusList],
    ["status entry", mine.statusIndex === theirs.statusIndex],
    ["key", equal(mine.key, theirs.key.subarray(0, mine.key.length))],
    ["identifier", theirs.identifier === null || mine.identifier === theirs.identifier],
    ["leaf: jwt", bundle === null || equal(bundle.place.parts.jwt, credential.jwtDigest)],
    ["leaf: stamp", bundle === null || equal(bundle.place.parts.stamp, stamp.digest)],
  ];
  const odd = parts.find(([, agrees]) => !agrees);
  if (odd !== undefined) return odd[0];
  for (const [label, value] of stamp.face) {
    const name = typeof label === "string" ? label : kind?.fields[label - 1]?.name;
    const field = name === undefined ? undefined : credential.fields.get(name);
    if (field !== undefined && !says(String(value), asText(field))) return `face field ${label}`;
  }
  return null;
}

/** A face value is the field's, or its beginning with … for the rest. */
function says(face: string, field: string | null): boolean {
  if (field === null) return false;
  return face === field || (face.endsWith("…") && face.length > 1 && field.startsWith(face.slice(0, -1)));
}

/** A plain value as Python writes it, so that both verifiers compare the same texts; null for lists and objects. */
function asText(value: Json): string | null {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "object" ? null : String(value);
}
