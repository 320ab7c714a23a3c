/** Exact arithmetic on fractions; only what the rules round is rounded, as they say (chain/evaluation/scoring.py). */
import { InvalidInput } from "../../verify/errors.ts";

/** How a notice rounds. */
export type Rounding = "half-up" | "half-even" | "down";

/** A fraction in any terms; the denominator is above 0. */
export class Exact {
  private constructor(
    readonly over: bigint,
    readonly under: bigint,
  ) {}

  static readonly ZERO = Exact.of(0);

  /** A whole number. */
  static of(value: number | bigint): Exact {
    return new Exact(BigInt(value), 1n);
  }

  /** From a decimal text. Throws InvalidInput for anything else. */
  static read(text: string): Exact {
    const found = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text);
    if (found === null) throw new InvalidInput(`${text}: no number`, "score.figure");
    const [, sign = "", whole = "", fraction = ""] = found;
    return new Exact(BigInt(`${sign}${whole}${fraction}`), 10n ** BigInt(fraction.length));
  }

  /** The sum of them all. */
  static sum(all: readonly Exact[]): Exact {
    return all.reduce((sum, one) => sum.plus(one), Exact.ZERO);
  }

  plus(other: Exact): Exact {
    return new Exact(this.over * other.under + other.over * this.under, this.under * other.under);
  }

  minus(other: Exact): Exact {
    return new Exact(this.over * other.under - other.over * this.under, this.under * other.under);
  }

  times(other: Exact): Exact {
    return new Exact(this.over * other.over, this.under * other.under);
  }

  /** Throws InvalidInput where the other is 0. */
  divided(other: Exact): Exact {
    if (other.over === 0n) throw new InvalidInput("divided by 0", "score.figure");
    const sign = other.over < 0n ? -1n : 1n;
    return new Exact(sign * this.over * other.under, sign * this.under * other.over);
  }

  /** Negative, 0 or positive. */
  order(other: Exact): number {
    const difference = this.over * other.under - other.over * this.under;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  /** True for a whole multiple of the other, which is above 0. */
  isMultipleOf(other: Exact): boolean {
    return (this.over * other.under) % (other.over * this.under) === 0n;
  }

  /** As a decimal text with so many places; `half-up` rounds away from zero at the half. */
  rounded(places: number, mode: Rounding): string {
    const scaled = (this.over < 0n ? -this.over : this.over) * 10n ** BigInt(places);
    const [whole, rest] = [scaled / this.under, scaled % this.under];
    const half = 2n * rest - this.under;
    const up = mode === "down" ? false : half > 0n || (half === 0n && (mode === "half-up" || whole % 2n === 1n));
    const digits = String(whole + (up ? 1n : 0n)).padStart(places + 1, "0");
    const sign = this.over < 0n && !/^0*$/.test(digits) ? "-" : "";
    const at = digits.length - places;
    return places === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, at)}.${digits.slice(at)}`;
  }
}

/** The lesser or the greater of some, at least one. */
export function extreme(all: readonly Exact[], which: "least" | "most"): Exact {
  const sorted = [...all].sort((left, right) => left.order(right));
  return (which === "least" ? sorted[0] : sorted.at(-1)) ?? Exact.ZERO;
}
