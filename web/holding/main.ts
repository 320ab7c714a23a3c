/**
 * The pages below /keyholder/{tender} on which a key holder signs: the times, a share, what it would sign, one message. What that is,
 * the page's task says.
 */
import { busy, faultLine, labelled, passwordInput, submitted } from "../keys/chooser.ts";
import { codeOf, faultWords, Said } from "../keys/faults.ts";
import { pinnedRoot } from "../keys/pinned.ts";
import { whenAway } from "../keys/watch.ts";
import { announce } from "../ui/announce.ts";
import { byId, fill, h } from "../ui/dom.ts";
import { download } from "../ui/download.ts";
import { dataOf } from "../ui/service.ts";
import { now } from "../ui/times.ts";
import { utf8 } from "../verify/bytes.ts";
import { canonical } from "../verify/canonical.ts";
import type { TrustRoot } from "../verify/trustroot.ts";
import { k } from "../words/keyroom.ts";
import { Book } from "./book.ts";
import { type HeldShare, holdShare } from "./held.ts";
import { NotYet, seen } from "./ready.ts";
import { pairsOf } from "./share.ts";
import { type Given, type Offer, type Task, taskOf } from "./tasks.ts";
import { type Clocks, clocksCard, notYetWords, shareLine } from "./view.ts";

/** The page. */
class Page {
  private held: HeldShare | null = null;
  private note = "";
  private endWatch: () => void = () => undefined;
  private readonly step = h("div", { class: "stack-wide" });
  private readonly times = h("div");
  private readonly task: Task;

  constructor(
    private readonly from: Given,
    private readonly root: Promise<TrustRoot>,
  ) {
    this.task = taskOf(from);
  }

  async start(place: HTMLElement): Promise<void> {
    fill(place, this.times, this.step);
    await this.look();
    this.drawShare();
  }

  /** Opens the ledger at its newest final block and shows the times. */
  private async look(): Promise<Book> {
    const book = await Book.open([`${location.origin}/v1/ledger-calls`], 1, this.root);
    const { due } = await seen(book, this.from);
    const clocks: Clocks = { own: now(), ledger: book.block.time, due };
    fill(this.times, clocksCard(clocks, this.task.timed, book.oneVoice));
    return book;
  }

  private drawShare(): void {
    const files = h("input", { class: "input", type: "file", id: "share-files", multiple: true });
    const word = passwordInput("passphrase", "off");
    const fault = faultLine("share-fault");
    const button = h("button", { class: "button primary", type: "submit", id: "open-share" }, k("holding.open"));
    const open = async (): Promise<void> => {
      const texts = await Promise.all([...(files.files ?? [])].map((one) => one.text()));
      if (texts.length === 0) throw new Said(k("holding.noFiles"));
      const pairs = pairsOf(texts);
      const book = await this.look();
      const ceremony = (await seen(book, this.from)).state.ceremony;
      const pair = pairs.find((one) => one.number === ceremony);
      if (pair === undefined) throw new Said(k("holding.otherCeremony", { ceremony }));
      fault.textContent = k("keys.opening");
      const passphrase = word.value;
      word.value = "";
      this.take(await holdShare(this.from.worker, pair, passphrase));
    };
    const heading = h("h2", { id: "share-heading" }, k("holding.share"));
    const form = h(
      "form",
      {
        class: "card stack",
        novalidate: true,
        "aria-labelledby": "share-heading",
        onsubmit: (event) => submitted(event, () => busy(button, fault, open)),
      },
      heading,
      h("p", { class: "soft" }, k("holding.shareSays")),
      this.note !== "" && h("p", { class: "note note-care" }, this.note),
      labelled("share-files", k("holding.files"), files, k("holding.filesHint")),
      labelled("passphrase", k("keys.passphrase"), word),
      fault,
      h("div", { class: "row" }, button),
    );
    fill(this.step, form);
  }

  private take(held: HeldShare): void {
    this.held = held;
    this.endWatch = whenAway(() => this.forget(k("keys.away")));
    void this.check();
  }

