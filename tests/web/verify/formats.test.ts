import assert from "node:assert/strict";
import { test } from "node:test";
import { b64url, base64, hex0x, sha256, unb64url, unbase64, unhex, utf8 } from "../../../web/verify/bytes.ts";
import { canonical, type Json, readCanonicalText } from "../../../web/verify/canonical.ts";
import { readCheckpoint } from "../../../web/verify/checkpoint.ts";
import { parseCredential } from "../../../web/verify/credential.ts";
import { InvalidInput } from "../../../web/verify/errors.ts";
import { laneHeadAfter, statusHeadAfter, word } from "../../../web/verify/events.ts";
import { isCreditCode, wrongPart } from "../../../web/verify/identifiers.ts";
import { signedBy } from "../../../web/verify/jws.ts";
import { certificateLeaf, leafHash, rootOf } from "../../../web/verify/merkle.ts";
import { fromDigits, parseStamp, stampSignedBy } from "../../../web/verify/stamp.ts";
import { parseStatusToken, stateOf } from "../../../web/verify/statuslist.ts";
import { trustRootOf } from "../../../web/verify/trustroot.ts";
import { vector } from "../support/files.ts";

const LATER = ["bundle.version", "stamp.version", "credential.version", "credential.key_binding"];
const raw = (text: string) => unb64url(text, "vector");

/** Refused, and for the same kind of reason: what a newer reader may know is told apart from what is broken. */
function refuses(read: () => unknown, code: string, fault: string): void {
  let found = "";
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof InvalidInput, `${fault}: ${String(error)}`);
    found = error.code;
  }
  assert.notEqual(found, "", `${fault}: read`);
  assert.equal(LATER.includes(found), LATER.includes(code), `${fault}: ${found} instead of ${code}`);
}

test("the credential vector is read whole, and its presentation in part", () => {
  const all = vector<{
    key: { publicKey: string };
    credential: string;
    jwtDigest: string;
    identifier: string;
    notBefore: number;
    expires: number;
    statusList: string;
    statusIndex: number;
    fields: Record<string, Json>;
    presentation: { names: string[]; credential: string };
    refused: { fault: string; code: string; credential: string }[];
    refusedBySignature: { fault: string; credential: string }[];
  }>("credential");
  const found = parseCredential(all.credential);
  assert.equal(b64url(found.jwtDigest), all.jwtDigest);
  assert.deepEqual(Object.fromEntries(found.fields), all.fields);
  const { identifier, notBefore, expires, statusList, statusIndex } = all;
  const { claims } = found;
  assert.deepEqual(
    { ...claims, key: null },
    {
      bureau: "11440100000000001F",
      certificateType: "11100000MB0143028R001",
      identifier,
      notBefore,
      expires,
      statusList,
      statusIndex,
      key: null,
    },
  );
  assert.ok(signedBy(found.jws, raw(all.key.publicKey)));
  const part = parseCredential(all.presentation.credential);
  assert.equal(part.claims.identifier, all.identifier);
  assert.equal(part.hidden, Object.keys(all.fields).length - 1);
  assert.ok(all.refused.length > 100);
  for (const { fault, code, credential } of all.refused) refuses(() => parseCredential(credential), code, fault);
  for (const { fault, credential } of all.refusedBySignature) {
    assert.ok(!signedBy(parseCredential(credential).jws, raw(all.key.publicKey)), fault);
  }
});

