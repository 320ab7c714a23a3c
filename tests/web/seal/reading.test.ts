import assert from "node:assert/strict";
import { test } from "node:test";
import { Plaintext } from "../../../web/seal/plaintext.ts";
import { Reading } from "../../../web/seal/reading.ts";

const DATA = Uint8Array.from({ length: 300_001 }, (_, at) => (at * 7 + (at >> 8)) & 255);

/** As in a browser whose streams fill no buffers. */
class Unfilled extends Blob {
  override slice(from?: number, to?: number): Blob {
    const part = super.slice(from, to);
    const refuse = () => {
      throw new TypeError("no such mode");
    };
    return Object.assign(part, { stream: () => ({ getReader: refuse }) });
  }
}

async function all(file: Blob, from: number): Promise<Uint8Array> {
  const reading = new Reading(file, from);
  const found: Uint8Array[] = [];
  let room = new ArrayBuffer(70_001);
  for (;;) {
    const piece = await reading.next(new Uint8Array(room, 1));
    room = piece.buffer;
    found.push(piece.slice());
    if (piece.length < 70_000) return Buffer.concat(found);
  }
}

test("a file is read whole from any place on, with and without streams that fill buffers", async () => {
  for (const file of [new Blob([DATA]), new Unfilled([DATA])]) {
    for (const from of [0, 1, 299_999, 300_001])
      assert.deepEqual(new Uint8Array(await all(file, from)), DATA.slice(from));
  }
});

test("a document that ends early is told, not padded", async () => {
  const short = Object.defineProperty(new Blob([new Uint8Array(10)]), "size", { value: 11 });
  const documents = [{ name: "a.pdf", mediaType: "application/pdf", size: 11, digest: new Uint8Array(32) }];
  const nothing = new Uint8Array(0);
  const head = Uint8Array.of(1);
  const layout = {
    start: () => nothing,
    startSize: 0,
    key: nothing,
    head,
    documents,
    plain: 65_536,
    chunks: 1,
    size: 0,
  };
  const plaintext = new Plaintext(layout, [short], 0);
  await assert.rejects(plaintext.next(new ArrayBuffer(70_000)), { code: "bid.changed" });
});
