/**
 * What a verification shows of the certificate: a summary for people, as plain data. Its members are listed in
 * docs/verification.md. The bureau's name comes from the registry or is absent.
 */
import type { Claims } from "./claims.ts";
import type { AnchorFacts, BureauFacts, Links } from "./facts.ts";
import type { FieldValue, Label, TypeLabels } from "./types.ts";

/** Field with the holder's name (GB/T 36903). */
export const HOLDER_NAME = "certificateHolderName";

/** One field that was shown, with its labels; the labels are the name where the type is not known here. */
export interface ShownField {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly value: FieldValue;
}

/** The summary. Only with `confirmed` true is it more than what the document claims. */
export interface Certificate {
  readonly confirmed: boolean;
  readonly bureau: { readonly name: string | null; readonly uscc: string };
  readonly type: { readonly code: string; readonly zh: string | null; readonly en: string | null };
  readonly identifier: string | null;
  readonly holder: string | null;
  readonly fields: readonly ShownField[];
  readonly hidden: number;
  readonly validity: { readonly notBefore: string; readonly expires: string | null };
  readonly anchor: {
    readonly lane: string;
    readonly sequence: number;
    readonly block: number;
    readonly time: string;
  } | null;
  readonly statusAsOf: string | null;
  readonly source: string;
  readonly predecessor: string | null;
  readonly successor: string | null;
}

/** What {@link describe} puts together. */
export interface Described {
  readonly claims: Claims;
  /** Types that name the fields, the first that knows a field before the others. */
  readonly kinds: readonly TypeLabels[];
  /** Disclosed fields by name; null where no credential was shown. */
  readonly disclosed: ReadonlyMap<string, FieldValue> | null;
  readonly hidden: number;
  /** Face fields by label and the masked name; null where no stamp was shown. */
  readonly face: {
    readonly fields: readonly (readonly [string | number, FieldValue])[];
    readonly holder: string;
  } | null;
  readonly bureau: BureauFacts | null;
  readonly anchor: AnchorFacts | null;
  readonly authentic: boolean | null;
  readonly statusAsOf: number | null;
  readonly source: string;
  readonly links: Links | null;
}

/** The summary. */
export function describe(what: Described): Certificate {
  const { claims, kinds, anchor, links } = what;
  const shown = fieldsOf(what);
  const holder = what.disclosed?.get(HOLDER_NAME);
  return {
    confirmed: what.authentic === true,
    bureau: { name: what.bureau?.name ?? null, uscc: claims.bureau },
    type: { code: claims.certificateType, zh: kinds[0]?.zh ?? null, en: kinds[0]?.en ?? null },
    identifier: claims.identifier,
    holder: holder === undefined ? (what.face?.holder ?? null) : String(holder),
    fields: shown.map(([label, value]) => labelled(label, value, kinds)),
    hidden: what.hidden,
    validity: {
      notBefore: rfc3339(claims.notBefore),
      expires: claims.expires === null ? null : rfc3339(claims.expires),
    },
    anchor:
      anchor === null
        ? null
        : {
            lane: anchor.lane,
            sequence: anchor.sequence,
            block: anchor.block.number,
            time: rfc3339(anchor.block.time),
          },
    statusAsOf: what.statusAsOf === null ? null : rfc3339(what.statusAsOf),
    source: what.source,
    predecessor: links?.predecessor ?? null,
    successor: links?.successor ?? null,
  };
}

type Shown = readonly [string | number, FieldValue];

function fieldsOf(what: Pick<Described, "face" | "disclosed">): readonly Shown[] {
  const shown: Shown[] = [...(what.face?.fields ?? [])];
  for (const [name, value] of what.disclosed ?? []) {
    if (name === HOLDER_NAME) continue;
    const at = shown.findIndex(([label]) => label === name);
    if (at < 0) shown.push([name, value]);
    else shown[at] = [name, value];
  }
  return shown;
}

/** Whether that type names every field that is shown. */
export function namesAll(kind: TypeLabels | null, what: Pick<Described, "face" | "disclosed">): boolean {
  return kind !== null && fieldsOf(what).every(([label]) => labelOf(label, kind) !== undefined);
}

function labelOf(label: string | number, kind: TypeLabels): Label | undefined {
  if (typeof label === "number") return kind.fields[label - 1]; // a stamp's label is the field's place in its type, from 1
  return kind.fields.find((one) => one.name === label) ?? kind.derived.find((one) => one.name === label);
}

function labelled(label: string | number, value: FieldValue, kinds: readonly TypeLabels[]): ShownField {
  const known = kinds.map((kind) => labelOf(label, kind)).find((one) => one !== undefined);
  if (known === undefined) return { name: String(label), zh: String(label), en: String(label), value };
  return { name: known.name, zh: known.zh, en: known.en, value };
}

const LAST = 253_402_300_799; // 9999-12-31T23:59:59Z

/** `1767225600` becomes `2026-01-01T00:00:00Z`; what lies outside of the years 0 to 9999 stays a number. */
export function rfc3339(seconds: number): string {
  if (!(Math.abs(seconds) <= LAST) || seconds < -62_167_219_200) return String(seconds);
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
