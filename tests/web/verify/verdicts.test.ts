import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decide,
  invalid,
  type Result,
  STEPS,
  type Step,
  type Steps,
  skipped,
  unchecked,
  type Verdict,
  valid,
} from "../../../web/verify/verdicts.ts";

function steps(changed: Partial<Record<(typeof STEPS)[number], Step>>): Steps {
  return STEPS.map(
    (name) => changed[name] ?? (name === "holder" ? skipped(name, "x") : valid(name, "x")),
  ) as unknown as Steps;
}

test("every step holds: valid", () => {
  assert.deepEqual(decide(steps({})), { verdict: "VALID", authentic: true, inForce: true });
});

test("a forged signature goes before a revoked status", () => {
  const found = steps({
    integrity: invalid("integrity", "x", "FORGED"),
    status: invalid("status", "x", "REVOKED"),
  });
  assert.deepEqual(decide(found), { verdict: "FORGED", authentic: false, inForce: false });
});

test("what could not be checked is neither valid nor revoked", () => {
  for (const name of STEPS) {
    const { verdict, inForce } = decide(steps({ [name]: unchecked(name, "x") }));
    assert.equal(verdict, "CANNOT_CHECK", name);
    assert.equal(inForce, null, name);
  }
});

test("a revoked status goes before the end of validity, and that before a suspension", () => {
  const expired = invalid("time", "x", "EXPIRED");
  const cases: [Verdict, Verdict][] = [
    ["REVOKED", "REVOKED"],
    ["SUPERSEDED", "SUPERSEDED"],
    ["SUSPENDED", "EXPIRED"],
  ];
  for (const [status, verdict] of cases) {
    assert.equal(decide(steps({ time: expired, status: invalid("status", "x", status) })).verdict, verdict);
  }
});

test("steps are numbered from one in their order", () => {
  const results: Result[] = ["VALID"];
  assert.deepEqual(
    STEPS.map((name) => valid(name, "x").n),
    [1, 2, 3, 4, 5, 6, 7],
  );
  assert.equal(valid("form", "x").result, results[0]);
});