  private forget(note = ""): void {
    this.endWatch();
    this.held?.forget();
    this.held = null;
    this.note = note;
    this.drawShare();
  }

  /** All that must hold, at the newest final block; then what would be signed, or why nothing is. */
  private async check(): Promise<void> {
    const { held } = this;
    if (held === null) return;
    const line = h("p", { class: "card soft", role: "status" }, k("holding.checking"));
    fill(this.step, line);
    try {
      const offer = await this.task.prepare(() => this.look(), held);
      if (this.held !== held) return; // forgotten meanwhile: the form stands there again, and says why
      fill(this.step, this.readyCard(held, offer));
      announce(offer.heading);
    } catch (error) {
      if (this.held !== held) return;
      fill(this.step, this.refusedCard(held, error));
    }
  }

  private refusedCard(held: HeldShare, error: unknown): HTMLElement {
    const words = error instanceof NotYet ? notYetWords(error) : faultWords(error);
    announce(words, true);
    const again = h("button", { class: "button", type: "button", id: "look-again", onclick: () => this.check() });
    again.append(k("holding.again"));
    return h(
      "section",
      { class: "card stack", id: "refused", "data-code": codeOf(error) },
      h("h2", {}, k("holding.nothingSigned")),
      shareLine(held.share),
      h("p", { class: "note note-bad" }, words),
      h("div", { class: "row" }, again, this.forgetButton()),
    );
  }

  private readyCard(held: HeldShare, offer: Offer): HTMLElement {
    const fault = faultLine("release-fault");
    const send = h("button", { class: "button primary", type: "button", id: "release" }, k("holding.sign"));
    const keep = h("button", { class: "button", type: "button", id: "save-release" }, k("holding.save"));
    send.onclick = () => void busy(send, fault, () => this.sign(held, offer, "send"));
    keep.onclick = () => void busy(keep, fault, () => this.sign(held, offer, "save"));
    return h(
      "section",
      { class: "card stack", id: "ready", "aria-labelledby": "ready-heading" },
      h("h2", { id: "ready-heading" }, offer.heading),
      ...offer.facts,
      h("p", { class: "note note-care" }, offer.care),
      fault,
      h("div", { class: "row" }, this.forgetButton(), keep, send),
    );
  }

  /** Looks once more, signs what was shown, and sends the messages or hands them to the reader. */
  private async sign(held: HeldShare, shown: Offer, how: "send" | "save"): Promise<void> {
    const offer = await this.task.prepare(() => this.look(), held);
    if (this.held !== held) return;
    if (offer.about !== shown.about) {
      // Something has come to it meanwhile: it is read before it is signed.
      fill(this.step, this.readyCard(held, offer));
      announce(offer.heading, true);
      return;
    }
    const messages = await offer.sign();
    if (how === "save") {
      for (const { name, value } of messages) {
        download(name, "application/json", utf8(canonical(value)));
        announce(k("holding.saved", { name }));
      }
      return;
    }
    const { said, more } = await this.task.send(messages, held);
    this.endWatch();
    held.forget();
    this.held = null;
    const done = h("p", { class: "note note-good", id: "released" }, said);
    fill(this.step, h("section", { class: "card stack" }, h("h2", {}, k("holding.done")), done, more));
    announce(said);
  }

  private forgetButton(): HTMLElement {
    return h("button", { class: "button", type: "button", onclick: () => this.forget() }, k("holding.forget"));
  }
}

async function start(place: HTMLElement): Promise<void> {
  try {
    const root = pinnedRoot().then((pinned) => pinned.root);
    await new Page(dataOf<Given>(), root).start(place);
  } catch (error) {
    const words = error instanceof NotYet ? notYetWords(error) : faultWords(error);
    const again = h(
      "button",
      { class: "button", type: "button", onclick: () => location.reload() },
      k("holding.again"),
    );
    const note = h("p", { class: "note note-bad", role: "alert" }, words);
    fill(place, h("section", { class: "card stack", id: "wrong", "data-code": codeOf(error) }, note, again));
  }
}

void start(byId("holding"));
