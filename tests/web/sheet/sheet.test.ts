import assert from "node:assert/strict";
import { test } from "node:test";
import { openKeyFile } from "../../../web/keys/keyfile.ts";
import { addressOf, signDigest } from "../../../web/keys/secp.ts";
import { messageDigest } from "../../../web/keys/typed.ts";
import { bidSheet, type Criterion, faultsOf, type Verdict } from "../../../web/sheet/filling.ts";
import { boxPublic, boxSecret, readGranted } from "../../../web/sheet/grants.ts";
import { fits, millionths } from "../../../web/sheet/points.ts";
import { checkReveal, readCommittee, seatOf } from "../../../web/sheet/rounds.ts";
import {
  commitmentNote,
  commitmentText,
  isSigned,
  readPlace,
  readSheet,
  samePlace,
  sheetDigest,
  sheetText,
} from "../../../web/sheet/sheet.ts";
import { b64url, hex0x, sha256, unb64url, unhex0x, utf8 } from "../../../web/verify/bytes.ts";
import { canonical, isList, isObject, type JsonObject } from "../../../web/verify/canonical.ts";
import { vector } from "../support/files.ts";

type Row = { formal: Verdict; formal_reason: string; qualification: Verdict; qualification_reason: string } & {
  remark: string;
  points: Record<string, string>;
};
type Known = {
  passphrase: string;
  criteria: { name: string; weight: string; step: string }[];
  drafts: { filled: Row; faults: string[]; sheet: string | null }[];
  sheets: { secret: string; text: string; digest: string; signed: string; note: string }[];
  committee: string;
  commitments: string[];
  files: { [name in "account" | "address" | "box" | "public" | "granted" | "identity" | "k2"]: string };
};

const KNOWN = vector<Known>("sheet");
const CRITERIA: Criterion[] = KNOWN.criteria.map((one) => ({ ...one, label: { zh: "", en: "" } }));
const filledOf = (row: Row) => ({
  ...row,
  formalReason: row.formal_reason,
  qualificationReason: row.qualification_reason,
});
const codeOf = (code: string) => (error: { code?: string }) => error.code === code;
const parsed = (text: string): JsonObject => JSON.parse(text) as JsonObject;

test("what is filled in becomes the command's sheet to the byte, or has the command's faults", () => {
  let whole = 0;
  for (const { filled, faults, sheet } of KNOWN.drafts) {
    const found = faultsOf(1, filledOf(filled), CRITERIA).map(({ field }) => field);
    assert.deepEqual(found.toSorted(), faults.toSorted(), JSON.stringify(filled));
    if (sheet === null) continue;
    const { salt, bids: _, ...at } = readSheet(utf8(sheet));
    assert.equal(sheetText({ ...at, salt, bids: [bidSheet(1, filledOf(filled))] }), sheet);
    whole += 1;
  }
  assert.ok(whole >= 5);
  assert.ok(KNOWN.drafts.length - whole >= 10);
});

test("a commitment is the command's to the byte", () => {
  for (const { secret, text, digest, signed, note } of KNOWN.sheets) {
    const sheet = readSheet(utf8(text));
    assert.equal(sheetText(sheet), text);
    assert.equal(sheetDigest(sheet), digest);
    assert.equal(commitmentText(sheet, digest), signed);
    const key = unhex0x(secret, "secret", 32);
    const signature = signDigest(messageDigest(signed), key);
    const { salt: _, bids: __, ...at } = sheet;
    assert.equal(canonical(commitmentNote({ ...at, sheet: digest, signature })), note);
    assert.ok(isSigned({ ...at, sheet: digest, signature }));
    assert.ok(!isSigned({ ...at, round: at.round + 1, sheet: digest, signature }));
  }
});

