/**
 * Step 3, issuer: was this bureau entitled to issue this, with this key, when it was anchored?
 *
 * All times are chain time: the moment the ledger itself put on the anchor. The document's own dates are the issuer's (or
 * a thief's) to choose and decide nothing here.
 */
import { type Answer, ask, isComplete } from "./asking.ts";
import { rfc3339 } from "./certificate.ts";
import type { Claims } from "./claims.ts";
import {
  type AnchorFacts,
  type BureauFacts,
  holds,
  type KeyFacts,
  type TrustSource,
  usable,
  wasAccredited,
} from "./facts.ts";
import { invalid, type Step, skipped, unchecked, valid } from "./verdicts.ts";

const NAME = "issuer";

/**
 * Judge the issuer.
 *
 * 3.1 the bureau is registered;
 * 3.2 it was accredited for the type, and not suspended, at the anchor's time;
 * 3.3 the key is the bureau's own, for credentials, was in its span and not compromised at the anchor's time;
 * 3.4 the identifier is in the bureau's own name, or in that of a bureau it has succeeded.
 *
 * `anchor` null: where it is anchored is not known. What fails at any time is still INVALID.
 */
export async function checkIssuer(
  claims: Claims,
  bureau: Answer<BureauFacts>,
  key: Answer<KeyFacts>,
  anchor: AnchorFacts | null,
  trust: TrustSource,
): Promise<Step> {
  if (bureau.fault !== null || key.fault !== null) {
    return unchecked(NAME, "issuer.unavailable", { fault: bureau.fault ?? key.fault ?? "" });
  }
  const when = anchor?.block.time ?? null;
  const complete = isComplete(trust.expires, trust.block.time, when);
  const asOf = rfc3339(trust.block.time);
  const facts = bureau.value;
  if (facts === null || facts.uscc !== claims.bureau) {
    if (complete) return invalid(NAME, "issuer.unregistered", "UNTRUSTED_ISSUER", { uscc: claims.bureau });
    return unchecked(NAME, "issuer.not_in_source", { uscc: claims.bureau, time: asOf });
  }
  const { name } = facts;
  const known = key.value;
  if (known === null) {
    if (complete) return invalid(NAME, "issuer.key_foreign", "FORGED", { name });
    return unchecked(NAME, "issuer.key_not_in_source", { name, time: asOf });
  }
  if (known.purpose !== "credential") {
    return invalid(NAME, "issuer.key_purpose", "FORGED", { purpose: known.purpose });
  }
  const ever = facts.accreditations.get(claims.certificateType) ?? [];
  if (ever.length === 0 && complete) return invalid(NAME, "issuer.never_accredited", "UNTRUSTED_ISSUER", { name });
  const stranger = await foreignName(claims, trust);
  if (stranger !== null) return stranger;
  if (when === null) return skipped(NAME, "issuer.time_unknown", { name });
  if (when > trust.block.time) return unchecked(NAME, "issuer.source_older", { name, time: asOf });
  return entitled(claims, facts, known, when);
}

/** 3.2 and 3.3 at the anchor's time. */
function entitled(claims: Claims, facts: BureauFacts, key: KeyFacts, when: number): Step {
  const { name } = facts;
  const time = rfc3339(when);
  if (!wasAccredited(facts, claims.certificateType, when)) {
    const suspended = facts.suspensions.some((period) => holds(period, when));
    const code = suspended ? "issuer.suspended" : "issuer.not_accredited";
    return invalid(NAME, code, "UNTRUSTED_ISSUER", { name, time });
  }
  if (key.compromisedSince !== null && when >= key.compromisedSince) {
    return invalid(NAME, "issuer.key_compromised", "FORGED", { time, since: rfc3339(key.compromisedSince) });
  }
  if (!usable(key, when)) return invalid(NAME, "issuer.key_out_of_span", "FORGED", { time });
  return valid(NAME, "issuer.valid", { name, time });
}

/** 3.4: the step that says why the identifier's bureau is not this one, or null. */
async function foreignName(claims: Claims, trust: TrustSource): Promise<Step | null> {
  const named = claims.identifier?.split(".").at(-4) ?? claims.bureau;
  if (named === claims.bureau || named.length !== 18) return null; // may carry a region code (GB/T 36904)
  const seen = new Set([named]);
  let other = await ask(() => trust.bureau(named));
  for (;;) {
    if (other.fault !== null) return unchecked(NAME, "issuer.unavailable", { fault: other.fault });
    const following = other.value?.successor ?? null;
    if (following === null || seen.has(following)) break;
    if (following === claims.bureau) return null;
    seen.add(following);
    other = await ask(() => trust.bureau(following));
  }
  if (isComplete(trust.expires, trust.block.time, null) || other.value !== null) {
    return invalid(NAME, "issuer.identifier_of_another", "FORGED", { named });
  }
  return unchecked(NAME, "issuer.not_in_source", { uscc: named, time: rfc3339(trust.block.time) });
}
