import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, sha256, utf8 } from "../../../web/verify/bytes.ts";
import { canonical, type Json } from "../../../web/verify/canonical.ts";
import { readDefinition, TYPES_LANE, versionAt } from "../../../web/verify/definitions.ts";
import {
  type AnchorFacts,
  HttpIndex,
  type KeyFacts,
  provenTypes,
  type TrustSource,
  type TypeDocument,
  Unavailable,
} from "../../../web/verify/index.ts";

const BUREAU = "11440100000000001F";
const CODE = "11440100000000001FT05";
const KEY = new Uint8Array(20).fill(7);

/** A definition of version `version`; its label of the amount is its own. */
function definition(version: number, changes: Record<string, Json> = {}): Uint8Array {
  const field = (name: string, zh: string): Json => ({ name, zh, en: `${name} in English`, kind: "text" });
  const fields = [field("certificateNumber", "保函编号"), field("KZ_guaranteeAmount", `保函金额 ${version}`)];
  const derived = [
    { name: "is_unconditional", field: "KZ_kind", rule: "one-of:见索即付", zh: "见索即付", en: "on demand" },
  ];
  const whole = {
    format: "yinxin-certificate-type-1",
    code: CODE,
    version,
    zh: "投标保函",
    en: "guarantee",
    fields,
    derived,
  };
  return utf8(canonical({ ...whole, ...changes }));
}

/** An anchor of that document as the ledger has it. */
function anchored(
  document: Uint8Array,
  sequence: number,
  block: number,
  changes: Partial<AnchorFacts> = {},
): AnchorFacts {
  const root = sha256(concat(Uint8Array.of(0), utf8("yinxin-type-v1"), sha256(document)));
  const zeros = new Uint8Array(32);
  return {
    ...{ bureau: BUREAU, lane: TYPES_LANE, sequence, root, size: 1, manifestDigest: zeros, head: zeros, key: KEY },
    block: { number: block, hash: zeros, time: 1000 + block },
    transaction: zeros,
    ...changes,
  };
}

/** A ledger that has these anchors, in that order, and knows the key so. */
function ledger(
  anchors: readonly AnchorFacts[],
  key: Partial<KeyFacts> | null = {},
  expires: number | null = null,
): TrustSource {
  const facts: KeyFacts = {
    thumbprint: new Uint8Array(32),
    purpose: "anchor",
    publicKey: new Uint8Array(),
    valid: { since: 0, until: null },
    compromisedSince: null,
    ...key,
  };
  return {
    block: { number: 100, hash: new Uint8Array(32), time: 2000 },
    expires,
    describes: "a ledger",
    bureau: () => null,
    key: () => (key === null ? null : facts),
    anchor: (_uscc, _lane, sequence) => anchors[sequence - 1] ?? null,
    statusHead: () => null,
    statusHistory: () => [],
    stampAnchor: () => null,
  };
}

const giving = (...documents: readonly TypeDocument[]) => ({ definitions: () => documents });
const amount = (labels: { readonly fields: readonly { readonly zh: string }[] } | null) =>
  labels?.fields[1]?.zh ?? null;

test("a definition counts by the ledger alone, and each version names what was issued while it was the newest", async () => {
  const [one, two] = [definition(1), definition(2)];
  const trust = ledger([anchored(one, 1, 10), anchored(two, 2, 20)]);
  const proven = await provenTypes(
    BUREAU,
    CODE,
    trust,
    giving({ sequence: 2, document: two }, { sequence: 1, document: one }),
  );
  assert.deepEqual(
    [5, 10, 19, 20, null].map((block) => amount(versionAt(proven, block))),
    [null, "保函金额 1", "保函金额 1", "保函金额 2", "保函金额 2"],
  );
  const labels = versionAt(proven, null);
  assert.equal(labels?.zh, "投标保函");
  assert.deepEqual(labels?.derived, [{ name: "is_unconditional", zh: "见索即付", en: "on demand" }]);
});

