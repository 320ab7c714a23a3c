import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf } from "../../../web/bid/figures.ts";
import { type FormField, readNotice } from "../../../web/bid/notice.ts";
import { utf8 } from "../../../web/verify/bytes.ts";
import { vector } from "../support/files.ts";

const { notices } = vector<{ notices: Record<string, { notice: string; digest: string }> }>("notice");
const notice = readNotice(utf8(notices.desks?.notice ?? ""));
const field = (name: string): FormField => {
  const found = notice.envelopes[0]?.form.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no figure ${name}`);
  return found;
};

test("the notices of the vectors are read", () => {
  for (const one of Object.values(notices)) assert.equal(readNotice(utf8(one.notice)).lots.length > 0, true);
  assert.equal(notice.custodians[0]?.url, "http://a.example");
});

test("figures are of their kind and within their bounds", () => {
  const cases: [string, string, ReturnType<typeof faultOf>][] = [
    ["price", "2980000.00", null],
    ["price", "2980000", "form"],
    ["price", "02.00", "form"],
    ["price", "1e3", "form"],
    ["price", "0.99", "least"],
    ["price", "", "missing"],
    ["delivery.days", "90", null],
    ["delivery.days", "91", "most"],
    ["delivery.days", "0", "least"],
    ["delivery.days", "45.0", "form"],
    ["warranty", "3y", null],
    ["warranty", "4y", "form"],
    ["brand", "", null],
    ["brand", "  ", "form"],
    ["brand", "长".repeat(1001), "form"],
  ];
  for (const [name, value, fault] of cases) assert.equal(faultOf(field(name), value), fault, `${name}: ${value}`);
});

test("a form of a kind that is not known, or with a bound that is no number, is refused and does not stop whoever reads it", () => {
  const said = notices.desks?.notice ?? "";
  assert.throws(() => readNotice(utf8(said.replace('"kind":"money"', '"kind":"constructor"'))), {
    code: "notice.form",
  });
  const bounded: FormField = { ...field("price"), least: "as much as you like" };
  assert.throws(() => faultOf(bounded, "2980000.00"), { code: "notice.form" });
});

test("a number has no sign and at most six places, as the officer's program takes it", () => {
  const number: FormField = { ...field("price"), kind: "number", unit: "kW", least: null, most: null };
  for (const value of ["0", "12", "12.5", "0.123456", "999999999999999.999999"])
    assert.equal(faultOf(number, value), null);
  const refused = ["-1", "-0.5", "-0", "+1", "0.1234567", "0.12345678", "1.", ".5", "01", "1e3", "1000000000000000"];
  for (const value of refused) assert.equal(faultOf(number, value), "form", value);
});
