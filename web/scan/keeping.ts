/** What could not be checked, and is checked again by itself: when the network is back, and every while as long as any waits. */

import { now } from "../ui/times.ts";
import { base64, unbase64 } from "../verify/bytes.ts";
import type { Input, Verification } from "../verify/index.ts";
import type { Entry, Shift } from "./shift.ts";

/** Milliseconds between two rounds. */
const EVERY = 15_000;

/** Checks one input again. */
export type Check = (input: string) => Promise<Verification>;

const BYTES = "data:";

/** An input as text that {@link held} gives back: files that are no text are written in base64. */
export function hold(input: Input): string {
  return typeof input === "string" ? input : `${BYTES}${base64(input)}`;
}

/** Inverse of {@link hold}. */
export function held(text: string): Input {
  return text.startsWith(BYTES) ? (unbase64(text.slice(BYTES.length)) ?? text) : text;
}

/** True if a check stayed open for a reason that time or the network may mend. */
export function staysOpen(found: Verification): boolean {
  return found.verdict === "CANNOT_CHECK" && found.steps.some((step) => step.result === "ERROR");
}

/** The round that goes over what waits. */
export class Keeping {
  private running = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param shift the list whose entries wait
   * @param check checks an input now
   * @param possible whether a round has any chance
   * @param answered is told of every entry that got its answer
   */
  constructor(
    private readonly shift: Shift,
    private readonly check: Check,
    private readonly possible: () => boolean,
    private readonly answered: (entry: Entry, found: Verification) => void,
  ) {}

  /** Begins a round now, and plans the next if any still waits. */
  async round(): Promise<void> {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    try {
      for (const entry of this.shift.waiting) {
        if (entry.waiting === null || !this.possible()) continue;
        const found = await this.check(entry.waiting);
        if (staysOpen(found)) continue;
        const renewed = await this.shift.renew(entry.id, found, now(), null);
        if (renewed !== null) this.answered(renewed, found);
      }
    } finally {
      this.running = false;
      if (this.shift.waiting.length > 0) this.timer = setTimeout(() => void this.round(), EVERY);
    }
  }
}
