/** What the wallet shows, as plain data. */
import type { WalletKey } from "../words/wallet.ts";

/** The pages of the wallet. */
export type View =
  | { readonly kind: "welcome" }
  | { readonly kind: "locked" }
  | { readonly kind: "home" }
  | { readonly kind: "busy"; readonly word: WalletKey }
  | { readonly kind: "card"; readonly id: number }
  | { readonly kind: "help" };

/** One thing to take notice of; it goes with the next step. */
export interface Notice {
  readonly tone: "good" | "care" | "bad";
  readonly key: WalletKey;
  readonly values?: Readonly<Record<string, string | number>>;
}
