import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateSync } from "node:zlib";
import { InvalidInput } from "../../../web/verify/errors.ts";
import { inflate } from "../../../web/verify/inflate.ts";

const STRATEGIES = [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED];

/** Bytes that are all zero, repeat themselves, or look random. */
function sample(kind: number, size: number): Uint8Array {
  let state = kind * 7919 + size;
  return Uint8Array.from({ length: size }, (_, at) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return kind === 0
      ? 0
      : kind === 1
        ? at % 13
        : kind === 2
          ? (state >>> 16) & 255
          : (state >>> 16) % 97 === 0
            ? 17
            : 0;
  });
}

test("what zlib packs at any level and by any strategy is unpacked", () => {
  for (const kind of [0, 1, 2, 3]) {
    for (const size of [0, 1, 2, 300, 65_536, 70_001]) {
      const data = sample(kind, size);
      for (const level of [0, 1, 6, 9]) {
        for (const strategy of STRATEGIES) {
          assert.deepEqual(inflate(deflateSync(data, { level, strategy }), 80_000), data, `${kind} ${size} ${level}`);
        }
      }
    }
  }
});

test("more than the limit, cut short, something behind, or a changed byte is refused", () => {
  const data = sample(3, 65_536);
  const packed = new Uint8Array(deflateSync(data));
  assert.deepEqual(inflate(packed, 65_536), data);
  assert.throws(() => inflate(packed, 65_535), InvalidInput);
  assert.throws(() => inflate(Uint8Array.of(...packed, 0), 65_536), InvalidInput);
  for (let size = 0; size < packed.length; size += 5) {
    assert.throws(() => inflate(packed.subarray(0, size), 65_536), InvalidInput, `cut at ${size}`);
  }
  for (let place = 0; place < packed.length; place += 3) {
    const changed = packed.slice();
    changed[place] = (packed[place] ?? 0) ^ (1 << (place % 8));
    let found: Uint8Array | null = null;
    try {
      found = inflate(changed, 65_536);
    } catch (error) {
      assert.ok(error instanceof InvalidInput, String(error));
    }
    // The header's level and idle bits between blocks say nothing of the content; whatever is read must be the same.
    if (found !== null) assert.deepEqual(found, data, `byte ${place}`);
  }
});

test("a promise of gigabytes ends at the limit", () => {
  const bomb = deflateSync(new Uint8Array(32 * 2 ** 20));
  const began = process.cpuUsage();
  assert.throws(() => inflate(bomb, 2 ** 21), InvalidInput);
  assert.ok(process.cpuUsage(began).user < 1_000_000); // a second of this process, whatever others do
});
