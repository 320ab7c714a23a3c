import assert from "node:assert/strict";
import { test } from "node:test";
import { p256 } from "@noble/curves/nist.js";
import { bindingLeaf, makeUnbind, parseBinding } from "../../../web/claims/binding.ts";
import { makeClaim } from "../../../web/claims/claim.ts";
import { grouped, readCode } from "../../../web/claims/codes.ts";
import { type Device, lowS } from "../../../web/claims/device.ts";
import { keyOfCode, PROFILE, saltOf } from "../../../web/claims/kdf.ts";
import { type LaneSource, readLane, standing } from "../../../web/claims/lane.ts";
import { cidOf } from "../../../web/claims/manifest.ts";
import { b64url, concat, padLeft, sha256, unb64url, unhex, utf8, ZEROS } from "../../../web/verify/bytes.ts";
import { InvalidInput, Unavailable } from "../../../web/verify/errors.ts";
import { verifyEs256 } from "../../../web/verify/es256.ts";
import type { AnchorFacts } from "../../../web/verify/facts.ts";
import { treeRoot } from "../../../web/verify/merkle.ts";
import { vector } from "../support/files.ts";

interface Vectors {
  devicePrivateKey: number;
  code: { printed: string; form: string; typed: string[]; refused: string[] };
  kdf: { profile: string; bureau: string; identifier: string; salt: string; key: string };
  claim: { text: string; signedDigest: string };
  binding: { text: string; digest: string; endOfFirst: string; record: string; leaves: string[]; root: string };
  unbind: { text: string; signedDigest: string };
}

const VECTORS = vector<Vectors>("claims");
const raw = (text: string) => unb64url(text, "vector");
const SECRET = padLeft(unhex(VECTORS.devicePrivateKey.toString(16).padStart(4, "0")), 32);

/** The device of the vectors; it notes what it was given to sign. */
function device(signed: Uint8Array[] = []): Device {
  return {
    publicKey: p256.getPublicKey(SECRET, true),
    sign: (message) => {
      signed.push(sha256(message));
      return Promise.resolve(lowS(p256.sign(message, SECRET, { lowS: false })));
    },
  };
}

test("a code is read as people type it, and a mistyped one is refused", () => {
  const { printed, form, typed, refused } = VECTORS.code;
  for (const text of [printed, ...typed]) assert.equal(readCode(text), form);
  for (const text of refused) assert.throws(() => readCode(text), InvalidInput, text);
  assert.equal(grouped(form), printed);
});

test("the key of a code is Python's", async () => {
  const { profile, bureau, identifier, salt, key } = VECTORS.kdf;
  assert.equal(profile, PROFILE);
  assert.equal(b64url(saltOf(bureau, identifier)), salt);
  assert.equal(b64url(await keyOfCode(VECTORS.code.form, bureau, identifier)), key);
});

test("a claim is Python's but for its signature, which is good", async () => {
  const theirs = JSON.parse(VECTORS.claim.text) as Record<string, string>;
  const { bureau, identifier } = VECTORS.kdf;
  const signed: Uint8Array[] = [];
  const content = { bureau, identifier, time: 1_790_000_000, nonce: raw(theirs.nonce ?? "") };
  const text = await makeClaim(` ${VECTORS.code.printed.toLowerCase()} `, content, device(signed));
  const mine = JSON.parse(text) as Record<string, string>;
  assert.deepEqual({ ...mine, signature: "" }, { ...theirs, signature: "" });
  assert.deepEqual(signed.map(b64url), [VECTORS.claim.signedDigest]);
  for (const one of [mine, theirs]) {
    assert.ok(verifyEs256(raw(one.key ?? ""), raw(VECTORS.claim.signedDigest), raw(one.signature ?? "")));
  }
});

