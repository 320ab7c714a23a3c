/** Puts the page together: its state, what its buttons do, and how a thing shown to it becomes an answer. */
import { looksLikeShowing } from "../claims/showing.ts";
import { announce } from "../ui/announce.ts";
import { dialogOpen, renewDialog } from "../ui/dialog.ts";
import { fill, h } from "../ui/dom.ts";
import { keepingFocus } from "../ui/focus.ts";
import { now } from "../ui/times.ts";
import { type Input, verdictWords } from "../verify/index.ts";
import { type Language, language, languageTag, setLanguage, t, type WordKey } from "../words/words.ts";
import { Checking } from "./checking.ts";
import { held, hold, Keeping, staysOpen } from "./keeping.ts";
import { ownTypes } from "./owntypes.ts";
import { fromFile, fromText, ReadingFault } from "./reading.ts";
import { ServiceFault, Session } from "./service.ts";
import type { Shift } from "./shift.ts";
import { shiftActions } from "./shift_actions.ts";
import { type Answer, type FaultName, type Given, START, type State } from "./state.ts";
import type { Trust } from "./trust.ts";
import * as vault from "./vault.ts";
import { answerCard, spoken } from "./view/answer.ts";
import { askDialog, requestDialog } from "./view/asking.ts";
import { deviceDialog } from "./view/device.ts";
import { identifierDialog, pasteDialog, signInDialog } from "./view/dialogs.ts";
import { header } from "./view/header.ts";
import { intakeCard } from "./view/intake.ts";
import { shiftPage } from "./view/shift.ts";
import { busyCard, emptyCard, faultCard, spokenFault } from "./view/waiting.ts";
import { Viewfinder } from "./viewfinder.ts";
import { listenToWedge } from "./wedge.ts";

/** Milliseconds after which the page says that it still waits. */
const SLOW = 3000;

/** The page. */
export class App {
  private state: State = START;
  private session: Session | null = null;
  private turn = 0;
  /** Checks that the clerk gave up: they stand in no list. */
  private readonly cancelled = new Set<number>();
  private again: (() => void) | null = null;
  private cameraLast = false;
  private readonly checking: Checking;
  private readonly keeping: Keeping;
  private readonly viewfinder: Viewfinder;

  constructor(
    private readonly place: HTMLElement,
    private readonly trust: Trust,
    private readonly shift: Shift,
  ) {
    this.checking = new Checking(trust);
    this.keeping = new Keeping(
      shift,
      async (input) => (await this.checking.check(held(input))).found,
      () => trust.standing.connection === "online",
      (entry, found) => {
        const { answer } = this.state;
        if (answer.kind === "given" && answer.entry === entry.id) {
          this.show({ ...answer, found, at: now(), offline: false, queued: false });
        } else {
          this.draw();
        }
        announce(t("answer.rechecked", { word: verdictWords(entry.verdict, language()).word }));
      },
    );
    this.viewfinder = new Viewfinder(
      (intake) => this.change({ intake }),
      (digits) => this.check(digits),
      (fault) => this.fail(fault, ""),
    );
  }

  /** Draws the page and begins to listen. */
  start(): void {
    this.trust.changed = () => {
      this.draw();
      if (dialogOpen()) renewDialog();
      if (this.trust.standing.connection === "online") void this.keeping.round();
    };
    listenToWedge(document, {
      typing: () => this.change({ keying: true }),
      stopped: () => this.change({ keying: false }),
      scanned: (digits) => {
        this.viewfinder.stop();
        this.change({ keying: false, page: "check" });
        this.check(digits);
      },
    });
    this.listenToDrops();
    document.addEventListener("paste", (event) => this.pasted(event));
    window.addEventListener("hashchange", () => this.takeAddress());
    this.draw();
    this.takeAddress();
    void this.keeping.round();
  }

  // ------------------------------------------------------------------ showing

  private change(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    this.draw();
  }

  private show(answer: Answer): void {
    this.change({ answer });
  }

  private draw(): void {
    keepingFocus(this.place, () => this.drawAnew());
  }

