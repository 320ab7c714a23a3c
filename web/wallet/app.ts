/** Puts the wallet together: which page is shown, what its buttons do, and when the locker closes. */

import { requestIn, type ShowingRequest } from "../claims/request.ts";
import { Checking } from "../scan/checking.ts";
import type { Trust } from "../scan/trust.ts";
import { announce } from "../ui/announce.ts";
import { closeDialog, dialogOpen, renewDialog } from "../ui/dialog.ts";
import { type Child, fill, h } from "../ui/dom.ts";
import { download } from "../ui/download.ts";
import { keepingFocus } from "../ui/focus.ts";
import { icon } from "../ui/icons.ts";
import { YinxinError } from "../verify/errors.ts";
import { type WalletKey, w } from "../words/wallet.ts";
import { type Language, languageTag, setLanguage } from "../words/words.ts";
import { Cards, fileOf } from "./cards.ts";
import { packed, unpacked } from "./carrying.ts";
import { DeviceActions } from "./device_actions.ts";
import { watchIdle } from "./idle.ts";
import { allShown, forgetShown } from "./live.ts";
import * as locker from "./locker.ts";
import { LockerFault } from "./locker.ts";
import { bringIn, checkAgain, type Opened, openFile, openText } from "./opening.ts";
import { PasskeyFault } from "./passkey.ts";
import { ShowActions } from "./show_actions.ts";
import type { Notice, View } from "./state.ts";
import { bindingPart } from "./view/binding.ts";
import { cardPage } from "./view/card.ts";
import { inDialog, outDialog } from "./view/carry.ts";
import { passkeyDialog, pasteDialog, pinDialog, settingsDialog, sureDialog } from "./view/dialogs.ts";
import { lockedPage, type Typed, welcomePage } from "./view/entrance.ts";
import { header } from "./view/header.ts";
import { helpPage } from "./view/help.ts";
import { historyPage } from "./view/history.ts";
import { homePage } from "./view/home.ts";
import { lensDialog } from "./view/lens.ts";

const NOTHING: Typed = { pin: "", again: "", fault: null, busy: false };

/** The page. */
export class App {
  private view: View = { kind: "locked" };
  private notice: Notice | null = null;
  private cards: Cards | null = null;
  private typed: Typed = { ...NOTHING };
  private passkey = false;
  /** A link that was opened before the locker was. */
  private waiting: string | null = null;
  private device: DeviceActions | null = null;
  private turn = 0;
  private readonly checking: Checking;

  constructor(
    private readonly place: HTMLElement,
    private readonly trust: Trust,
  ) {
    this.checking = new Checking(trust);
  }

