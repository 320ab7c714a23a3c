/** The page at /expert/{tender}/{lot}: where the lot stands, the expert's keys, her bids and sheet, one commitment, one showing. */

import { Book } from "../holding/book.ts";
import { busy, faultLine, labelled, passwordInput, submitted } from "../keys/chooser.ts";
import { codeOf, faultWords, Said } from "../keys/faults.ts";
import { pinnedRoot } from "../keys/pinned.ts";
import { whenAway } from "../keys/watch.ts";
import { announce } from "../ui/announce.ts";
import { byId, fill, h } from "../ui/dom.ts";
import { download } from "../ui/download.ts";
import { dataOf } from "../ui/service.ts";
import { utf8 } from "../verify/bytes.ts";
import { Refused } from "../verify/errors.ts";
import type { TrustRoot } from "../verify/trustroot.ts";
import { k } from "../words/keyroom.ts";
import { bidSheet, faultsOf } from "./filling.ts";
import { BidForm } from "./form.ts";
import { HeldKeys, keyFilesOf } from "./held.ts";
import { Member } from "./member.ts";
import { readBids } from "./reading.ts";
import { seatOf } from "./rounds.ts";
import { lookAt, type Scene, type Wanted } from "./scene.ts";
import { type BidSheet, type ScoreSheet, sheetDigest, sheetText } from "./sheet.ts";
import { refusedWords, sceneCard, sheetTable, showRead } from "./view.ts";

/** In the page's `#data`. */
interface Given extends Wanted {
  readonly worker: string;
}

const PAUSE = 400; // milliseconds of rest before a draft is kept

