/** What an audit on one's own device shows: verdict, findings with their links, and how every rule stands. */
import { localTimes } from "../page/times.ts";
import { type Child, h } from "../ui/dom.ts";
import { dateTime } from "../ui/times.ts";
import { HERE } from "./here.ts";
import type { Done } from "./messages.ts";
import type { Finding, Result, Rule } from "./report.ts";
import { placeOf, type Standing, sorted, standingOf, verdictOf } from "./standing.ts";
import { type AuditWord, chapterOf, RULES, sentence, t } from "./words.ts";

/** What the answers rest on. */
export interface Basis {
  readonly endpoints: readonly string[];
  /** SHA-256 of the pinned trust root, 0x text. */
  readonly root: string;
  /** It was pinned just now. */
  readonly fresh: boolean;
}

const TONES = { clean: "good", broken: "bad", unknown: "care" } as const;
const SIGNS: Readonly<Record<Result, string>> = { broken: "✗", unknown: "?", note: "–" };
const MARKS: Readonly<Record<Result, string>> = {
  broken: "mark mark-red",
  unknown: "mark mark-yellow",
  note: "mark",
};
const CHIPS: Readonly<Record<Standing, string>> = {
  holds: "chip chip-good",
  note: "chip chip-good",
  broken: "chip chip-bad",
  unknown: "chip chip-care",
  nothing: "chip",
  elsewhere: "chip",
};

/** All of it. */
export function shown(tender: number, done: Done, basis: Basis): HTMLElement[] {
  const made = [verdict(done), basisCard(basis), ...findings(tender, done), rules(done)];
  for (const one of made) localTimes(one);
  return made;
}

/** A note. */
export function note(tone: "good" | "care" | "bad", ...children: readonly Child[]): HTMLElement {
  return h("div", { class: `note note-${tone}` }, h("div", {}, ...children));
}

/** The outcome in one sentence. */
export function verdictWords(done: Done): string {
  return t(`verdict.${verdictOf(done)}`);
}

function verdict(done: Done): HTMLElement {
  const { looked, seconds, block } = done;
  const looks = looked.reduce((sum, [, count]) => sum + count, 0);
  const [before = "", after = ""] = t("verdict.looks", {
    ...{ rules: looked.length, looks, seconds: seconds.toFixed(1), block: block.number },
    time: "\n",
  }).split("\n");
  return note(
    TONES[verdictOf(done)],
    h("strong", { id: "own-verdict", "data-verdict": verdictOf(done) }, verdictWords(done)),
    h("p", { class: "small" }, before, instant(block.time), after, " ", t("verdict.rest")),
  );
}

function instant(seconds: number): HTMLElement {
  const datetime = new Date(seconds * 1000).toISOString().replace(".000", "");
  const zone = h("span", { class: "zone" }, "UTC+8");
  return h("time", { datetime, "data-instant": true }, `${dateTime(seconds, "Asia/Shanghai")} `, zone);
}

function basisCard({ endpoints, root, fresh }: Basis): HTMLElement {
  const alone = endpoints.length < 2;
  return h(
    "section",
    { class: "card stack", "aria-labelledby": "basis-title" },
    h("h3", { id: "basis-title" }, t("basis.title")),
    h("p", { id: "basis", "data-endpoints": endpoints.length }, alone ? t("basis.one") : many(endpoints.length)),
    h("ul", { class: "stack-tight" }, ...endpoints.map((one) => h("li", { class: "mono small" }, one))),
    h("p", { class: "small" }, `${t("basis.root")}: `, h("span", { class: "mono" }, root)),
    fresh ? h("p", { class: "small soft" }, t("basis.fresh")) : null,
  );
}

function many(count: number): string {
  return t("basis.many", { count });
}

function findings(tender: number, { findings: found }: Done): HTMLElement[] {
  if (found.length === 0) return [];
  const list = h("ol", { class: "stack", id: "own-findings" }, ...sorted(found).map((one) => finding(tender, one)));
  return [h("h3", {}, t("found.title")), list];
}

function finding(tender: number, one: Finding): HTMLElement {
  const { rule, result, subject, detail, paper, block } = one;
  return h(
    "li",
    { class: "card stack-tight", "data-rule": rule, "data-result": result },
    h(
      "p",
      { class: "row" },
      h("span", { class: MARKS[result] }, `${SIGNS[result]} ${t(`found.${result}`)}`),
      h("a", { href: `#rule-${rule}`, onclick: () => reveal(rule) }, t("found.rule", { rule })),
    ),
    h("p", {}, sentence(rule)),
    h("p", { class: "small", lang: "en" }, `${subject}: ${detail}`),
    h(
      "p",
      { class: "row small" },
      h("a", { href: placeOf(tender, one) }, t("found.place")),
      paper === null ? null : h("a", { href: `/v1/tenders/${tender}/papers/${paper}` }, t("found.paper")),
      block === null
        ? null
        : h("a", { href: `/tenders/${tender}/timeline#block-${block}` }, t("found.block", { block })),
    ),
  );
}

/** A rule's row lies in a chapter that may be shut. */
function reveal(rule: Rule): void {
  document.getElementById(`rule-${rule}`)?.closest("details")?.setAttribute("open", "");
}

/** How every rule stands, chapter by chapter: looked at here, by the command only, or not to be told. */
function rules(done: Done): HTMLElement {
  const chapters = [...new Set(RULES.map(chapterOf))];
  return h(
    "section",
    { class: "card stack", "aria-labelledby": "rules-title" },
    h("h3", { id: "rules-title" }, t("rules.title")),
    ...chapters.map((chapter) => {
      const own = RULES.filter((rule) => chapterOf(rule) === chapter);
      const here = own.filter((rule) => HERE.includes(rule)).length;
      const wrong = own.some((rule) => ["broken", "unknown"].includes(standingOf(done, rule).standing));
      const name = `${chapter} ${t(`chapter.${chapter}` as AuditWord)}`;
      return h(
        "details",
        { id: `chapter-${chapter}`, open: wrong },
        h("summary", {}, `${name} · ${t("rules.count", { here, all: own.length })}`),
        table(own, done, name),
      );
    }),
  );
}

function table(own: readonly Rule[], done: Done, caption: string): HTMLElement {
  const heads = [t("rules.rule"), t("rules.says"), t("rules.standing")];
  const row = (rule: Rule): HTMLElement => {
    const { standing, count, partly } = standingOf(done, rule);
    const chip = h("span", { class: CHIPS[standing] }, t(`standing.${standing}`, { count }));
    const more = partly ? h("p", { class: "tiny soft" }, t("standing.partly")) : null;
    const cells: Child[][] = [[rule], [sentence(rule)], [chip, more]];
    return h(
      "tr",
      { id: `rule-${rule}`, "data-standing": standing },
      ...cells.map((cell, at) => h("td", { "data-label": heads[at] ?? "" }, h("div", {}, ...cell))),
    );
  };
  return h(
    "table",
    { class: "table" },
    h("caption", { class: "heard" }, caption),
    h("thead", {}, h("tr", {}, ...heads.map((one) => h("th", { scope: "col" }, one)))),
    h("tbody", {}, ...own.map(row)),
  );
}