test("a binding is read in its one form alone, and its holder ends it in Python's words", async () => {
  const { text, digest } = VECTORS.binding;
  const binding = parseBinding(utf8(text));
  assert.equal(b64url(binding.digest), digest);
  assert.equal(binding.n, 2);
  for (let at = 0; at < text.length; at++) {
    const changed = `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;
    try {
      assert.notEqual(b64url(parseBinding(utf8(changed)).digest), digest);
    } catch (error) {
      assert.ok(error instanceof InvalidInput, changed);
    }
  }
  for (const broken of [` ${text}`, text.replace('"n":2', '"n":1'), text.replace('"n":2', '"n":"2"'), "{}"]) {
    assert.throws(() => parseBinding(utf8(broken)), InvalidInput);
  }
  const signed: Uint8Array[] = [];
  const ended = await makeUnbind(binding, device(signed), 1_790_000_200);
  assert.deepEqual(signed.map(b64url), [VECTORS.unbind.signedDigest]);
  assert.equal(ended.length, VECTORS.unbind.text.length);
});

test("the other of two signatures is turned into the one that is accepted", () => {
  for (let number = 0; number < 16; number++) {
    const message = utf8(`message ${number}`);
    const made = lowS(p256.sign(message, SECRET, { lowS: false }));
    assert.ok(verifyEs256(device().publicKey, sha256(message), made));
  }
});

// ---------------------------------------------------------------------- the lane

const binding = parseBinding(utf8(VECTORS.binding.text));
const bound = concat(binding.tag, binding.digest, raw(VECTORS.binding.record));
const before = concat(raw(VECTORS.binding.endOfFirst), binding.digest, raw(VECTORS.binding.record));
const after = concat(binding.end, sha256(utf8("an ending")), raw(VECTORS.binding.record));
const ANCHOR_KEY = new Uint8Array(20).fill(7);

function anchor(sequence: number, ...rows: readonly Uint8Array[]): AnchorFacts {
  return {
    bureau: binding.bureau,
    lane: "$claims",
    sequence,
    root: treeRoot(rows.map(bindingLeaf)),
    size: rows.length,
    manifestDigest: ZEROS,
    head: ZEROS,
    key: ANCHOR_KEY,
    block: { number: 10 * sequence, hash: ZEROS, time: 1_790_000_000 + sequence },
    transaction: ZEROS,
  };
}

function source(anchors: readonly AnchorFacts[], compromisedSince: number | null = null): LaneSource {
  return {
    block: { number: 99, hash: ZEROS, time: 1_790_001_000 },
    key: () => ({
      thumbprint: padLeft(ANCHOR_KEY, 32),
      purpose: "anchor",
      publicKey: new Uint8Array(),
      valid: { since: 0, until: null },
      compromisedSince,
    }),
    lane: () => Promise.resolve(anchors),
  };
}

test("leaves and root are Python's", () => {
  assert.deepEqual(
    [bound, before].map((row) => b64url(bindingLeaf(row))),
    VECTORS.binding.leaves,
  );
  assert.equal(b64url(treeRoot([bound, before].map(bindingLeaf))), VECTORS.binding.root);
  assert.equal(cidOf(sha256(utf8("hello"))), "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq");
});

test("bound, ended, never anchored, open: as the lane has it", async () => {
  const first = anchor(1, bound, before);
  const last = anchor(2, after);
  const rows = new Map([
    [first, [bound, before]],
    [last, [after]],
  ]);
  const read = (found: AnchorFacts) => Promise.resolve(rows.get(found) ?? []);
  const state = async (anchors: readonly AnchorFacts[], how = read, compromised: number | null = null) =>
    standing(binding, await readLane(source(anchors, compromised), binding.bureau, how)).state;
  assert.equal(await state([first]), "bound");
  assert.equal(await state([first, last]), "ended");
  assert.equal(await state([]), "none");
  assert.equal(await state([first], read, 1_790_000_001), "none", "its key was compromised by then");
  const hidden = (found: AnchorFacts) =>
    found === last ? Promise.reject(new Unavailable("gone", "blob.unavailable")) : read(found);
  assert.equal(await state([first, last], hidden), "open", "the end may be what is hidden");
  assert.equal(await state([first], () => Promise.resolve([bound])), "open", "rows that do not lead to the root");
  const silent = { ...source([first]), lane: () => Promise.reject(new Unavailable("gap", "ledger.gap")) };
  assert.equal(standing(binding, await readLane(silent, binding.bureau, read)).state, "open");
});
