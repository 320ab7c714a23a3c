/** Reads a file from some place on, in order, into buffers that it is lent. */

/** One file, piece after piece. It reads through one stream: to ask for slice after slice takes three times the work. */
export class Reading {
  private stream: ReadableStreamBYOBReader | null = null;
  private sliced = false;

  /** @param at where the next piece begins */
  constructor(
    private readonly file: Blob,
    private at = 0,
  ) {}

  /**
   * Fills `into`, whose buffer moves to what comes back; that is shorter only at the end of the file. To be asked again once it is
   * answered. Rejects with a DOMException if the file cannot be read any more.
   */
  async next(into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    this.open();
    const { byteOffset, length } = into;
    let [buffer, done] = [into.buffer, 0];
    while (done < length) {
      const view = new Uint8Array(buffer, byteOffset + done, length - done);
      const read = this.stream === null ? await this.slice(view) : (await this.stream.read(view)).value;
      if (read === undefined) throw new DOMException("the file was shut", "AbortError");
      buffer = read.buffer;
      if (read.length === 0) break;
      done += read.length;
      this.at += read.length;
    }
    return new Uint8Array(buffer, byteOffset, done);
  }

  private open(): void {
    if (this.stream !== null || this.sliced) return;
    try {
      this.stream = this.file.slice(this.at).stream().getReader({ mode: "byob" });
    } catch {
      this.sliced = true; // a browser whose streams fill no buffers
    }
  }

  private async slice(into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const from = this.at;
    const piece = new Uint8Array(await this.file.slice(from, from + into.length).arrayBuffer());
    into.set(piece);
    return into.subarray(0, piece.length);
  }
}
