import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 as library } from "@noble/hashes/sha2.js";
import { Inline } from "../../../web/seal/cipher.ts";
import { formOf, formRoot } from "../../../web/seal/form.ts";
import { hashers } from "../../../web/seal/hasher.ts";
import { digestOf } from "../../../web/seal/hashing.ts";
import { identityDigest } from "../../../web/seal/identity.ts";
import { BLOCK, layOut, placeOf } from "../../../web/seal/layout.ts";
import { drawSecrets } from "../../../web/seal/locks.ts";
import { caseless, checkName, type Manifest, writeManifest } from "../../../web/seal/manifest.ts";
import { checkSealed } from "../../../web/seal/opening.ts";
import { Memory, sealInto } from "../../../web/seal/sealing.ts";
import { turn } from "../../../web/seal/turn.ts";
import { COMMITTED } from "../support/bids.ts";

const { identity, openingKey, recipients } = COMMITTED;

function noise(size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(out.subarray(at, at + 65_536));
  return out;
}

async function plan(sizes: readonly number[]) {
  const blobs = sizes.map((size) => new Blob([noise(size)]));
  const documents = await Promise.all(
    blobs.map(async (blob, at) => ({
      name: `${at}.pdf`,
      mediaType: "application/pdf",
      size: blob.size,
      digest: await digestOf(blob),
    })),
  );
  const form = formOf({ price: "1.00" });
  const manifest: Manifest = { identity, organisation: {}, form, documents, presentations: [], guarantee: null };
  const secrets = drawSecrets();
  const layout = layOut(manifest, openingKey, recipients, secrets);
  const committed = { ...COMMITTED, size: layout.size, formRoot: formRoot(form, identityDigest(identity)) };
  return { blobs, manifest, secrets, layout, committed };
}

test("digests of streams are those of the library, however they are cut", async () => {
  const make = await hashers();
  for (const size of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 2 ** 20 + 64, 2_500_001]) {
    const data = noise(size);
    const hasher = make();
    const cut = Math.floor(size / 3);
    hasher.update(data.subarray(0, cut));
    hasher.update(data.subarray(cut));
    assert.deepEqual(hasher.digest(), library(data), `${size} bytes`);
  }
});

test("two streams that are hashed in turns do not mix", async () => {
  const make = await hashers();
  const [first, second, data] = [make(), make(), noise(1000)];
  for (let at = 0; at < 1000; at += 100) {
    first.update(data.subarray(at, at + 100));
    second.update(data.subarray(at, at + 50));
  }
  assert.deepEqual(first.digest(), library(data));
  assert.notDeepEqual(second.digest(), library(data));
});

test("a bid that is stopped anywhere and gone on with is the same file", async () => {
  const { blobs, manifest, secrets, layout, committed } = await plan([BLOCK - 300, 0, 2 * BLOCK + 17, 5]);
  const straight = new Memory();
  const make = await hashers();
  const whole = await sealInto(layout, blobs, straight, make(), new Inline(layout));
  for (const stop of [0, 1, 2, 3]) {
    const sink = new Memory();
    let blocks = 0;
    const watch = { told: () => blocks++, stopped: () => blocks >= stop };
    assert.equal(await sealInto(layout, blobs, sink, make(), new Inline(layout), watch), null);
    sink.truncate(Math.max(0, sink.getSize() - 1)); // the last byte of the last block was not written any more
    const again = layOut(manifest, openingKey, recipients, secrets);
    assert.deepEqual(await sealInto(again, blobs, sink, make(), new Inline(again)), whole);
    assert.deepEqual(sink.bytes(), straight.bytes());
  }
  const file = new Blob([straight.bytes() as Uint8Array<ArrayBuffer>]);
  const found = await checkSealed(file, { ...committed, digest: whole?.digest ?? new Uint8Array(0) }, secrets.fileKey);
  assert.deepEqual(found, manifest);
});

test("a stop that comes as a message is heard, though all blocks lie ready", async () => {
  const { blobs, secrets, layout, committed } = await plan([8 * BLOCK]);
  const make = await hashers();
  const stopping = () => {
    const { port1, port2 } = new MessageChannel();
    let asked = false;
    port1.onmessage = () => {
      asked = true;
      port1.close();
    };
    let blocks = 0;
    const told = () => {
      if (++blocks === 1) port2.postMessage("stop");
    };
    return { told, stopped: () => turn().then(() => asked) };
  };
  const sink = new Memory();
  assert.equal(await sealInto(layout, blobs, sink, make(), new Inline(layout), stopping()), null);
  assert.ok(sink.getSize() <= placeOf(layout, 2), "the block at hand is done, and one more at most");
  const sealed = await sealInto(layout, blobs, sink, make(), new Inline(layout));
  const kept = { ...committed, digest: sealed?.digest ?? new Uint8Array(0) };
  const file = new Blob([sink.bytes() as Uint8Array<ArrayBuffer>]);
  const inline = (keyed: ConstructorParameters<typeof Inline>[0]) => new Inline(keyed);
  assert.equal(await checkSealed(file, kept, secrets.fileKey, inline, stopping()), null);
});

