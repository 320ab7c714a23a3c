import assert from "node:assert/strict";
import { test } from "node:test";
import { Exact } from "../../../web/audit/evaluation/exact.ts";
import { rulesOf } from "../../../web/audit/evaluation/rules.ts";
import { rank } from "../../../web/audit/evaluation/scoring.ts";
import { proceedings } from "../support/proceedings.ts";

test("an exact half goes where the mode says, and only what is rounded is rounded", () => {
  const rounded = (text: string, places: number) =>
    (["half-up", "half-even", "down"] as const).map((mode) => Exact.read(text).rounded(places, mode));
  assert.deepEqual(rounded("0.125", 2), ["0.13", "0.12", "0.12"]);
  assert.deepEqual(rounded("0.375", 2), ["0.38", "0.38", "0.37"]);
  assert.deepEqual(rounded("2.5", 0), ["3", "2", "2"]);
  assert.deepEqual(rounded("-0.004", 2), ["0.00", "0.00", "0.00"]);
  const third = Exact.of(1).divided(Exact.of(3));
  assert.equal(third.plus(third).plus(third).rounded(6, "down"), "1.000000");
});

test("a notice that asks for more decimal places than there may be is refused, not computed", () => {
  const said = { evaluation: proceedings.rankings[0]?.evaluation ?? {}, qualification: [], guarantee: null };
  const asking = (places: number) => ({ ...said.evaluation, rounding: { places, mode: "down" } });
  assert.equal(rulesOf({ ...said, evaluation: asking(6) }).places, 6);
  assert.throws(() => rulesOf({ ...said, evaluation: asking(2 ** 40) }), { code: "notice.form" });
});

for (const [at, one] of proceedings.rankings.entries()) {
  test(`ranking ${at}: as the command computes it, to the last digit`, () => {
    const rules = rulesOf({ evaluation: one.evaluation, qualification: [], guarantee: null });
    const bids = one.bids.map((bid, place) => ({ place: place + 1, values: new Map(Object.entries(bid)) }));
    const marks = new Map([["plan", new Map(one.marks.map((marked, place) => [place + 1, marked] as const))]]);
    const { ceiling, float, drawn } = one;
    const found = rank(rules, bids, marks, { ceiling, float, drawn });
    const { scores, ranks, reference, low, undecided } = found;
    const places = scores.map(({ place }) => place);
    const totals = one.totals === null ? null : scores.map(({ total }) => total);
    const { places: wanted, ranks: ranked, totals: summed, reference: price, low: asked, undecided: open } = one;
    assert.deepEqual(
      { places, ranks, totals, reference, low, undecided },
      { places: wanted, ranks: ranked, totals: summed, reference: price, low: asked, undecided: open },
    );
  });
}
