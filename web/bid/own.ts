/**
 * A bidder's look at the own bid in an opening record: is what was read out what was sealed? The rules, and their order, are those of
 * `yinxin bid check` (chain/tenders/bidding/own.py); tests/vectors/own_bid.json holds both to the same answers.
 */
import { type Figure, proves } from "../seal/form.ts";
import { identityDigest } from "../seal/identity.ts";
import type { Manifest } from "../seal/manifest.ts";
import { equal } from "../verify/bytes.ts";
import { isList, isObject } from "../verify/canonical.ts";
import type { OpeningRecord, RecordedBid } from "./record.ts";

/** One thing in the record that is not as it was sealed; `name` of a figure, `read` out, `sealed`, `why` in the record's words. */
export interface Objectionable {
  readonly code: "missing" | "unopened" | "organisation" | "unproved" | "figure" | "unread";
  readonly name: string;
  readonly read: string;
  readonly sealed: string;
  readonly why: string;
}

/** A figure of the own form beside what the record says of it. `kept`: the notice does not name it, so it stays sealed. */
export interface Line {
  readonly name: string;
  readonly sealed: string | null;
  readonly read: string | null;
  readonly standing: "same" | "unproved" | "figure" | "unread" | "kept";
}

/** What came of it. */
export interface Comparison {
  readonly bid: RecordedBid | null;
  readonly faults: readonly Objectionable[];
  readonly lines: readonly Line[];
}

/**
 * Compares.
 *
 * @param record of one envelope; whether it is the one on the ledger is asked elsewhere
 * @param commitment hash of the commitment that was accepted last, 32 bytes
 * @param root of the form in that commitment, for this envelope
 * @param manifest what was sealed
 * @param asked names of the figures in the notice's form for this envelope
 */
export function compare(
  record: OpeningRecord,
  commitment: Uint8Array,
  root: Uint8Array,
  manifest: Manifest,
  asked: readonly string[],
): Comparison {
  const bid = record.bids.find((one) => equal(one.commitment, commitment)) ?? null;
  if (bid === null) return { bid, faults: [fault("missing")], lines: [] };
  if (bid.outcome !== "opened") {
    const why = `${bid.fault?.kind ?? "?"}, ${bid.outcome}`;
    return { bid, faults: [fault("unopened", { why })], lines: [] };
  }
  const lines = linesOf(bid, root, manifest, asked);
  return { bid, faults: [...organisation(bid, manifest), ...lines.flatMap(faultOf)], lines };
}

function linesOf(bid: RecordedBid, root: Uint8Array, { form, identity }: Manifest, asked: readonly string[]): Line[] {
  const digest = identityDigest(identity);
  const sealed = new Map(form.map(({ name, value }: Figure) => [name, value]));
  // Of a figure that stands there twice the last one counts, as in a Python dict; its place is the first one's.
  const shown = new Map(bid.figures.map((one) => [one.figure.name, one]));
  const read = [...shown].map(([name, one]): Line => {
    const own = sealed.get(name) ?? null;
    const { value } = one.figure;
    const standing = !proves(one, root, digest) ? "unproved" : own !== value ? "figure" : "same";
    return { name, sealed: own, read: value, standing };
  });
  const silent = form
    .filter(({ name }) => !shown.has(name))
    .map(
      ({ name, value }): Line => ({
        name,
        sealed: value,
        read: null,
        standing: asked.includes(name) ? "unread" : "kept",
      }),
    );
  return [...read, ...silent];
}

function faultOf({ name, read, sealed, standing }: Line): Objectionable[] {
  if (standing === "same" || standing === "kept") return [];
  return [fault(standing, { name, read: read ?? "", sealed: sealed ?? "" })];
}

function organisation({ organisation: said }: RecordedBid, manifest: Manifest): Objectionable[] {
  if (said === null || said.result === "invalid")
    return [fault("organisation", { why: said?.findings.join("; ") ?? "" })];
  const sealed = codeOf(manifest);
  return said.code === sealed ? [] : [fault("organisation", { read: said.code, sealed })];
}

/** The code of the company that bids, or of the consortium's leader. */
export function codeOf({ organisation: { parties } }: Manifest): string {
  const first = isList(parties) ? parties[0] : null;
  return isObject(first) && typeof first.code === "string" ? first.code : "";
}

function fault(code: Objectionable["code"], more: Partial<Objectionable> = {}): Objectionable {
  return { name: "", read: "", sealed: "", why: "", ...more, code };
}
