/** The page's side of the worker that holds a share. */
import { Caller } from "../keys/caller.ts";
import type { JsonObject } from "../verify/canonical.ts";
import type { LiveSet } from "./messages.ts";
import type { Pair, PublicShare } from "./share.ts";

/** What the worker is asked. */
export type HoldingQuestion =
  | { readonly kind: "open"; readonly pair: Pair; readonly passphrase: string }
  | { readonly kind: "release"; readonly set: LiveSet };

/** An open share. */
export interface HeldShare {
  readonly share: PublicShare;
  /** The key holder's one message over that live set. */
  release(set: LiveSet): Promise<JsonObject>;
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
      forget: () => holder.end(),
    };
  } catch (error) {
    holder.end();
    throw error;
  }
}
