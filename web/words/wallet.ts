/** The words of the wallet, from the list `wallet` of the one catalogue (`chain/words`). */
import wallet from "../../chain/words/wallet.json" with { type: "json" };
import { filled, language, type Values } from "./words.ts";

/** A key of the list `wallet`. */
export type WalletKey = keyof typeof wallet;

/** The text of a key in the language in use. */
export function w(key: WalletKey, values: Values = {}): string {
  return filled(wallet[key][language()], values);
}
