import assert from "node:assert/strict";
import { test } from "node:test";
import { readQualification } from "../../../web/audit/evaluation/qualification.ts";
import { differences, readReport } from "../../../web/audit/evaluation/report.ts";
import { utf8 } from "../../../web/verify/bytes.ts";
import { canonical, type JsonObject } from "../../../web/verify/canonical.ts";

const [DIGEST, ACCOUNT] = [`0x${"11".repeat(32)}`, `0x${"22".repeat(20)}`];
const PLACE = { genesis: DIGEST, book: ACCOUNT, tender: 3, lot: 1 };

/** A report with one bid that has these points. */
function report(points: string) {
  const bids = [{ place: 1, points: JSON.parse(points) as JsonObject, total: null, price: null, rank: null }];
  const none = {
    technical: null,
    qualification: null,
    committee: null,
    commitments: null,
    float: null,
    reference: null,
  };
  const empty = { sheets: [], ties: [], clarifications: [], low: [], dropped: [] };
  const made = { format: "yinxin-evaluation-1", envelope: 1, notice: DIGEST, record: DIGEST, reason: null, case: null };
  return readReport(utf8(canonical({ ...PLACE, ...made, ...none, ...empty, bids })));
}

test("two reports say the same where their numbers are equal, whatever a criterion is called", () => {
  assert.deepEqual(differences(report('{"plan":"5.50"}'), report('{"plan":"5.5"}')), []);
  assert.deepEqual(differences(report('{"plan":"5"}'), report('{"plan":"6"}')), ["bids"]);
  assert.deepEqual(differences(report('{"a":"5","b":"6"}'), report('{"a:#5000000,b":"6"}')), ["bids"]);
  assert.deepEqual(differences(report('{"__proto__":"5"}'), report("{}")), ["bids"]);
});

test("a qualification paper names each bid once, by ascending place", () => {
  const bid = (place: number) => ({ place, result: "pass", rules: [], guarantee: null });
  const paper = (...places: number[]) => {
    const made = { format: "yinxin-qualification-1", envelope: 1, record: DIGEST, deadline: null, opening: null };
    return utf8(canonical({ ...PLACE, ...made, bids: places.map(bid) }));
  };
  assert.equal(readQualification(paper(1, 2)).failed.size, 0);
  assert.throws(() => readQualification(paper(2, 1)), { code: "qualification.paper" });
  assert.throws(() => readQualification(paper(1, 1)), { code: "qualification.paper" });
});
