/** How the notice compares bids (docs/formats/notice.md); what the ledger took was checked when it was published. */
import { isObject, type JsonObject, member } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { objectsIn, textOf, textsIn, wholeIn } from "../forms.ts";
import { Exact, type Rounding } from "./exact.ts";

const MOST_PLACES = 6;

/** Where the points of a criterion come from. */
export type Source =
  | { readonly kind: "expert"; readonly step: string; readonly trimmed: boolean }
  | { readonly kind: "lowest"; readonly field: string }
  | { readonly kind: "highest"; readonly field: string }
  | { readonly kind: "linear"; readonly field: string; readonly zero: Exact; readonly full: Exact }
  | { readonly kind: "choice"; readonly field: string; readonly points: ReadonlyMap<string, Exact> }
  | { readonly kind: "reference"; readonly field: string; readonly above: Exact; readonly below: Exact };

/** One criterion; `weight` is the most points, exact text. */
export interface Criterion {
  readonly name: string;
  readonly weight: string;
  readonly source: Source;
}

/** How the reference price comes about. */
export interface Reference {
  /** Number of prices from which on some are left out; how many of the highest and of the lowest. */
  readonly from: number;
  readonly highest: number;
  readonly lowest: number;
  /** Percent of the lot's ceiling in it. */
  readonly share: Exact;
  /** Float points in percent, one of which is drawn; exact texts. */
  readonly floats: readonly string[];
  readonly places: number;
}

/** How bids are compared. */
export interface Rules {
  readonly method: "lowest-price" | "weighted-points" | "reference-price";
  /** Field of the form that is the price. */
  readonly price: string;
  readonly criteria: readonly Criterion[];
  readonly reference: Reference | null;
  readonly places: number;
  readonly rounding: Rounding;
  readonly ties: readonly string[];
  /** Percent of the other bids' average below which a price is questioned, or null. */
  readonly low: Exact | null;
  /** Most candidates that are named. */
  readonly candidates: number;
  /** True if certificates or a guarantee must be shown. */
  readonly certificates: boolean;
}

/** From a notice. Throws InvalidInput for a rule that is not known here. */
export function rulesOf(notice: JsonObject): Rules {
  const said = objectIn(notice, "evaluation");
  const rounding = objectIn(said, "rounding");
  const low = member(said, "abnormallyLow");
  const reference = member(said, "reference");
  const guarantee = member(notice, "guarantee");
  const guaranteed = isObject(guarantee) && guarantee.certificateType !== "";
  return {
    method: oneOf(said, "method", ["lowest-price", "weighted-points", "reference-price"] as const),
    price: textOf(said, "price"),
    criteria: objectsIn(said, "criteria").map((one) => ({
      name: textOf(one, "name"),
      weight: textOf(one, "weight"),
      source: sourceOf(objectIn(one, "source")),
    })),
    reference: isObject(reference) ? referenceOf(reference) : null,
    places: placesIn(rounding),
    rounding: oneOf(rounding, "mode", ["half-up", "half-even", "down"] as const),
    ties: textsIn(said, "ties"),
    low: isObject(low) ? exactIn(low, "percent") : null,
    candidates: wholeIn(said, "candidates", 1),
    certificates: objectsIn(notice, "qualification").length > 0 || guaranteed,
  };
}

function sourceOf(value: JsonObject): Source {
  const kind = oneOf(value, "kind", ["expert", "lowest", "highest", "linear", "choice", "reference"] as const);
  if (kind === "expert") return { kind, step: textOf(value, "step"), trimmed: value.combine === "trimmed-mean" };
  const field = textOf(value, "field");
  if (kind === "linear") return { kind, field, zero: exactIn(value, "zero"), full: exactIn(value, "full") };
  if (kind === "reference") return { kind, field, above: exactIn(value, "above"), below: exactIn(value, "below") };
  if (kind !== "choice") return { kind, field };
  const points = objectIn(value, "points");
  return { kind, field, points: new Map(Object.keys(points).map((name) => [name, exactIn(points, name)] as const)) };
}

function referenceOf(value: JsonObject): Reference {
  const out = objectIn(value, "leaveOut");
  return {
    from: wholeIn(out, "from", 1),
    highest: wholeIn(out, "highest", 0),
    lowest: wholeIn(out, "lowest", 0),
    share: exactIn(value, "ceilingShare"),
    floats: textsIn(value, "floats"),
    places: placesIn(value),
  };
}

/** Decimal places, as many as a notice may ask for. */
function placesIn(value: JsonObject): number {
  const found = wholeIn(value, "places", 0);
  if (found > MOST_PLACES) throw new InvalidInput("notice: places", "notice.form");
  return found;
}

function objectIn(value: JsonObject, name: string): JsonObject {
  const found = member(value, name);
  if (!isObject(found)) throw new InvalidInput(`notice: ${name}`, "notice.form");
  return found;
}

function exactIn(value: JsonObject, name: string): Exact {
  return Exact.read(textOf(value, name));
}

function oneOf<T extends string>(value: JsonObject, name: string, all: readonly T[]): T {
  const found = all.find((one) => one === value[name]);
  if (found === undefined) throw new InvalidInput(`notice: ${name}`, "notice.form");
  return found;
}