test("a file begun with other secrets is not gone on with", async () => {
  const { blobs, manifest, layout } = await plan([BLOCK + 1]);
  const make = await hashers();
  const [sink, straight] = [new Memory(), new Memory()];
  const before = layOut(manifest, openingKey, recipients);
  await sealInto(before, blobs, sink, make(), new Inline(before));
  const again = await sealInto(layout, blobs, sink, make(), new Inline(layout));
  assert.deepEqual(again, await sealInto(layout, blobs, straight, make(), new Inline(layout)));
  assert.deepEqual(sink.bytes(), straight.bytes());
});

test("a document that changed is noticed: by its size at once, by its bytes in the check", async () => {
  const { blobs, secrets, layout, committed } = await plan([100, BLOCK]);
  const make = await hashers();
  const shorter = [new Blob([noise(99)]), blobs[1] ?? new Blob([])];
  const begun = sealInto(layout, shorter, new Memory(), make(), new Inline(layout));
  await assert.rejects(begun, { code: "bid.changed" });
  const [other, sink] = [[blobs[0] ?? new Blob([]), new Blob([noise(BLOCK)])], new Memory()];
  const sealed = await sealInto(layout, other, sink, make(), new Inline(layout));
  const file = new Blob([sink.bytes() as Uint8Array<ArrayBuffer>]);
  const kept = { ...committed, digest: sealed?.digest ?? new Uint8Array(0) };
  await assert.rejects(checkSealed(file, kept, secrets.fileKey), { kind: "bad_document" });
});

test("a block that the disk lost is found by the check afterwards", async () => {
  const { blobs, secrets, layout, committed } = await plan([BLOCK + 1]);
  const sink = new Memory();
  const make = await hashers();
  await sealInto(layout, blobs, sink, make(), new Inline(layout));
  sink.write(new Uint8Array(4096), { at: 100_000 });
  const sealed = await sealInto(layout, blobs, sink, make(), new Inline(layout));
  const file = new Blob([sink.bytes() as Uint8Array<ArrayBuffer>]);
  const kept = { ...committed, digest: sealed?.digest ?? new Uint8Array(0) };
  await assert.rejects(checkSealed(file, kept, secrets.fileKey), { kind: "bad_ciphertext" });
});

test("a check reads the file once, tells how far it is, and stops", async () => {
  const { blobs, manifest, secrets, layout, committed } = await plan([2 * BLOCK + 9]);
  const sink = new Memory();
  const sealed = await sealInto(layout, blobs, sink, (await hashers())(), new Inline(layout));
  const file = new Blob([sink.bytes() as Uint8Array<ArrayBuffer>]);
  const kept = { ...committed, digest: sealed?.digest ?? new Uint8Array(0) };
  const heard: number[] = [];
  const inline = (keyed: ConstructorParameters<typeof Inline>[0]) => new Inline(keyed);
  const told = (done: number) => heard.push(done);
  assert.deepEqual(await checkSealed(file, kept, secrets.fileKey, inline, { told }), manifest);
  assert.equal(heard.at(-1), layout.size);
  assert.deepEqual(
    heard,
    [...new Set(heard)].sort((left, right) => left - right),
  );
  assert.equal(await checkSealed(file, kept, secrets.fileKey, inline, { stopped: () => heard.length > 0 }), null);
});

test("names that some system takes for another thing are refused", () => {
  for (const name of [
    "",
    ".a",
    "a.",
    " a",
    "a ",
    "a/b",
    "a\\b",
    "a:b",
    'a"b',
    "a\u0000b",
    "a\u202eb",
    "e\u0301",
    "\ue000",
    "长".repeat(67),
  ]) {
    assert.throws(() => checkName(name), { code: "bid.manifest" }, JSON.stringify(name));
  }
  for (const name of ["技术标.pdf", "é", "a b (1).pdf"]) checkName(name);
});

test("two documents of one name but for its case are refused", async () => {
  const { manifest } = await plan([1, 1]);
  for (const [left, right] of [
    ["ẞ.pdf", "ss.PDF"],
    ["Σς", "σσ"],
  ] as const) {
    assert.equal(caseless(left), caseless(right));
    const documents = manifest.documents.map((one, at) => ({ ...one, name: at === 0 ? left : right }));
    assert.throws(() => writeManifest({ ...manifest, documents }), { code: "bid.manifest" });
  }
});
