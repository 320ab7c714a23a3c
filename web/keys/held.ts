/** The page's side of the worker that holds a key file's key. */
import { YinxinError } from "../verify/errors.ts";
import { Caller } from "./caller.ts";
import { addressIn } from "./keyfile.ts";
import type { Signer } from "./signer.ts";
import type { Transaction, TypedData } from "./typed.ts";

/** What the worker is asked; every answer is text. */
export type KeyQuestion =
  | { readonly kind: "open"; readonly text: string; readonly passphrase: string }
  | { readonly kind: "make"; readonly passphrase: string }
  | { readonly kind: "typed"; readonly data: TypedData }
  | { readonly kind: "message"; readonly message: string | Uint8Array }
  | { readonly kind: "transaction"; readonly transaction: Transaction };

/**
 * Opens a key file (version 3) and keeps its key in a worker.
 * @param script address of the worker's program, `/assets/….js`
 * @throws YinxinError `keyfile.form`, `keyfile.kind`, `keyfile.passphrase`, `keys.failed`
 */
export async function openFile(script: string, text: string, passphrase: string): Promise<Signer> {
  addressIn(text); // what is no JSON is told at once
  const holder = new Caller<KeyQuestion>(script, "keys");
  try {
    return signerOf(holder, String(await holder.ask({ kind: "open", text, passphrase })));
  } catch (error) {
    holder.end();
    throw error;
  }
}

/** Makes an account. The file is to be kept by its owner; its text is encrypted. */
export async function makeFile(script: string, passphrase: string): Promise<{ signer: Signer; text: string }> {
  const holder = new Caller<KeyQuestion>(script, "keys");
  try {
    const text = String(await holder.ask({ kind: "make", passphrase }));
    const address = addressIn(text);
    if (address === null) throw new YinxinError("the key was not made", "keys.failed");
    return { signer: signerOf(holder, address), text };
  } catch (error) {
    holder.end();
    throw error;
  }
}

function signerOf(holder: Caller<KeyQuestion>, address: string): Signer {
  const asked = async (question: KeyQuestion): Promise<string> => String(await holder.ask(question));
  return {
    address,
    kind: "file",
    signTypedData: (data) => asked({ kind: "typed", data }),
    signMessage: (message) => asked({ kind: "message", message }),
    signTransaction: (transaction) => asked({ kind: "transaction", transaction }),
    forget: () => holder.end(),
  };
}
