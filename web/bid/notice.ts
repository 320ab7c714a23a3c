/**
 * A notice as far as a bidder's room needs it. Its SHA-256 is compared with the ledger's before anything in it is believed, and
 * what the ledger took was checked when it was published; so only what is used is looked at here.
 */

import type { Recipients } from "../seal/locks.ts";
import { sha256, unb64url, unhex0x } from "../verify/bytes.ts";
import { isList, isObject, type Json, type JsonObject, readCanonical } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";

/** The same words in both languages. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** A figure that a bid states. */
export interface FormField {
  readonly name: string;
  readonly label: Words;
  readonly kind: "money" | "number" | "integer" | "days" | "text" | "choice";
  readonly unit: string;
  readonly least: string | null;
  readonly most: string | null;
  readonly choices: readonly { readonly value: string; readonly label: Words }[];
  readonly required: boolean;
}

/** An envelope: whom lock 2 is for, and its form. */
export interface Envelope {
  readonly number: number;
  readonly recipients: Recipients;
  readonly form: readonly FormField[];
}

/** A certificate that must be shown. */
export interface Rule {
  readonly name: string;
  readonly label: Words;
  readonly certificateType: string;
  readonly fields: readonly string[];
  readonly holder: string;
  readonly required: boolean;
}

/** Who keeps sealed files. */
export interface Custodian {
  readonly account: string;
  readonly name: string;
  readonly url: string;
}

/** A lot; `ceiling` is the highest price that is taken, exact text. */
export interface Lot {
  readonly number: number;
  readonly title: Words;
  readonly ceiling: { readonly amount: string; readonly currency: string } | null;
}

/** A notice. */
export interface Notice {
  readonly digest: Uint8Array;
  readonly chainId: number;
  readonly genesis: Uint8Array;
  readonly book: Uint8Array;
  readonly tender: number;
  readonly title: Words;
  readonly lots: readonly Lot[];
  readonly envelopes: readonly Envelope[];
  readonly rules: readonly Rule[];
  /** True if a guarantee as a certificate must be shown. */
  readonly guarantee: boolean;
  /** Name of the figure that is the price; it stands in the last envelope. */
  readonly price: string;
  readonly openingKey: Uint8Array;
  readonly custodians: readonly Custodian[];
}

const LARGEST = 4 * 2 ** 20;
const KINDS: readonly FormField["kind"][] = ["money", "number", "integer", "days", "text", "choice"];

/** Reads a notice. Throws InvalidInput. */
export function readNotice(data: Uint8Array): Notice {
  const value = readCanonical(data, "notice", LARGEST);
  if (!isObject(value) || value.format !== "yinxin-notice-1") throw bad("format");
  return {
    digest: sha256(data),
    chainId: number(value, "chainId"),
    genesis: unhex0x(value.genesis, "genesis", 32),
    book: unhex0x(value.book, "book", 20),
    tender: number(value, "tender"),
    title: words(value.title),
    lots: objects(value, "lots").map((lot) => ({
      number: number(lot, "number"),
      title: words(lot.title),
      ceiling: isObject(lot.ceiling)
        ? { amount: text(lot.ceiling, "amount"), currency: text(lot.ceiling, "currency") }
        : null,
    })),
    envelopes: objects(value, "envelopes").map(envelope),
    rules: objects(value, "qualification").map(rule),
    guarantee: isObject(value.guarantee) && value.guarantee.certificateType !== "",
    price: isObject(value.evaluation) ? text(value.evaluation, "price") : "",
    openingKey: unb64url(value.openingKey, "openingKey"),
    custodians: objects(value, "custodians").map((one) => ({
      account: text(one, "account"),
      name: text(one, "name"),
      url: text(one, "url").replace(/\/+$/, ""),
    })),
  };
}

function envelope(value: JsonObject): Envelope {
  const key = (name: string) => unb64url(value[name], name);
  return {
    number: number(value, "number"),
    recipients: { officer: key("officer"), supervisor: key("supervisor") },
    form: objects(value, "form").map((one) => ({
      name: text(one, "name"),
      label: words(one.label),
      kind: kindOf(one),
      unit: text(one, "unit"),
      least: one.least === null ? null : text(one, "least"),
      most: one.most === null ? null : text(one, "most"),
      choices: objects(one, "choices").map((choice) => ({ value: text(choice, "value"), label: words(choice.label) })),
      required: one.required === true,
    })),
  };
}

function kindOf({ kind }: JsonObject): FormField["kind"] {
  const found = KINDS.find((one) => one === kind);
  if (found === undefined) throw bad("form.kind");
  return found;
}

function rule(value: JsonObject): Rule {
  return {
    name: text(value, "name"),
    label: words(value.label),
    certificateType: text(value, "certificateType"),
    fields: objects(value, "conditions").map((one) => text(one, "field")),
    holder: text(value, "holder"),
    required: value.required === true,
  };
}

function words(value: Json | undefined): Words {
  if (!isObject(value)) throw bad("words");
  return { zh: text(value, "zh"), en: text(value, "en") };
}

function objects(value: JsonObject, name: string): JsonObject[] {
  const list = value[name];
  if (!isList(list) || !list.every(isObject)) throw bad(name);
  return list.filter(isObject);
}

function text(value: JsonObject, name: string): string {
  const found = value[name];
  if (typeof found !== "string") throw bad(name);
  return found;
}

function number(value: JsonObject, name: string): number {
  const found = value[name];
  if (typeof found !== "number") throw bad(name);
  return found;
}

function bad(field: string): InvalidInput {
  return new InvalidInput(`notice: ${field}`, "notice.form");
}
