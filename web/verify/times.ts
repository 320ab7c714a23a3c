/** Step 5, time: the one place where validity is compared with a clock, and the clock is passed in. */
import { rfc3339 } from "./certificate.ts";
import type { Claims } from "./claims.ts";
import type { AnchorFacts, TrustSource } from "./facts.ts";
import type { Policy } from "./policy.ts";
import { invalid, type Step, unchecked, valid } from "./verdicts.ts";

const NAME = "time";

/**
 * Judge the time.
 *
 * 5.1 a device clock that is behind the chain's own by more than `policy.clockSkew` is wrong: ERROR;
 * 5.2 at or after `exp`: EXPIRED (RFC 7519 section 4.1.4: "on or after");
 * 5.3 before `nbf`: NOT_YET_VALID;
 * 5.4 asked about a past moment before the anchor: it had not been issued, NOT_YET_VALID.
 */
export function checkTime(
  claims: Claims,
  anchor: AnchorFacts | null,
  trust: TrustSource,
  at: number,
  policy: Policy,
): Step {
  const { notBefore, expires } = claims;
  if (!policy.past && at + policy.clockSkew < trust.block.time) {
    return unchecked(NAME, "time.clock", { at: rfc3339(at), time: rfc3339(trust.block.time) });
  }
  if (expires !== null && at >= expires) return invalid(NAME, "time.expired", "EXPIRED", { time: rfc3339(expires) });
  if (at < notBefore) return invalid(NAME, "time.not_yet", "NOT_YET_VALID", { time: rfc3339(notBefore) });
  if (policy.past && anchor !== null && at < anchor.block.time) {
    return invalid(NAME, "time.not_issued", "NOT_YET_VALID", { time: rfc3339(anchor.block.time) });
  }
  const params = { at: rfc3339(at), time: rfc3339(notBefore) };
  if (expires === null) return valid(NAME, "time.unlimited", params);
  return valid(NAME, "time.valid", { ...params, until: rfc3339(expires) });
}
