/**
 * A tender, recomputed in the browser from the ledger's events and the public papers alone: the rules of chain/audit that need no
 * sealed file, no witness and no note of a board. tests/vectors/audit.json holds both to the same answers.
 */
import { auditAfter } from "./award/audit.ts";
import { auditBids } from "./bids.ts";
import { TenderCase } from "./case.ts";
import { auditCommittee, auditPool } from "./committee/audit.ts";
import { auditEvaluation } from "./evaluation/audit.ts";
import { auditFacts, tellStory } from "./facts.ts";
import { auditOpening } from "./openings.ts";
import { auditPapers } from "./papers.ts";
import type { AuditBoard, AuditLedger } from "./ports.ts";
import { auditRecord } from "./records.ts";
import type { Report } from "./report.ts";

/** Looks at everything of one tender that can be told here. Throws YinxinError where nothing can be told at all. */
export async function auditTender(
  report: Report,
  ledger: AuditLedger,
  board: AuditBoard,
  tender: number,
): Promise<void> {
  const story = await tellStory(report, ledger, tender);
  if (story === null) return;
  const audited = new TenderCase(report, ledger, board, story);
  await auditFacts(audited);
  await auditPapers(audited);
  await auditBids(audited);
  const pool = await auditPool(audited);
  for (const lot of story.lots.values()) {
    await auditCommittee(audited, lot, pool);
    for (const envelope of [...lot.closings.keys()].sort()) {
      await auditOpening(audited, lot, envelope);
      if (lot.openings.has(envelope)) await auditRecord(audited, lot, envelope);
    }
    await auditEvaluation(audited, lot);
  }
  for (const lot of story.lots.values()) await auditAfter(audited, lot);
}
