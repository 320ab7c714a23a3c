/** What the wallet shows, as plain data. */
import type { WalletKey } from "../words/wallet.ts";
import type { Shown } from "./live.ts";
import type { ShowActions } from "./show_actions.ts";

/** The pages of the wallet. */
export type View =
  | { readonly kind: "welcome" }
  | { readonly kind: "locked" }
  | { readonly kind: "home" }
  | { readonly kind: "busy"; readonly word: WalletKey }
  | { readonly kind: "card"; readonly id: number }
  | { readonly kind: "asked"; readonly showing: ShowActions }
  | { readonly kind: "live"; readonly showing: ShowActions }
  | { readonly kind: "history"; readonly entries: readonly Shown[] }
  | { readonly kind: "help" };

/** One thing to take notice of; it goes with the next step. */
export interface Notice {
  readonly tone: "good" | "care" | "bad";
  readonly key: WalletKey;
  readonly values?: Readonly<Record<string, string | number>>;
}
