import assert from "node:assert/strict";
import { test } from "node:test";
import { auditAfter } from "../../../web/audit/award/audit.ts";
import type { TenderCase } from "../../../web/audit/case.ts";
import { auditCommittee, auditPool } from "../../../web/audit/committee/audit.ts";
import { auditEvaluation } from "../../../web/audit/evaluation/audit.ts";
import { HERE } from "../../../web/audit/here.ts";
import { type Proceeding, proceedings, underAudit } from "../support/proceedings.ts";

const PARTS: Readonly<Record<Proceeding["part"], (audited: TenderCase) => Promise<void>>> = {
  committee: async (audited) => {
    const pool = await auditPool(audited);
    for (const lot of audited.story.lots.values()) await auditCommittee(audited, lot, pool);
  },
  award: async (audited) => {
    for (const lot of audited.story.lots.values()) await auditAfter(audited, lot);
  },
  evaluation: async (audited) => {
    for (const lot of audited.story.lots.values()) await auditEvaluation(audited, lot);
  },
};

for (const one of proceedings.cases) {
  test(`${one.part}, ${one.name}: what yinxin audit finds`, async () => {
    const audited = underAudit(one);
    await PARTS[one.part](audited);
    const { report } = audited;
    const here = new Set<string>(HERE);
    const expected = one.findings.filter(([rule]) => here.has(rule)).map((found) => found.join(" "));
    const found = [...new Set(report.findings.map(({ rule, result }) => `${rule} ${result}`))].sort();
    assert.deepEqual(
      found,
      expected.sort(),
      report.findings.map((each) => `${each.subject}: ${each.detail}`).join("\n"),
    );
    assert.deepEqual([...report.looked.keys()].sort(), one.looked.filter((rule) => here.has(rule)).sort());
  });
}