  private drawAnew(): void {
    const unfolded = this.place.querySelector<HTMLDetailsElement>("details.steps")?.open === true;
    document.documentElement.lang = languageTag();
    document.title = t("app.title");
    const counts = { all: this.shift.all.length, waiting: this.shift.waiting.length };
    fill(
      this.place,
      h("a", { class: "skip button", href: "#answer" }, t("app.skip")),
      header(this.trust.standing, counts, this.state.page, {
        device: () => this.device(),
        shift: () => this.open("shift"),
        check: () => this.open("check"),
        speak: (lang) => this.speak(lang),
      }),
      this.state.page === "shift" ? this.shiftPage() : this.checkPage(),
      h("footer", { class: "foot" }, h("p", {}, t("app.foot"))),
    );
    const details = this.place.querySelector<HTMLDetailsElement>("details.steps");
    if (details !== null) details.open = unfolded;
  }

  private checkPage(): HTMLElement {
    const { answer, intake, keying } = this.state;
    return h(
      "main",
      { class: "page desk", "data-answer": answer.kind },
      intakeCard(intake, keying, answer.kind === "given" || answer.kind === "fault", {
        start: () => void this.viewfinder.start(false),
        stop: () => this.viewfinder.stop(),
        switchCamera: () => void this.viewfinder.start(true),
        light: () => void this.viewfinder.light(),
        chosen: (file) => this.file(file),
        paste: () => pasteDialog((text) => this.text(text)),
        identifier: () => identifierDialog((identifier) => this.identifier(identifier)),
        ask: () => void this.ask(),
      }),
      h("section", { id: "answer", tabindex: -1, "aria-label": t("answer.label") }, this.answerPart(answer)),
    );
  }

  private answerPart(answer: Answer): HTMLElement {
    switch (answer.kind) {
      case "empty":
        return emptyCard();
      case "busy":
        return busyCard(answer.word, answer.slow, () => this.cancel());
      case "fault":
        return faultCard(answer.fault, answer.detail, () => this.another());
      case "given":
        return answerCard(answer, { another: () => this.another(), again: () => this.again?.() });
    }
  }

  private shiftPage(): HTMLElement {
    const actions = shiftActions(
      this.shift,
      () => this.signOut(),
      () => this.show({ kind: "empty" }),
    );
    return h("main", { class: "page" }, shiftPage(this.shift, actions));
  }

  private open(page: "check" | "shift"): void {
    this.viewfinder.stop();
    this.change({ page });
    document.getElementById(page === "shift" ? "shift-heading" : "start-camera")?.focus();
  }

  private speak(lang: Language): void {
    setLanguage(lang);
    this.draw();
    if (dialogOpen()) renewDialog();
  }

  private device(): void {
    deviceDialog(
      () => this.trust.standing,
      () => this.shift.waiting.length,
      () => this.session?.name ?? null,
      {
        renew: () => {
          void this.trust.renew().then((fault) => {
            announce(fault === null ? t("device.renewed") : t("device.renewFailed", { fault }), fault !== null);
            if (dialogOpen()) renewDialog();
          });
        },
        adopt: () => {
          void this.trust.adopt().then(() => {
            if (dialogOpen()) renewDialog();
          });
        },
        signOut: () => {
          void this.signOut().then(() => {
            if (dialogOpen()) renewDialog();
          });
        },
      },
    );
  }

  // ------------------------------------------------------------------ taking in

  /** The page was opened by a code's own address: the content stands behind the #, and leaves the address bar at once. */
  private takeAddress(): void {
    const shown = decodeURIComponent(location.hash.slice(1));
    if (!/^[0-9]/.test(shown)) return;
    history.replaceState(null, "", "/verify");
    this.text(shown);
  }

  private text(text: string): void {
    try {
      this.check(fromText(text));
    } catch (error) {
      if (!(error instanceof ReadingFault)) throw error;
      this.fail(error.kind, error.detail);
    }
  }

  private file(file: Blob): void {
    this.viewfinder.stop();
    const turn = this.begin("checking.reading");
    fromFile(file).then(
      (input) => {
        if (turn === this.turn) this.check(input);
      },
      (error: unknown) => {
        if (turn !== this.turn) return;
        if (!(error instanceof ReadingFault)) throw error;
        this.fail(error.kind, error.detail);
      },
    );
  }

