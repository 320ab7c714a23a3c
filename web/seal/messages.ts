/** What page and workers say to each other while a bid is sealed. */
import type { Digests } from "./hashing.ts";
import type { Recipients, Secrets } from "./locks.ts";
import type { Cut } from "./plaintext.ts";

/** What is sealed; everything that makes the file the same file again. Secret. */
export interface Plan {
  /** Name of the sealed file in the browser's own files (OPFS). */
  readonly name: string;
  readonly manifest: Uint8Array;
  readonly openingKey: Uint8Array;
  readonly recipients: Recipients;
  readonly secrets: Secrets;
}

/** To the worker that seals. `digests` leads to the worker that hashes. */
export type SealQuestion =
  | { readonly kind: "seal"; readonly plan: Plan; readonly documents: readonly Blob[]; readonly digests: MessagePort }
  | { readonly kind: "check"; readonly plan: Plan; readonly digest: Uint8Array }
  | { readonly kind: "stop" };

/** What it says; the last three end it. */
export type SealAnswer =
  | { readonly kind: "progress"; readonly done: number; readonly all: number }
  | { readonly kind: "sealed"; readonly digest: Uint8Array; readonly size: number }
  | { readonly kind: "stopped" }
  | { readonly kind: "fault"; readonly code: string; readonly message: string };

/** To the worker that hashes: a file of its own, or a port by which a sealing comes. */
export type HashQuestion =
  | { readonly kind: "file"; readonly id: number; readonly file: Blob }
  | { readonly kind: "port"; readonly port: MessagePort };

/** What it says of files. */
export type HashAnswer =
  | { readonly id: number; readonly bytes: number }
  | { readonly id: number; readonly digest: Uint8Array }
  | { readonly id: number; readonly fault: string };

/** By the port: what goes through. */
export type Through =
  | { readonly plain: Uint8Array; readonly cuts: readonly Cut[] }
  | { readonly cipher: Uint8Array }
  | { readonly finish: true };

/** By the port, back: one piece is done (and its buffer free again, if it was of ciphertext), or all are. */
export type Taken = { readonly taken: true; readonly back?: ArrayBuffer } | { readonly digests: Digests };
