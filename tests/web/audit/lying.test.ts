import assert from "node:assert/strict";
import { test } from "node:test";
import { ServiceBoard } from "../../../web/audit/board.ts";
import { tellStory } from "../../../web/audit/facts.ts";
import { Report } from "../../../web/audit/report.ts";
import { placeOf, sorted, standingOf, verdictOf } from "../../../web/audit/standing.ts";
import { hex0x, sha256, utf8 } from "../../../web/verify/bytes.ts";
import { Unavailable } from "../../../web/verify/errors.ts";
import { told, vectors } from "../support/audits.ts";

const [plain] = vectors.cases;
const PAPER = "a paper";
const DIGEST = hex0x(sha256(utf8(PAPER)));

function board(answer: () => Response): ServiceBoard {
  return new ServiceBoard("https://service.example", 7, async (path) => {
    assert.equal(path, `https://service.example/v1/tenders/7/papers/${DIGEST}`);
    return answer();
  });
}

test("a paper counts only under its own digest", async () => {
  assert.deepEqual(await board(() => new Response(PAPER)).get(DIGEST), utf8(PAPER));
  await assert.rejects(board(() => new Response("another paper")).get(DIGEST), { code: "audit.broken" });
  await assert.rejects(board(() => new Response("", { status: 404 })).get(DIGEST), { code: "audit.missing" });
  await assert.rejects(board(() => new Response("", { status: 503 })).get(DIGEST), Unavailable);
  const silent = board(() => {
    throw new TypeError("failed to fetch");
  });
  await assert.rejects(silent.get(DIGEST), Unavailable);
});

test("endpoints that contradict each other end the audit; one that is silent leaves it open", async () => {
  assert.ok(plain);
  const failing = (code: string) => {
    const { ledger } = told(plain);
    return { ...ledger, events: () => Promise.reject(new Unavailable("endpoints disagree", code)) };
  };
  await assert.rejects(tellStory(new Report(), failing("rpc.disagree"), 1), { code: "rpc.disagree" });
  const report = new Report();
  assert.equal(await tellStory(report, failing("rpc.quorum"), 1), null);
  assert.deepEqual(
    report.findings.map(({ rule, result }) => [rule, result]),
    [["A301", "unknown"]],
  );
});

test("each rule has a standing, the worst finding counts, and what is not looked at here says so", () => {
  const report = new Report();
  report.holds("A704", { name: "x" }, true, "");
  report.note("A909", { name: "x" }, "not signed");
  report.unknown("A405", { name: "x" }, "gone");
  report.holds("A901", { name: "x", lot: 2 }, false, "wrong");
  const done = { findings: report.findings, looked: [...report.looked] };
  const standing = (rule: Parameters<typeof standingOf>[1]) => standingOf(done, rule).standing;
  assert.deepEqual((["A704", "A909", "A405", "A901", "A907", "A801"] as const).map(standing), [
    "holds",
    "note",
    "unknown",
    "broken",
    "nothing",
    "elsewhere",
  ]);
  assert.equal(verdictOf(done), "broken");
  assert.deepEqual(
    sorted(done.findings).map(({ result }) => result),
    ["broken", "unknown", "note"],
  );
  assert.equal(placeOf(7, { rule: "A901", lot: 2 }), "/tenders/7/opening#lot-2");
  assert.equal(placeOf(7, { rule: "A405", lot: null }), "/tenders/7#documents");
});
