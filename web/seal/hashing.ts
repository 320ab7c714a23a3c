/** Digests of documents, as a manifest names them. */
import { hashers } from "./hasher.ts";
import { Reading } from "./reading.ts";

const PIECE = 2 ** 20;

/** SHA-256 of a file, read piece by piece; `told` hears how many bytes more were read. */
export async function digestOf(file: Blob, told: (bytes: number) => void = () => {}): Promise<Uint8Array> {
  const hasher = (await hashers())();
  const reading = new Reading(file);
  let room = new ArrayBuffer(PIECE);
  for (;;) {
    const piece = await reading.next(new Uint8Array(room));
    room = piece.buffer;
    if (piece.length > 0) {
      hasher.update(piece);
      told(piece.length);
    }
    if (piece.length < PIECE) return hasher.digest();
  }
}
