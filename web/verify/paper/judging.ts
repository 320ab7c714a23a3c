/** A sealed PDF judged: the bundle in it like any other, and then the seal. docs/formats/pdf.md, "Judging it". */
import { type Answer, ask, isComplete } from "../asking.ts";
import { rfc3339 } from "../certificate.ts";
import { InvalidInput } from "../errors.ts";
import { holds, type KeyFacts, type TrustSource } from "../facts.ts";
import type { Options, Sources } from "../sources.ts";
import {
  decide,
  invalid,
  type Result,
  type Step,
  type Steps,
  skipped,
  unchecked,
  type Verification,
  valid,
} from "../verdicts.ts";
import { brokenForm, verifyBundle } from "../verifier.ts";
import { signs } from "./cms.ts";
import { readSealed, type SealedPaper } from "./sealed.ts";

const GRAVITY: readonly Result[] = ["VALID", "SKIPPED", "ERROR", "INVALID"];
const MOST_SUCCESSORS = 16;

/** Check a sealed PDF. Of the findings about the bundle and about the seal the worse one counts in each step. */
export async function verifyPaper(data: Uint8Array, sources: Sources, options: Options): Promise<Verification> {
  let paper: SealedPaper;
  try {
    paper = readSealed(data);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return brokenForm("pdf", error);
  }
  const inside = await verifyBundle(paper.bundle, sources, options);
  if (inside.certificate === null) return inside; // the bundle itself has not the form of one
  const seal = await judgeSeal(paper, inside.certificate.bureau.uscc, sources.trust);
  const found = [valid("form", "form.valid", { kind: "pdf" }), ...seal];
  const worse = (step: Step) => graver(step, found.find((one) => one.name === step.name) ?? null);
  const steps = inside.steps.map(worse) as unknown as Steps;
  const decision = decide(steps);
  const certificate = { ...inside.certificate, confirmed: decision.authentic === true };
  return { ...inside, ...decision, steps, certificate };
}

/**
 * The seal's part of steps 2 and 3.
 *
 * 2.3 the one signature covers the whole file, which is as it was signed;
 * 3.5 the registry holds the key for the credential's bureau or one that answers for it, for seals, in its span at the
 *     time the sealer states, and never marked as compromised. That time is the sealer's word alone: whoever has stolen the
 *     key may state any. So once a key is marked, what it says of an earlier time is open, not good.
 */
async function judgeSeal(paper: SealedPaper, bureau: string, trust: TrustSource): Promise<[Step, Step]> {
  if (!signs(paper.cms, paper.signed)) {
    return [invalid("integrity", "integrity.paper_changed", "FORGED"), skipped("issuer", "skipped")];
  }
  return [valid("integrity", "integrity.sealed"), await issuerOf(paper, bureau, trust)];
}

async function issuerOf(paper: SealedPaper, bureau: string, trust: TrustSource): Promise<Step> {
  const key = await keyOf(paper.cms.thumbprint, bureau, trust);
  if (key.fault !== null) return unchecked("issuer", "issuer.unavailable", { fault: key.fault });
  const known = key.value;
  const time = rfc3339(paper.sealedAt);
  if (known === null) {
    if (isComplete(trust.expires, trust.block.time, null)) return invalid("issuer", "issuer.seal_foreign", "FORGED");
    return unchecked("issuer", "issuer.seal_not_in_source", { time: rfc3339(trust.block.time) });
  }
  if (known.purpose !== "seal") return invalid("issuer", "issuer.seal_purpose", "FORGED", { purpose: known.purpose });
  if (!holds(known.valid, paper.sealedAt)) return invalid("issuer", "issuer.seal_out_of_span", "FORGED", { time });
  if (known.compromisedSince !== null) {
    const params = { time, since: rfc3339(known.compromisedSince) };
    if (paper.sealedAt >= known.compromisedSince) return invalid("issuer", "issuer.seal_compromised", "FORGED", params);
    return unchecked("issuer", "issuer.seal_unsure", params);
  }
  return valid("issuer", "issuer.sealed", { time });
}

/** The key as the bureau's own, or as that of one that has succeeded it. */
async function keyOf(thumbprint: Uint8Array, first: string, trust: TrustSource): Promise<Answer<KeyFacts>> {
  const seen = new Set<string>();
  let bureau: string | null = first;
  while (bureau !== null && !seen.has(bureau) && seen.size < MOST_SUCCESSORS) {
    const now: string = bureau;
    seen.add(now);
    const found = await ask(() => trust.key(now, thumbprint));
    if (found.fault !== null || found.value !== null) return found;
    const facts = await ask(() => trust.bureau(now));
    if (facts.fault !== null) return { value: null, fault: facts.fault };
    bureau = facts.value?.successor ?? null;
  }
  return { value: null, fault: null };
}

/** The graver finding; of two that weigh the same the seal's for form and integrity, which says more there. */
function graver(inside: Step, seal: Step | null): Step {
  if (seal === null) return inside;
  if (seal.result === inside.result) return inside.name === "issuer" || seal.result !== "VALID" ? inside : seal;
  return GRAVITY.indexOf(seal.result) > GRAVITY.indexOf(inside.result) ? seal : inside;
}
