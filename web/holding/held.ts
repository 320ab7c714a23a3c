/** The page's side of the worker that holds a share. */
import { Caller } from "../keys/caller.ts";
import type { JsonObject } from "../verify/canonical.ts";
import type { LiveSet } from "./messages.ts";
import type { Pair, PublicShare } from "./share.ts";
import type { DrawWanted } from "./signed.ts";

/** What the worker is asked. */
export type HoldingQuestion =
  | { readonly kind: "open"; readonly pair: Pair; readonly passphrase: string }
  | { readonly kind: "release"; readonly set: LiveSet }
  | { readonly kind: "present"; readonly counter: number }
  | { readonly kind: "draw"; readonly wanted: DrawWanted };

/** An open share. */
export interface HeldShare {
  readonly share: PublicShare;
  /** The key holder's one message over that live set. */
  release(set: LiveSet): Promise<JsonObject>;
  /** The answer to that roll call of the share's ceremony. */
  present(counter: number): Promise<JsonObject>;
  /** The share in that draw. */
  draw(wanted: DrawWanted): Promise<JsonObject>;
  forget(): void;
}

/** Opens a share and keeps it in a worker. Throws YinxinError `keyfile.…`, `share.…`. */
export async function holdShare(script: string, pair: Pair, passphrase: string): Promise<HeldShare> {
  const holder = new Caller<HoldingQuestion>(script, "holding");
  try {
    const share = (await holder.ask({ kind: "open", pair, passphrase })) as PublicShare;
    return {
      share,
      release: async (set) => (await holder.ask({ kind: "release", set })) as JsonObject,
      present: async (counter) => (await holder.ask({ kind: "present", counter })) as JsonObject,
      draw: async (wanted) => (await holder.ask({ kind: "draw", wanted })) as JsonObject,
      forget: () => holder.end(),
    };
  } catch (error) {
    holder.end();
    throw error;
  }
}
