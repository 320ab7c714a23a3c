import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../../../web/verify/bytes.ts";
import { InvalidInput, Unavailable } from "../../../web/verify/errors.ts";
import { check, recognise } from "../../../web/verify/inputs.ts";
import { NoLedger } from "../../../web/verify/noledger.ts";
import { optionsOf, outcome, sourcesOf } from "../support/cases.ts";
import { caseOf, vector } from "../support/files.ts";

const stamp = vector<{ digits: string; identifier: string; stamp: string }>("stamp");
const sources = { trust: new NoLedger("nobody is asked here", 0) };

async function kindOf(input: string | Uint8Array): Promise<string> {
  try {
    return (await recognise(input, null)).kind;
  } catch (error) {
    assert.ok(error instanceof InvalidInput && error.code === "input.unsupported", String(error));
    return "unsupported";
  }
}

test("content decides what an input is", async () => {
  const full = [...stamp.digits].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join("");
  const cases: [string | Uint8Array, string][] = [
    [stamp.digits, "stamp"],
    [`  ${stamp.digits}\r\n`, "stamp"],
    [`https://evil.example/v#${stamp.digits}`, "stamp"],
    [full, "stamp"],
    [stamp.identifier, "identifier"],
    [stamp.identifier.toLowerCase(), "identifier"],
    [`\ufeff${stamp.identifier}`, "identifier"],
    [stamp.identifier.replace("4401002026000001", "4401002026000002"), "unsupported"],
    [vector<{ credential: string }>("credential").credential, "credential"],
    [caseOf("bundle_valid").input, "bundle"],
    ['{"format":"yinxin-bundle-9"}', "bundle"],
    ['{"a":1}', "unsupported"],
    ["", "unsupported"],
    [" \t\n", "unsupported"],
    ["hello", "unsupported"],
    [stamp.digits.slice(0, 99), "unsupported"],
    [Uint8Array.of(0x25, 0x50, 0x44, 0x46, 0x2d, 0x31), "unsupported"],
    [utf8("%PDF-1.7\nyinxin-bundle"), "pdf"],
    [Uint8Array.of(0x50, 0x4b, 3, 4), "unsupported"],
    [Uint8Array.of(0xff, 0xfe, 0xfd), "unsupported"],
    ["<svg/>", "unsupported"],
    [new Uint8Array(33 * 2 ** 20), "unsupported"],
  ];
  for (const [input, kind] of cases) assert.equal(await kindOf(input), kind, String(input).slice(0, 60));
});

test("long and odd inputs are answered at once", async () => {
  const inputs = [
    " ".repeat(131_000),
    `a${" ".repeat(130_000)}a`,
    `${"a".repeat(20)}~${".".repeat(130_000)}~`,
    `${"a".repeat(20)}${"~a".repeat(60_000)}`,
    `{"credential":${"[".repeat(200_000)}`,
    `%PDF-1.7\nyinxin-bundle${"<<".repeat(100_000)}`,
    `%PDF-1.7\n${"%".repeat(200_000)}yinxin-bundle`,
    "1".repeat(2500),
  ];
  for (const input of inputs) {
    const began = process.cpuUsage();
    const { verdict } = await check(input, sources, { at: 0 });
    assert.ok(["UNKNOWN", "FORGED"].includes(verdict), verdict);
    // Two seconds of this process, whatever others do.
    assert.ok(process.cpuUsage(began).user < 2_000_000, input.slice(0, 30));
  }
});

test("a picture is read by whoever can, and refused where nobody can or it shows two certificates", async () => {
  const picture = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
  const one = Uint8Array.of(1);
  assert.equal(await kindOf(picture), "unsupported");
  assert.deepEqual(await recognise(picture, () => [one, one]), { kind: "stamp", data: one });
  const unreadable = () => {
    throw new InvalidInput("no picture", "picture.form");
  };
  for (const reader of [() => [], () => [one, Uint8Array.of(2)], unreadable]) {
    await assert.rejects(recognise(picture, reader), InvalidInput);
  }
});

test("a typed identifier is found, not found, not asked, or answered with something false", async () => {
  const one = caseOf("bundle_valid");
  const own = sourcesOf(one);
  const identifier = (await check(one.input, own, optionsOf(one))).certificate?.identifier ?? "";
  const asked = async (bundle: () => Uint8Array | null) => {
    const found = await check(identifier, { ...own, services: [{ bundle }] }, optionsOf(one));
    return [found.verdict, found.steps[0].code];
  };
  const silent = () => {
    throw new Unavailable("no answer", "test");
  };
  assert.deepEqual(await asked(() => utf8(one.input)), ["VALID", "form.valid"]);
  assert.deepEqual(await asked(() => null), ["UNKNOWN", "form.not_found"]);
  assert.deepEqual(await asked(silent), ["UNKNOWN", "form.not_asked"]);
  assert.deepEqual(await asked(() => utf8(`${one.input} `)), ["UNKNOWN", "form.found_false"]);
});

test("an identifier issued elsewhere with a wrong check character is looked up before it is called wrong", async () => {
  const foreign = stamp.identifier.slice(0, -1) + (stamp.identifier.endsWith("7") ? "8" : "7");
  const asked: string[] = [];
  const service = {
    bundle: (identifier: string) => {
      asked.push(identifier);
      return null;
    },
  };
  const found = await check(foreign, { ...sources, services: [service] }, { at: 0 });
  assert.deepEqual([found.verdict, found.steps[0].code, asked], ["UNKNOWN", "form.not_readable", [foreign]]);
});

test("where nothing can be read, nothing is valid and nothing is false", async () => {
  for (const name of ["bundle_valid", "stamp_valid", "credential_valid"]) {
    const one = caseOf(name);
    const input = one.kind === "stamp" ? stamp.digits : one.input;
    const { verdict, authentic, inForce } = outcome(await check(input, sources, { at: one.at }));
    assert.deepEqual([verdict, authentic, inForce], ["CANNOT_CHECK", null, null], name);
  }
});
