/** Begins: is the notice the one on the ledger, and whose room is this? Then the room's steps. */
import { fill, h } from "../ui/dom.ts";
import { factList } from "../ui/facts.ts";
import { dataOf } from "../ui/service.ts";
import { hex0x, unhex0x } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";
import { readTrustRoot } from "../verify/trustroot.ts";
import { boxName, stored } from "./kept.ts";
import { readNotice } from "./notice.ts";
import { action, field, fileInput, note, save } from "./parts.ts";
import type { Room, Setting } from "./room.ts";
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

/** What is behind the door; see inside.ts. */
type Inside = Pick<typeof import("./inside.ts"), "Room">;

const LEAST = 12;

/** Reads the notice and compares it with the ledger. Throws YinxinError. */
export async function prepare(): Promise<{
  setting: Setting;
  facts: TenderFacts;
  data: Data;
  /** The box that is kept here, or null. */
  here: string | null;
}> {
  const data = dataOf<Data>();
  unhex0x(data.notice, "notice", 32);
  // All at once: on a slow line each wait for the one before costs as much as its own answer.
  const trusted = fetched("/v1/trust-root").then(readTrustRoot);
  const [root, ledger, notice] = await Promise.all([
    trusted,
    TenderLedger.open([`${location.origin}/v1/ledger-calls`], trusted, data.book),
    fetched(`/v1/tenders/${data.tender}/papers/${data.notice}`).then(readNotice),
  ]);
  const asked = Number(new URLSearchParams(location.search).get("lot") ?? "1");
  const lot = notice.lots.some((one) => one.number === asked) ? asked : 1;
  const setting = { notice, root, ledger, scripts: data.scripts, book: data.book, lot };
  const [facts, here] = await Promise.all([ledger.facts(data.tender, lot), stored(boxName(setting))]);
  checkNotice(notice, facts, root, data.book, data.tender);
  return { setting, facts, data, here };
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
    factList(
      [t("head.deadline"), moment(facts.deadline)],
      [t("head.opening"), moment(facts.openAt)],
      [t("head.block"), `${facts.block.number} · ${moment(facts.block.time)}`],
      [t("head.notice"), h("span", { class: "mono small", id: "notice-digest" }, hex0x(notice.digest))],
      [t("head.root"), h("span", { class: "mono small" }, hex0x(root.digest))],
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

/**
 * Asks for the passphrase: of the room that is kept here, of one from a file, or of a new one. A file that is chosen counts, also
 * where a room is kept here; so does a new beginning, once it is confirmed that the room kept here is given up. Nobody begins once
 * no bids are taken any more.
 * @param here the box that is kept on this device, or null
 * @param inside the room's own program, which comes while the passphrase is typed
 */
export function door(
  setting: Setting,
  here: string | null,
  place: HTMLElement,
  bidding: boolean,
  inside: () => Promise<Inside>,
): Promise<Room> {
  // What a browser failed to load once it may not ask for again on the same page.
  const loaded = () =>
    inside().catch(() => {
      throw new InvalidInput("the rest of the page did not come", "bidroom.page");
    });
  return new Promise((resolve) => {
    const secret = (how: string) => h("input", { class: "input", type: "password", autocomplete: how });
    const word = secret(here === null ? "new-password" : "current-password");
    const again = secret("new-password");
    const file = fileInput(false, ".json");
    const open = async (): Promise<void> => {
      const [chosen] = file.files ?? [];
      if (chosen === undefined && here === null) await begin(word, again);
      else {
        // What is kept is read anew: another page may have gone on since this one was loaded.
        const text = async () => (await chosen?.text()) ?? (await stored(boxName(setting))) ?? "";
        const { Room } = await loaded();
        resolve(await held(setting, async () => Room.reopen(setting, word.value, await text())));
      }
    };
    const begin = async (first: HTMLInputElement, second: HTMLInputElement): Promise<void> => {
      if (!bidding) throw new InvalidInput("no room was chosen", "bidroom.no_room");
      if (first.value.length < LEAST) throw new InvalidInput("too short", "bidroom.short");
      if (first.value !== second.value) throw new InvalidInput("not the same", "bidroom.not_same");
      const { Room } = await loaded();
      const fresh = async (): Promise<Room> => {
        if (here === null && (await stored(boxName(setting))) !== null)
          throw new InvalidInput("a room was begun meanwhile", "bidroom.begun");
        return Room.begin(setting, first.value);
      };
      resolve(await held(setting, fresh));
    };
    const kept = here !== null ? "open" : bidding ? "new" : "closed";
    const parts = {
      open: () => [
        field("passphrase", t("door.word"), word),
        field("box-file", t("door.file"), file, t("door.file.wins")),
      ],
      new: () => [
        field("passphrase", t("door.word"), word, t("door.word.hint")),
        field("again", t("door.again"), again),
        field("box-file", t("door.file"), file, t("door.file.hint")),
      ],
      closed: () => [field("box-file", t("door.saved"), file), field("passphrase", t("door.word"), word)],
    }[kept]();
    fill(
      place,
      h(
        "section",
        { class: "card stack", id: "door" },
        h("h2", {}, t(kept === "open" && !bidding ? "door.closed" : `door.${kept}`)),
        h("p", { class: "soft" }, t(`door.${kept}.hint`)),
        ...parts,
        action(kept === "new" ? "door.begin" : "door.enter", "enter", open, "primary"),
        here === null || !bidding ? null : anew(setting, here, secret, begin),
      ),
    );
    loaded().catch(() => {}); // told when the door is opened
  });
}

/** Where the passphrase is forgotten: what is kept here can be saved, still sealed, before fresh keys take its place. */
function anew(
  { notice, lot }: Setting,
  here: string,
  secret: (how: string) => HTMLInputElement,
  begin: (first: HTMLInputElement, second: HTMLInputElement) => Promise<void>,
): HTMLElement {
  const [first, second] = [secret("new-password"), secret("new-password")];
  const sure = h("input", { type: "checkbox", id: "anew-sure" });
  const run = async (): Promise<void> => {
    if (!sure.checked) throw new InvalidInput("not confirmed", "bidroom.sure");
    await begin(first, second);
  };
  const keep = async (): Promise<void> => save(`bid-${notice.tender}-${lot}-room.json`, here, "application/json");
  return h(
    "div",
    { class: "stack" },
    action("door.save", "save-here", keep),
    h(
      "details",
      { id: "anew" },
      h("summary", {}, t("door.anew")),
      h(
        "div",
        { class: "stack" },
        h("p", {}, t("door.anew.hint")),
        field("anew-word", t("door.anew.word"), first, t("door.word.hint")),
        field("anew-again", t("door.again"), second),
        h("label", { for: "anew-sure", class: "row" }, sure, t("door.anew.sure")),
        action("door.anew.run", "begin-anew", run, "danger"),
      ),
    ),
  );
}

/**
 * Opens a room that no other page has open, and holds it while this page is: two would write over each other's keys.
 * Throws InvalidInput `bidroom.elsewhere`.
 */
function held(setting: Setting, open: () => Promise<Room>): Promise<Room> {
  return new Promise((resolve, reject) => {
    const hold = async (lock: Lock | null): Promise<void> => {
      if (lock === null) throw new InvalidInput("open in another page", "bidroom.elsewhere");
      resolve(await open());
      await new Promise(() => {}); // until the page is gone
    };
    navigator.locks.request(`yinxin-bid ${boxName(setting)}`, { ifAvailable: true }, hold).catch(reject);
  });
}

/** What the service gives out to anybody. Throws InvalidInput `bidroom.service`. */
export async function fetched(path: string, init: RequestInit = {}): Promise<Uint8Array> {
  const answer = await fetch(path, { ...init, credentials: "omit", redirect: "error" });
  if (!answer.ok) throw new InvalidInput(`${path}: ${answer.status}`, "bidroom.service");
  return new Uint8Array(await answer.arrayBuffer());
}
