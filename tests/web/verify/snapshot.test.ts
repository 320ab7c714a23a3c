import assert from "node:assert/strict";
import { test } from "node:test";
import { b64url, hex, unhex } from "../../../web/verify/bytes.ts";
import type { Json } from "../../../web/verify/canonical.ts";
import { InvalidInput } from "../../../web/verify/errors.ts";
import { openSnapshot } from "../../../web/verify/snapshot.ts";
import { trustRootOf } from "../../../web/verify/trustroot.ts";
import { vector } from "../support/files.ts";

const all = vector<{
  trustRoot: Json;
  at: number;
  digest: string;
  file: string;
  stamps: Record<string, [string, string, number, string] | null>;
  refused: Record<string, string>;
}>("snapshot");
const root = trustRootOf(all.trustRoot);
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const file = bytes(all.file);

test("the snapshot vector is read, and every stamp in it is found", () => {
  const source = openSnapshot(file, root, all.at, null);
  assert.ok([source.seen.digest, b64url(unhex(source.seen.digest)), `0x${source.seen.digest}`].includes(all.digest));
  for (const [digest, wanted] of Object.entries(all.stamps)) {
    const found = source.stampAnchor(unhex(digest));
    assert.equal(found === null, wanted === null, digest);
    if (found === null || wanted === null) continue;
    assert.deepEqual([found.bureau, found.lane, found.sequence], wanted.slice(0, 3));
    assert.deepEqual(source.anchor(found.bureau, found.lane, found.sequence), found);
  }
});

test("every snapshot that Python refuses is refused", () => {
  assert.ok(Object.keys(all.refused).length >= 7);
  for (const [fault, text] of Object.entries(all.refused)) {
    assert.throws(() => openSnapshot(bytes(text), root, all.at, null), InvalidInput, fault);
  }
});

test("an older snapshot than one seen, another of the same version, and a clock before it are refused", () => {
  const { seen, madeAt, block } = openSnapshot(file, root, all.at, null);
  openSnapshot(file, root, all.at, seen);
  openSnapshot(file, root, all.at, { ...seen, trustRoot: hex(new Uint8Array(32)), version: seen.version + 1 });
  assert.throws(() => openSnapshot(file, root, all.at, { ...seen, version: seen.version + 1 }), /older/);
  assert.throws(() => openSnapshot(file, root, all.at, { ...seen, digest: hex(new Uint8Array(32)) }), /seen before/);
  const made = Math.max(madeAt, block.time);
  openSnapshot(file, root, made - 300, null);
  assert.throws(() => openSnapshot(file, root, made - 301, null), /clock/);
});

test("a snapshot with any one byte changed is refused", () => {
  for (let place = 0; place < file.length; place += 7) {
    const changed = file.slice();
    changed[place] = (file[place] ?? 0) ^ (1 << (place % 8));
    assert.throws(() => openSnapshot(changed, root, all.at, null), InvalidInput, `byte ${place}`);
  }
});
