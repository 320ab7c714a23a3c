/** Points and ranking, from the notice's rules and the disclosed figures alone; exact, whoever computes them (chain/evaluation/scoring.py). */
import { InvalidInput } from "../../verify/errors.ts";
import { Exact, extreme } from "./exact.ts";
import type { Criterion, Reference, Rules } from "./rules.ts";

/** A bid that is still in it: its place, and its disclosed figures by the name of their field. */
export interface Figures {
  readonly place: number;
  readonly values: ReadonlyMap<string, string>;
}

/** What a bid is worth; points by criterion, and their sum, as decimal texts. */
export interface Score {
  readonly place: number;
  readonly price: string;
  readonly points: ReadonlyMap<string, string>;
  readonly total: string;
}

/** The order of a lot's bids. */
export interface Ranking {
  /** Best first. */
  readonly scores: readonly Score[];
  /** Of each, 1 for the best; equal ones that only a draw can part share a rank. */
  readonly ranks: readonly number[];
  readonly reference: string | null;
  /** Places whose price must be questioned as abnormally low, ascending. */
  readonly low: readonly number[];
  /** Places that share a rank, best first. */
  readonly undecided: readonly (readonly number[])[];
}

/** Experts' points: criterion to place to one value an expert. */
export type Marks = ReadonlyMap<string, ReadonlyMap<number, readonly string[]>>;

/** What a ranking needs beside rules, bids and marks. */
export interface Given {
  /** The lot's, where the reference price has a share of it. */
  readonly ceiling: string | null;
  /** As drawn, percent. */
  readonly float: string | null;
  /** Places in the order of a draw. */
  readonly drawn: readonly number[];
}

const HUNDRED = Exact.of(100);

/** Ranks the bids of one lot. Throws InvalidInput: a figure, a sheet, the ceiling or the float point is missing or out of its bounds. */
export function rank(rules: Rules, bids: readonly Figures[], marks: Marks, given: Given): Ranking {
  const prices = new Map(bids.map((bid) => [bid.place, figure(bid, rules.price)] as const));
  for (const price of prices.values()) if (price.order(Exact.ZERO) <= 0) throw bad("a price above 0");
  const wanted = rules.reference !== null && bids.length > 0;
  const reference = wanted ? referencePrice(rules, rules.reference, [...prices.values()], given) : null;
  const points = pointsOf(rules, rules.criteria, bids, marks, reference);
  const scores = bids.map((bid): Score => {
    const mine = points.get(bid.place) ?? new Map<string, string>();
    return { place: bid.place, price: bid.values.get(rules.price) ?? "", points: mine, total: totalOf(rules, mine) };
  });
  const keys = keysOf(rules, given.drawn);
  const order = (left: Score, right: Score): number => {
    for (const key of keys) {
      const found = key(left).order(key(right));
      if (found !== 0) return found;
    }
    return 0;
  };
  scores.sort(order);
  const ranks: number[] = [];
  for (const [at, score] of scores.entries()) {
    const before = scores[at - 1];
    ranks.push(before !== undefined && order(before, score) === 0 ? (ranks[at - 1] ?? 0) : at + 1);
  }
  const groups = [...new Set(ranks)].map((one) =>
    scores.filter((_, at) => ranks[at] === one).map(({ place }) => place),
  );
  const undecided = groups.filter((group) => group.length > 1);
  return { scores, ranks, reference, low: abnormallyLow(rules, prices), undecided };
}

/** Points by place and criterion, of these criteria alone; throws as {@link rank}. */
export function pointsOf(
  rules: Rules,
  criteria: readonly Criterion[],
  bids: readonly Figures[],
  marks: Marks,
  reference: string | null,
): Map<number, Map<string, string>> {
  const columns = criteria.map((one) => [one.name, column(one, rules, bids, marks, reference)] as const);
  return new Map(
    bids.map(({ place }) => [place, new Map(columns.map(([name, found]) => [name, found.get(place) ?? "0"] as const))]),
  );
}

/** The sum of rounded points, as a decimal text. */
export function totalOf({ places, rounding }: Rules, points: ReadonlyMap<string, string>): string {
  return Exact.sum([...points.values()].map(Exact.read)).rounded(places, rounding);
}

/** The reference price of these prices, rounded as the rules say. Throws InvalidInput. */
function referencePrice(rules: Rules, rule: Reference | null, prices: readonly Exact[], given: Given): string {
  if (rule === null) throw bad("these rules have no reference price");
  const point = floatPoint(rule, given.float);
  const hasShare = rule.share.order(Exact.ZERO) !== 0;
  if (hasShare && given.ceiling === null) throw bad("the lot's ceiling is missing");
  let kept = [...prices].sort((left, right) => left.order(right));
  if (kept.length >= rule.from) kept = kept.slice(rule.lowest, kept.length - rule.highest);
  const average = Exact.sum(kept).divided(Exact.of(kept.length));
  const ceiling = given.ceiling === null ? Exact.ZERO : Exact.read(given.ceiling);
  const blend = ceiling
    .times(rule.share)
    .plus(average.times(HUNDRED.minus(rule.share)))
    .divided(HUNDRED);
  return blend.times(HUNDRED.minus(point)).divided(HUNDRED).rounded(rule.places, rules.rounding);
}

