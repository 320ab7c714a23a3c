/**
 * Verdicts, the seven steps, and the one place that turns steps into a verdict.
 *
 * *Authentic* ("did that bureau issue exactly this?") and *in force* ("may it be relied on at that time?") are two
 * answers. A step that could not be checked makes neither of them yes, and neither of them no.
 */
import { type Certificate, rfc3339 } from "./certificate.ts";
import { type Language, sentence } from "./wording.ts";

/** The one word a clerk reads. */
export type Verdict =
  | "VALID"
  | "SUSPENDED"
  | "REVOKED"
  | "CANCELLED"
  | "LAPSED"
  | "TRANSFERRED"
  | "SUPERSEDED"
  | "EXPIRED"
  | "NOT_YET_VALID"
  | "FORGED"
  | "UNTRUSTED_ISSUER"
  | "UNKNOWN"
  | "CANNOT_CHECK";

/** What one step found. ERROR: it could not be checked. SKIPPED: it does not apply, or rests on a failed step. */
export type Result = "VALID" | "INVALID" | "ERROR" | "SKIPPED";

/** Names of the steps 1 to 7, in order. */
export const STEPS = ["form", "integrity", "issuer", "anchor", "time", "status", "holder"] as const;

export type StepName = (typeof STEPS)[number];

/** Values for a finding's sentence. */
export type Params = Readonly<Record<string, string>>;

/** One numbered step. */
export interface Step {
  /** 1 to 7. */
  readonly n: number;
  readonly name: StepName;
  readonly result: Result;
  /** Stable name of the finding, a key of `details` in web/catalogue/words.json. */
  readonly code: string;
  readonly params: Params;
  /** The verdict this step demands if it decides; null where it demands none. */
  readonly verdict: Verdict | null;
}

/** The seven steps in order. */
export type Steps = readonly [Step, Step, Step, Step, Step, Step, Step];

/** The answer to one check. */
export interface Verification {
  readonly verdict: Verdict;
  /** The named bureau issued exactly this; null if that could not be told. */
  readonly authentic: boolean | null;
  /** It may be relied on at the time asked about; null if that could not be told. */
  readonly inForce: boolean | null;
  /** Seconds; time of the final block at which the status head was read; null if the status was not read. */
  readonly statusAsOf: number | null;
  readonly steps: Steps;
  /** What was shown and what the registry adds; null if nothing could be read. */
  readonly certificate: Certificate | null;
}

/** The members of `yinxin verify --json`, with the sentences in one language. */
export interface Report {
  verdict: Verdict;
  authentic: boolean | null;
  inForce: boolean | null;
  statusAsOf: string | null;
  steps: { n: number; name: StepName; result: Result; detail: string }[];
  certificate: Certificate | Record<string, never>;
}

function step(name: StepName, result: Result, code: string, params: Params, verdict: Verdict | null): Step {
  return { n: STEPS.indexOf(name) + 1, name, result, code, params, verdict };
}

/** A step that holds. */
export function valid(name: StepName, code: string, params: Params = {}): Step {
  return step(name, "VALID", code, params, null);
}

/** A step that fails for certain, and the verdict that follows if it decides. */
export function invalid(name: StepName, code: string, verdict: Verdict, params: Params = {}): Step {
  return step(name, "INVALID", code, params, verdict);
}

/** A step that could not be checked. */
export function unchecked(name: StepName, code: string, params: Params = {}, verdict: Verdict | null = null): Step {
  return step(name, "ERROR", code, params, verdict);
}

/** A step that was not made. */
export function skipped(name: StepName, code: string, params: Params = {}): Step {
  return step(name, "SKIPPED", code, params, null);
}

/** Verdict, authentic, in force. */
export type Decision = Pick<Verification, "verdict" | "authentic" | "inForce">;

const ENDED: readonly (Verdict | null)[] = ["REVOKED", "CANCELLED", "LAPSED", "TRANSFERRED", "SUPERSEDED"];

/**
 * What follows from the steps. The order of precedence (docs/adr/0007-verdicts.md):
 *
 * 1. The first INVALID of form, integrity, issuer, anchor: its verdict (FORGED or UNTRUSTED_ISSUER).
 * 2. One of those four not VALID: CANNOT_CHECK (or UNKNOWN, where nothing was found to check).
 * 3. A status that ended it: REVOKED, CANCELLED, LAPSED, TRANSFERRED, SUPERSEDED.
 * 4. Time: EXPIRED or NOT_YET_VALID.
 * 5. SUSPENDED.
 * 6. Time, status or holder could not be checked: CANNOT_CHECK. A holder step that fails: FORGED.
 * 7. VALID.
 */
export function decide(steps: Steps): Decision {
  const [time, status, holder] = [steps[4], steps[5], steps[6]];
  const proof = steps.slice(0, 4);
  for (const one of proof) {
    if (one.result === "INVALID") return { verdict: one.verdict ?? "FORGED", authentic: false, inForce: false };
  }
  const dead = time.result === "INVALID" || status.result === "INVALID";
  for (const one of proof) {
    if (one.result !== "VALID") {
      return { verdict: one.verdict ?? "CANNOT_CHECK", authentic: null, inForce: dead ? false : null };
    }
  }
  const ended = (verdict: Verdict): Decision => ({ verdict, authentic: true, inForce: false });
  if (status.result === "INVALID" && status.verdict !== null && ENDED.includes(status.verdict)) {
    return ended(status.verdict);
  }
  if (time.result === "INVALID" && time.verdict !== null) return ended(time.verdict);
  if (status.result === "INVALID" && status.verdict !== null) return ended(status.verdict);
  if (holder.result === "INVALID") return ended(holder.verdict ?? "FORGED");
  if (time.result !== "VALID" || status.result !== "VALID" || holder.result === "ERROR") {
    return { verdict: "CANNOT_CHECK", authentic: true, inForce: null };
  }
  return { verdict: "VALID", authentic: true, inForce: true };
}

/** Plain data with exactly the members of `yinxin verify --json` (docs/verification.md). */
export function report(verification: Verification, language: Language = "en"): Report {
  const { verdict, authentic, inForce, statusAsOf, steps, certificate } = verification;
  return {
    verdict,
    authentic,
    inForce,
    statusAsOf: statusAsOf === null ? null : rfc3339(statusAsOf),
    steps: steps.map((one) => ({
      n: one.n,
      name: one.name,
      result: one.result,
      detail: sentence(one.code, one.params, language),
    })),
    certificate: certificate ?? {},
  };
}
