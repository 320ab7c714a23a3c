/** Points as exact decimals: text in, text out, compared as whole numbers of millionths. No fraction is ever a float. */

/** An exact decimal of at most 15 digits before the point and 6 behind it, as `chain.tenders.notice.members` reads it. */
const DECIMAL = /^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$/;
const PLACES = 6;

/** Millionths of an exact decimal text; null for anything else. */
export function millionths(text: string): bigint | null {
  const found = DECIMAL.exec(text);
  if (found === null) return null;
  return BigInt(`${found[1] ?? ""}${(found[2] ?? ".").slice(1).padEnd(PLACES, "0")}`);
}

/** True if points lie within 0 and the weight, in its steps; all exact decimals. */
export function fits(points: string, weight: string, step: string): boolean {
  const [value, most, unit] = [points, weight, step].map(millionths);
  if (typeof value !== "bigint" || typeof most !== "bigint" || typeof unit !== "bigint" || unit <= 0n) return false;
  return value <= most && value % unit === 0n;
}
