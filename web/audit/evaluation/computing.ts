/** The report, computed from its papers: who is out and why, points, ranking (chain/evaluation/report/computing.py). No choice. */
import type { BidSheet } from "../../sheet/sheet.ts";
import { lotOf, wrong } from "../committee/turns.ts";
import type { Matter } from "./clarifying.ts";
import type { Basis } from "./gathering.ts";
import type { Dropped, EvaluationReport, Ranked } from "./report.ts";
import type { Criterion } from "./rules.ts";
import { type Figures, pointsOf, type Ranking, rank, totalOf } from "./scoring.ts";
import { figuresOf, screen } from "./screening.ts";

/** A report, and what it waits for. */
export interface Computed {
  readonly report: EvaluationReport;
  /** Places whose abnormally low price is not yet accepted or refused. */
  readonly low: readonly number[];
  /** Groups of places that only a draw can part, as far as they concern candidates. */
  readonly ties: readonly (readonly number[])[];
}

type Out = Map<number, Dropped>;
type Ties = Basis["ties"];

/** The report that follows. Throws InvalidInput: sheets or the float point are missing, a figure is out of the rules' bounds. */
export function compute(basis: Basis): Computed {
  const { notice, evaluation: rules } = basis.scene;
  const out = beforePrices(basis);
  if (basis.envelope !== notice.envelopes.length) {
    const left = basis.record.paper.bids.map(({ place }) => place).filter((place) => !out.has(place));
    return { report: reportOf(basis, out, technical(basis, left)), low: [], ties: [] };
  }
  const found = withoutLow(basis, out);
  if (found === null) return { report: reportOf(basis, out, []), low: [], ties: [] };
  let { ranking } = found;
  const ties = parting(ranking, basis.ties);
  if (ties.length > 0) {
    const places = ranking.scores.map(({ place }) => place);
    ranking = rankingOf(
      basis,
      places,
      ties.flatMap(({ order }) => order),
    );
  }
  const named = ranking.scores.slice(0, rules.candidates).map(({ place }) => place);
  const open = ranking.undecided.filter((group) => group.some((place) => named.includes(place)));
  return { report: reportOf(basis, out, ranked(basis, ranking), ties, ranking), low: found.open, ties: open };
}

// --------------------------------------------------------------------------- who is out

/** Bids that are out before prices are compared, by place; each at the first step at which it is. */
function beforePrices(basis: Basis): Out {
  const { record, committee, qualification, scene } = basis;
  const out: Out = new Map(basis.technical?.report.dropped.map((one) => [one.place, one] as const));
  for (const [place, one] of screen(record.paper, scene.notice)) if (!out.has(place)) out.set(place, one);
  const places = record.paper.bids.map(({ place }) => place).filter((place) => !out.has(place));
  if (places.length === 0) return out;
  if (committee === null) throw wrong("the lot has no committee on record");
  const members = committee.committee.members.length;
  if (basis.envelope === 1 && basis.sheets.length !== members) throw wrong("not every member has shown a sheet");
  const at = (step: Dropped["step"], reasonsOf: (place: number) => readonly string[]): void => {
    for (const place of places) {
      const reasons = reasonsOf(place);
      if (reasons.length > 0 && !out.has(place)) out.set(place, { place, step, reasons });
    }
  };
  at("formal", (place) => failed(basis, place, "formal", members));
  at("qualification", (place) => {
    const rules = qualification?.paper.failed.get(place)?.join(", ");
    const words = rules === undefined ? [] : [`资格审查不合格：${rules} / it does not qualify: ${rules}`];
    return [...words, ...failed(basis, place, "qualification", members)];
  });
  return out;
}

/** Reasons of the members if more than half of them fail it; and those of a clarification that is not accepted. */
function failed(basis: Basis, place: number, step: "formal" | "qualification", members: number): string[] {
  const sheets = basis.envelope === 1 ? basis.sheets : [];
  const said = sheets.flatMap(({ sheet }) => sheet.bids.filter((one) => one.place === place));
  const reasons = said.map((one: BidSheet) => one[step]).filter(({ passed }) => !passed);
  const found = 2 * reasons.length > members ? reasons.map(({ reason }) => reason) : [];
  return [...found, ...refused(basis, place, step)];
}

function refused({ asked }: Basis, place: number, matter: Matter): string[] {
  return asked
    .filter(({ question, accepted }) => question.bid === place && question.matter === matter && accepted === false)
    .flatMap(({ votes }) => votes.filter(({ accept }) => !accept).map(({ reason }) => reason));
}

