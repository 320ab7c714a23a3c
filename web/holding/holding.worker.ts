/**
 * Holds one key holder's share, beside the page. It signs openings, roll calls and draws, built here from
 * their parts, and nothing else.
 */
import { answering } from "../keys/caller.ts";
import { YinxinError } from "../verify/errors.ts";
import type { HoldingQuestion } from "./held.ts";
import { type KeyShare, makeRelease, openShare } from "./share.ts";
import { makeDrawShare, makePresence } from "./signed.ts";

let share: KeyShare | undefined;

answering<HoldingQuestion>(async (asked) => {
  if (asked.kind === "open") {
    share = await openShare(asked.pair, asked.passphrase);
    const { secret: _, ...shown } = share;
    return shown;
  }
  if (share === undefined) throw new YinxinError("no share is open", "keys.forgotten");
  if (asked.kind === "present") return makePresence(share, asked.counter);
  if (asked.kind === "draw") return makeDrawShare(share, asked.wanted);
  return makeRelease(share, asked.set);
});
