/**
 * Is a bid complete, and within the notice's bounds? Everything that stops it from being sealed, at once: the rules of
 * chain/tenders/bidding/completeness.py. No DOM.
 */
import { caseless, checkName } from "../seal/manifest.ts";
import { faultOf, order } from "./figures.ts";
import type { Envelope, FormField, Notice, Words } from "./notice.ts";
import type { Kept } from "./room.ts";

/** What a room lacks of. `form` counts figures, `documents` names what will not do, `certificate` the rule. */
export type Lack =
  | { readonly kind: "form"; readonly envelope: number; readonly count: number }
  | { readonly kind: "documents"; readonly envelope: number; readonly name: string }
  | { readonly kind: "ceiling"; readonly ceiling: string }
  | { readonly kind: "certificate"; readonly label: Words }
  | { readonly kind: "guarantee" };

/** What is looked at: the bid as it stands, by which notice, for which lot. */
export interface Looked {
  readonly kept: Pick<Kept, "forms" | "certificates" | "guarantee">;
  readonly setting: { readonly notice: Notice; readonly lot: number };
}

type Named = { readonly name: string };

/** What must be mended before a bid is sealed, in the order of the notice; the organisation statement is asked for by itself. */
export function lacks(room: Looked, documents: ReadonlyMap<number, readonly Named[]>): Lack[] {
  const { notice } = room.setting;
  return [
    ...notice.envelopes.flatMap((one) => [
      ...formOf(room, one),
      ...namesOf(documents.get(one.number) ?? []).map(
        (name): Lack => ({ kind: "documents", envelope: one.number, name }),
      ),
    ]),
    ...ceiling(room),
    ...certificates(room),
  ];
}

/** Figures of an envelope that are missing or wrong. */
export function wrongFigures({ kept }: Looked, { number, form }: Envelope): FormField[] {
  const values = kept.forms[number] ?? {};
  return form.filter((one) => faultOf(one, values[one.name] ?? "") !== null);
}

/** What the notice demands as certificates and nothing is shown for. */
export function certificates({ kept, setting: { notice } }: Looked): Lack[] {
  const shown = new Set(kept.certificates.map(({ rule }) => rule));
  const missing = notice.rules.filter((one) => one.required && !shown.has(one.name));
  return [
    ...missing.map(({ label }): Lack => ({ kind: "certificate", label })),
    ...(notice.guarantee && kept.guarantee === null ? [{ kind: "guarantee" } as const] : []),
  ];
}

function formOf(room: Looked, envelope: Envelope): Lack[] {
  const count = wrongFigures(room, envelope).length;
  return count === 0 ? [] : [{ kind: "form", envelope: envelope.number, count }];
}

/** The price must not exceed the lot's ceiling 最高投标限价; it stands in the last envelope. */
function ceiling({ kept, setting: { notice, lot } }: Looked): Lack[] {
  const most = notice.lots.find(({ number }) => number === lot)?.ceiling ?? null;
  const last = notice.envelopes.at(-1);
  const line = last?.form.find(({ name }) => name === notice.price);
  const value = kept.forms[last?.number ?? 0]?.[notice.price] ?? "";
  if (most === null || line === undefined || value === "" || faultOf(line, value) !== null) return [];
  return order(value, most.amount) > 0 ? [{ kind: "ceiling", ceiling: `${most.amount} ${most.currency}` }] : [];
}

/** Names that the manifest would refuse: of no good form, or used twice. */
function namesOf(documents: readonly Named[]): string[] {
  const seen = new Set<string>();
  return documents
    .map(({ name }) => name.normalize("NFC"))
    .filter((name) => {
      const twice = seen.has(caseless(name));
      seen.add(caseless(name));
      return twice || !fine(name);
    });
}

function fine(name: string): boolean {
  try {
    checkName(name);
    return true;
  } catch {
    return false;
  }
}
