import assert from "node:assert/strict";
import { test } from "node:test";
import { auditTender } from "../../../web/audit/audit.ts";
import { HERE } from "../../../web/audit/here.ts";
import { Report } from "../../../web/audit/report.ts";
import { type Change, told, vectors } from "../support/audits.ts";

async function audited(change: Change): Promise<Report> {
  const report = new Report();
  const { ledger, board } = told(change);
  await auditTender(report, ledger, board, vectors.base.tender);
  return report;
}

for (const change of vectors.cases) {
  test(`${change.name}: what yinxin audit finds`, async () => {
    const report = await audited(change);
    const here = new Set<string>(HERE);
    const expected = change.findings.filter(([rule]) => here.has(rule)).map((one) => one.join(" "));
    const found = [...new Set(report.findings.map(({ rule, result }) => `${rule} ${result}`))].sort();
    assert.deepEqual(
      found,
      expected.sort(),
      report.findings.map(({ subject, detail }) => `${subject}: ${detail}`).join("\n"),
    );
    const looked = change.looked.filter((rule) => here.has(rule));
    assert.deepEqual([...report.looked.keys()].sort(), looked.sort());
  });
}
