/** How often a page looks: often enough for each round, and seldom enough for a service that has many pages. */
import type { Shown } from "./shown.ts";

const SHORTEST = 2_000;
const LONGEST = 30_000;
const AFTER_AN_ACT = 500;

/** Milliseconds until the next pass: a fortieth of the round, within bounds, and not much beyond its end. */
export function pauseAfter({ done, due, ends, time }: Pick<Shown, "done" | "due" | "ends" | "time">): number {
  if (done.length > 0) return AFTER_AN_ACT;
  const at = ends.indexOf(due);
  // The ledger does not say when the deals began: they take as long as the complaints.
  const seconds = Math.abs(due - (ends[at === 0 ? 1 : at - 1] ?? due));
  const usual = Math.min(Math.max((seconds * 1_000) / 40, SHORTEST), LONGEST);
  return Math.min(usual, Math.max((due + 1 - time) * 1_000, SHORTEST));
}
