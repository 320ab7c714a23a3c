/** The page's side of the worker that takes part in ceremonies. */
import { Caller } from "../../keys/caller.ts";
import type { TrustRoot } from "../../verify/trustroot.ts";
import type { Backup } from "./backup.ts";
import type { Shown } from "./shown.ts";

/** What the worker is asked. */
export type CeremonyQuestion =
  | { readonly kind: "open"; readonly text: string; readonly passphrase: string; readonly root: TrustRoot }
  | { readonly kind: "card"; readonly name: string }
  | { readonly kind: "goOn"; readonly ceremony: number }
  | { readonly kind: "backUp"; readonly ceremony: number }
  | { readonly kind: "saved"; readonly ceremony: number; readonly texts: readonly string[] };

/** An account that takes part. */
export interface HeldAccount {
  /** 0x hexadecimal. */
  readonly account: string;
  /** The text of its card for the next ceremony. */
  card(name: string): Promise<string>;
  /** Does what is due now. */
  goOn(ceremony: number): Promise<Shown>;
  backUp(ceremony: number): Promise<Backup>;
  /** The texts of the files that were saved. */
  saved(ceremony: number, texts: readonly string[]): Promise<void>;
  forget(): void;
}

/**
 * Opens an account's key file, and what this browser keeps for it, in a worker.
 * @param root the pinned one
 * @throws YinxinError `keyfile.…`, `box.…`; `holding.elsewhere`: another page has it open
 */
export async function holdAccount(
  script: string,
  text: string,
  passphrase: string,
  root: TrustRoot,
): Promise<HeldAccount> {
  const holder = new Caller<CeremonyQuestion>(script, "ceremony");
  try {
    const account = (await holder.ask({ kind: "open", text, passphrase, root })) as string;
    return {
      account,
      card: async (name) => (await holder.ask({ kind: "card", name })) as string,
      goOn: async (ceremony) => (await holder.ask({ kind: "goOn", ceremony })) as Shown,
      backUp: async (ceremony) => (await holder.ask({ kind: "backUp", ceremony })) as Backup,
      saved: async (ceremony, texts) => void (await holder.ask({ kind: "saved", ceremony, texts })),
      forget: () => holder.end(),
    };
  } catch (error) {
    holder.end();
    throw error;
  }
}
