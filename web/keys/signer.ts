/** Who signs: a key file that a worker holds, or a wallet of the reader's own. Both look alike from outside. */
import type { Transaction, TypedData } from "./typed.ts";

/** Somebody who signs for one account. */
export interface Signer {
  /** Lower-case 0x hexadecimal, 20 bytes. */
  readonly address: string;
  readonly kind: "file" | "wallet";
  /** EIP-712; 0x and 65 bytes r ‖ s ‖ v, low s, v 27 or 28. */
  signTypedData(data: TypedData): Promise<string>;
  /** EIP-191 (`personal_sign`); the same form. */
  signMessage(message: string | Uint8Array): Promise<string>;
  /** The signed transaction as a node takes it, 0x hexadecimal. A wallet sends its transactions itself and has none of this. */
  signTransaction?(transaction: Transaction): Promise<string>;
  /** Ends it: the key is gone from memory, and every later call is refused. */
  forget(): void;
}
