/**
 * Step 4, anchor: a certificate exists only if its bureau put it on the ledger.
 *
 * A signature alone proves nothing: a stolen signing key makes perfect ones. What counts is that the leaf made of
 * credential, stamp and record stands under a root that the same bureau anchored in the lane of that type.
 *
 * Two kinds of place are told apart. A bundle's place is part of what was shown: if it is false, the bundle is refused
 * (INVALID). An index's place is a stranger's hint: if it is false, nothing has been learnt (ERROR).
 */
import { type Answer, ask, isComplete } from "./asking.ts";
import type { EvidenceBundle } from "./bundle.ts";
import { equal, padLeft, sha256 } from "./bytes.ts";
import { rfc3339 } from "./certificate.ts";
import type { Claims } from "./claims.ts";
import { Unavailable, YinxinError } from "./errors.ts";
import {
  type AnchorFacts,
  type ChainProofs,
  type EvidenceIndex,
  type LeafPlace,
  type ProvenAnchor,
  type TrustSource,
  usable,
} from "./facts.ts";
import { certificateLeaf, rootOf } from "./merkle.ts";
import { invalid, type Params, type Step, unchecked, valid } from "./verdicts.ts";

const NAME = "anchor";

/** The step, and the anchor it found; the anchor is null unless its existence is proven. */
export interface AnchorReading {
  readonly step: Step;
  readonly facts: AnchorFacts | null;
}

/**
 * Judge a bundle's anchor.
 *
 * 4.1 the place is in the issuer's own name and in the lane of the certificate's type;
 * 4.2 the leaf leads by its inclusion path to a root;
 * 4.3 the bundle's chain evidence holds together, to the last byte;
 * 4.4 the anchor is known from the trust source, or witnesses co-signed its block; where both speak, they say the same;
 *     the anchor at that place has that root and size;
 * 4.5 the key that anchored was the bureau's own and not compromised at that time.
 */
export async function anchorOfBundle(
  bundle: EvidenceBundle,
  claims: Claims,
  trust: TrustSource,
  proofs: ChainProofs | null,
): Promise<AnchorReading> {
  const { place } = bundle;
  if (!isOwn(place, claims)) return forged("anchor.of_another", null, { bureau: place.bureau, lane: place.lane });
  const root = rootAt(place);
  if (root === null) return forged("anchor.path");
  if (proofs === null) return open("anchor.evidence_open", { fault: "no trust root is at hand" });
  let proven: ProvenAnchor;
  try {
    const { header, receiptIndex, receiptProof, checkpoint } = bundle;
    proven = proofs.proveAnchor(header, receiptIndex, receiptProof, checkpoint, place);
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    const fault = error.message.slice(0, 200);
    // Not all of what was shown can be judged here: neither believed nor called false.
    if (error instanceof Unavailable) return open("anchor.evidence_open", { fault });
    return forged("anchor.evidence", null, { fault });
  }
  if (!isAt(proven.facts, place)) return forged("anchor.evidence", null, { fault: "the event proven is another one" });
  if (!equal(proven.facts.root, root) || proven.facts.size !== place.size) return forged("anchor.root");
  let known = await ask(() => trust.anchor(place.bureau, place.lane, place.sequence));
  if (known.value === null) {
    const byStamp = await ask(() => trust.stampAnchor(sha256(bundle.stamp)));
    if (byStamp.value !== null && isAt(byStamp.value, place)) known = byStamp;
  }
  const settled = settle(proven, known, trust);
  return "step" in settled ? settled : byWhom(claims, settled.settled, trust);
}

/**
 * Judge a stamp's anchor: a snapshot's stamp set, or else any index, whose answer is checked. The leaf must be made of
 * this stamp and of the credential the stamp names.
 */
export async function anchorOfStamp(
  stampDigest: Uint8Array,
  jwtDigest: Uint8Array,
  claims: Claims,
  trust: TrustSource,
  index: EvidenceIndex | null,
): Promise<AnchorReading> {
  const offline = await ask(() => trust.stampAnchor(stampDigest));
  if (offline.value !== null) return byWhom(claims, offline.value, trust);
  if (index === null) return open("anchor.not_checked", { time: rfc3339(trust.block.time) });
  const found = await ask(() => index.byStamp(stampDigest));
  const reading = await ofIndex(found, claims, trust);
  if (reading.facts === null || found.value === null) return reading;
  if (!equal(found.value.parts.stamp, stampDigest)) return open("anchor.index_wrong");
  if (!equal(found.value.parts.jwt, jwtDigest)) return forged("anchor.other_credential");
  return reading;
}