test("of two documents of one version the first anchored counts", async () => {
  const [first, second] = [definition(1), definition(1, { zh: "另一种" })];
  const trust = ledger([anchored(first, 1, 10), anchored(second, 2, 20)]);
  const index = giving({ sequence: 2, document: second }, { sequence: 1, document: first });
  assert.equal(versionAt(await provenTypes(BUREAU, CODE, trust, index), null)?.zh, "投标保函");
});

test("whatever the service makes up names nothing", async () => {
  const real = definition(1);
  const fact = anchored(real, 1, 10);
  const index = giving({ sequence: 1, document: real });
  const count = async (trust: TrustSource, given = index) => (await provenTypes(BUREAU, CODE, trust, given)).length;
  assert.equal(await count(ledger([fact])), 1);
  const lies: readonly TypeDocument[] = [
    { sequence: 1, document: definition(1, { zh: "营业执照" }) },
    { sequence: 2, document: real },
    { sequence: 1, document: concat(real, utf8(" ")) },
  ];
  for (const lie of lies) assert.equal(await count(ledger([fact]), giving(lie)), 0);
  for (const changes of [{ bureau: "11440100000000002D" }, { lane: CODE }, { sequence: 2 }, { size: 2 }]) {
    assert.equal(await count(ledger([{ ...fact, ...changes }])), 0, JSON.stringify(changes));
  }
  for (const key of [
    null,
    { purpose: "credential" },
    { compromisedSince: 1000 },
    { valid: { since: 1500, until: null } },
  ]) {
    assert.equal(await count(ledger([fact], key)), 0, JSON.stringify(key));
  }
});

test("a document that is anchored and yet no definition of that type names nothing", async () => {
  const odd: Record<string, Json>[] = [
    { format: "yinxin-type-retirement-1" },
    { code: "11440100000000001FT06" },
    { version: "1" },
    { version: 0 },
    { fields: {} },
    { fields: [{ name: "a", zh: "", en: "a" }] },
    { fields: ["a"] },
    { fields: [{ name: "a", zh: "长".repeat(501), en: "a" }] },
    { derived: 1 },
    { zh: 1 },
  ];
  for (const changes of odd) {
    const document = definition(1, changes);
    assert.equal(readDefinition(document, CODE), null, JSON.stringify(changes));
    const trust = ledger([anchored(document, 1, 10)]);
    assert.deepEqual(await provenTypes(BUREAU, CODE, trust, giving({ sequence: 1, document })), []);
  }
});

test("a snapshot proves no definition, and says so", async () => {
  const index = giving({ sequence: 1, document: definition(1) });
  await assert.rejects(provenTypes(BUREAU, CODE, ledger([], {}, 3000), index), Unavailable);
});

test("an index gives the documents byte for byte, none for a stranger's bureau, and a fault for anything else", async () => {
  const document = definition(1);
  const asked: string[] = [];
  const answering = (status: number, body: unknown) =>
    new HttpIndex("http://127.0.0.1:1", {
      fetch: async (address) => {
        asked.push(address);
        return new Response(JSON.stringify(body), { status });
      },
    });
  const good = { items: [{ version: 1, sequence: 1, document: new TextDecoder().decode(document) }] };
  assert.deepEqual(await answering(200, good).definitions(BUREAU, CODE), [{ sequence: 1, document }]);
  assert.deepEqual(asked, [`http://127.0.0.1:1/v1/bureaus/${BUREAU}/types/${CODE}/definitions`]);
  assert.deepEqual(await answering(404, {}).definitions(BUREAU, CODE), []);
  for (const body of [{}, { items: [1] }, { items: [{ sequence: "1", document: "" }] }, { items: [{ sequence: 1 }] }]) {
    await assert.rejects(answering(200, body).definitions(BUREAU, CODE), Unavailable);
  }
  await assert.rejects(answering(500, {}).definitions(BUREAU, CODE), Unavailable);
});
