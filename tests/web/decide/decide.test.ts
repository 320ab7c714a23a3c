import assert from "node:assert/strict";
import { test } from "node:test";
import { domainOf, type Said, signDecision, typedDecision } from "../../../web/decide/decision.ts";
import { holdRows, readRequest } from "../../../web/decide/request.ts";
import { RowsRoot, rowOf } from "../../../web/decide/rows.ts";
import { recover } from "../../../web/keys/secp.ts";
import type { Signer } from "../../../web/keys/signer.ts";
import { type TypedData, typedDigest } from "../../../web/keys/typed.ts";
import { hex0x, unhex0x, utf8 } from "../../../web/verify/bytes.ts";
import type { Json, JsonObject } from "../../../web/verify/canonical.ts";
import { YinxinError } from "../../../web/verify/errors.ts";
import { trustRootOf } from "../../../web/verify/trustroot.ts";
import { vector } from "../support/files.ts";

type Vectors = {
  domain: { chainId: number; verifyingContract: string };
  address: string;
  cases: { message: Said; digest: string; signature: string }[];
  drafts: JsonObject[];
  roots: string[];
  requests: { text: string; digest: string }[];
};

const KNOWN = vector<Vectors>("decision");
const DOMAIN = { chainId: KNOWN.domain.chainId, contract: KNOWN.domain.verifyingContract };
const [SHORT = { text: "", digest: "" }, LONG = { text: "", digest: "" }] = KNOWN.requests;

async function* paged(rows: readonly Json[], size: number): AsyncIterable<readonly Json[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

const held = (rows: readonly Json[], size = 4) => {
  const { list } = readRequest(utf8(LONG.text));
  assert.ok(list);
  return holdRows(list, paged(rows, size), () => undefined);
};

test("rows of every number have the root that the command line computes", () => {
  const tree = new RowsRoot();
  assert.equal(hex0x(tree.root), KNOWN.roots[0]);
  KNOWN.drafts.forEach((draft, at) => {
    tree.add(rowOf(draft));
    assert.equal(hex0x(tree.root), KNOWN.roots[at + 1]);
  });
});

test("a request has the digest that a decision names, and its own rows", () => {
  const asked = readRequest(utf8(SHORT.text));
  assert.equal(asked.digest, SHORT.digest);
  assert.equal(asked.bureau, "11440100000000001F");
  assert.equal(asked.list?.size, KNOWN.drafts.length);
  const long = readRequest(utf8(LONG.text));
  assert.equal(long.digest, LONG.digest);
  assert.equal(long.list?.shown.length, 5);
});

test("one changed character of a short list is told, wherever it stands in its rows", () => {
  const from = SHORT.text.indexOf('"drafts":');
  const until = SHORT.text.indexOf('"lane"');
  let tried = 0;
  for (let at = from; at < until; at++) {
    const one = SHORT.text.charAt(at);
    if (!/[0-9a-z\u4e00-\u9fff]/.test(one)) continue;
    const other = one === "1" ? "2" : one === "a" ? "b" : /[0-9]/.test(one) ? "1" : "a";
    const spoilt = SHORT.text.slice(0, at) + other + SHORT.text.slice(at + 1);
    assert.throws(() => readRequest(utf8(spoilt)), YinxinError, spoilt.slice(at - 20, at + 20));
    tried += 1;
  }
  assert.ok(tried > 500);
});

test("a request in another form is not read", () => {
  const wrong = [
    SHORT.text.replace('"release"', '"root"'),
    SHORT.text.replace("yinxin-desk-2", "yinxin-desk-3"),
    SHORT.text.replace('{"body"', '{"also":1,"body"'),
    ` ${SHORT.text}`,
    LONG.text.replace('"size":9', '"size":5'),
    LONG.text.replace('"part":4,', ""),
    "{}",
  ];
  for (const text of wrong) assert.throws(() => readRequest(utf8(text)), YinxinError, text.slice(0, 40));
});

test("all rows of a long list are held to the request, however they are paged", async () => {
  for (const size of [1, 4, 9, 500]) assert.equal((await held(KNOWN.drafts, size)).length, 9);
});

test("a long list with a row missing, added, exchanged, moved or more than said is told", async () => {
  const rows = KNOWN.drafts;
  const [first = {}] = rows;
  const wrong: JsonObject[][] = [
    rows.slice(0, 8),
    [...rows, first],
    [...rows.slice(0, 7), { ...rows[7], number: "0" }, ...rows.slice(8)],
    [...rows.slice(1), first],
    [{ ...first, number: "0" }, ...rows.slice(1)],
    [],
  ];
  for (const one of wrong) await assert.rejects(held(one), { code: "decide.rows" });
  await assert.rejects(held([{ ...first, also: 1 }, ...rows.slice(1)]), { code: "decide.row" });
});

test("what is signed is the typed data that every wallet is handed", () => {
  for (const { message, digest } of KNOWN.cases) {
    assert.equal(hex0x(typedDigest(typedDecision(message, DOMAIN))), digest);
  }
});

test("a decision carries its signer, and a no without a reason is not signed", async () => {
  const [first] = KNOWN.cases;
  assert.ok(first);
  const asked: TypedData[] = [];
  const signer: Signer = {
    address: KNOWN.address,
    kind: "file",
    signTypedData: async (data) => {
      asked.push(data);
      return first.signature;
    },
    signMessage: () => Promise.reject(new Error("not asked for")),
    forget: () => undefined,
  };
  const said = first.message;
  const decision = await signDecision(said, DOMAIN, signer);
  assert.equal(recover(unhex0x(first.digest, "", 32), unhex0x(decision.signature, "", 65)), decision.address);
  assert.equal(decision.format, "yinxin-decision-1");
  await assert.rejects(signDecision({ ...said, approve: false, reason: " \n" }, DOMAIN, signer), {
    code: "decide.reason",
  });
  await assert.rejects(signDecision({ ...said, reason: "x".repeat(2001) }, DOMAIN, signer), { code: "decide.reason" });
  assert.equal(asked.length, 1);
});

test("the ledger is that of the trust root, with the AnchorLog that counts now", () => {
  const contract = (name: string, byte: string, fromBlock: number, untilBlock: number | null) => ({
    name,
    address: `0x${byte.repeat(20)}`,
    fromBlock,
    untilBlock,
  });
  const root = trustRootOf({
    format: "yinxin-trust-root-1",
    chainId: 7,
    genesisHash: `0x${"00".repeat(32)}`,
    contracts: [
      contract("AnchorLog", "a1", 1, 9),
      contract("AnchorLog", "a2", 9, null),
      contract("BureauRegistry", "b1", 1, null),
    ],
    witnesses: [],
    threshold: 0,
  });
  assert.deepEqual(domainOf(root), { chainId: 7, contract: `0x${"a2".repeat(20)}` });
});
