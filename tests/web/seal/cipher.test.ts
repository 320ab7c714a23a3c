import assert from "node:assert/strict";
import { test } from "node:test";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { CHUNK, sealChunk, TAG } from "../../../web/seal/age.ts";
import { Beside, Inline, sealedSize, workAt } from "../../../web/seal/cipher.ts";
import { BLOCK, CHUNKS_A_BLOCK, HEADROOM } from "../../../web/seal/layout.ts";
import type { Subtle } from "../../../web/seal/native.ts";
import { concat, equal } from "../../../web/verify/bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const KEY = Uint8Array.from({ length: 32 }, (_, at) => at);
const PLAIN = Uint8Array.from({ length: 2 * BLOCK + CHUNK + 9 }, (_, at) => (at * 31) ^ (at >> 9));

/** As a browser has it; `payload` counts what it did under the payload's key. */
class Own implements Subtle {
  payload = 0;
  private readonly kept = new Map<CryptoKey, Uint8Array>();

  async importKey(format: string, key: Bytes, { name }: { name: string }, extractable: boolean): Promise<CryptoKey> {
    assert.deepEqual([format, name, extractable], ["raw-secret", "ChaCha20-Poly1305", false]);
    const made = {} as CryptoKey;
    this.kept.set(made, key.slice());
    return made;
  }

  async encrypt(
    { iv, tagLength }: { iv: Bytes; tagLength: number },
    key: CryptoKey,
    data: Bytes,
  ): Promise<ArrayBuffer> {
    return this.worked(key, tagLength, data.slice(), (raw, copy) => chacha20poly1305(raw, iv).encrypt(copy));
  }

  async decrypt(
    { iv, tagLength }: { iv: Bytes; tagLength: number },
    key: CryptoKey,
    data: Bytes,
  ): Promise<ArrayBuffer> {
    return this.worked(key, tagLength, data.slice(), (raw, copy) => chacha20poly1305(raw, iv).decrypt(copy));
  }

  private async worked(
    key: CryptoKey,
    tagLength: number,
    data: Bytes,
    work: (raw: Uint8Array, data: Bytes) => Uint8Array,
  ): Promise<ArrayBuffer> {
    const raw = this.kept.get(key);
    assert.ok(raw !== undefined && tagLength === 8 * TAG);
    if (equal(raw, KEY)) this.payload++;
    await new Promise((resolve) => setImmediate(resolve));
    return work(raw, data).slice().buffer as ArrayBuffer;
  }
}

/** Has no such cipher. */
class None extends Own {
  override async importKey(): Promise<CryptoKey> {
    throw new DOMException("no such algorithm", "NotSupportedError");
  }
}

const chunksOf = (size: number) => Math.ceil(size / CHUNK);

/** A block's plaintext where `encrypt` takes it. */
function laid(data: Uint8Array): Bytes {
  const room = new Uint8Array(sealedSize(BLOCK));
  room.set(data, HEADROOM);
  return room.subarray(HEADROOM, HEADROOM + data.length);
}

async function sealed(cipher: Inline, plain: Uint8Array): Promise<Uint8Array> {
  const blocks = [];
  for (let at = 0; at * BLOCK < plain.length; at++) {
    const data = laid(plain.subarray(at * BLOCK, (at + 1) * BLOCK));
    const { buffer } = data;
    blocks.push(
      cipher.encrypt(at, data).then((made) => {
        assert.equal(made.buffer, buffer, "a block stays in its buffer");
        return made;
      }),
    );
  }
  return concat(...(await Promise.all(blocks)));
}

/** Chunk by chunk, as the format says. */
function wanted(plain: Uint8Array): Uint8Array {
  const out = new Uint8Array(sealedSize(plain.length));
  for (let at = 0; at < chunksOf(plain.length); at++) {
    const chunk = plain.subarray(at * CHUNK, (at + 1) * CHUNK);
    const from = at * (CHUNK + TAG);
    sealChunk(KEY, at, at === chunksOf(plain.length) - 1, chunk, out.subarray(from, from + chunk.length + TAG));
  }
  return out;
}

test("the browser's own cipher and the library make the same bytes, and open them", async () => {
  for (const size of [1, CHUNK - 1, CHUNK, CHUNK + 1, BLOCK, BLOCK + 1, PLAIN.length]) {
    const plain = PLAIN.subarray(0, size);
    const chunks = chunksOf(size);
    for (const subtle of [new Own(), new None()]) {
      const cipher = new Inline({ key: KEY, chunks }, subtle);
      const made = await sealed(cipher, plain);
      assert.ok(equal(made, wanted(plain)), `${size} bytes`);
      const step = BLOCK + HEADROOM;
      const opened = [];
      for (let at = 0; at * step < made.length; at++) {
        const { data, fault } = await cipher.decrypt(at, made.slice(at * step, (at + 1) * step));
        assert.equal(fault, null);
        opened.push(data);
      }
      assert.ok(equal(concat(...opened), plain), `${size} bytes`);
      assert.equal(subtle.payload, subtle instanceof None ? 0 : 2 * chunks, "each chunk once each way");
    }
  }
});