/** The page. */
class Page {
  private held: HeldKeys | null = null;
  private note = "";
  private endWatch: () => void = () => undefined;
  private forms: readonly BidForm[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly top = h("div");
  private readonly step = h("div", { class: "stack-wide" });

  constructor(
    private readonly from: Given,
    private readonly root: TrustRoot,
  ) {}

  async start(place: HTMLElement): Promise<void> {
    fill(place, this.top, this.step);
    await this.look();
    this.drawKeys();
  }

  private async look(): Promise<Scene> {
    const open = (): Promise<Book> => Book.open([`${location.origin}/v1/ledger-calls`], 1, this.root);
    const scene = await lookAt(this.from, open);
    const own = this.held?.opened.address;
    const seat = scene.committee.seats.find(({ account }) => account === own)?.seat ?? null;
    fill(this.top, sceneCard(scene, seat));
    return scene;
  }

  // ------------------------------------------------------------------ keys

  private drawKeys(): void {
    const files = h("input", { class: "input", type: "file", id: "key-files", multiple: true });
    const word = passwordInput("passphrase", "off");
    const fault = faultLine("keys-fault");
    const button = h("button", { class: "button primary", type: "submit", id: "open-keys" }, k("sheet.open"));
    const open = async (): Promise<void> => {
      const texts = await Promise.all([...(files.files ?? [])].map((one) => one.text()));
      if (texts.length === 0) throw new Said(k("keys.noFile"));
      const found = keyFilesOf(texts);
      fault.textContent = k("keys.opening");
      const passphrase = word.value;
      word.value = "";
      await this.take(await HeldKeys.open(this.from.worker, found, this.from.tender, passphrase));
    };
    fill(
      this.step,
      h(
        "form",
        {
          class: "card stack",
          novalidate: true,
          "aria-labelledby": "keys-heading",
          onsubmit: (event) => submitted(event, () => busy(button, fault, open)),
        },
        h("h2", { id: "keys-heading" }, k("sheet.keys")),
        h("p", { class: "soft" }, k("sheet.keysSay")),
        this.note !== "" && h("p", { class: "note note-care" }, this.note),
        labelled("key-files", k("sheet.files"), files, k("sheet.filesHint", { tender: this.from.tender })),
        labelled("passphrase", k("keys.passphrase"), word),
        fault,
        h("div", { class: "row" }, button),
      ),
    );
  }

  private async take(held: HeldKeys): Promise<void> {
    this.held = held;
    this.endWatch = whenAway(() => void this.forget(k("keys.away")));
    await this.draw();
  }

  private async forget(note = ""): Promise<void> {
    await this.keepNow().catch(() => undefined);
    this.endWatch();
    this.held?.forget();
    this.held = null;
    this.forms = [];
    this.note = note;
    this.drawKeys();
  }

  /** The round as it is now: a sheet to fill in, or the one that was committed to. */
  private async draw(): Promise<void> {
    const { held } = this;
    if (held === null) return;
    await this.keepNow().catch(() => undefined);
    fill(this.step, h("p", { class: "card soft", role: "status" }, k("sheet.checking")));
    try {
      const scene = await this.look();
      const member = new Member(held);
      const kept = await member.sheet(scene);
      if (kept !== null) fill(this.step, this.committedCard(member, kept, scene));
      else if (scene.left.has(member.at(scene).account)) fill(this.step, this.elsewhereCard(member));
      else if (scene.commitments !== null) throw new Refused("sheet.recorded", { round: scene.round });
      else await this.drawSheet(member, scene);
    } catch (error) {
      fill(this.step, this.refusedCard(error));
    }
  }

  private refusedCard(error: unknown): HTMLElement {
    const words = wordsOf(error);
    announce(words, true);
    const note = h("p", { class: "note note-bad" }, words);
    const heading = h("h2", {}, k("sheet.nothing"));
    const id = "refused";
    return h("section", { class: "card stack", id, "data-code": codeOf(error) }, heading, note, this.endRow());
  }

  private endRow(...more: readonly HTMLElement[]): HTMLElement {
    const again = h("button", { class: "button", type: "button", id: "look-again", onclick: () => void this.draw() });
    again.append(k("holding.again"));
    const forget = h("button", { class: "button", type: "button", id: "forget", onclick: () => void this.forget() });
    forget.append(k("keys.forget"));
    return h("div", { class: "row" }, forget, again, ...more);
  }

  // ------------------------------------------------------------------ the sheet

  private async drawSheet(member: Member, scene: Scene): Promise<void> {
    seatOf(scene.committee, member.at(scene).account);
    if (scene.bids.length === 0) throw new Refused("sheet.nothing");
    const draft = await member.draft(scene);
    let latest = 0;
    let stored: Promise<void> = Promise.resolve();
    const status = h("p", { class: "soft small", id: "draft", role: "status" }, k("sheet.draftSays"));
    const changed = (): void => {
      clearTimeout(this.timer);
      const change = ++latest;
      status.textContent = k("sheet.keeping");
      this.keepNow = async () => {
        clearTimeout(this.timer);
        this.keepNow = () => stored.catch(() => undefined);
        const filled = new Map(this.forms.map((one) => [one.bid.place, one.filled] as const));
        // One after the other: an older draft must not be stored over a newer one.
        stored = stored.catch(() => undefined).then(() => member.keepDraft(scene, filled));
        await stored;
        if (change === latest) status.textContent = k("sheet.draftKept"); // or else the newer one is still being kept
      };
      const failed = (): void => {
        status.textContent = k("sheet.draftLost");
        announce(k("sheet.draftLost"), true);
      };
      this.timer = setTimeout(() => void this.keepNow().catch(failed), PAUSE);
    };
    this.forms = scene.bids.map((bid) => new BidForm(scene, bid, scene.criteria, draft.get(bid.place), changed));
    const fault = faultLine("sheet-fault");
    const check = h("button", { class: "button primary", type: "submit", id: "check-sheet" }, k("sheet.check"));
    const form = h(
      "form",
      {
        class: "stack-wide",
        novalidate: true,
        autocomplete: "off",
        onsubmit: (event) => submitted(event, () => busy(check, fault, () => this.check(member, scene))),
      },
      h("h2", {}, k("sheet.heading")),
      status,
      ...this.forms.map(({ element }) => element),
      h("section", { class: "card stack" }, fault, h("div", { class: "row" }, check)),
    );
    fill(this.step, this.readingCard(scene), form, h("section", { class: "card" }, this.endRow()));
    announce(k("sheet.heading"));
  }

  private keepNow: () => Promise<void> = async () => undefined;

  private readingCard(scene: Scene): HTMLElement {
    const { tender, lot } = this.from;
    const file = h("input", { class: "input", type: "file", id: "granted" });
    const fault = faultLine("granted-fault");
    const button = h("button", { class: "button", type: "submit", id: "read-bids" }, k("sheet.readBids"));
    const heading = h("h2", { id: "reading-heading" }, k("sheet.reading"));
    if (this.held?.opened.box === null) {
      const command = h("p", { class: "mono" }, `yinxin expert read ${tender} --lot ${lot} --keys FILE`);
      return h("section", { class: "card stack" }, heading, h("p", {}, k("sheet.noBox", { tender })), command);
    }
    const read = async (): Promise<void> => {
      const [chosen] = file.files ?? [];
      if (chosen === undefined || this.held === null) throw new Said(k("sheet.noGranted"));
      const data = new Uint8Array(await chosen.arrayBuffer());
      let count = 0;
      for await (const one of readBids(scene, this.held, data)) {
        count += one.opened === null ? 0 : 1;
        const form = this.forms.find(({ bid }) => bid.place === one.place);
        if (form !== undefined) showRead(form.documents, one);
      }
      const said = k("sheet.readCount", { count, size: scene.bids.length });
      fault.textContent = said;
      announce(said);
    };
    return h(
      "form",
      {
        class: "card stack",
        novalidate: true,
        "aria-labelledby": "reading-heading",
        onsubmit: (event) => submitted(event, () => busy(button, fault, read)),
      },
      heading,
      h("p", { class: "soft" }, k("sheet.readingSays")),
      labelled("granted", k("sheet.granted"), file, k("sheet.grantedHint")),
      fault,
      h("div", { class: "row" }, button),
    );
  }

  /** Tells everything that is wrong; if nothing is, shows the sheet as it would be committed to. */
  private async check(member: Member, scene: Scene): Promise<void> {
    let first: HTMLElement | undefined;
    let count = 0;
    for (const form of this.forms) {
      const faults = faultsOf(form.bid.place, form.filled, scene.criteria);
      const control = form.tell(faults);
      first ??= control;
      count += faults.length;
    }
    if (count > 0) {
      first?.focus();
      throw new Said(k("sheet.faults", { count }));
    }
    await this.keepNow();
    const bids = this.forms.map(({ bid, filled }) => bidSheet(bid.place, filled));
    const fault = faultLine("commit-fault");
    const commit = h("button", { class: "button primary", type: "button", id: "commit" }, k("sheet.commit"));
    const before = [...this.step.children];
    const back = h("button", { class: "button", type: "button", id: "back" });
    back.onclick = () => fill(this.step, ...before);
    back.append(k("sheet.change"));
    commit.onclick = () =>
      void busy(commit, fault, () =>
        said(async () => {
          const now = await this.look();
          if (now.round !== scene.round || now.committee.digest !== scene.committee.digest) {
            throw new Refused("sheet.moved");
          }
          await this.commit(member, now, bids);
        }),
      );
    const heading = h("h2", { id: "summary-heading", tabindex: -1 }, k("sheet.summary"));
    fill(
      this.step,
      h(
        "section",
        { class: "card stack", id: "summary", "aria-labelledby": "summary-heading" },
        heading,
        sheetTable(bids, scene),
        h("p", { class: "note note-care" }, k("sheet.forEver")),
        fault,
        h("div", { class: "row" }, back, commit),
      ),
    );
    heading.focus();
  }

  // ------------------------------------------------------------------ committed

  /** Commits. Once the sheet is kept it is the one: if its commitment did not get through, that alone is done again. */
  private async commit(member: Member, scene: Scene, bids: readonly BidSheet[]): Promise<void> {
    let failed: unknown;
    try {
      await member.commit(scene, bids);
    } catch (error) {
      failed = error;
    }
    const kept = await member.sheet(scene);
    if (kept === null) throw failed;
    this.forms = [];
    const now = failed === undefined ? await this.look() : scene;
    fill(this.step, this.committedCard(member, kept, now, failed === undefined ? "" : wordsOf(failed)));
    announce(failed === undefined ? k("sheet.done") : k("sheet.notLeft"), failed !== undefined);
  }

  private committedCard(member: Member, sheet: ScoreSheet, scene: Scene, failed = ""): HTMLElement {
    const fault = faultLine("reveal-fault");
    fault.textContent = failed;
    const isLeft = scene.left.has(sheet.account);
    const [first, second] = isLeft ? ["button primary", "button"] : ["button", "button primary"];
    const reveal = h("button", { class: first, type: "button", id: "reveal" }, k("sheet.reveal"));
    const leave = h("button", { class: second, type: "button", id: "leave-again" }, k("sheet.leaveAgain"));
    const save = h("button", { class: "button", type: "button", id: "save-sheet" }, k("sheet.saveSheet"));
    const { tender, lot, round } = sheet;
    save.onclick = () => download(`${tender}-${lot}-${round}.json`, "application/json", utf8(sheetText(sheet)));
    leave.onclick = () =>
      void busy(leave, fault, () =>
        said(async () => {
          await member.leave(await this.look(), sheet);
          fill(this.step, this.committedCard(member, sheet, await this.look()));
          announce(k("sheet.left"));
        }),
      );
    reveal.onclick = () =>
      void busy(reveal, fault, () =>
        said(async () => {
          await member.reveal(await this.look(), sheet);
          fill(this.step, this.shownCard(sheet));
          announce(k("sheet.shown"));
        }),
      );
    const digest = h("p", { class: "mono small", id: "digest" }, sheetDigest(sheet));
    return h(
      "section",
      { class: "card stack", id: "committed" },
      h("h2", {}, isLeft ? k("sheet.done") : k("sheet.notLeft")),
      h("p", {}, isLeft ? k("sheet.doneSays") : k("sheet.notLeftSays")),
      digest,
      h("details", {}, h("summary", {}, k("sheet.own")), sheetTable(sheet.bids, scene)),
      h("p", { class: "note note-care" }, k("sheet.keepSays", { tender, lot, round })),
      fault,
      h("div", { class: "row" }, leave, save, reveal),
      this.endRow(),
    );
  }

  /** She has committed by the command or on another device: the sheet itself is not here. */
  private elsewhereCard(member: Member): HTMLElement {
    const { tender, lot } = this.from;
    const file = h("input", { class: "input", type: "file", id: "sheet-file", accept: ".json,application/json" });
    const fault = faultLine("sheet-file-fault");
    const button = h("button", { class: "button", type: "submit", id: "take-sheet" }, k("sheet.takeOver"));
    const takeOver = (): Promise<void> =>
      said(async () => {
        const [chosen] = file.files ?? [];
        if (chosen === undefined) throw new Said(k("sheet.noSheet"));
        const scene = await this.look();
        const sheet = await member.takeOver(scene, new Uint8Array(await chosen.arrayBuffer()));
        fill(this.step, this.committedCard(member, sheet, scene));
      });
    return h(
      "form",
      {
        class: "card stack",
        id: "elsewhere",
        novalidate: true,
        onsubmit: (event) => submitted(event, () => busy(button, fault, takeOver)),
      },
      h("h2", {}, k("sheet.elsewhere")),
      h("p", {}, k("sheet.elsewhereSays")),
      h("p", { class: "mono" }, `yinxin expert reveal ${tender} --lot ${lot}`),
      labelled("sheet-file", k("sheet.sheetFile"), file, k("sheet.sheetFileHint", { tender, lot })),
      fault,
      h("div", { class: "row" }, button),
      this.endRow(),
    );
  }

  private shownCard(sheet: ScoreSheet): HTMLElement {
    const note = h("p", { class: "note note-good" }, k("sheet.shownSays"));
    const digest = h("p", { class: "mono small" }, sheetDigest(sheet));
    return h(
      "section",
      { class: "card stack", id: "shown" },
      h("h2", {}, k("sheet.shown")),
      note,
      digest,
      this.endRow(),
    );
  }
}

/** Does it; a refusal is said in its own words. */
async function said(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Refused) throw new Said(refusedWords(error));
    throw error;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Refused ? refusedWords(error) : faultWords(error);
}

async function start(place: HTMLElement): Promise<void> {
  try {
    const pinned = await pinnedRoot();
    await new Page(dataOf<Given>(), pinned.root).start(place);
  } catch (error) {
    const again = h("button", { class: "button", type: "button", onclick: () => location.reload() });
    again.append(k("holding.again"));
    const note = h("p", { class: "note note-care", role: "alert" }, wordsOf(error));
    fill(place, h("section", { class: "card stack", id: "wrong", "data-code": codeOf(error) }, note, again));
  }
}

void start(byId("sheet"));
