/** What an expert is shown: the lot, each bid as it was read out, what was read of it, and her sheet in short. */

import { fill, h } from "../ui/dom.ts";
import { download } from "../ui/download.ts";
import { factList } from "../ui/facts.ts";
import type { Refused } from "../verify/errors.ts";
import { k, named, pageLanguage } from "../words/keyroom.ts";
import type { ReadBid } from "./reading.ts";
import type { RecordedBid, Scene } from "./scene.ts";
import type { BidSheet } from "./sheet.ts";

/** Place and organisation. */
export function bidHeading({ place, name }: RecordedBid): string {
  return name === "" ? k("sheet.bid", { place }) : `${k("sheet.bid", { place })} · ${name}`;
}

/** Where the lot stands. */
export function sceneCard(scene: Scene, seat: number | null): HTMLElement {
  const { round, committee, left, commitments, dropped } = scene;
  const have = committee.seats.filter(({ account }) => left.has(account)).length;
  const size = committee.seats.length;
  return h(
    "section",
    { class: "card stack", "aria-labelledby": "scene-heading", id: "scene" },
    h("h2", { id: "scene-heading" }, k("sheet.scene")),
    factList(
      [k("sheet.round"), String(round)],
      [k("sheet.committee"), k("sheet.committeeIs", { size })],
      ...(seat === null ? [] : [[k("sheet.seat"), String(seat)] as const]),
      [k("sheet.committed"), k("sheet.committedIs", { have, size })],
      [k("sheet.onLedger"), commitments === null ? k("sheet.notYet") : k("sheet.allThere")],
      ...(dropped.length === 0 ? [] : [[k("sheet.dropped"), dropped.join(", ")] as const]),
    ),
    scene.oneVoice && h("p", { class: "note note-care" }, k("sheet.oneVoice")),
  );
}

/** Figures that were read out, and what the qualification paper says. */
export function bidFacts(scene: Scene, bid: RecordedBid): HTMLElement {
  const form = scene.notice.envelopes.find(({ number }) => number === 1)?.form ?? [];
  const language = pageLanguage();
  const figures = [...bid.figures].map(([name, value]) => {
    const field = form.find((one) => one.name === name);
    const choice = field?.choices.find((one) => one.value === value)?.label[language];
    const shown = choice ?? [value, field?.unit ?? ""].join(" ").trim();
    return [field?.label[language] || name, shown] as const;
  });
  const rules = (bid.qualified?.rules ?? []).map((one) => {
    const label = scene.notice.rules.find((rule) => rule.name === one.name)?.label[language];
    return h("li", {}, `${label || one.name}: ${named("answer", one.result)}`);
  });
  const result = bid.qualified === null ? k("sheet.noQualification") : named("answer", bid.qualified.result);
  return h(
    "div",
    { class: "stack" },
    factList(...(bid.code === "" ? [] : [[k("sheet.code"), bid.code] as const]), ...figures, [
      k("sheet.paper"),
      result,
    ]),
    rules.length > 0 && h("ul", { class: "small" }, ...rules),
  );
}

/** What was read of a bid: its documents to save, or why it could not be read. */
export function showRead(place: HTMLElement, read: ReadBid): void {
  const { opened, problem, differs } = read;
  if (opened === null) {
    const known = named("refused", problem);
    const words = known === problem ? k("sheet.unreadable", { problem }) : known;
    fill(place, h("p", { class: "note note-bad", "data-code": problem }, words));
    return;
  }
  const rows = opened.manifest.documents.map(({ name, mediaType }, at) => {
    const save = async (): Promise<void> => {
      const blob = opened.documents[at] ?? new Blob();
      download(name, mediaType, new Uint8Array(await blob.arrayBuffer()));
    };
    const button = h("button", { class: "button quiet", type: "button", onclick: () => void save() });
    button.append(k("sheet.save", { name }));
    return h("li", {}, button);
  });
  fill(
    place,
    h("p", { class: "note note-good", "data-read": read.place }, k("sheet.read")),
    differs.length > 0 && h("p", { class: "note note-bad" }, k("sheet.differs", { names: differs.join(", ") })),
    h("ul", { class: "stack" }, ...rows),
  );
}

/** The sheet in short. */
export function sheetTable(bids: readonly BidSheet[], scene: Scene): HTMLElement {
  const language = pageLanguage();
  const verdict = (passed: boolean): string => (passed ? k("sheet.pass") : k("sheet.fail"));
  const label = (name: string): string => scene.criteria.find((one) => one.name === name)?.label[language] || name;
  return h(
    "dl",
    { class: "facts" },
    ...bids.map(({ place, formal, qualification, points, remark }) => {
      const [form, quality] = [verdict(formal.passed), verdict(qualification.passed)];
      return h(
        "div",
        {},
        h("dt", {}, k("sheet.bid", { place })),
        h(
          "dd",
          {},
          `${k("sheet.formal")}: ${form} · ${k("sheet.qualification")}: ${quality}`,
          ...[formal.reason, qualification.reason, remark].map(
            (said) => said !== "" && h("p", { class: "soft" }, said),
          ),
          ...Object.entries(points).map(([name, value]) => h("p", {}, `${label(name)}: ${value}`)),
        ),
      );
    }),
  );
}

/** Why nothing is done. */
export function refusedWords(fault: Refused): string {
  const words = named("refused", fault.code);
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => String(fault.values[name] ?? whole));
}
