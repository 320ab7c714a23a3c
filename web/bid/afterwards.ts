/** The step after the opening: the own bid verified against the record, figure by figure, and what to do if something differs. */
import { countDown } from "../board/countdown.ts";
import { announce } from "../ui/announce.ts";
import { fill, h } from "../ui/dom.ts";
import { hex0x } from "../verify/bytes.ts";
import { commandsOf, faultWords, labelOf, lookWords, objectionsOf, objectionText } from "./objection.ts";
import type { Line } from "./own.ts";
import { action, field, note, type Step, save, step } from "./parts.ts";
import type { Room } from "./room.ts";
import { differs, type Look, type Looked, type Own, verifyOwn } from "./verifying.ts";
import { moment, t, faultWords as trouble } from "./words.ts";

const PHASE_FAILED = 10; // of a lot; the one after it: cancelled
const AGAIN = 8_000; // milliseconds between two looks while something is still to come
const TONES = {
  same: "chip chip-good",
  unproved: "chip chip-bad",
  figure: "chip chip-bad",
  unread: "chip chip-bad",
  kept: "chip",
};

/** The step. It looks by itself from the deadline on, until every envelope has its record. */
export function verification(room: Room, place: number): Step {
  const made = step("verify", place, t("after.title"), t("after.hint"));
  const wrong = h("div");
  const found = h("div", { class: "stack", id: "verified" });
  let last = "";
  let timer = 0;
  let turn = 0;
  const look = async (): Promise<void> => {
    clearTimeout(timer);
    const mine = ++turn;
    const own = await verifyOwn(room).catch((error: unknown) => {
      if (mine === turn) throw error;
      return null;
    });
    if (own === null || mine !== turn) return; // a newer look was begun meanwhile: what that one finds counts
    const { words, standing } = summary(own);
    made.stand(standing, words);
    fill(wrong);
    const { bidding, phase, objectUntil, block } = own.facts;
    const over = objectUntil !== null && block.time > objectUntil;
    const facts = [own.envelopes, own.standing, bidding, phase, objectUntil, over];
    const shown = JSON.stringify(facts, (_, one) => (one instanceof Uint8Array ? hex0x(one) : one));
    if (shown !== last) {
      last = shown;
      fill(found, ...told(room, own));
      countDown(found);
      announce(words);
    }
    if (waits(own)) timer = window.setTimeout(() => look().catch(later), AGAIN);
  };
  const later = (error: unknown): void => {
    if (last === "") made.stand("open", t("after.waiting"));
    fill(wrong, note("care", trouble(error))); // what was found, and an objection that is being written, stay
    clearTimeout(timer);
    timer = window.setTimeout(() => look().catch(later), AGAIN);
  };
  const again = async (): Promise<void> => {
    await look().catch((error: unknown) => {
      later(error);
      throw error;
    });
  };
  fill(made.body, wrong, found, action("after.again", "verify-again", again));
  look().catch(later);
  setInterval(() => countDown(found), 1000);
  return made;
}

/** True while something of this bid is still to be opened or recorded. */
function waits({ facts, standing, envelopes }: Own): boolean {
  if (facts.bidding || facts.phase >= PHASE_FAILED) return false;
  return standing === "live" && envelopes.some(({ standing: one }) => one === "shut" || one === "unrecorded");
}

/** True if the lot has ended, and something of this bid was never opened. */
function staysShut({ facts, envelopes }: Own): boolean {
  return facts.phase >= PHASE_FAILED && envelopes.some(({ standing }) => standing === "shut");
}

function summary(own: Own): { words: string; standing: "open" | "done" | "wrong" } {
  if (own.facts.bidding) return { words: t("after.before"), standing: "open" };
  if (own.standing !== "live") return { words: t(`after.${own.standing}.short`), standing: "open" };
  if (differs(own)) return { words: t("after.wrong.short"), standing: "wrong" };
  if (waits(own)) return { words: t("after.waiting"), standing: "open" };
  if (staysShut(own)) return { words: t("after.ended.short"), standing: "open" };
  return { words: t("after.right.short"), standing: "done" };
}

