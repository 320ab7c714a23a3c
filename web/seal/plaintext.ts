/** The plaintext of a bid, read block after block out of the documents, which stay where they are. */
import { InvalidInput } from "../verify/errors.ts";
import { BLOCK, HEADROOM, type Layout } from "./layout.ts";
import { Reading } from "./reading.ts";

/** Reads a plaintext from one of its blocks on. */
export class Plaintext {
  private at: number;
  private document = -1;
  private end: number;
  private reading: Reading | null = null;

  /** Throws InvalidInput with the code `bid.changed` if a document has another size than the manifest says. */
  constructor(
    private readonly layout: Layout,
    private readonly sources: readonly Blob[],
    block: number,
  ) {
    this.at = block * BLOCK;
    this.end = layout.head.length;
    for (const [at, { name, size }] of layout.documents.entries()) {
      if (sources[at]?.size !== size) throw changed(name);
    }
  }

  /**
   * The next block, behind {@link HEADROOM} bytes of `room`, which moves to it. To be asked again once it is answered.
   * Rejects with InvalidInput (`bid.changed`) if a document cannot be read any more.
   */
  async next(room: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> {
    const size = Math.min(BLOCK, this.layout.plain - this.at);
    let buffer = room;
    for (let done = 0; done < size; ) {
      const part = await this.part(new Uint8Array(buffer, HEADROOM + done, size - done));
      buffer = part.buffer;
      done += part.length;
      this.at += part.length;
    }
    return new Uint8Array(buffer, HEADROOM, size);
  }

  /** As much of `into` as comes from one source: the head, a document, or the padding. */
  private async part(into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const { head, documents } = this.layout;
    if (this.at < head.length) {
      const piece = head.subarray(this.at, this.at + into.length);
      into.set(piece);
      return into.subarray(0, piece.length);
    }
    while (this.at >= this.end && this.document < documents.length) {
      this.document++;
      const { size } = documents[this.document] ?? { size: 0 };
      const source = this.sources[this.document];
      this.reading = source === undefined ? null : new Reading(source, this.at - this.end);
      this.end += size;
    }
    if (this.reading === null) return into.fill(0);
    const name = documents[this.document]?.name ?? "";
    const wanted = into.subarray(0, this.end - this.at);
    const { length } = wanted;
    const piece = await this.reading.next(wanted).catch(() => {
      throw changed(name);
    });
    if (piece.length < length) throw changed(name);
    return piece;
  }
}

/** A document is not what it was when its digest was taken. */
function changed(name: string): InvalidInput {
  return new InvalidInput(`${name}: the document changed while it was sealed`, "bid.changed");
}
