import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { outcome, run } from "../support/cases.ts";
import { caseOf, fileOf, vectorsIn } from "../support/files.ts";

for (const folder of ["verification", "pdf"]) {
  for (const name of vectorsIn(folder)) {
    test(`vector ${folder}/${name} gives its verdict`, async () => {
      const one = caseOf(name, folder);
      assert.deepEqual(outcome(await run(one, fileOf(one))), one.expect);
    });
  }
}

test("every kind of vector that Python has is here", () => {
  assert.ok(vectorsIn("verification").length > 100);
  assert.equal(vectorsIn("pdf").length > 30, existsSync("chain/credentials/paper"));
});
