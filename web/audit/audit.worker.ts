/** Audits one tender beside the page: asks the ledger's endpoints, fetches papers, computes. It is told once, and says how it goes. */
import { YinxinError } from "../verify/errors.ts";
import { readTrustRoot } from "../verify/trustroot.ts";
import { auditTender } from "./audit.ts";
import { ServiceBoard } from "./board.ts";
import { RpcTender } from "./ledger.ts";
import type { Asked, Said } from "./messages.ts";
import { Report } from "./report.ts";

const EVERY = 100; // milliseconds between two words about progress

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  postMessage(said: Said): void;
};

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage(await audited(data));
  } catch (error) {
    const code = error instanceof YinxinError ? error.code : "audit.failed";
    scope.postMessage({ kind: "failed", code, message: error instanceof Error ? error.message : "" });
  }
};

async function audited({ tender, origin, endpoints, root }: Asked): Promise<Said> {
  const began = performance.now();
  let told = 0;
  const report: Report = new Report((subject) => {
    if (performance.now() - told < EVERY) return;
    told = performance.now();
    scope.postMessage({ kind: "looking", subject, looks: looksOf(report) });
  });
  const ledger = await RpcTender.open(endpoints, readTrustRoot(root), tender);
  await auditTender(report, ledger, new ServiceBoard(origin, tender), tender);
  return {
    kind: "done",
    block: { number: ledger.block.number, time: ledger.block.time },
    seconds: (performance.now() - began) / 1000,
    looked: [...report.looked],
    findings: report.findings,
  };
}

function looksOf({ looked }: Report): number {
  return [...looked.values()].reduce((sum, one) => sum + one, 0);
}