function floatPoint({ floats }: Reference, drawn: string | null): Exact {
  const [only] = floats;
  if (floats.length === 1 && drawn === null && only !== undefined) return Exact.read(only);
  const point = drawn === null ? null : Exact.read(drawn);
  if (point === null || !floats.some((one) => Exact.read(one).order(point) === 0))
    throw bad("the float point drawn is none of the rules'");
  return point;
}

/** Places whose price lies below the rules' percent of the average of all others. */
function abnormallyLow({ low }: Rules, prices: ReadonlyMap<number, Exact>): number[] {
  if (low === null || prices.size < 2) return [];
  const total = Exact.sum([...prices.values()]);
  const others = Exact.of(prices.size - 1).times(HUNDRED);
  const found = [...prices].filter(([, price]) => price.order(total.minus(price).times(low).divided(others)) < 0);
  return found.map(([place]) => place).sort((left, right) => left - right);
}

/** What orders scores, smallest first. */
function keysOf({ method, ties }: Rules, drawn: readonly number[]): ((score: Score) => Exact)[] {
  const negative = (text: string): Exact => Exact.ZERO.minus(Exact.read(text));
  const price = (score: Score): Exact => Exact.read(score.price);
  const first = method === "lowest-price" ? price : (score: Score): Exact => negative(score.total);
  return [
    first,
    ...ties.map((tie) => {
      if (tie === "draw") return ({ place }: Score): Exact => Exact.of(Math.max(0, drawn.indexOf(place)));
      return tie === "price" ? price : ({ points }: Score): Exact => negative(points.get(tie) ?? "0");
    }),
  ];
}

/** Points of one criterion, by place. */
function column(
  criterion: Criterion,
  { places, rounding }: Rules,
  bids: readonly Figures[],
  marks: Marks,
  reference: string | null,
): Map<number, string> {
  const { source } = criterion;
  const weight = Exact.read(criterion.weight);
  const all = source.kind === "expert" || source.kind === "choice" ? [] : bids.map((bid) => figure(bid, source.field));
  const exact = bids.map((bid, at) => {
    if (source.kind === "expert") return expert(criterion, source, bid.place, marks);
    if (source.kind === "choice") return choice(source, bid);
    return fromValue(weight, source, all[at] ?? Exact.ZERO, all, reference);
  });
  return new Map(
    bids.map(({ place }, at) => {
      const value = extreme([extreme([exact[at] ?? Exact.ZERO, Exact.ZERO], "most"), weight], "least");
      return [place, value.rounded(places, rounding)] as const;
    }),
  );
}

type Valued = Exclude<Criterion["source"], { kind: "expert" | "choice" }>;

function fromValue(
  weight: Exact,
  source: Valued,
  value: Exact,
  all: readonly Exact[],
  reference: string | null,
): Exact {
  if (source.kind === "lowest") {
    if (value.order(Exact.ZERO) <= 0) throw bad("a figure above 0");
    return weight.times(extreme(all, "least")).divided(value);
  }
  if (source.kind === "highest") {
    const most = extreme(all, "most");
    return most.order(Exact.ZERO) > 0 ? weight.times(value).divided(most) : Exact.ZERO;
  }
  if (source.kind === "linear") return weight.times(value.minus(source.zero)).divided(source.full.minus(source.zero));
  const price = reference === null ? Exact.ZERO : Exact.read(reference);
  if (price.order(Exact.ZERO) <= 0) throw bad("the reference price is missing");
  const percent = value.minus(price).divided(price).times(HUNDRED);
  const off =
    percent.order(Exact.ZERO) > 0 ? percent.times(source.above) : Exact.ZERO.minus(percent).times(source.below);
  return weight.minus(off);
}

function expert(
  { name, weight }: Criterion,
  { step, trimmed }: Extract<Criterion["source"], { kind: "expert" }>,
  place: number,
  marks: Marks,
): Exact {
  let given = (marks.get(name)?.get(place) ?? []).map(Exact.read);
  if (given.length === 0) throw bad("no expert has given points");
  const [most, unit] = [Exact.read(weight), Exact.read(step)];
  for (const one of given)
    if (one.order(Exact.ZERO) < 0 || one.order(most) > 0 || !one.isMultipleOf(unit))
      throw bad(`0 to ${weight} in steps of ${step}`);
  if (trimmed && given.length > 2) given = given.sort((left, right) => left.order(right)).slice(1, -1);
  return Exact.sum(given).divided(Exact.of(given.length));
}

function choice({ field, points }: Extract<Criterion["source"], { kind: "choice" }>, bid: Figures): Exact {
  const found = points.get(bid.values.get(field) ?? "");
  if (found === undefined) throw bad("none of the choices");
  return found;
}

function figure(bid: Figures, name: string): Exact {
  const text = bid.values.get(name);
  if (text === undefined) throw bad("the figure is missing");
  return Exact.read(text);
}

function bad(message: string): InvalidInput {
  return new InvalidInput(message, "score.figure");
}