  private pasted(event: ClipboardEvent): void {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    const file = event.clipboardData?.files[0];
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (file === undefined && text.trim() === "") return;
    event.preventDefault();
    this.change({ page: "check" });
    if (file === undefined) this.text(text);
    else this.file(file);
  }

  private listenToDrops(): void {
    const marked = (on: boolean): void => {
      document.body.classList.toggle("drop", on);
    };
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      marked(true);
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) marked(false);
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      marked(false);
      const file = event.dataTransfer?.files[0];
      const text = event.dataTransfer?.getData("text/plain") ?? "";
      if (file === undefined && text.trim() === "") return;
      this.change({ page: "check" });
      if (file === undefined) this.text(text);
      else this.file(file);
    });
  }

  private async ask(): Promise<void> {
    this.viewfinder.stop();
    const [name = ""] = await vault.all<string>("desk");
    askDialog(name, ownTypes(), (wish) => {
      void vault.put("desk", wish.name);
      requestDialog(this.checking.showings.ask(wish), {
        camera: () => void this.viewfinder.start(false),
        paste: () => pasteDialog((text) => this.text(text)),
      });
    });
  }

  private identifier(identifier: string): void {
    if (this.trust.standing.connection !== "online") {
      this.fail("offline", "");
      return;
    }
    const { session } = this;
    if (session !== null) {
      this.check(identifier, session);
      return;
    }
    signInDialog(
      async (name, password) => {
        try {
          this.session = await Session.open(name, password);
          this.change({ account: name });
          return "yes";
        } catch (error) {
          return error instanceof ServiceFault && error.kind === "wrong" ? "wrong" : "silent";
        }
      },
      () => this.identifier(identifier),
    );
  }

  private async signOut(): Promise<void> {
    const { session } = this;
    this.session = null;
    this.change({ account: null });
    await session?.close();
  }

  // ------------------------------------------------------------------ checking

  private check(input: Input, session: Session | null = null): void {
    this.cameraLast = this.state.intake.kind === "viewing";
    this.viewfinder.stop();
    this.again = () => this.check(input, session);
    const turn = this.begin("checking.heading");
    this.checking.check(input, session).then(
      async ({ found, took, offline }) => {
        if (this.cancelled.has(turn)) return;
        // Whether somebody is there now is not told by checking again later.
        const live = typeof input === "string" && looksLikeShowing(input);
        const waits = session === null && !live && staysOpen(found);
        const entry = await this.shift.add(found, now(), waits ? hold(input) : null).catch((error: unknown) => {
          reportError(error); // the device keeps nothing more: the answer is shown all the same
          return null;
        });
        if (waits) void this.keeping.round();
        if (turn !== this.turn) return this.draw(); // the next thing is being checked: this answer stands in the list alone
        const id = entry?.id ?? null;
        const given: Given = { kind: "given", found, at: now(), took, offline, entry: id, queued: waits };
        this.show(given);
        document.getElementById("verdict")?.focus();
        announce(spoken(found.verdict), true);
      },
      (error: unknown) => {
        if (turn !== this.turn) return;
        if (!(error instanceof ReadingFault)) throw error;
        this.fail(error.kind, error.detail);
      },
    );
  }

  private begin(word: WordKey): number {
    const turn = ++this.turn;
    this.change({ page: "check", answer: { kind: "busy", word, slow: false } });
    setTimeout(() => {
      if (turn !== this.turn || this.state.answer.kind !== "busy") return;
      this.show({ kind: "busy", word, slow: true });
      announce(t("checking.slow"));
    }, SLOW);
    return turn;
  }

  private fail(fault: FaultName, detail: string): void {
    this.turn += 1;
    this.show({ kind: "fault", fault, detail });
    document.getElementById("fault")?.focus();
    announce(spokenFault(fault, detail), true);
  }

  private cancel(): void {
    this.cancelled.add(this.turn);
    this.turn += 1;
    this.show({ kind: "empty" });
    document.getElementById("start-camera")?.focus();
  }

  private another(): void {
    this.turn += 1;
    this.show({ kind: "empty" });
    window.scrollTo({ top: 0 });
    document.getElementById("start-camera")?.focus();
    if (this.cameraLast) void this.viewfinder.start(false);
  }
}
