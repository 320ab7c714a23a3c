/** How often a page looks: often enough for each round, seldom enough for a service that has many pages, and not where no look can help. */
import type { Shown } from "./shown.ts";

const SHORTEST = 2_000;
const LONGEST = 30_000;
const AFTER_AN_ACT = 500;

/** After these the same page comes to the same again: its owner has to do something first, or takes no part. */
const ENDING = [
  ...["access.not_signed_in", "transaction.sender", "transaction.chain", "sender.label", "kept.form", "kept.other"],
  ...["holding.stranger", "holding.other_key", "holding.card_used", "holding.two_homes", "holding.share"],
  ...["holding.roster_plan", "holding.other_book"],
];

/** True if the key is to be forgotten after a fault with that code; after any other one it is tried again. */
export function endsTaking(code: string): boolean {
  // What the worker held is gone with it.
  return ENDING.includes(code) || code.startsWith("keys.");
}

/** Milliseconds until the next pass: a fortieth of the round, within bounds, and not much beyond its end. */
export function pauseAfter({ done, due, ends, time }: Pick<Shown, "done" | "due" | "ends" | "time">): number {
  if (done.length > 0) return AFTER_AN_ACT;
  const at = ends.indexOf(due);
  // The ledger does not say when the deals began: they take as long as the complaints.
  const seconds = Math.abs(due - (ends[at === 0 ? 1 : at - 1] ?? due));
  const usual = Math.min(Math.max((seconds * 1_000) / 40, SHORTEST), LONGEST);
  return Math.min(usual, Math.max((due + 1 - time) * 1_000, SHORTEST));
}
