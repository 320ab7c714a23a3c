/**
 * Holds one account's key, beside the page: scrypt does not stop the page from answering, and the key is never in the page's
 * own memory. Ending the worker ends the key.
 */
import { hex0x } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import type { KeyAnswer, KeyQuestion } from "./held.ts";
import { openKeyFile, sealAccount } from "./keyfile.ts";
import { addressOf, freshSecret, signDigest } from "./secp.ts";
import { messageDigest, signedTransaction, transactionDigest, typedDigest } from "./typed.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<KeyQuestion>) => void) | null;
  postMessage(answer: KeyAnswer): void;
};

let secret: Uint8Array | undefined;

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage({ id: data.id, value: await answer(data) });
  } catch (error) {
    const code = error instanceof YinxinError ? error.code : "keys.failed";
    scope.postMessage({ id: data.id, fault: { code, message: error instanceof Error ? error.message : "" } });
  }
};

async function answer(asked: KeyQuestion): Promise<string> {
  if (asked.kind === "open") {
    const opened = await openKeyFile(asked.text, asked.passphrase, asked.name);
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
}
