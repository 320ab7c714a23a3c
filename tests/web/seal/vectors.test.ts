import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBox, openBox } from "../../../web/seal/box.ts";
import { Inline } from "../../../web/seal/cipher.ts";
import {
  G2_SIZE,
  GENERATOR,
  g2ForLedger,
  g2FromLedger,
  hashToG1,
  pairingBytes,
  readG1,
  readG2,
  signedBy,
} from "../../../web/seal/curve.ts";
import { BidFault } from "../../../web/seal/faults.ts";
import { figureLeaf, formOf, formRoot } from "../../../web/seal/form.ts";
import { hashers } from "../../../web/seal/hasher.ts";
import * as ibe from "../../../web/seal/ibe.ts";
import { identityDigest } from "../../../web/seal/identity.ts";
import { takeBox } from "../../../web/seal/locks.ts";
import { readManifest } from "../../../web/seal/manifest.ts";
import { headerOf, openBid } from "../../../web/seal/opening.ts";
import { paddedSize } from "../../../web/seal/padding.ts";
import { compressedFromLedger } from "../../../web/seal/point.ts";
import { Memory, sealInto } from "../../../web/seal/sealing.ts";
import { hex, sha256, unhex, utf8 } from "../../../web/verify/bytes.ts";
import { COMMITTED, DOCUMENTS, FILE, KEYS, layoutOfVector, SECRETS, VECTORS } from "../support/bids.ts";

const { bid } = VECTORS;
const field = (one: Record<string, string>, name: string) => unhex(one[name] ?? "");

test("lock 1 is made and opened as in Python", () => {
  const key = readG2(unhex(VECTORS.lockOne.key));
  for (const one of VECTORS.lockOne.cases) {
    assert.equal(hex(hashToG1(field(one, "identity")).toBytes(true)), one.point);
    const locked = ibe.lock(key, field(one, "identity"), field(one, "message"), field(one, "sigma"));
    assert.equal(hex(locked), `${one.u}${one.v}${one.w}`);
    const signature = readG1(field(one, "signature"));
    assert.ok(signedBy(signature, hashToG1(field(one, "identity")), key));
    assert.deepEqual(ibe.unlock(signature, locked), field(one, "message"));
    locked[100] = (locked[100] ?? 0) ^ 1;
    assert.equal(ibe.unlock(signature, locked), null);
  }
});

test("the pairing is written as in Python", () => {
  const { left, right, bytes } = VECTORS.pairing;
  assert.equal(hex(pairingBytes(readG1(unhex(left)), readG2(unhex(right)))), bytes);
});

test("what is no point is refused", () => {
  for (const one of VECTORS.notPoints.g1) assert.throws(() => readG1(unhex(one)), { code: "sealing.point" });
  for (const one of VECTORS.notPoints.g2) assert.throws(() => readG2(unhex(one)), { code: "sealing.point" });
});

test("the ledger's form of a key is compressed without the curve as with it", () => {
  const keys = [1n, 2n, 3n, 5n, 8n].map((one) => GENERATOR.multiply(one)).flatMap((one) => [one, one.negate()]);
  const signs = keys.map((key) => {
    const compressed = key.toBytes(true);
    const point = g2ForLedger(compressed);
    assert.deepEqual(g2FromLedger(point), compressed);
    assert.deepEqual(compressedFromLedger(point), compressed);
    return (compressed[0] ?? 0) & 0x20;
  });
  assert.deepEqual(new Set(signs), new Set([0, 0x20]));
  const whole = g2ForLedger(GENERATOR.toBytes(true));
  const tooGreat = whole.map((byte, at) => (at === 16 ? 0x1b : byte));
  for (const wrong of [new Uint8Array(0), whole.subarray(1), tooGreat])
    assert.throws(() => compressedFromLedger(wrong), { code: "sealing.point" });
  assert.equal(compressedFromLedger(whole).length, G2_SIZE);
});

test("boxes are made and opened as in Python", () => {
  for (const one of VECTORS.boxes) {
    const [label, context] = [field(one, "label"), field(one, "context")];
    const box = makeBox(field(one, "content"), field(one, "public"), label, context);
    assert.equal(hex(box), one.box);
    assert.deepEqual(openBox(box, field(one, "private"), label, context), field(one, "content"));
    for (let at = 0; at < box.length; at++) {
      const spoilt = box.map((byte, place) => (place === at ? byte ^ 1 : byte));
      assert.equal(openBox(spoilt, field(one, "private"), label, context), null);
    }
  }
});

test("padding has Python's sizes", () => {
  for (const [size, padded] of VECTORS.padding) assert.equal(paddedSize(size), padded);
});

test("the form has Python's leaves and root", () => {
  const identity = identityDigest(COMMITTED.identity);
  const manifest = readManifest(utf8(bid.manifest));
  assert.deepEqual(
    manifest.form.map((one) => hex(figureLeaf(one, identity))),
    bid.leaves,
  );
  assert.equal(hex(formRoot(manifest.form, identity)), bid.formRoot);
  const salts = bid.random.salts.map(unhex);
  const values = Object.fromEntries(manifest.form.map(({ name, value }) => [name, value]));
  assert.deepEqual(
    formOf(values, () => salts.shift() ?? new Uint8Array(0)),
    manifest.form,
  );
});

test("with the same secrets the same file is sealed", async () => {
  const sink = new Memory();
  const layout = layoutOfVector();
  const sealed = await sealInto(layout, DOCUMENTS, sink, (await hashers())(), new Inline(layout));
  assert.equal(sealed?.size, bid.size);
  assert.equal(hex(sealed?.digest ?? new Uint8Array(0)), bid.digest);
  assert.deepEqual(sink.bytes(), FILE);
});

test("Python's bid opens, by either box", async () => {
  const found: Uint8Array[] = [];
  const manifest = await openBid(new Blob([FILE]), COMMITTED, KEYS, (_document, bytes) => {
    found.push(bytes.slice());
  });
  assert.deepEqual(manifest, readManifest(utf8(bid.manifest)));
  assert.equal(hex(Buffer.concat(found)), bid.documents.map(({ content }) => content).join(""));
  const header = await headerOf(new Blob([FILE]));
  for (const name of ["officer", "supervisor"] as const) {
    assert.deepEqual(takeBox(header, name, unhex(bid[name].private)), SECRETS.k2);
  }
  assert.throws(() => takeBox(header, "officer", unhex(bid.supervisor.private)), { kind: "shut_box" });
});

test("each fault has Python's name", async () => {
  for (const { place, byte, fault } of VECTORS.faults) {
    const file = FILE.map((old, at) => (at === place ? byte : old));
    const opened = openBid(new Blob([file]), { ...COMMITTED, digest: sha256(file) }, KEYS);
    await assert.rejects(opened, (error) => error instanceof BidFault && error.kind === fault, `${place}: ${fault}`);
    await assert.rejects(openBid(new Blob([file]), COMMITTED, KEYS), { kind: "wrong_file" });
  }
});

test("a wrong signature and a wrong k2 are told apart", async () => {
  const file = new Blob([FILE]);
  const other = unhex(VECTORS.lockOne.cases[1]?.signature ?? "");
  await assert.rejects(openBid(file, COMMITTED, { ...KEYS, signature: other }), { kind: "wrong_signature" });
  await assert.rejects(openBid(file, COMMITTED, { ...KEYS, k2: new Uint8Array(16) }), { kind: "wrong_lock_key" });
});
