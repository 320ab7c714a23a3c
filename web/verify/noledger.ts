/** Stands in where no ledger could be opened: every question goes unanswered, so only form and dates are judged. */
import { ZEROS } from "./bytes.ts";
import { Unavailable } from "./errors.ts";
import type { BlockRef, TrustSource } from "./facts.ts";

/** A source without any facts. */
export class NoLedger implements TrustSource {
  readonly expires = null;
  readonly describes = "no ledger";
  /** Number and hash are empty; the time is the present, as no block was read. */
  readonly block: BlockRef;

  /**
   * @param fault why there is none; told in each step that needed it.
   * @param at the present time, seconds.
   */
  constructor(
    private readonly fault: string,
    at: number,
  ) {
    this.block = { number: 0, hash: ZEROS, time: at };
  }

  bureau(): never {
    throw this.silent();
  }

  key(): never {
    throw this.silent();
  }

  anchor(): never {
    throw this.silent();
  }

  statusHead(): never {
    throw this.silent();
  }

  statusHistory(): never {
    throw this.silent();
  }

  stampAnchor(): never {
    throw this.silent();
  }

  private silent(): Unavailable {
    return new Unavailable(this.fault, "verify.no_ledger");
  }
}
