/** The page's side of the worker that holds an expert's keys. */
import { Caller } from "../keys/caller.ts";
import type { Manifest } from "../seal/manifest.ts";
import type { Committed } from "../seal/opening.ts";
import { isObject, type Json, type JsonObject, member } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import type { Sealed } from "./kept.ts";
import type { SheetPlace } from "./sheet.ts";

/** What the worker is asked. */
export type SheetQuestion =
  | {
      readonly kind: "open";
      readonly account: string;
      readonly box: string | null;
      readonly passphrase: string;
      readonly tender: number;
    }
  | { readonly kind: "seal"; readonly name: string; readonly text: string }
  | { readonly kind: "unseal"; readonly name: string; readonly sealed: Sealed }
  | { readonly kind: "commit"; readonly at: SheetPlace; readonly sheet: string }
  | { readonly kind: "grant"; readonly file: Uint8Array }
  | { readonly kind: "read"; readonly file: Blob; readonly committed: Committed; readonly signature: Uint8Array };

/** Whose keys are open: address as 0x text, public key of the box as base64url. */
export interface Opened {
  readonly address: string;
  readonly box: string | null;
}

/** A bid that opened. */
export interface OpenedBid {
  readonly manifest: Manifest;
  /** In the manifest's order. */
  readonly documents: readonly Blob[];
}

/** Encrypted key files of a home. */
export interface KeyFiles {
  readonly account: string;
  readonly box: string | null;
}

/** Open keys. */
export class HeldKeys {
  private constructor(
    private readonly holder: Caller<SheetQuestion>,
    readonly opened: Opened,
  ) {}

  /** Opens key files and keeps their keys in a worker. Throws YinxinError `keyfile.…`, `sheet.box`. */
  static async open(script: string, files: KeyFiles, tender: number, passphrase: string): Promise<HeldKeys> {
    const holder = new Caller<SheetQuestion>(script, "sheet");
    try {
      return new HeldKeys(holder, (await holder.ask({ kind: "open", ...files, tender, passphrase })) as Opened);
    } catch (error) {
      holder.end();
      throw error;
    }
  }

  /** Encrypts a text that the device is to keep. */
  async seal(name: string, text: string): Promise<Sealed> {
    return (await this.holder.ask({ kind: "seal", name, text })) as Sealed;
  }

  /** Inverse of {@link seal}. */
  async unseal(name: string, sealed: Sealed): Promise<string> {
    return String(await this.holder.ask({ kind: "unseal", name, sealed }));
  }

  /** Signature of 65 bytes under the commitment to a sheet (SHA-256 as 0x text). */
  async commit(at: SheetPlace, sheet: string): Promise<Uint8Array> {
    return (await this.holder.ask({ kind: "commit", at, sheet })) as Uint8Array;
  }

  /** Takes keys of bids from the officer's file; digests of the identities that they are for (0x text). */
  async grant(file: Uint8Array): Promise<readonly string[]> {
    return (await this.holder.ask({ kind: "grant", file })) as readonly string[];
  }

  /** Opens a bid whose key was granted. Throws YinxinError `bid.…`. */
  async read(file: Blob, committed: Committed, signature: Uint8Array): Promise<OpenedBid> {
    return (await this.holder.ask({ kind: "read", file, committed, signature })) as OpenedBid;
  }

  /** Ends it: the keys are gone from memory. */
  forget(): void {
    this.holder.end();
  }
}

/** Which of a home's files is which. Throws InvalidInput `sheet.files`: no account among them. */
export function keyFilesOf(texts: readonly string[]): KeyFiles {
  const values = texts.map((text) => ({ text, value: parsed(text) }));
  const account = values.filter(({ value }) => member(value, "version") === 3);
  const box = values.filter(({ value }) => member(value, "format") === "yinxin-key-1" && value.kind === "desk");
  const [one, two] = account;
  if (one === undefined || two !== undefined || box.length > 1) {
    throw new InvalidInput("one account and at most one box", "sheet.files");
  }
  return { account: one.text, box: box[0]?.text ?? null };
}

function parsed(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new InvalidInput("not a key file of a home", "sheet.files");
}
