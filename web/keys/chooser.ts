/** The card in which a reader opens a key of her own, sees whose it is, and lets it go again. */
import { announce } from "../ui/announce.ts";
import { fill, h } from "../ui/dom.ts";
import { download } from "../ui/download.ts";
import { icon } from "../ui/icons.ts";
import { utf8 } from "../verify/bytes.ts";
import { lengthOf } from "../verify/canonical.ts";
import { k } from "../words/keyroom.ts";
import { faultWords, Said } from "./faults.ts";
import { makeFile, openFile } from "./held.ts";
import type { Signer } from "./signer.ts";
import { installedWallet, openWallet } from "./wallet.ts";
import { whenAway } from "./watch.ts";

/** As the command line's. */
const LEAST = 12;

/** How the card is set up. */
export interface ChooserOptions {
  /** Address of the worker's program, `/assets/….js`. */
  readonly worker: string;
  /** Told whenever a key was opened or let go. */
  readonly changed: (signer: Signer | null) => void;
}

/** The card. */
export class Chooser {
  readonly element = h("section", { class: "card stack", "aria-labelledby": "keys-heading", id: "keys" });
  private signer: Signer | null = null;
  private endWatch: () => void = () => undefined;

  constructor(private readonly options: ChooserOptions) {
    this.draw("");
  }

  /** The open key, or null. */
  get open(): Signer | null {
    return this.signer;
  }

  /** Lets the key go; `note` says why. */
  forget(note = ""): void {
    this.endWatch();
    this.signer?.forget();
    this.signer = null;
    this.draw(note);
    this.options.changed(null);
  }

  private take(signer: Signer): void {
    this.endWatch();
    this.signer?.forget();
    this.signer = signer;
    this.endWatch = whenAway(() => {
      this.forget(k("keys.away"));
      announce(k("keys.away"));
    });
    this.draw("");
    announce(k("keys.openAs", { address: signer.address }));
    this.options.changed(signer);
  }

  private draw(note: string): void {
    const heading = h("h2", { id: "keys-heading" }, k("keys.heading"));
    const { signer } = this;
    if (signer !== null) {
      const kind = signer.kind === "file" ? k("keys.kindFile") : k("keys.kindWallet");
      const address = h("p", { class: "mono", id: "signer" }, k("keys.openAs", { address: signer.address }));
      const forget = h("button", { class: "button", type: "button", id: "forget", onclick: () => this.forget() });
      forget.append(k("keys.forget"));
      fill(this.element, heading, address, h("p", { class: "soft small" }, kind), h("div", { class: "row" }, forget));
      return;
    }
    fill(
      this.element,
      heading,
      h("p", { class: "soft" }, k("keys.says")),
      note !== "" && h("p", { class: "note note-care", id: "keys-note" }, note),
      this.walletButton(),
      this.fileForm(),
      this.newForm(),
    );
  }

  private walletButton(): HTMLElement | null {
    const provider = installedWallet();
    if (provider === undefined) return null;
    const fault = faultLine("wallet-fault");
    const button = h("button", { class: "button", type: "button", id: "use-wallet" }, k("keys.wallet"));
    button.onclick = () => void busy(button, fault, async () => this.take(await openWallet(provider)));
    return h("div", { class: "stack" }, button, fault);
  }

  private fileForm(): HTMLElement {
    const file = h("input", { class: "input", type: "file", id: "keyfile", accept: ".json,application/json" });
    const word = passwordInput("passphrase", "off");
    const fault = faultLine("keyfile-fault");
    const button = h("button", { class: "button", type: "submit", id: "open-key" }, k("keys.open"));
    const open = async (): Promise<void> => {
      const [chosen] = file.files ?? [];
      if (chosen === undefined) throw new Said(k("keys.noFile"));
      fault.textContent = k("keys.opening");
      const passphrase = word.value;
      word.value = "";
      this.take(await openFile(this.options.worker, await chosen.text(), passphrase));
    };
    return h(
      "form",
      { class: "stack", novalidate: true, onsubmit: (event) => submitted(event, () => busy(button, fault, open)) },
      labelled("keyfile", k("keys.file"), file, k("keys.fileHint")),
      labelled("passphrase", k("keys.passphrase"), word),
      fault,
      h("div", { class: "row" }, button),
    );
  }

  private newForm(): HTMLElement {
    const first = passwordInput("new-passphrase", "new-password");
    const again = passwordInput("again-passphrase", "new-password");
    const fault = faultLine("new-fault");
    const button = h("button", { class: "button", type: "submit", id: "make-key" }, k("keys.make"));
    const make = async (): Promise<void> => {
      if (lengthOf(first.value) < LEAST) throw new Said(k("keys.short"));
      if (first.value !== again.value) throw new Said(k("keys.differs"));
      fault.textContent = k("keys.opening");
      const { signer, text } = await makeFile(this.options.worker, first.value);
      const name = `yinxin-${signer.address.slice(0, 10)}.json`;
      download(name, "application/json", utf8(text));
      this.take(signer);
      announce(k("keys.made", { name }));
    };
    const form = h(
      "form",
      { class: "stack", novalidate: true, onsubmit: (event) => submitted(event, () => busy(button, fault, make)) },
      h("p", { class: "soft" }, k("keys.newSays")),
      labelled("new-passphrase", k("keys.newPassphrase"), first),
      labelled("again-passphrase", k("keys.again"), again),
      fault,
      h("div", { class: "row" }, button),
    );
    return h("details", { id: "new-key" }, h("summary", {}, k("keys.new")), form);
  }
}

/** A field with its label and perhaps a hint. */
export function labelled(id: string, label: string, control: HTMLElement, hint = ""): HTMLElement {
  if (hint !== "") control.setAttribute("aria-describedby", `${id}-hint`);
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    hint !== "" && h("span", { class: "hint", id: `${id}-hint` }, hint),
    control,
  );
}

/** Where a form says what is wrong. */
export function faultLine(id: string): HTMLElement {
  return h("p", { class: "fault-line", id, role: "status" });
}

/** Does the work with the button held; what goes wrong is said in the line. */
export async function busy(button: HTMLButtonElement, line: HTMLElement, work: () => Promise<void>): Promise<void> {
  if (button.disabled) return;
  button.disabled = true;
  line.textContent = "";
  try {
    await work();
  } catch (error) {
    const said = faultWords(error);
    fill(line, icon("warning"), said);
    announce(said, true);
  } finally {
    button.disabled = false;
  }
}

/** Keeps the form here. */
export function submitted(event: Event, then: () => unknown): void {
  event.preventDefault();
  then();
}

/** A field for a passphrase. */
export function passwordInput(id: string, autocomplete: string): HTMLInputElement {
  return h("input", { class: "input", id, type: "password", autocomplete, spellcheck: "false", autocapitalize: "off" });
}