test("a cipher of the browser's that does anything otherwise is not taken", async () => {
  const spoiled = async (made: Promise<ArrayBuffer>, spoil: (data: Bytes) => Bytes) =>
    spoil(new Uint8Array(await made)).slice().buffer;
  const others: Record<string, Own> = {
    "a bit of a long text": new (class extends Own {
      override encrypt(...given: Parameters<Own["encrypt"]>) {
        return spoiled(super.encrypt(...given), (data) => {
          if (data.length > CHUNK) data[CHUNK - 1] = (data[CHUNK - 1] ?? 0) ^ 1;
          return data;
        });
      }
    })(),
    "no tag": new (class extends Own {
      override encrypt(...given: Parameters<Own["encrypt"]>) {
        return spoiled(super.encrypt(...given), (data) => data.subarray(0, -TAG));
      }
    })(),
    "another nonce": new (class extends Own {
      override encrypt({ iv, ...rest }: Parameters<Own["encrypt"]>[0], key: CryptoKey, data: Bytes) {
        return super.encrypt({ ...rest, iv: iv.slice().fill(0, 0, 7) }, key, data);
      }
    })(),
    "another plaintext": new (class extends Own {
      override decrypt(...given: Parameters<Own["decrypt"]>) {
        return spoiled(super.decrypt(...given), (data) => data.fill(0));
      }
    })(),
    "what does not authenticate": new (class extends Own {
      override async decrypt({ iv }: Parameters<Own["decrypt"]>[0], key: CryptoKey, data: Bytes) {
        const body = data.subarray(0, -TAG);
        return (await super.encrypt({ iv, tagLength: 8 * TAG }, key, body)).slice(0, -TAG); // the stream alone
      }
    })(),
    "it never encrypts": new (class extends Own {
      override async encrypt(): Promise<ArrayBuffer> {
        throw new DOMException("not this", "OperationError");
      }
    })(),
    "nothing here": new None(),
  };
  const plain = PLAIN.subarray(0, CHUNK + 5);
  for (const [words, subtle] of Object.entries(others)) {
    const cipher = new Inline({ key: KEY, chunks: 2 }, subtle);
    assert.ok(equal(await sealed(cipher, plain), wanted(plain)), words);
    const { data, fault } = await cipher.decrypt(0, wanted(plain).slice());
    assert.ok(fault === null && equal(data, plain), words);
    assert.equal(subtle.payload, 0, words);
  }
});

test("what the browser's cipher refuses on the way, the library does", async () => {
  class Tired extends Own {
    override encrypt(...given: Parameters<Own["encrypt"]>) {
      return this.payload % 3 === 2 ? this.refused() : super.encrypt(...given);
    }
    override decrypt(...given: Parameters<Own["decrypt"]>) {
      return this.payload % 3 === 2 ? this.refused() : super.decrypt(...given);
    }
    private async refused(): Promise<ArrayBuffer> {
      this.payload++;
      throw new DOMException("out of memory", "OperationError");
    }
  }
  const subtle = new Tired();
  const plain = PLAIN.subarray(0, BLOCK);
  const cipher = new Inline({ key: KEY, chunks: CHUNKS_A_BLOCK }, subtle);
  const made = await sealed(cipher, plain);
  assert.ok(equal(made, wanted(plain)));
  const { data, fault } = await cipher.decrypt(0, made.slice());
  assert.ok(fault === null && equal(data, plain));
  assert.equal(subtle.payload, 2 * CHUNKS_A_BLOCK);
});

test("faults are the same, and so is what comes before them", async () => {
  const whole = wanted(PLAIN.subarray(0, BLOCK));
  const step = CHUNK + TAG;
  const flipped = (at: number) => {
    const data = whole.slice();
    data[at] = (data[at] ?? 0) ^ 1;
    return data;
  };
  const cases: [string, Bytes, number, number, string | null][] = [
    ["the first byte", flipped(0), CHUNKS_A_BLOCK, 0, "a chunk does not authenticate"],
    ["the last byte", flipped(whole.length - 1), CHUNKS_A_BLOCK, 15, "a chunk does not authenticate"],
    ["in the middle", flipped(5 * step + 100), CHUNKS_A_BLOCK, 5, "a chunk does not authenticate"],
    ["none is marked as the last", whole.slice(), CHUNKS_A_BLOCK + 1, 15, "a chunk does not authenticate"],
    ["cut in a tag", whole.slice(0, 3 * step + 9), CHUNKS_A_BLOCK, 3, "an empty chunk"],
    ["cut after a tag's length", whole.slice(0, 3 * step + TAG), CHUNKS_A_BLOCK, 3, "an empty chunk"],
    ["nothing", new Uint8Array(0), CHUNKS_A_BLOCK, 0, "an empty chunk"],
    ["whole", whole.slice(), CHUNKS_A_BLOCK, 16, null],
  ];
  for (const [words, data, chunks, good, expected] of cases) {
    for (const subtle of [new Own(), new None()]) {
      const opened = await new Inline({ key: KEY, chunks }, subtle).decrypt(0, data.slice());
      assert.equal(opened.fault, expected, words);
      assert.ok(equal(opened.data, PLAIN.subarray(0, good * CHUNK)), words);
    }
  }
  const empty = new Uint8Array(TAG);
  sealChunk(KEY, 0, true, new Uint8Array(0), empty);
  for (const subtle of [new Own(), new None()]) {
    const opened = await new Inline({ key: KEY, chunks: 1 }, subtle).decrypt(0, empty.slice());
    assert.deepEqual([opened.fault, opened.data.length], [null, 0], "a payload of nothing");
  }
});

test("a worker that fails at a block says so, and goes on", async () => {
  const { port1, port2 } = new MessageChannel();
  try {
    workAt(port1);
    const beside = new Beside(port2, { key: KEY, chunks: 1 });
    await assert.rejects(beside.encrypt(0, new Uint8Array(8)), /RangeError/); // nothing before it in its buffer
    const plain = PLAIN.subarray(0, 77);
    assert.ok(equal(await beside.encrypt(0, laid(plain)), wanted(plain)));
    const { data, fault } = await beside.decrypt(0, wanted(plain).slice() as Bytes);
    assert.ok(fault === null && equal(data, plain));
  } finally {
    port1.close();
  }
});
