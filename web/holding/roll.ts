/** The roll call of the key that a tender names, the day before its opening: how it stands, and what must hold before it is answered. */
import { call } from "../ui/service.ts";
import type { Book } from "./book.ts";
import { checkShare, NotYet, seen } from "./ready.ts";
import type { PublicShare } from "./share.ts";

/** How a roll call stands, as the service reads it from the boards. */
export interface Roll {
  readonly ceremony: number;
  readonly counter: number;
  readonly threshold: number;
  readonly present: readonly number[];
  readonly wrong: readonly number[];
  readonly absent: readonly number[];
  readonly complete: boolean;
}

/**
 * The roll call under way, for a share of its key.
 * @param open opens the ledger at its newest final block; called once the service has answered
 * @throws NotYet `release.ceremony`, `release.scope`: no key in force, or another's share; `roll.counter`: not the ledger's
 */
export async function readyRoll(open: () => Promise<Book>, share: PublicShare, tender: number): Promise<Roll> {
  const answer = await call(`/v1/tenders/${tender}/roll-call`, { cache: "no-store" });
  const roll = (await answer.json()) as Roll;
  const book = await open();
  const { state } = await seen(book, { tender });
  checkShare(share, book.place(tender, 1, 1), state, await book.plan(state.ceremony), book.registry);
  checkCounter(roll, state.ceremony, await book.rollCalls(state.ceremony));
  return roll;
}

/** The last roll call on the ledger, or the one after it. Throws NotYet. */
export function checkCounter(roll: Roll, ceremony: number, called: number): void {
  const next = roll.counter === called || roll.counter === called + 1;
  if (roll.ceremony !== ceremony || roll.counter < 1 || !next) throw new NotYet("roll.counter");
}