function told(room: Room, own: Own): (HTMLElement | null)[] {
  const { facts, standing, version, envelopes } = own;
  if (facts.bidding) return [note("", t("after.later", { opening: moment(facts.openAt) }))];
  if (standing !== "live") return [note(standing === "newer" ? "care" : "", t(`after.${standing}`))];
  const { notice } = room.setting;
  const count = envelopes.reduce((sum, one) => sum + wrongOf(one), 0);
  const whole = envelopes.every((one) => one.standing === "looked" || one.standing === "dropped");
  const verdict =
    count > 0
      ? note("bad", h("strong", { id: "differs" }, t("after.wrong", { count })))
      : whole
        ? note("good", h("strong", { id: "right" }, t("after.right")))
        : note("", t(staysShut(own) ? "after.ended" : "after.waits"));
  return [
    verdict,
    h(
      "p",
      { class: "small soft" },
      t("after.version", { version: version?.version ?? 0, block: version?.block ?? "–" }),
    ),
    ...envelopes.map((one) => envelope(room, one)),
    envelopes.some((one) => objectionsOf(notice, one).length > 0) ? objecting(room, own) : null,
  ];
}

function wrongOf({ looks, comparison }: Looked): number {
  return looks.filter(({ good }) => good === false).length + (comparison?.faults.length ?? 0);
}

function envelope(room: Room, looked: Looked): HTMLElement {
  const { notice } = room.setting;
  const { envelope: number, standing, looks, comparison, record } = looked;
  const faults = comparison?.faults ?? [];
  // What a figure's own row says is not said twice.
  const beyond = faults.filter(({ name }) => name === "").map((one) => faultWords(notice, number, one));
  return h(
    "section",
    { class: "stack", id: `verified-${number}` },
    notice.envelopes.length > 1 ? h("h3", {}, t("after.envelope", { number })) : null,
    standing === "looked" ? null : h("p", {}, t(`after.${standing}`)),
    h(
      "ul",
      { class: "stack" },
      ...looks.map((one) =>
        h("li", { "data-look": one.what, "data-good": String(one.good) }, `${mark(one)} ${lookWords(one)}`),
      ),
      ...beyond.map((words) => h("li", { "data-good": "false" }, `✗ ${words}`)),
    ),
    comparison === null || comparison.lines.length === 0 ? null : figures(room, number, comparison.lines),
    record === null
      ? null
      : h(
          "p",
          { class: "tiny soft" },
          t("after.record", { block: record.block }),
          " ",
          h("span", { class: "mono" }, hex0x(record.digest)),
        ),
  );
}

function mark({ good }: Look): string {
  return good === null ? "–" : good ? "✓" : "✗";
}

function figures(room: Room, envelope: number, lines: readonly Line[]): HTMLElement {
  const heads = [t("after.figure"), t("after.sealed"), t("after.read"), t("after.standing")];
  const cells = ({ name, sealed, read, standing }: Line): (string | HTMLElement)[] => [
    labelOf(room.setting.notice, envelope, name),
    sealed ?? "–",
    read ?? "–",
    h("span", { class: TONES[standing] }, t(`line.${standing}`)),
  ];
  return h(
    "table",
    { class: "table" },
    h("caption", {}, t("after.caption")),
    h("thead", {}, h("tr", {}, ...heads.map((one) => h("th", { scope: "col" }, one)))),
    h(
      "tbody",
      {},
      ...lines.map((one) =>
        h(
          "tr",
          { "data-figure": one.name, "data-standing": one.standing },
          ...cells(one).map((cell, at) => h("td", { "data-label": heads[at] ?? "" }, h("div", {}, cell))),
        ),
      ),
    ),
  );
}

function objecting(room: Room, own: Own): HTMLElement {
  const { notice, lot } = room.setting;
  const { tender } = notice;
  const { block, objectUntil } = own.facts;
  const text = h("textarea", { class: "input", rows: 9 });
  text.value = objectionText(notice, lot, own);
  const keep = async (): Promise<void> => save(`objection-${tender}-${lot}.txt`, text.value, "text/plain");
  const open = objectUntil !== null && block.time <= objectUntil;
  return h(
    "section",
    { class: "stack", id: "objecting" },
    h("h3", {}, t("object.title")),
    open
      ? note(
          "care",
          h(
            "strong",
            {},
            t("object.left"),
            " ",
            h("span", { class: "countdown", "data-until": objectUntil, "data-now": block.time }),
          ),
          h("p", { class: "small" }, t("object.until", { until: moment(objectUntil) })),
        )
      : note("bad", objectUntil === null ? t("object.none") : t("object.over", { until: moment(objectUntil) })),
    field("objection", t("object.text"), text, t("object.hint")),
    action("object.save", "save-objection", keep),
    h("p", {}, t("object.how")),
    h(
      "ol",
      { class: "stack", id: "commands", "aria-label": t("object.commands") },
      ...commandsOf(tender, lot, own).map((one) => h("li", { class: "mono small" }, one)),
    ),
  );
}