test("the stamp vector is read, from bytes and from digits", () => {
  const all = vector<{
    key: { publicKey: string; thumbprint: string };
    stamp: string;
    digest: string;
    digits: string;
    identifier: string;
    holderName: string;
    face: [number, string][];
    credentialDigest: string;
    refused: { fault: string; code: string; stamp: string }[];
    refusedBySignature?: { fault: string; stamp: string }[];
  }>("stamp");
  const found = parseStamp(raw(all.stamp));
  assert.deepEqual(fromDigits(all.digits), raw(all.stamp));
  assert.equal(b64url(found.digest), all.digest);
  assert.equal(found.claims.identifier, all.identifier);
  assert.equal(found.holder, all.holderName);
  assert.deepEqual(found.face, all.face);
  assert.equal(b64url(found.credentialDigest), all.credentialDigest);
  assert.deepEqual(found.claims.key, raw(all.key.thumbprint).slice(0, 8));
  assert.ok(stampSignedBy(found, raw(all.key.publicKey)));
  assert.ok(all.refused.length > 20);
  for (const { fault, code, stamp } of all.refused) refuses(() => parseStamp(raw(stamp)), code, fault);
  for (const { fault, stamp } of all.refusedBySignature ?? []) {
    assert.ok(!stampSignedBy(parseStamp(raw(stamp)), raw(all.key.publicKey)), fault);
  }
});

test("the status list vector is read, entry by entry", () => {
  const all = vector<{
    key: { publicKey: string };
    token: string;
    digest: string;
    list: string;
    previousHead: string;
    size: number;
    entries: [number, number][];
    refused: { fault: string; code: string; token: string }[];
  }>("status_list");
  const found = parseStatusToken(utf8(all.token));
  assert.equal(b64url(found.digest), all.digest);
  assert.equal(found.list, all.list);
  assert.equal(hex0x(found.previousHead), all.previousHead);
  assert.equal(found.size, all.size);
  for (const [index, state] of all.entries) assert.equal(stateOf(found, index), state, String(index));
  assert.equal(stateOf(found, found.size), null);
  assert.ok(signedBy(found.jws, raw(all.key.publicKey)));
  assert.ok(all.refused.length > 20);
  for (const { fault, code, token } of all.refused) refuses(() => parseStatusToken(utf8(token)), code, fault);
});

test("trees and leaves are those of RFC 9162", () => {
  const all = vector<{
    inputs: string[];
    leafHashes: string[];
    trees: { size: number; root: string; paths: string[][] }[];
    certificateLeaf: { jwt: string; stamp: string; record: string; leaf: string };
  }>("merkle");
  const leaves = all.inputs.map((input) => leafHash(unhex(input)));
  assert.deepEqual(leaves, all.leafHashes.map(unhex));
  for (const { size, root, paths } of all.trees) {
    paths.forEach((path, index) => {
      const nodes = path.map(unhex);
      const leaf = leaves[index] ?? new Uint8Array(0);
      assert.deepEqual(rootOf(leaf, index, size, nodes), unhex(root));
      assert.equal(rootOf(leaf, index, size, [...nodes, leaf]), null);
      if (nodes.length > 0) assert.equal(rootOf(leaf, index, size, nodes.slice(1)), null);
    });
  }
  const { jwt, stamp, record, leaf } = all.certificateLeaf;
  assert.deepEqual(certificateLeaf({ jwt: unhex(jwt), stamp: unhex(stamp), record: unhex(record) }), unhex(leaf));
});

test("checkpoints are read, and every other form is refused", () => {
  const all = vector<{ trustRoot: Json; note: string; signers: string[]; refused: Record<string, string> }>(
    "checkpoint",
  );
  const root = trustRootOf(all.trustRoot);
  assert.deepEqual(readCheckpoint(all.note, root).signers, all.signers);
  for (const [fault, note] of Object.entries(all.refused)) {
    const signers = () => readCheckpoint(note, root).signers;
    if (fault === "one witness only") assert.ok(signers().length < root.threshold);
    else assert.throws(signers, InvalidInput, fault);
  }
});

test("trust roots are read with and without contracts of tenders", () => {
  const all = vector<{ good: Record<string, { root: Json; digest: string }>; refused: Record<string, Json> }>(
    "trust_root",
  );
  for (const [name, one] of Object.entries(all.good)) {
    assert.equal(hex0x(trustRootOf(one.root).digest), one.digest, name);
  }
  for (const [name, root] of Object.entries(all.refused)) assert.throws(() => trustRootOf(root), InvalidInput, name);
});

