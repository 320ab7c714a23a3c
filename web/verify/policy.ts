/** What a verifier demands beyond the rules that always hold. */
import { type CertificateType, SHIPPED } from "./types.ts";

const DAY = 86_400;

/** A verifier's own demands; each has a default, see {@link DEFAULT}. */
export interface Policy {
  /**
   * Seconds between the final block at which the status head was read and the time of the check, beyond which the
   * status counts as unchecked; a type's own, shorter limit goes before.
   */
  readonly maxStatusAge: number;
  /** The same for single certificate types, by type code; goes before both. */
  readonly typeMaxAge: Readonly<Record<string, number>>;
  /** Seconds by which the device's clock may lag behind the chain's before it counts as wrong. */
  readonly clockSkew: number;
  /** The time asked about is in the past: the status then in force is read from the list's whole history. */
  readonly past: boolean;
  /** Certificate types the verifier knows. One it doesn't know is judged by everything that holds for all. */
  readonly types: readonly CertificateType[];
}

/** What holds where nothing else is said: a status at most 7 days old, 5 minutes of clock skew, the present. */
export const DEFAULT: Policy = { maxStatusAge: 7 * DAY, typeMaxAge: {}, clockSkew: 300, past: false, types: SHIPPED };

/** The type of that code, if the verifier knows it. */
export function knownType(policy: Policy, code: string): CertificateType | null {
  return policy.types.find((one) => one.code === code) ?? null;
}

/** Seconds allowed for certificates of that type code. */
export function maxAge(policy: Policy, code: string): number {
  const own = policy.typeMaxAge[code];
  if (own !== undefined) return own;
  return Math.min(policy.maxStatusAge, knownType(policy, code)?.statusMaxAge ?? policy.maxStatusAge);
}
