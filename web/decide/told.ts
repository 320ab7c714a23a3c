/** A request in plain words, made from its own members alone. */
import { fromUtf8, unb64url } from "../verify/bytes.ts";
import { isList, isObject, type Json, type JsonObject, member } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { wrongPart } from "../verify/identifiers.ts";
import { STATES } from "../verify/statuslist.ts";
import { type CertificateType, SHIPPED } from "../verify/types.ts";
import { k, named, pageLanguage } from "../words/keyroom.ts";
import type { Asked } from "./request.ts";
import type { Row } from "./rows.ts";

/** What is shown above the rows. */
export interface Told {
  readonly heading: string;
  /** Name and value, in order. */
  readonly facts: readonly (readonly [string, string])[];
  /** What to take notice of. */
  readonly cares: readonly string[];
  /** Lines of what it speaks of, for kinds other than a list. */
  readonly lines: readonly (readonly string[])[];
  /** Headings of the lines. */
  readonly columns: readonly string[];
  /** The type of a list; null of another kind, and where this page does not know it. */
  readonly type: CertificateType | null;
  /** The whole text of a type's definition; null of other kinds. */
  readonly whole: string | null;
  /** Set where this page cannot say what the rows mean: it then lets nobody sign. */
  readonly unknown: { readonly code: string; readonly version: number } | null;
}

/**
 * The request in words.
 * @param rows of a list, all of them, checked; empty of other kinds
 * @throws InvalidInput `decide.form` where a member is missing or of another kind
 */
export function told(asked: Asked, rows: readonly Row[]): Told {
  if (asked.kind === "release") return release(asked, rows);
  if (asked.kind === "status") return status(asked.body);
  if (asked.kind === "type") return type(asked.body);
  return asked.kind === "unbind" ? unbind(asked.body) : retention(asked.body);
}

function release(asked: Asked, rows: readonly Row[]): Told {
  const { body, bureau } = asked;
  const code = text(body, "lane");
  const version = member(body, "version") ?? 1;
  const known = version === 1 ? (SHIPPED.find((one) => one.code === code) ?? null) : null;
  const operation = text(body, "operation");
  const size = asked.list?.size ?? 0;
  const others = rows.filter((row) => row.predecessor !== null && !row.predecessor.includes(`.${bureau}.`)).length;
  return {
    ...NOTHING,
    heading: k("decide.release", {
      type: known === null ? code : nameOf(known),
      operation: named("operation", operation),
      size,
    }),
    facts: [
      [k("decide.source"), text(body, "source")],
      [k("decide.asks"), text(body, "operator")],
    ],
    cares: [
      ...(operation === "import" ? [imported(rows, bureau)] : []),
      ...(others > 0 ? [k("decide.foreign", { count: others })] : []),
    ],
    type: known,
    unknown: known === null ? { code, version: typeof version === "number" ? version : 0 } : null,
  };
}

/** Of an import: how many identifiers are of another code, and how many break a rule that is only warned of. */
function imported(rows: readonly Row[], bureau: string): string {
  const other = rows.filter((row) => !row.identifier.includes(`.${bureau}.`)).length;
  return k("decide.imported", { other, wrong: rows.filter((row) => wrongPart(row.identifier) !== null).length });
}

function status(body: JsonObject): Told {
  const events = objects(body, "events");
  const [first] = events;
  if (first === undefined) throw form("events");
  const same = (name: string): string => [...new Set(events.map((one) => text(one, name)))].join("; ");
  const operation = [...new Set(events.map((one) => named("operation", text(one, "operation"))))].join(", ");
  return {
    ...NOTHING,
    heading: k("decide.status", { operation, size: events.length }),
    facts: [
      [k("decide.reason"), same("reason")],
      [k("decide.asks"), same("operator")],
    ],
    columns: [k("decide.identifier"), k("decide.change")],
    lines: events.map((one) => [
      text(one, "identifier"),
      `${standing(member(one, "before"))} → ${standing(member(one, "after"))}`,
    ]),
  };
}

function type(body: JsonObject): Told {
  const document = fromUtf8(unb64url(member(body, "document"), "document"));
  const found = parsed(document ?? "");
  const fields = member(found, "fields");
  const ends = fields === undefined;
  const zh = member(found, "zh");
  const name = typeof zh === "string" ? `${zh} (${text(found, "code")})` : text(found, "code");
  const values = { type: name, version: String(member(found, "version") ?? 1) };
  return {
    ...NOTHING,
    heading: ends ? k("decide.typeEnd", values) : k("decide.typeNew", values),
    facts: [
      [k("decide.asks"), text(body, "operator")],
      [k("decide.reason"), text(body, "reason") || text(found, "reason", "")],
    ],
    whole: JSON.stringify(found, null, 1),
    columns: ends ? [] : [k("decide.fields"), ""],
    lines: isList(fields)
      ? fields.map((one) => (isObject(one) ? [text(one, "name"), `${text(one, "zh")} / ${text(one, "en", "")}`] : []))
      : [],
  };
}

function unbind(body: JsonObject): Told {
  return {
    ...NOTHING,
    heading: k("decide.unbind"),
    facts: [
      [k("decide.identifier"), text(body, "identifier")],
      [k("decide.reason"), text(body, "reason")],
      [k("decide.asks"), text(body, "operator")],
    ],
    cares: [k("decide.unbindSays")],
  };
}

function retention(body: JsonObject): Told {
  const records = objects(body, "records");
  const rules = objects(body, "rules").map((one) =>
    k("decide.retentionRule", {
      type: typeName(text(one, "type")),
      years: count(one, "years"),
      count: count(one, "count"),
    }),
  );
  return {
    ...NOTHING,
    heading: k("decide.retention", { size: records.length }),
    facts: [[k("decide.asks"), text(body, "operator")]],
    cares: rules,
    columns: [k("decide.number"), k("decide.change"), k("decide.since")],
    lines: records.map((one) => [
      text(one, "number"),
      named("standing", text(one, "state").toLowerCase()),
      text(one, "since"),
    ]),
  };
}

const NOTHING = { facts: [], cares: [], lines: [], columns: [], type: null, whole: null, unknown: null } as const;

/** Name of a type in the page's language. */
export function nameOf(one: CertificateType): string {
  return pageLanguage() === "zh" ? one.zh : one.en;
}

function typeName(code: string): string {
  const found = SHIPPED.find((one) => one.code === code);
  return found === undefined ? code : nameOf(found);
}

function standing(value: Json | undefined): string {
  if (value === 0) return named("standing", "valid");
  const found = typeof value === "number" ? STATES[value] : undefined;
  if (found === undefined) throw form("status");
  return named("standing", found.name);
}

function text(body: JsonObject, name: string, other?: string): string {
  const found = member(body, name) ?? other;
  if (typeof found !== "string") throw form(name);
  return found;
}

function count(body: JsonObject, name: string): number {
  const found = member(body, name);
  if (typeof found !== "number") throw form(name);
  return found;
}

function objects(body: JsonObject, name: string): JsonObject[] {
  const found = member(body, name);
  if (!isList(found)) throw form(name);
  return found.map((one) => {
    if (!isObject(one)) throw form(name);
    return one;
  });
}

function parsed(document: string): JsonObject {
  try {
    const found = JSON.parse(document) as Json;
    if (isObject(found)) return found;
  } catch {
    // Told below.
  }
  throw form("document");
}

function form(name: string): InvalidInput {
  return new InvalidInput(`the request's member ${name} is not what it must be`, "decide.form");
}