/** Judge a bare credential's anchor by an index. */
export async function anchorOfJwt(
  jwtDigest: Uint8Array,
  claims: Claims,
  trust: TrustSource,
  index: EvidenceIndex | null,
): Promise<AnchorReading> {
  if (index === null) return open("anchor.not_checked", { time: rfc3339(trust.block.time) });
  const found = await ask(() => index.byJwt(jwtDigest));
  if (found.value !== null && !equal(found.value.parts.jwt, jwtDigest)) return open("anchor.index_wrong");
  return ofIndex(found, claims, trust);
}

async function ofIndex(found: Answer<LeafPlace>, claims: Claims, trust: TrustSource): Promise<AnchorReading> {
  const time = rfc3339(trust.block.time);
  if (found.fault !== null) return open("anchor.unavailable", { fault: found.fault });
  const place = found.value;
  if (place === null) return open("anchor.not_checked", { time });
  if (!isOwn(place, claims)) return open("anchor.index_wrong");
  const root = rootAt(place);
  if (root === null) return open("anchor.index_wrong");
  const known = await ask(() => trust.anchor(place.bureau, place.lane, place.sequence));
  if (known.fault !== null) return open("anchor.unavailable", { fault: known.fault });
  const facts = known.value;
  if (facts === null) return open("anchor.not_checked", { time });
  if (!isAt(facts, place) || !equal(facts.root, root) || facts.size !== place.size) return open("anchor.index_wrong");
  return byWhom(claims, facts, trust);
}

function rootAt(place: LeafPlace): Uint8Array | null {
  return rootOf(certificateLeaf(place.parts), place.index, place.size, place.path);
}

function isOwn(place: { readonly bureau: string; readonly lane: string }, claims: Claims): boolean {
  return place.bureau === claims.bureau && place.lane === claims.certificateType;
}

function isAt(facts: AnchorFacts, place: LeafPlace): boolean {
  return facts.bureau === place.bureau && facts.lane === place.lane && facts.sequence === place.sequence;
}

/** 4.4: the anchor to go on with, or the reading that says why there is none. */
function settle(
  proven: ProvenAnchor,
  known: Answer<AnchorFacts>,
  trust: TrustSource,
): AnchorReading | { readonly settled: AnchorFacts } {
  const time = rfc3339(trust.block.time);
  if (known.value !== null) {
    if (!sameEvent(proven.facts, known.value)) {
      return forged("anchor.evidence", null, { fault: "the ledger holds another event or block there" });
    }
    return { settled: known.value };
  }
  if (proven.witnesses.length > 0) {
    // Witnesses may vouch for a block that the ledger read here does not have, or does not have yet.
    if (known.fault === null && trust.expires === null) return open("anchor.disagreement", { time });
    return { settled: proven.facts };
  }
  if (known.fault !== null) return open("anchor.unavailable", { fault: known.fault });
  if (proven.facts.block.number > trust.block.number) return open("anchor.not_final", { time });
  if (trust.expires === null) return forged("anchor.none");
  return open("anchor.no_witness", { time });
}

/** Everything but the transaction, which a receipt does not name, must agree, the block's hash included. */
function sameEvent(left: AnchorFacts, right: AnchorFacts): boolean {
  return (
    left.bureau === right.bureau &&
    left.lane === right.lane &&
    left.sequence === right.sequence &&
    equal(left.root, right.root) &&
    left.size === right.size &&
    equal(left.manifestDigest, right.manifestDigest) &&
    equal(left.head, right.head) &&
    equal(left.key, right.key) &&
    left.block.number === right.block.number &&
    equal(left.block.hash, right.block.hash) &&
    left.block.time === right.block.time
  );
}

/** 4.5; also where the answer of the source itself is for another bureau or lane. */
async function byWhom(claims: Claims, facts: AnchorFacts, trust: TrustSource): Promise<AnchorReading> {
  if (!isOwn(facts, claims)) return forged("anchor.of_another", null, { bureau: facts.bureau, lane: facts.lane });
  const time = rfc3339(facts.block.time);
  const key = await ask(() => trust.key(claims.bureau, padLeft(facts.key, 32)));
  if (key.fault !== null) return open("anchor.unavailable", { fault: key.fault }, facts);
  if (key.value === null) {
    if (isComplete(trust.expires, trust.block.time, facts.block.time)) return forged("anchor.key_foreign", facts);
    return open("anchor.key_not_in_source", { time: rfc3339(trust.block.time) }, facts);
  }
  if (key.value.purpose !== "anchor") return forged("anchor.key_foreign", facts);
  if (!usable(key.value, facts.block.time)) return forged("anchor.key_compromised", facts, { time });
  const params = { time, block: String(facts.block.number), sequence: String(facts.sequence) };
  return { step: valid(NAME, "anchor.valid", params), facts };
}

function forged(code: string, facts: AnchorFacts | null = null, params: Params = {}): AnchorReading {
  return { step: invalid(NAME, code, "FORGED", params), facts };
}

function open(code: string, params: Params = {}, facts: AnchorFacts | null = null): AnchorReading {
  return { step: unchecked(NAME, code, params), facts };
}
