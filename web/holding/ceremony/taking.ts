/** Taking part while the page is open: passes in their time, what came of them, and the files without which nothing is confirmed. */
import { busy, faultLine, labelled, submitted } from "../../keys/chooser.ts";
import { codeOf, faultWords, Said } from "../../keys/faults.ts";
import { whenAway } from "../../keys/watch.ts";
import { announce } from "../../ui/announce.ts";
import { fill, h } from "../../ui/dom.ts";
import { download } from "../../ui/download.ts";
import { utf8 } from "../../verify/bytes.ts";
import { k } from "../../words/keyroom.ts";
import type { Backup } from "./backup.ts";
import type { HeldAccount } from "./held.ts";
import { endsTaking, pauseAfter } from "./pace.ts";
import type { Done } from "./rounds.ts";
import type { Shown } from "./shown.ts";
import { doneWords, reportCard, roundsCard, standsWords } from "./view.ts";

/** Where it is shown, and how it ends. */
export interface Stage {
  readonly rounds: HTMLElement;
  readonly step: HTMLElement;
  /** Goes on while nobody is at the page. */
  readonly stay: boolean;
  /** Told when the account was forgotten, and why. */
  readonly left: (why: string) => void;
}

/** Milliseconds that a browser's timer can take at most: 24 days. */
const EVER = 2 ** 31 - 1;
const AFTER_TROUBLE = 5_000;

/** See the file's head. */
export class Taking {
  private over = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private report: Shown | null = null;
  private trouble = "";
  private readonly done: Done[] = [];
  private readonly stands = h("div", { "aria-live": "off" });
  private readonly saving = h("div");
  private readonly endWatch: () => void;

  constructor(
    private readonly held: HeldAccount,
    private readonly ceremony: number,
    private readonly stage: Stage,
  ) {
    const away = (): void => this.leave(k("ceremony.forgotten"));
    this.endWatch = stage.stay ? whenAway(away, undefined, EVER, EVER) : whenAway(away);
  }

  /** Shows that it is at work, and begins. */
  start(): void {
    const forget = h("button", { class: "button", type: "button", id: "forget", onclick: () => this.leave("") });
    forget.append(k("ceremony.forget"));
    const account = h("p", { class: "mono small" }, k("ceremony.openAs", { account: this.held.account }));
    fill(this.stands, h("section", { class: "card" }, h("p", { role: "status" }, k("ceremony.working"))));
    const whose = h("section", { class: "card stack" }, account, h("div", { class: "row" }, forget));
    fill(this.stage.step, this.stands, this.saving, whose);
    void this.pass();
  }

  private leave(why: string): void {
    this.over = true;
    clearTimeout(this.timer);
    this.endWatch();
    this.held.forget();
    if (why !== "") announce(why, true);
    this.stage.left(why);
  }

  /** Does what is due; then again, in its time, until nothing is to come. */
  private async pass(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const report = await this.held.goOn(this.ceremony);
      if (this.over) return;
      this.take(report);
      if (report.due > 0) this.timer = setTimeout(() => void this.pass(), pauseAfter(report));
    } catch (error) {
      if (this.over) return;
      if (endsTaking(codeOf(error))) {
        this.leave(faultWords(error));
        return;
      }
      this.trouble = `${k("ceremony.tryAgain", { why: faultWords(error) })} ${k("ceremony.goesOn")}`;
      this.draw(codeOf(error));
      this.timer = setTimeout(() => void this.pass(), AFTER_TROUBLE);
    }
  }

  private take(report: Shown): void {
    const before = this.report?.standing;
    this.report = report;
    this.trouble = "";
    this.done.push(...report.done);
    for (const one of report.done) announce(doneWords(one));
    if (report.standing !== before) announce(standsWords(report));
    fill(this.stage.rounds, roundsCard(report.ends, report.time));
    this.draw();
    if (report.standing !== "unsaved") fill(this.saving);
    else if (before !== "unsaved" || report.done.some((one) => one.kind === "share"))
      fill(this.saving, this.savingCard());
    if (report.standing === "ready") fill(this.saving, afterwardsCard());
  }

  private draw(code = ""): void {
    const { report, trouble } = this;
    if (report !== null) fill(this.stands, reportCard(report, this.done, trouble));
    else {
      const note = h("p", { class: "note note-bad", id: "trouble", "data-code": code }, trouble);
      fill(this.stands, h("section", { class: "card stack" }, note));
    }
  }

  /** The two files: made, saved by the reader, and read again before the share counts as saved. */
  private savingCard(): HTMLElement {
    const fault = faultLine("save-fault");
    const rest = h("div", { class: "stack" });
    const make = h("button", { class: "button primary", type: "button", id: "make-files" }, k("ceremony.makeFiles"));
    const made = async (): Promise<void> => {
      fault.textContent = k("ceremony.makingFiles");
      const backup = await this.held.backUp(this.ceremony);
      fill(fault);
      fill(rest, ...this.savedForm(backup, fault));
      make.remove();
    };
    make.onclick = () => void busy(make, fault, made);
    return h(
      "section",
      { class: "card stack", id: "saving", "aria-labelledby": "saving-heading" },
      h("h2", { id: "saving-heading" }, k("ceremony.save")),
      h("p", {}, k("ceremony.saveSays")),
      h("div", { class: "row" }, make),
      rest,
      fault,
    );
  }

  private savedForm(backup: Backup, fault: HTMLElement): HTMLElement[] {
    const keep = (id: string, words: string, file: string, text: string): HTMLElement => {
      const save = (): void => {
        download(file, "application/json", utf8(text));
        announce(k("holding.saved", { name: file }));
      };
      return h("button", { class: "button", type: "button", id, onclick: save }, words);
    };
    const files = h("input", { class: "input", type: "file", id: "saved-files", multiple: true });
    const check = h("button", { class: "button primary", type: "submit", id: "check-files" }, k("ceremony.checkFiles"));
    const checked = async (): Promise<void> => {
      const texts = await Promise.all([...(files.files ?? [])].map((one) => one.text()));
      if (texts.length === 0) throw new Said(k("ceremony.noFiles"));
      fault.textContent = k("ceremony.checkingFiles");
      await this.held.saved(this.ceremony, texts);
      if (this.over) return;
      announce(k("ceremony.filesGood"));
      fill(this.saving, h("section", { class: "card" }, h("p", { class: "note note-good" }, k("ceremony.filesGood"))));
      void this.pass();
    };
    const name = `ceremony-${this.ceremony}`;
    return [
      keep("save-shares", k("ceremony.saveShares"), `${name}-shares.json`, backup.shares),
      keep("save-secrets", k("ceremony.saveSecrets"), `${name}-secrets.json`, backup.secrets),
      h(
        "form",
        { class: "stack", novalidate: true, onsubmit: (event) => submitted(event, () => busy(check, fault, checked)) },
        labelled("saved-files", k("ceremony.savedFiles"), files, k("ceremony.savedHint")),
        h("div", { class: "row" }, check),
      ),
    ];
  }
}

function afterwardsCard(): HTMLElement {
  return h("section", { class: "card" }, h("p", { id: "afterwards" }, k("ceremony.afterwards")));
}
