/** One check from the page's point of view: what it rests on, how long it took. The rules are web/verify's alone. */
import { looksLikeShowing } from "../claims/showing.ts";
import { now } from "../ui/times.ts";
import { Unavailable } from "../verify/errors.ts";
import { check, type Input, type Sources, type Verification } from "../verify/index.ts";
import { ReadingFault } from "./reading.ts";
import { ServiceFault, type Session } from "./service.ts";
import { Showings } from "./showings.ts";
import type { Trust } from "./trust.ts";

/** A finished check. */
export interface Checked {
  readonly found: Verification;
  /** Milliseconds from input to answer, reading the ledger included. */
  readonly took: number;
  /** It rests on the snapshot, or on nothing, and not on the ledger. */
  readonly offline: boolean;
}

/** Checks inputs on what the device trusts. */
export class Checking {
  /** What this page asked holders for, and what they answer. */
  readonly showings = new Showings();

  constructor(private readonly trust: Trust) {}

  /**
   * Checks one input; a typed identifier is looked up with the clerk's session first, and what that gives is verified like
   * anything else; a holder's live code is judged with what was asked for. Throws ReadingFault (`refused`, `offline`) where the account may not look it up or nobody answers.
   */
  async check(input: Input, session: Session | null = null): Promise<Checked> {
    const began = performance.now();
    const { sources, offline } = await this.trust.basis();
    if (typeof input === "string" && looksLikeShowing(input)) {
      const shown = await this.showings.check(input, sources);
      return { found: shown, took: performance.now() - began, offline };
    }
    const fault: { kind: "refused" | "silent" | null } = { kind: null };
    const found = await check(input, session === null ? sources : { ...sources, services: [lookUp(session, fault)] }, {
      at: now(),
    });
    if (fault.kind === "refused") throw new ReadingFault("refused");
    if (fault.kind === "silent") throw new ReadingFault("offline");
    return { found, took: performance.now() - began, offline };
  }
}

function lookUp(
  session: Session,
  fault: { kind: "refused" | "silent" | null },
): NonNullable<Sources["services"]>[number] {
  return {
    bundle: async (identifier) => {
      try {
        return new TextEncoder().encode(await session.bundle(identifier));
      } catch (error) {
        if (error instanceof ServiceFault && error.kind === "missing") return null;
        fault.kind = error instanceof ServiceFault && error.kind === "refused" ? "refused" : "silent";
        throw new Unavailable("the service did not answer", "service.silent");
      }
    },
  };
}
