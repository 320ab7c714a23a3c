/** What page and workers say to each other while a bid is sealed. */
import type { Recipients, Secrets } from "./locks.ts";
import type { SealedFile } from "./sealing.ts";

/** What is sealed; everything that makes the file the same file again. Secret. */
export interface Plan {
  /** Name of the sealed file in the browser's own files (OPFS). */
  readonly name: string;
  readonly manifest: Uint8Array;
  readonly openingKey: Uint8Array;
  readonly recipients: Recipients;
  readonly secrets: Secrets;
}

/** To the worker that seals. `cipher` leads to the worker that encrypts and decrypts. */
export type SealQuestion =
  | { readonly kind: "seal"; readonly plan: Plan; readonly documents: readonly Blob[]; readonly cipher: MessagePort }
  | { readonly kind: "check"; readonly plan: Plan; readonly sealed: SealedFile; readonly cipher: MessagePort }
  | { readonly kind: "stop" };

/** What it says; the last three end it. */
export type SealAnswer =
  | { readonly kind: "progress"; readonly done: number; readonly all: number }
  | { readonly kind: "sealed"; readonly digest: Uint8Array; readonly size: number }
  | { readonly kind: "stopped" }
  | { readonly kind: "fault"; readonly code: string; readonly message: string };

/** To the worker that takes digests. */
export type HashQuestion = { readonly id: number; readonly file: Blob };

/** What it says of files. */
export type HashAnswer =
  | { readonly id: number; readonly bytes: number }
  | { readonly id: number; readonly digest: Uint8Array }
  | { readonly id: number; readonly fault: string };
