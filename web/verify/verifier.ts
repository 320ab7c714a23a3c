/**
 * The checks themselves: bytes, facts and a time in; a verdict out. No clock, no network, no files.
 *
 * Every check goes through the same seven steps; each module cites its own sub-steps:
 *
 * 1. **form**       it is one of our formats, in its only form (credential, stamp, bundle readers);
 * 2. **integrity**  the issuer's signature, and the inner relations of what was shown (integrity.ts);
 * 3. **issuer**     who it is, by the registry alone, and whether it was entitled then (issuer.ts);
 * 4. **anchor**     the bureau put it on the ledger (anchor.ts);
 * 5. **time**       validity against the time passed in (times.ts);
 * 6. **status**     the anchored status list, and as of when (status.ts);
 * 7. **holder**     whose it is: SKIPPED, as nothing shown here is bound to a device; the clerk compares.
 *
 * Steps 3 and 4 need each other's facts, so the anchor is sought before the issuer is judged.
 */
import { type AnchorReading, anchorOfBundle, anchorOfJwt, anchorOfStamp } from "./anchor.ts";
import { ask } from "./asking.ts";
import { readBundle } from "./bundle.ts";
import { describe, namesAll } from "./certificate.ts";
import type { Claims } from "./claims.ts";
import { parseCredential } from "./credential.ts";
import { InvalidInput } from "./errors.ts";
import { checkIntegrity, type Shown } from "./integrity.ts";
import { checkIssuer } from "./issuer.ts";
import { DEFAULT, knownType, type Policy } from "./policy.ts";
import type { Options, Sources } from "./sources.ts";
import { parseStamp } from "./stamp.ts";
import { checkStatus } from "./status.ts";
import { checkTime } from "./times.ts";
import type { TypeLabels } from "./types.ts";
import {
  decide,
  invalid,
  type Params,
  type Step,
  type Steps,
  skipped,
  unchecked,
  type Verification,
  valid,
} from "./verdicts.ts";

/** What can be checked once it was recognised. */
export type Kind = "bundle" | "credential" | "stamp";

// Faults of form that a newer reader might not find: they make a check impossible, not a forgery.
const NOT_KNOWN_HERE = ["bundle.version", "stamp.version", "credential.version", "credential.key_binding"];

/** Check an evidence bundle: its bytes. */
export function verifyBundle(data: Uint8Array, sources: Sources, options: Options): Promise<Verification> {
  return judged("bundle", sources, options, () => {
    const bundle = readBundle(data);
    return { credential: parseCredential(bundle.credential), stamp: parseStamp(bundle.stamp), bundle };
  });
}

/** Check a stamp: its bytes. It is VALID only if its anchor is found. */
export function verifyStamp(data: Uint8Array, sources: Sources, options: Options): Promise<Verification> {
  return judged("stamp", sources, options, () => ({ credential: null, stamp: parseStamp(data), bundle: null }));
}

/** Check a credential (SD-JWT) with any choice of disclosures; the index finds its place. */
export function verifyCredential(text: string, sources: Sources, options: Options): Promise<Verification> {
  return judged("credential", sources, options, () => ({
    credential: parseCredential(text),
    stamp: null,
    bundle: null,
  }));
}

/** The answer where nothing was found that could be checked: UNKNOWN, both answers open. */
export function notFound(code: string, params: Params): Verification {
  return onlyForm(unchecked("form", code, params, "UNKNOWN"));
}

/** The answer to what has not the one form of its kind: FORGED, or CANNOT_CHECK where a newer reader might know it. */
export function brokenForm(kind: Kind | "pdf", error: InvalidInput): Verification {
  const params = { kind, fault: error.message.slice(0, 200) };
  if (NOT_KNOWN_HERE.includes(error.code)) return onlyForm(unchecked("form", "form.not_known_here", params));
  return onlyForm(invalid("form", "form.broken", "FORGED", params));
}

function onlyForm(form: Step): Verification {
  const rest = (["integrity", "issuer", "anchor", "time", "status", "holder"] as const).map((name) =>
    skipped(name, "skipped"),
  );
  const steps = [form, ...rest] as unknown as Steps;
  return { ...decide(steps), statusAsOf: null, steps, certificate: null };
}

async function judged(kind: Kind, sources: Sources, options: Options, read: () => Shown): Promise<Verification> {
  let shown: Shown;
  try {
    shown = read();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return brokenForm(kind, error);
  }
  return judge(kind, shown, sources, options.at, { ...DEFAULT, ...options.policy });
}

async function judge(shownAs: Kind, shown: Shown, sources: Sources, at: number, policy: Policy): Promise<Verification> {
  const { trust, links = null, types = null } = sources;
  const claims = claimsOf(shown);
  const { identifier } = claims;
  const [bureau, key] = await Promise.all([
    ask(() => trust.bureau(claims.bureau)),
    ask(() => trust.key(claims.bureau, claims.key)),
  ]);
  const kind = knownType(policy, claims.certificateType);
  const integrity = checkIntegrity(shown, key, kind);
  const [anchor, status] = await Promise.all([
    anchorOf(shown, claims, sources),
    checkStatus(claims, bureau.value, trust, sources.index ?? null, at, policy),
  ]);
  const issuer = await checkIssuer(claims, bureau, key, anchor.facts, trust);
  const time = checkTime(claims, anchor.facts, trust, at, policy);
  const form = valid("form", "form.valid", { kind: shownAs });
  const holder = skipped("holder", "holder.compare");
  const steps: Steps = [form, integrity, issuer, anchor.step, time, status.step, holder];
  const decision = decide(steps);
  const { credential, stamp } = shown;
  const seen = {
    disclosed: credential?.fields ?? null,
    face: stamp === null ? null : { fields: stamp.face, holder: stamp.holder },
  };
  const known: TypeLabels[] = kind === null ? [] : [kind];
  if (types !== null && decision.authentic !== false && !namesAll(kind, seen)) {
    const own = await ask(() => types.labels(claims.bureau, claims.certificateType, anchor.facts, trust));
    if (own.value !== null) known.push(own.value);
  }
  const certificate = describe({
    ...seen,
    claims,
    kinds: known,
    hidden: credential?.hidden ?? 0,
    bureau: bureau.value,
    anchor: anchor.facts,
    authentic: decision.authentic,
    statusAsOf: status.asOf,
    source: trust.describes,
    links: links === null || identifier === null ? null : (await ask(() => links.links(identifier))).value,
  });
  return { ...decision, statusAsOf: status.asOf, steps, certificate };
}

/** What a credential says; where it withholds its identifier, the stamp beside it supplies that. */
function claimsOf({ credential, stamp }: Shown): Claims {
  if (credential === null) {
    if (stamp === null) throw new Error("nothing was shown");
    return stamp.claims;
  }
  return { ...credential.claims, identifier: credential.claims.identifier ?? stamp?.claims.identifier ?? null };
}

function anchorOf({ credential, stamp, bundle }: Shown, claims: Claims, sources: Sources): Promise<AnchorReading> {
  const { trust, index = null, proofs = null } = sources;
  if (bundle !== null) return anchorOfBundle(bundle, claims, trust, proofs);
  if (stamp !== null) return anchorOfStamp(stamp.digest, stamp.credentialDigest, claims, trust, index);
  if (credential === null) throw new Error("nothing was shown");
  return anchorOfJwt(credential.jwtDigest, claims, trust, index);
}
