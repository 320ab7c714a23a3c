import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, type Objectionable } from "../../../web/bid/own.ts";
import { keyOf } from "../../../web/bid/published.ts";
import { readRecord } from "../../../web/bid/record.ts";
import { formRoot } from "../../../web/seal/form.ts";
import { identityDigest, readIdentity } from "../../../web/seal/identity.ts";
import { readManifest } from "../../../web/seal/manifest.ts";
import { b64url, hex0x, unhex, unhex0x, utf8 } from "../../../web/verify/bytes.ts";
import { VECTORS } from "../support/bids.ts";
import { vector } from "../support/files.ts";

type Fault = { readonly code: string; readonly message: string };
type Vectors = {
  readonly commitment: string;
  readonly manifest: string;
  readonly asked: readonly string[];
  readonly formRoot: string;
  readonly cases: readonly { name: string; record: string; formRoot: string; faults: readonly Fault[] }[];
  readonly refused: readonly string[];
  readonly keys: { readonly blob: string; readonly signature: string };
};
const vectors = vector<Vectors>("own_bid");
const manifest = readManifest(utf8(vectors.manifest));
const commitment = unhex0x(vectors.commitment, "commitment", 32);

/** The command's words for a fault. */
function told({ code, name, read, sealed, why }: Objectionable): Fault {
  const message = {
    missing: "your bid is not in the record",
    unopened: `said not to open (${why}): show your proof, yinxin bid prove`,
    organisation: read === "" ? `your organisation is refused: ${why}` : `stands under ${read}, not ${sealed}`,
    unproved: `${name}: does not lead to your form's root`,
    figure: `${name}: read out ${read}, sealed ${sealed}`,
    unread: `${name}: was not read out`,
  }[code];
  return { code, message };
}

test("the root of the own form is Python's", () => {
  assert.equal(hex0x(formRoot(manifest.form, identityDigest(manifest.identity))), vectors.formRoot);
});

for (const { name, record, formRoot: root, faults } of vectors.cases) {
  test(`a record that is ${name}: the answer of yinxin bid check`, () => {
    const signed = unhex0x(root, "root", 32);
    const found = compare(readRecord(utf8(record)), commitment, signed, manifest, vectors.asked);
    assert.deepEqual(found.faults.map(told), faults);
    const wrong = found.lines.filter(({ standing }) => standing !== "same" && standing !== "kept");
    assert.equal(wrong.length, faults.filter(({ code }) => ["unproved", "figure", "unread"].includes(code)).length);
  });
}

test("every figure has a line: what was read out, and what stays sealed", () => {
  const [right] = vectors.cases;
  const { lines } = compare(
    readRecord(utf8(right?.record ?? "")),
    commitment,
    unhex0x(vectors.formRoot, "root", 32),
    manifest,
    vectors.asked,
  );
  assert.deepEqual(lines.map(({ name, standing }) => [name, standing]).sort(), [
    ["beyond", "kept"],
    ["delivery.days", "same"],
    ["price", "same"],
    ["warranty", "same"],
  ]);
});

test("what Python does not take for a record is none here", () => {
  for (const text of vectors.refused) assert.throws(() => readRecord(utf8(text)), { code: "record.form" });
  assert.throws(() => readRecord(utf8("{}")), { code: "record.form" });
});

test("the published key of the own bid checks, and none of another bid, place or spelling does", () => {
  const identity = readIdentity(VECTORS.bid.identity);
  const key = unhex(VECTORS.bid.openingKey);
  const { blob, signature } = vectors.keys;
  assert.equal(b64url(keyOf(utf8(blob), identity, key, commitment)), signature);
  const refused = (text: string, who = identity, own = commitment) => {
    try {
      keyOf(utf8(text), who, key, own);
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return "taken";
  };
  const other = { ...identity, version: identity.version + 1 };
  assert.equal(refused(blob, other), "keys.wrong");
  assert.equal(refused(blob, { ...identity, lot: identity.lot + 1 }), "keys.place");
  assert.equal(refused(blob, identity, new Uint8Array(32)), "keys.missing");
  assert.equal(refused(blob.replace(/"bids":\[(.*)\],"book"/, '"bids":$1,"book"')), "keys.form");
  assert.equal(refused(blob.replaceAll(signature, signature.replace(/^./, "A"))), "keys.wrong");
});
