/**
 * Holds one account's key, beside the page: scrypt does not stop the page from answering, and the key is never in the page's
 * own memory. Ending the worker ends the key.
 */
import { hex0x } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import { answering } from "./caller.ts";
import type { KeyQuestion } from "./held.ts";
import { openKeyFile, sealAccount } from "./keyfile.ts";
import { addressOf, freshSecret, signDigest } from "./secp.ts";
import { messageDigest, signedTransaction, transactionDigest, typedDigest } from "./typed.ts";

let secret: Uint8Array | undefined;

answering<KeyQuestion>(async (asked) => {
  if (asked.kind === "open") {
    const opened = await openKeyFile(asked.text, asked.passphrase, "account");
    if (opened.kind !== "account") throw new YinxinError("a key of another kind", "keyfile.kind");
    secret = opened.data;
    return addressOf(secret);
  }
  if (asked.kind === "make") {
    secret = freshSecret();
    return sealAccount(secret, asked.passphrase);
  }
  if (secret === undefined) throw new YinxinError("no key is open", "keys.forgotten");
  if (asked.kind === "typed") return hex0x(signDigest(typedDigest(asked.data), secret));
  if (asked.kind === "message") return hex0x(signDigest(messageDigest(asked.message), secret));
  const signature = signDigest(transactionDigest(asked.transaction), secret);
  return hex0x(signedTransaction(asked.transaction, signature));
});
