/** What one sealed file consists of, before a byte of it is made: known lengths, so that it can be made from any place on. */
import { concat } from "../verify/bytes.ts";
import { CHUNK, payloadKey, TAG, writeHeader } from "./age.ts";
import { blank, drawSecrets, type Recipients, type Secrets, wrap } from "./locks.ts";
import { type Document, headOf, type Manifest, writeManifest } from "./manifest.ts";
import { paddedSize } from "./padding.ts";

/** Chunks that are read, encrypted and written together. */
export const CHUNKS_A_BLOCK = 16;

/** Plaintext bytes a block. */
export const BLOCK = CHUNKS_A_BLOCK * CHUNK;

/** What a whole block grows by when it is encrypted. */
export const HEADROOM = CHUNKS_A_BLOCK * TAG;

/** A sealed file to be made. Holds the payload's key: secret. */
export interface Layout {
  /**
   * Header and nonce: the first bytes of the file. Made when they are asked for, which takes as long as some twenty blocks: they can
   * be encrypted meanwhile. Throws InvalidInput for an opening key or recipients that are none.
   */
  readonly start: () => Uint8Array;
  /** How many bytes those are. */
  readonly startSize: number;
  readonly key: Uint8Array;
  /** Tag, length and manifest: the first bytes of the plaintext. */
  readonly head: Uint8Array;
  readonly documents: readonly Document[];
  /** Bytes of the plaintext, padding included. */
  readonly plain: number;
  /** Chunks that it is cut into. */
  readonly chunks: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** Lays a file out. The same arguments give the same file, byte for byte. Throws InvalidInput for a manifest that a reader refuses. */
export function layOut(
  manifest: Manifest,
  openingKey: Uint8Array,
  recipients: Recipients,
  secrets: Secrets = drawSecrets(),
): Layout {
  const { fileKey, nonce } = secrets;
  const { identity } = manifest;
  let made: Uint8Array | undefined;
  const start = () => {
    made ??= concat(writeHeader([wrap(identity, openingKey, recipients, secrets)], fileKey), nonce);
    return made;
  };
  const startSize = writeHeader([blank(identity)], fileKey).length + nonce.length;
  const head = headOf(writeManifest(manifest));
  const plain = paddedSize(manifest.documents.reduce((sum, one) => sum + one.size, head.length));
  const chunks = Math.ceil(plain / CHUNK);
  const size = startSize + plain + chunks * TAG;
  const key = payloadKey(fileKey, nonce);
  return { start, startSize, key, head, documents: manifest.documents, plain, chunks, size };
}

/** Where block `at` of the payload begins in the file. */
export function placeOf(layout: Layout, at: number): number {
  return layout.startSize + at * (BLOCK + HEADROOM);
}