/** The ranking once every low price that was not accepted is out, and low prices that wait; null if no bid is left. */
function withoutLow(basis: Basis, out: Out): { ranking: Ranking; open: number[] } | null {
  for (;;) {
    const left = basis.record.paper.bids.map(({ place }) => place).filter((place) => !out.has(place));
    if (left.length === 0) return null;
    const ranking = rankingOf(basis, left, []);
    const gone = ranking.low.map((place) => [place, refused(basis, place, "low-price")] as const);
    const dropped = gone.filter(([, reasons]) => reasons.length > 0);
    if (dropped.length === 0) {
      const accepted = basis.asked.filter((one) => one.question.matter === "low-price" && one.accepted === true);
      const open = ranking.low.filter((place) => !accepted.some(({ question }) => question.bid === place));
      return { ranking, open };
    }
    for (const [place, reasons] of dropped) out.set(place, { place, step: "low-price", reasons });
  }
}

// --------------------------------------------------------------------------- points

function figures({ record, first }: Basis, places: readonly number[]): Figures[] {
  const before = new Map(first?.bids.map((bid) => [bid.place, figuresOf(bid)] as const));
  return record.paper.bids
    .filter(({ place }) => places.includes(place))
    .map((bid) => ({ place: bid.place, values: new Map([...(before.get(bid.place) ?? []), ...figuresOf(bid)]) }));
}

/** The members' points: criterion to place to one value a member who gave any. */
function marks({ sheets }: Basis): Map<string, Map<number, string[]>> {
  const found = new Map<string, Map<number, string[]>>();
  for (const { sheet } of sheets)
    for (const { place, points } of sheet.bids)
      for (const [name, value] of Object.entries(points)) {
        const column = found.get(name) ?? new Map<number, string[]>();
        column.set(place, [...(column.get(place) ?? []), value]);
        found.set(name, column);
      }
  return found;
}

function rankingOf(basis: Basis, places: readonly number[], drawn: readonly number[]): Ranking {
  const { evaluation: rules, notice, lot } = basis.scene;
  const ceiling = notice.lots.find(({ number }) => number === lot.number)?.ceiling?.amount ?? null;
  if (rules.reference !== null && rules.reference.floats.length > 1 && basis.float === null)
    throw wrong("the float point is not drawn");
  return rank(rules, figures(basis, places), marks(basis), { ceiling, float: basis.float?.point ?? null, drawn });
}

/** Points that need nothing of the second envelope. */
function technical(basis: Basis, places: readonly number[]): Ranked[] {
  const { evaluation: rules, notice } = basis.scene;
  const form = notice.envelopes[0]?.form ?? [];
  const isFirst = ({ source }: Criterion): boolean =>
    source.kind === "expert" || form.some(({ name }) => name === source.field);
  const found = pointsOf(rules, rules.criteria.filter(isFirst), figures(basis, places), marks(basis), null);
  const sorted = [...found].sort(([one], [other]) => one - other);
  return sorted.map(([place, points]) => ({ place, points, total: total(basis, points), price: null, rank: null }));
}

function total({ scene }: Basis, points: ReadonlyMap<string, string>): string | null {
  return scene.evaluation.method === "lowest-price" ? null : totalOf(scene.evaluation, points);
}

/** Of each group of equals the first draw of exactly its places, if there is one. */
function parting({ undecided }: Ranking, drawn: Ties): Ties {
  const key = (places: readonly number[]): string => [...places].sort((one, other) => one - other).join();
  return undecided.flatMap((group) => drawn.find(({ order }) => key(order) === key(group)) ?? []);
}

function ranked(basis: Basis, { scores, ranks }: Ranking): Ranked[] {
  const { notice } = basis.scene;
  const field = notice.envelopes.at(-1)?.form.find(({ name }) => name === notice.price);
  if (field === undefined) throw wrong("the notice's price is no field of its form");
  return scores.map(({ place, price, points }, at) => ({
    place,
    points,
    total: total(basis, points),
    price: { amount: price, currency: field.unit },
    rank: ranks[at] ?? 0,
  }));
}

function reportOf(
  basis: Basis,
  out: Out,
  bids: readonly Ranked[],
  ties: Ties = [],
  ranking: Ranking | null = null,
): EvaluationReport {
  const { scene, envelope } = basis;
  const priced = envelope === scene.notice.envelopes.length && scene.evaluation.reference !== null;
  return {
    ...lotOf(scene),
    envelope,
    notice: scene.noticeDigest,
    record: basis.record.digest,
    technical: basis.technical?.digest ?? null,
    qualification: basis.qualification?.digest ?? null,
    committee: basis.committee?.digest ?? null,
    commitments: envelope === 1 ? basis.commitments : null,
    sheets: envelope === 1 ? basis.sheets.map(({ digest, sheet }) => ({ account: sheet.account, sheet: digest })) : [],
    float: priced ? basis.float : null,
    ties: ties.map(({ paper, order }) => ({ paper, order: [...order] })),
    clarifications: basis.asked.map(({ digest }) => digest),
    reference: ranking?.reference ?? null,
    low: ranking?.low ?? [],
    dropped: [...out.values()].sort((one, other) => one.place - other.place),
    bids,
    reason: basis.reason,
    case: basis.case,
  };
}