  /** Draws the page and begins to listen. */
  async start(): Promise<void> {
    this.view = { kind: (await locker.exists()) ? "locked" : "welcome" };
    this.passkey = await locker.hasPasskey();
    watchIdle(() => this.lock());
    window.addEventListener("hashchange", () => this.takeAddress());
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file !== undefined && this.cards !== null) this.file(file);
    });
    this.takeAddress();
    this.draw();
  }

  // ------------------------------------------------------------------ showing

  private go(view: View, notice: Notice | null = null): void {
    // A live code lives on its own page only.
    if (this.view.kind === "live" && view.kind !== "live") this.view.showing.stop();
    this.view = view;
    this.notice = notice;
    this.draw();
    if (notice !== null) announce(w(notice.key, notice.values ?? {}), notice.tone === "bad");
    window.scrollTo({ top: 0 });
    this.place.querySelector<HTMLElement>("main h2")?.focus();
  }

  /** As `go`, while the locker is open on these cards: what is heard of after it was closed changes nothing on the page. */
  private guarded(cards: Cards): (view: View, notice?: Notice | null) => void {
    return (view, notice = null) => {
      if (this.cards === cards) this.go(view, notice);
    };
  }

  private draw(): void {
    keepingFocus(this.place, () => this.drawAnew());
  }

  private drawAnew(): void {
    document.documentElement.lang = languageTag();
    document.title = w("app.title");
    fill(
      this.place,
      h("a", { class: "skip button", href: "#main" }, w("app.skip")),
      header(this.cards !== null, this.view.kind !== "home", {
        home: () => this.go({ kind: "home" }),
        history: () => void this.history(),
        settings: () => this.settings(),
        lock: () => this.lock(),
        speak: (lang) => this.speak(lang),
      }),
      h(
        "main",
        { class: "page wallet", id: "main", tabindex: -1, "data-view": this.view.kind },
        this.told(),
        ...this.page(),
      ),
      h("footer", { class: "foot" }, h("p", {}, w("app.foot"))),
    );
  }

  private told(): Child {
    if (this.notice === null) return null;
    const { tone, key, values } = this.notice;
    const drawing = tone === "good" ? "check" : "warning";
    return h(
      "div",
      { class: `note note-${tone}`, "data-notice": key },
      icon(drawing),
      h("div", {}, w(key, values ?? {})),
    );
  }

  private page(): Child[] {
    const { view, cards } = this;
    if (view.kind === "welcome") {
      return [welcomePage(this.typed, () => void this.create())];
    }
    if (view.kind === "help") return [helpPage()];
    if (view.kind === "busy") {
      return [
        h(
          "div",
          { class: "card empty", "aria-busy": "true" },
          h("div", { class: "spinner" }),
          h("h2", { tabindex: -1 }, w(view.word)),
        ),
      ];
    }
    if (view.kind === "locked" || cards === null) {
      const state = { waiting: this.waiting !== null, passkey: this.passkey };
      return [
        lockedPage(this.typed, state, {
          opened: () => void this.unlocking(() => locker.open(this.typed.pin)),
          passkey: () => void this.unlocking(() => locker.openByPasskey()),
          forgotten: () => this.wipe(),
        }),
      ];
    }
    if (view.kind === "asked") return view.showing.asked();
    if (view.kind === "live") return view.showing.live();
    if (view.kind === "history") {
      return historyPage(view.entries, () => {
        void forgetShown().then(() => this.go({ kind: "home" }, { tone: "good", key: "history.gone" }));
      });
    }
    const card = view.kind === "card" ? cards.get(view.id) : null;
    if (card === null) {
      return homePage(cards.newestFirst, {
        chosen: (file) => this.file(file),
        paste: () => pasteDialog((text) => this.text(text)),
        scan: () => lensDialog((text) => this.text(text)),
        open: (id) => {
          this.go({ kind: "card", id });
          this.device?.follow(id);
        },
        help: () => this.go({ kind: "help" }),
      });
    }
    const scan = (): void => lensDialog((text) => this.text(text));
    return cardPage(card, [this.device === null ? null : bindingPart(card, this.device.of(card), scan)], {
      check: () => void this.opening(() => checkAgain(card, this.checking, cards)),
      save: () => {
        const { ending, kind, data } = fileOf(card);
        download(`${card.certificate.identifier ?? "certificate"}.${ending}`, kind, data);
      },
      drop: () =>
        sureDialog("drop.heading", "drop.text", "drop.confirm", () => {
          void cards.drop(card.id).then(() => this.go({ kind: "home" }, { tone: "good", key: "drop.done" }));
        }),
    });
  }

  private speak(lang: Language): void {
    setLanguage(lang);
    this.draw();
    if (dialogOpen()) renewDialog();
  }

  private settings(): void {
    settingsDialog(this.passkey, {
      passkey: () => this.passkeys(),
      change: () => pinDialog((before, after) => this.change(before, after)),
      out: () => outDialog((phrase) => this.carryOut(phrase)),
      bring: () => inDialog((file, phrase) => this.bring(file, phrase)),
      help: () => {
        closeDialog();
        this.go({ kind: "help" });
      },
      wipe: () => this.wipe(),
    });
  }

  // ------------------------------------------------------------------ the locker

  private async create(): Promise<void> {
    const { pin, again } = this.typed;
    if ([...pin].length < locker.SHORTEST) return this.refuse(w("welcome.short", { count: locker.SHORTEST }));
    if (pin !== again) return this.refuse(w("welcome.differ"));
    await this.unlocking(() => locker.create(pin));
  }

  private async unlocking(act: () => Promise<void>): Promise<void> {
    this.typed.busy = true;
    this.draw();
    try {
      await act();
      const cards = await Cards.open();
      const open = this.guarded(cards);
      this.cards = cards;
      this.device = new DeviceActions(cards, this.trust, {
        failed: () => open({ kind: "home" }, { tone: "bad", key: "fault.storage" }),
        show: (card, notice) => open({ kind: "card", id: card.id }, notice),
        busy: () => open({ kind: "busy", word: "bind.working" }),
        shown: (id) => this.view.kind === "card" && this.view.id === id && this.cards === cards,
      });
      this.typed = { ...NOTHING };
      this.go({ kind: "home" });
      this.takeWaiting();
    } catch (error) {
      const says = saysOf(error);
      this.refuse(says ?? w("fault.storage"));
      if (says === null) throw error;
    }
  }

  private passkeys(): void {
    if (this.passkey) {
      void locker.dropPasskey().then(() => {
        this.passkey = false;
        closeDialog();
        this.go({ kind: "home" }, { tone: "good", key: "passkey.dropped" });
      });
      return;
    }
    passkeyDialog(async (pin) => {
      try {
        await locker.addPasskey(pin);
      } catch (error) {
        const says = saysOf(error);
        if (says === null) throw error;
        announce(says, true);
        return says;
      }
      this.passkey = true;
      this.go({ kind: "home" }, { tone: "good", key: "passkey.done" });
      return null;
    });
  }

  private refuse(fault: string): void {
    this.typed = { ...NOTHING, fault };
    this.draw();
    announce(fault, true);
    document.getElementById("pin")?.focus();
  }

  private async change(before: string, after: string): Promise<string | null> {
    try {
      await locker.change(before, after);
      this.go({ kind: "home" }, { tone: "good", key: "pin.done" });
      return null;
    } catch (error) {
      const says = saysOf(error);
      if (says === null) throw error;
      announce(says, true);
      return says;
    }
  }

  private lock(): void {
    if (this.cards === null) return;
    locker.lock();
    this.cards = null;
    this.device = null;
    closeDialog();
    this.go({ kind: "locked" });
  }

  private wipe(): void {
    sureDialog("wipe.heading", "wipe.text", "wipe.confirm", () => {
      void locker.wipe().then(() => {
        this.cards = null;
        this.device = null;
        this.passkey = false;
        this.go({ kind: "welcome" }, { tone: "good", key: "wipe.done" });
      });
    });
  }

  // ------------------------------------------------------------------ taking in

  /** A link's content stands behind the #, and leaves the address bar at once. */
  private takeAddress(): void {
    const shown = location.hash.slice(1);
    if (shown === "" || shown === "main") return;
    history.replaceState(null, "", "/wallet");
    try {
      this.waiting = decodeURIComponent(shown);
    } catch {
      this.waiting = shown; // not a link of ours: taken as it is, and refused in words
    }
    if (this.cards !== null) this.takeWaiting();
    else this.draw();
  }

  private takeWaiting(): void {
    const { waiting } = this;
    this.waiting = null;
    if (waiting !== null) this.text(waiting);
  }

  private text(text: string): void {
    const { cards } = this;
    if (cards === null || this.asked(text, cards)) return;
    void this.opening(() => openText(text, this.checking, cards));
  }

  /** Takes text for a request, if it is one. */
  private asked(text: string, cards: Cards): boolean {
    let request: ShowingRequest | null;
    try {
      request = requestIn(text);
    } catch (error) {
      if (!(error instanceof YinxinError)) throw error;
      this.go({ kind: "home" }, { tone: "bad", key: "asked.broken" });
      return true;
    }
    if (request === null) return false;
    const open = this.guarded(cards);
    const showing = new ShowActions(request, cards, {
      draw: () => this.draw(),
      live: () => open({ kind: "live", showing }),
      say: (notice) => open({ kind: "live", showing }, notice),
      done: (notice) => open({ kind: "home" }, notice),
    });
    this.turn += 1; // what is still being opened does not take the request off the screen
    this.go({ kind: "asked", showing });
    return true;
  }

  private async history(): Promise<void> {
    this.go({ kind: "history", entries: await allShown() });
  }

  private async carryOut(phrase: string): Promise<void> {
    const { cards } = this;
    if (cards === null) return;
    const file = await packed([...cards.newestFirst].reverse(), await allShown(), phrase);
    download("yinxin-wallet.json", "application/json", file);
    this.go({ kind: "home" }, { tone: "good", key: "carry.saved" });
  }

  private async bring(file: File, phrase: string): Promise<WalletKey | null> {
    const { cards } = this;
    const carried = await unpacked(new Uint8Array(await file.arrayBuffer()), phrase);
    if (carried === "wrong") return "carry.wrong";
    if (carried === "other" || cards === null) return "carry.other";
    const count = await bringIn(carried, this.checking, cards);
    this.go({ kind: "home" }, { tone: "good", key: "carry.done", values: { count } });
    return null;
  }

  private file(file: Blob): void {
    const { cards } = this;
    if (cards !== null) void this.opening(() => openFile(file, this.checking, cards));
  }

  private async opening(act: () => Promise<Opened>): Promise<void> {
    const { cards } = this;
    const turn = ++this.turn;
    this.go({ kind: "busy", word: "add.checking" });
    // False once another thing was opened, or the locker closed: this one is no news on the page any more.
    const news = (): boolean => turn === this.turn && cards === this.cards;
    try {
      const { card, notice } = await act();
      if (!news()) return;
      this.go(card === null ? { kind: "home" } : { kind: "card", id: card.id }, notice);
    } catch (error) {
      // The locker closed while this was under way: nothing is kept, and the page already says so.
      if (error instanceof LockerFault) return;
      if (news()) this.go({ kind: "home" }, { tone: "bad", key: "fault.storage" });
      throw error;
    }
  }
}

/** The sentence of a fault that people can do something about; null for any other. */
function saysOf(error: unknown): string | null {
  if (error instanceof PasskeyFault) return w(`passkey.${error.kind}`);
  if (!(error instanceof LockerFault)) return null;
  return error.kind === "wait" ? w("locked.wait", { seconds: error.seconds }) : w("locked.wrong");
}
