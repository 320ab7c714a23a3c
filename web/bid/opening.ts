/** Begins: is the notice the one on the ledger, and whose room is this? Then the room's steps. */
import { fill, h } from "../ui/dom.ts";
import { dataOf } from "../ui/service.ts";
import { hex0x, unhex0x } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";
import { readTrustRoot } from "../verify/trustroot.ts";
import { stored } from "./kept.ts";
import { readNotice } from "./notice.ts";
import { action, field, fileInput, note } from "./parts.ts";
import { boxName, Room, type Setting } from "./room.ts";
import { checkNotice, type TenderFacts, TenderLedger } from "./tender.ts";
import { moment, said, t } from "./words.ts";

/** What the service put into the page. */
export interface Data {
  readonly tender: number;
  readonly book: string;
  /** SHA-256 of the notice in force, as the service says; only where to fetch it. */
  readonly notice: string;
  readonly scripts: { readonly seal: string; readonly cipher: string; readonly hash: string; readonly device: string };
}

const LEAST = 12;

/** Reads the notice and compares it with the ledger. Throws YinxinError. */
export async function prepare(): Promise<{ setting: Setting; facts: TenderFacts; data: Data }> {
  const data = dataOf<Data>();
  const root = readTrustRoot(await fetched("/v1/trust-root"));
  const ledger = await TenderLedger.open([`${location.origin}/v1/ledger-calls`], root, data.book);
  unhex0x(data.notice, "notice", 32);
  const notice = readNotice(await fetched(`/v1/tenders/${data.tender}/papers/${data.notice}`));
  const asked = Number(new URLSearchParams(location.search).get("lot") ?? "1");
  const lot = notice.lots.some((one) => one.number === asked) ? asked : 1;
  const facts = await ledger.facts(data.tender, lot);
  checkNotice(notice, facts, root, data.book, data.tender);
  return { setting: { notice, root, ledger, scripts: data.scripts, book: data.book, lot }, facts, data };
}

/** What was checked, in words. */
export function head({ notice, root, lot }: Setting, facts: TenderFacts): HTMLElement {
  const line = notice.lots.find((one) => one.number === lot);
  const lots =
    notice.lots.length < 2
      ? null
      : lotLinks(
          notice.lots.map((one) => one.number),
          lot,
        );
  return h(
    "section",
    { class: "card stack" },
    h("h1", {}, t("head.title", { title: said(notice.title) })),
    h("p", {}, `${t("head.lot", { lot })}${line === undefined ? "" : ` · ${said(line.title)}`}`),
    lots,
    note(facts.bidding ? "good" : "care", h("strong", {}, t(facts.bidding ? "head.open" : "head.closed"))),
    h(
      "dl",
      { class: "facts" },
      h("dt", {}, t("head.deadline")),
      h("dd", {}, moment(facts.deadline)),
      h("dt", {}, t("head.opening")),
      h("dd", {}, moment(facts.openAt)),
      h("dt", {}, t("head.block")),
      h("dd", {}, `${facts.block.number} · ${moment(facts.block.time)}`),
      h("dt", {}, t("head.notice")),
      h("dd", { class: "mono small", id: "notice-digest" }, hex0x(notice.digest)),
      h("dt", {}, t("head.root")),
      h("dd", { class: "mono small" }, hex0x(root.digest)),
    ),
    h("p", { class: "soft small" }, t("head.checked")),
  );
}

function lotLinks(numbers: readonly number[], lot: number): HTMLElement {
  const links = numbers.map((number) =>
    h(
      "a",
      { class: "chip", href: `?lot=${number}`, "aria-current": number === lot ? "true" : null },
      t("head.lot", { lot: number }),
    ),
  );
  return h("nav", { class: "row", "aria-label": t("head.lots") }, ...links);
}

/** Asks for the passphrase: of the room that is kept here, of one from a file, or of a new one. */
export async function door(setting: Setting, place: HTMLElement): Promise<Room> {
  const here = await stored(boxName(setting));
  return new Promise((resolve) => {
    const word = h("input", {
      class: "input",
      type: "password",
      autocomplete: here === null ? "new-password" : "current-password",
    });
    const again = h("input", { class: "input", type: "password", autocomplete: "new-password" });
    const file = fileInput(false, ".json");
    const open = async (): Promise<void> => {
      const [chosen] = file.files ?? [];
      if (here !== null) resolve(await Room.reopen(setting, word.value, here));
      else if (chosen !== undefined) resolve(await Room.reopen(setting, word.value, await chosen.text()));
      else {
        if (word.value.length < LEAST) throw new InvalidInput("too short", "bidroom.short");
        if (word.value !== again.value) throw new InvalidInput("not the same", "bidroom.not_same");
        resolve(await Room.begin(setting, word.value));
      }
    };
    const parts =
      here === null
        ? [
            field("passphrase", t("door.word"), word, t("door.word.hint")),
            field("again", t("door.again"), again),
            field("box-file", t("door.file"), file, t("door.file.hint")),
          ]
        : [field("passphrase", t("door.word"), word)];
    fill(
      place,
      h(
        "section",
        { class: "card stack", id: "door" },
        h("h2", {}, t(here === null ? "door.new" : "door.open")),
        h("p", { class: "soft" }, t(here === null ? "door.new.hint" : "door.open.hint")),
        ...parts,
        action(here === null ? "door.begin" : "door.enter", "enter", open, "primary"),
      ),
    );
  });
}

async function fetched(path: string): Promise<Uint8Array> {
  const answer = await fetch(path, { credentials: "omit", redirect: "error" });
  if (!answer.ok) throw new InvalidInput(`${path}: ${answer.status}`, "bidroom.service");
  return new Uint8Array(await answer.arrayBuffer());
}
