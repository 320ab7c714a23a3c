/** Digests of documents, as a manifest names them. */
import { hashers } from "./hasher.ts";

const PIECE = 2 ** 22;

/** SHA-256 of a file, read piece by piece; `told` hears how many bytes more were read. */
export async function digestOf(file: Blob, told: (bytes: number) => void = () => {}): Promise<Uint8Array> {
  const hasher = (await hashers())();
  for (let from = 0; from < file.size; from += PIECE) {
    const piece = new Uint8Array(await file.slice(from, from + PIECE).arrayBuffer());
    hasher.update(piece);
    told(piece.length);
  }
  return hasher.digest();
}
