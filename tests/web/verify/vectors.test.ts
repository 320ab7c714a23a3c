import assert from "node:assert/strict";
import { test } from "node:test";
import { caseOf, outcome, run } from "../support/cases.ts";
import { verificationVectors } from "../support/files.ts";

for (const name of verificationVectors()) {
  test(`vector ${name} gives its verdict`, async () => {
    const one = caseOf(name);
    assert.deepEqual(outcome(await run(one)), one.expect);
  });
}