test("a sheet with one thing more, less or otherwise is no sheet", () => {
  const value = parsed(KNOWN.sheets[0]?.text ?? "");
  const refused = (change: JsonObject) =>
    assert.throws(() => readSheet(utf8(canonical({ ...value, ...change }))), /score sheet|salt/);
  const bids = isList(value.bids) ? value.bids.filter(isObject) : [];
  const [first = {}] = bids;
  for (const change of [{ more: 1 }, { envelope: 2 }, { round: 0 }, { salt: "AA" }, { bids: bids.toReversed() }]) {
    refused(change);
  }
  refused({ bids: [{ ...first, points: { quality: 20 } }] });
  refused({ bids: [{ ...first, points: { quality: "1e1" } }] });
  refused({ bids: [{ ...first, formal: { result: "fail", reason: "" } }] });
  refused({ bids: [{ ...first, remark: "长".repeat(2001) }] });
});

test("points are exact: no float comes near them", () => {
  assert.equal(millionths("0.1"), 100_000n);
  assert.equal(millionths("999999999999999.999999"), 999_999_999_999_999_999_999n);
  for (const text of ["", "1.", ".1", "01", "-0", "1e1", "１", "1.0000000", "1 "])
    assert.equal(millionths(text), null, text);
  assert.ok(fits("0.3", "0.3", "0.1"));
  assert.ok(fits("30.00", "30", "0.5"));
  assert.ok(!fits("30.000001", "30", "0.000001"));
  assert.ok(!fits("0.25", "30", "0.5"));
});

test("nothing is shown before every member's signed commitment is on record", () => {
  const [first = "", second = ""] = KNOWN.commitments;
  const paper = utf8(KNOWN.committee);
  const value = parsed(first);
  const rows = isList(value.commitments) ? value.commitments.filter(isObject) : [];
  const member = (at: number) => ({ ...value, account: rows[at]?.account ?? "" });
  const at = readPlace(member(1));
  const committee = readCommittee(paper, at);
  const sheet = hex0x(sha256(utf8("sheet 2")));
  assert.equal(seatOf(committee, at.account).seat, 2);
  assert.throws(() => seatOf(committee, `0x${"5a".repeat(20)}`), codeOf("sheet.member"));
  checkReveal(utf8(first), at, committee, sheet);
  assert.throws(() => checkReveal(null, at, committee, sheet), codeOf("sheet.early"));
  assert.throws(() => checkReveal(utf8(second), at, committee, sheet), codeOf("sheet.early"), "another round");
  checkReveal(utf8(second), { ...at, round: 2 }, committee, sheet);
  assert.throws(() => checkReveal(utf8(first), at, committee, hex0x(sha256(utf8("sheet 1")))), codeOf("sheet.differs"));
  const changed = (commitments: JsonObject[]) => utf8(canonical({ ...value, commitments }));
  const [one = {}, two = {}, three = {}] = rows;
  const bent = { ...three, sheet };
  for (const list of [
    [one, two],
    [two, one, three],
    [one, two, two],
    [one, two, bent],
  ]) {
    assert.throws(() => checkReveal(changed(list), at, committee, sheet), codeOf("sheet.early"));
  }
  const elsewhere = { ...at, lot: 2 };
  assert.throws(() => readCommittee(paper, elsewhere), codeOf("committee.paper"));
  assert.ok(samePlace(at, { ...at }));
  assert.ok(!samePlace(at, elsewhere));
});

test("a home's key files open, and so do keys granted to its box, and no other's", async () => {
  const { files, passphrase } = KNOWN;
  const account = await openKeyFile(files.account, passphrase, "expert-7");
  assert.equal(addressOf(account.data), files.address.toLowerCase());
  const opened = await openKeyFile(files.box, passphrase, "box-7");
  assert.equal(opened.kind, "desk");
  const secret = boxSecret(opened.data);
  assert.equal(b64url(boxPublic(secret)), files.public);
  const granted = unb64url(files.granted, "granted");
  assert.deepEqual(
    [...readGranted(granted, secret)].map(([name, k2]) => [name, hex0x(k2)]),
    [[files.identity, files.k2]],
  );
  assert.throws(() => readGranted(granted, sha256(secret)), codeOf("sheet.granted"));
  assert.throws(() => readGranted(granted.slice(0, -1), secret), codeOf("sheet.granted"));
  assert.throws(() => boxSecret(account.data), codeOf("sheet.box"));
});
