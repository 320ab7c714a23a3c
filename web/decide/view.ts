/** What is shown of a request: headings, facts, rows. */
import { type Child, fill, h } from "../ui/dom.ts";
import { factList } from "../ui/facts.ts";
import { legalDay } from "../ui/times.ts";
import type { Json } from "../verify/canonical.ts";
import type { CertificateType } from "../verify/types.ts";
import { k, pageLanguage } from "../words/keyroom.ts";
import type { Row } from "./rows.ts";
import type { Told } from "./told.ts";

const AT_ONCE = 50;

/** The card with all that is signed. */
export function contentCard(said: Told, rows: readonly Row[], digest: string, ledger: string): HTMLElement {
  const facts: (readonly [string, string])[] = [
    ...said.facts.filter(([, value]) => value !== ""),
    [k("decide.digest"), digest],
    [k("decide.ledger"), ledger],
  ];
  return h(
    "section",
    { class: "card stack", id: "content", "aria-labelledby": "content-heading" },
    h("p", { class: "soft small" }, k("decide.content")),
    h("h2", { id: "content-heading" }, said.heading),
    ...said.cares.map((one) => h("p", { class: "note note-care" }, one)),
    factList(...facts),
    rows.length > 0 && h("p", { class: "note note-good", id: "checked" }, k("decide.checked", { size: rows.length })),
    rows.length > 0 && rowsTable(rows, said.type),
    said.lines.length > 0 && linesTable(said),
    said.whole !== null &&
      h("details", {}, h("summary", {}, k("decide.wholeText")), h("pre", { class: "mono small" }, said.whole)),
  );
}

function rowsTable(rows: readonly Row[], type: CertificateType | null): HTMLElement {
  const heads = [k("decide.number"), k("decide.holder"), k("decide.from"), k("decide.until")];
  const body = h("tbody");
  const table = h(
    "table",
    { class: "table" },
    h("caption", {}, k("decide.rows")),
    h("thead", {}, h("tr", {}, ...heads.map((one) => h("th", { scope: "col" }, one)))),
    body,
  );
  return growing(table, body, rows.length, (at) => {
    const row = rows[at];
    if (row === undefined) return h("tr");
    const until = row.expires === null ? k("decide.noEnd") : legalDay(row.expires - 1);
    const holder = String(row.fields.certificateHolderName ?? "");
    const cells: Child[][] = [[row.number], [holder, allFields(row, type)], [legalDay(row.notBefore)], [until]];
    return h("tr", {}, ...cells.map((cell, at_) => h("td", { "data-label": heads[at_] ?? "" }, h("div", {}, ...cell))));
  });
}

function allFields(row: Row, type: CertificateType | null): HTMLElement {
  const names = new Map([...(type?.fields ?? []), ...(type?.derived ?? [])].map((one) => [one.name, one]));
  const label = (name: string): string => names.get(name)?.[pageLanguage()] ?? name;
  const value = (one: Json): string => (typeof one === "boolean" ? (one ? "✓" : "✗") : String(one));
  const facts: [string, string][] = [
    [k("decide.identifier"), row.identifier],
    ...(row.predecessor === null ? [] : [[k("decide.follows"), row.predecessor] as [string, string]]),
    ...Object.entries(row.fields).map(([name, one]): [string, string] => [label(name), value(one)]),
  ];
  const list = factList(...facts);
  return h("details", {}, h("summary", {}, k("decide.allFields")), list);
}

function linesTable(said: Told): HTMLElement {
  const body = h("tbody");
  const head = h("tr", {}, ...said.columns.map((one) => h("th", { scope: "col" }, one)));
  const table = h("table", { class: "table" }, h("thead", {}, head), body);
  return growing(table, body, said.lines.length, (at) =>
    h(
      "tr",
      {},
      ...(said.lines[at] ?? []).map((one, place) => h("td", { "data-label": said.columns[place] ?? "" }, one)),
    ),
  );
}

/** A table that begins with a few rows, and a button for more. */
function growing(table: HTMLElement, body: HTMLElement, size: number, make: (at: number) => HTMLElement): HTMLElement {
  const place = h("div", { class: "stack" }, table);
  let shown = 0;
  const more = h("button", { class: "button", type: "button" });
  const grow = (): void => {
    const end = Math.min(size, shown + AT_ONCE);
    for (; shown < end; shown++) body.append(make(shown));
    const left = Math.min(AT_ONCE, size - shown);
    fill(more, k("decide.more", { count: left }));
    if (left === 0) more.remove();
  };
  more.onclick = grow;
  if (size > AT_ONCE) place.append(h("div", { class: "row" }, more));
  grow();
  return place;
}
