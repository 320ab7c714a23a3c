/** Audits one tender beside the page: computes, and has the page ask the ledger's endpoints and fetch papers. Says how it goes. */
import { YinxinError } from "../verify/errors.ts";
import { readTrustRoot } from "../verify/trustroot.ts";
import { auditTender } from "./audit.ts";
import { ServiceBoard } from "./board.ts";
import { RpcTender } from "./ledger.ts";
import type { Asked, Said, Told } from "./messages.ts";
import { Report } from "./report.ts";

const EVERY = 100; // milliseconds between two words about progress

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Told>) => void) | null;
  postMessage(said: Said): void;
};
const waiting = new Map<number, { done: (answer: Response) => void; failed: (error: Error) => void }>();

scope.onmessage = async ({ data }) => {
  if (data.kind === "got") {
    const told = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.data === null) told?.failed(new TypeError("no connection"));
    else told?.done(new Response(data.data, { status: data.status }));
    return;
  }
  try {
    scope.postMessage(await audited(data));
  } catch (error) {
    const code = error instanceof YinxinError ? error.code : "audit.failed";
    scope.postMessage({ kind: "failed", code, message: error instanceof Error ? error.message : "" });
  }
};

let last = 0;

/** As `fetch`; the page makes the request, by its own policy. */
function asked(address: string, { body }: Pick<RequestInit, "body"> = {}): Promise<Response> {
  const id = ++last;
  return new Promise((done, failed) => {
    waiting.set(id, { done, failed });
    scope.postMessage({ kind: "wanted", id, address, body: typeof body === "string" ? body : null });
  });
}

async function audited({ tender, origin, endpoints, root }: Asked): Promise<Said> {
  const began = performance.now();
  let told = 0;
  const report: Report = new Report((subject) => {
    if (performance.now() - told < EVERY) return;
    told = performance.now();
    scope.postMessage({ kind: "looking", subject, looks: looksOf(report) });
  });
  const ledger = await RpcTender.open(endpoints, readTrustRoot(root), tender, asked);
  await auditTender(report, ledger, new ServiceBoard(origin, tender, asked), tender);
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