test("heads are those the contract computes", () => {
  type Anchor = Record<
    "bureau" | "lane" | "sequence" | "root" | "manifestDigest" | "previousHead" | "time" | "head",
    string
  >;
  type State = Record<"bureau" | "list" | "previousHead" | "listDigest" | "time" | "head", string>;
  const all = vector<{
    anchors: (Anchor & { size: number })[];
    statuses: State[];
    names: { text: string; word: string }[];
    badNames: string[];
    creditCodes: string[];
    badCreditCodes: string[];
  }>("ledger");
  const bytes = (text: string) => unhex(text.slice(2));
  for (const one of all.anchors.filter(
    (anchor) => Number(anchor.sequence) < 2 ** 53 && Number(anchor.time) < 2 ** 53,
  )) {
    const event = {
      bureau: one.bureau,
      lane: one.lane,
      sequence: Number(one.sequence),
      root: bytes(one.root),
      size: one.size,
      manifestDigest: bytes(one.manifestDigest),
      head: bytes(one.head),
      key: new Uint8Array(20),
    };
    assert.deepEqual(laneHeadAfter(event, bytes(one.previousHead), Number(one.time)), event.head);
  }
  for (const one of all.statuses.filter((state) => Number(state.time) < 2 ** 53)) {
    const event = {
      bureau: one.bureau,
      list: one.list,
      previousHead: bytes(one.previousHead),
      head: bytes(one.head),
      digest: bytes(one.listDigest),
      key: new Uint8Array(20),
    };
    assert.deepEqual(statusHeadAfter(event, Number(one.time)), event.head);
  }
  for (const { text, word: wanted } of all.names) assert.deepEqual(word(text), bytes(wanted));
  for (const code of all.creditCodes) assert.ok(isCreditCode(code), code);
});

test("check characters of identifiers are judged as in Python", () => {
  const all = vector<{
    identifiers: { text: string; valid: boolean }[];
    wrongParts: { fault: string; text: string; part: string }[];
    uscc: { text: string; valid: boolean }[];
  }>("identifiers");
  for (const { text, valid } of all.identifiers) assert.equal(wrongPart(text) === null, valid, text);
  for (const { fault, text } of all.wrongParts) assert.notEqual(wrongPart(text), null, fault);
  for (const { text, valid } of all.uscc) assert.equal(isCreditCode(text), valid, text);
});

test("base64 has one text for its bytes", () => {
  for (let size = 0; size < 70; size++) {
    const data = sha256(Uint8Array.of(size)).slice(0, size % 33);
    assert.deepEqual(unb64url(b64url(data), "x"), data);
    assert.equal(base64(data), Buffer.from(data).toString("base64"));
    assert.deepEqual(unbase64(base64(data)), data);
  }
  for (const text of ["A", "AB", "AAB", "AA=", "AA==", "A-+A", " AAA", "AAA\n", "ÄAAA"]) {
    assert.throws(() => unb64url(text, "x"), InvalidInput, text);
  }
  for (const text of ["AA", "AB==", "AAB=", "AAA", "AA=A", "====", "A===", "AA-_"])
    assert.equal(unbase64(text), null, text);
});

test("JSON has one form", () => {
  const good: Json = {
    "": [null, true, -1, 0, 9007199254740991, '"\\\u0001\u007f中😀'],
    __proto: { a: [] },
    "😀": 1,
    "\uffff": 2,
  };
  assert.deepEqual(readCanonicalText(canonical(good), "x"), good);
  assert.ok(canonical(good).indexOf("😀") < canonical(good).indexOf('"\uffff"'));
  const bad = [
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    "[1.0]",
    "[1e2]",
    "[-0]",
    "[9007199254740993]",
    "[0.5]",
    '["\\u0041"]',
  ];
  const worse = [
    '["\\ud800"]',
    "[ 1]",
    "[1]\n",
    '["\\/"]',
    "nul",
    "",
    '{"a":1,}',
    `${"[".repeat(600)}${"]".repeat(600)}`,
  ];
  for (const text of [...bad, ...worse]) assert.throws(() => readCanonicalText(text, "x"), InvalidInput, text);
});
