/** The page's side of the worker that holds a key file's key. */
import { scriptAddress } from "../ui/trusted.ts";
import { YinxinError } from "../verify/errors.ts";
import { addressIn } from "./keyfile.ts";
import type { Signer } from "./signer.ts";
import type { Transaction, TypedData } from "./typed.ts";

/** What the worker is asked. */
export type KeyQuestion = { readonly id: number } & (
  | { readonly kind: "open"; readonly text: string; readonly passphrase: string; readonly name: string }
  | { readonly kind: "make"; readonly passphrase: string }
  | { readonly kind: "typed"; readonly data: TypedData }
  | { readonly kind: "message"; readonly message: string | Uint8Array }
  | { readonly kind: "transaction"; readonly transaction: Transaction }
);

/** What it answers. */
export type KeyAnswer =
  | { readonly id: number; readonly value: string }
  | { readonly id: number; readonly fault: { readonly code: string; readonly message: string } };

type Asked = KeyQuestion extends infer One ? (One extends KeyQuestion ? Omit<One, "id"> : never) : never;

/** A worker and what is waited for from it. */
class Holder {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { done: (value: string) => void; failed: (error: Error) => void }>();
  private last = 0;
  private over = false;

  constructor(script: string) {
    this.worker = new Worker(scriptAddress(script), { type: "module", name: "keys" });
    this.worker.onmessage = ({ data }: MessageEvent<KeyAnswer>) => {
      const told = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ("value" in data) told?.done(data.value);
      else told?.failed(new YinxinError(data.fault.message, data.fault.code));
    };
    this.worker.onerror = () => this.end("keys.failed");
  }

  ask(question: Asked): Promise<string> {
    if (this.over) return Promise.reject(new YinxinError("the key was forgotten", "keys.forgotten"));
    const id = ++this.last;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed });
      this.worker.postMessage({ ...question, id } as KeyQuestion);
    });
  }

  end(code = "keys.forgotten"): void {
    this.over = true;
    this.worker.terminate();
    for (const { failed } of this.waiting.values()) failed(new YinxinError("the key was forgotten", code));
    this.waiting.clear();
  }
}

/**
 * Opens a key file (version 3) and keeps its key in a worker.
 * @param script address of the worker's program, `/assets/….js`
 * @throws YinxinError `keyfile.form`, `keyfile.kind`, `keyfile.passphrase`, `keys.failed`
 */
export async function openFile(script: string, text: string, passphrase: string): Promise<Signer> {
  addressIn(text); // what is no JSON is told at once
  const holder = new Holder(script);
  try {
    return signerOf(holder, await holder.ask({ kind: "open", text, passphrase, name: "account" }));
  } catch (error) {
    holder.end();
    throw error;
  }
}

/** Makes an account. The file is to be kept by its owner; its text is encrypted. */
export async function makeFile(script: string, passphrase: string): Promise<{ signer: Signer; text: string }> {
  const holder = new Holder(script);
  try {
    const text = await holder.ask({ kind: "make", passphrase });
    const address = addressIn(text);
    if (address === null) throw new YinxinError("the key was not made", "keys.failed");
    return { signer: signerOf(holder, address), text };
  } catch (error) {
    holder.end();
    throw error;
  }
}

function signerOf(holder: Holder, address: string): Signer {
  return {
    address,
    kind: "file",
    signTypedData: (data) => holder.ask({ kind: "typed", data }),
    signMessage: (message) => holder.ask({ kind: "message", message }),
    signTransaction: (transaction) => holder.ask({ kind: "transaction", transaction }),
    forget: () => holder.end(),
  };
}
