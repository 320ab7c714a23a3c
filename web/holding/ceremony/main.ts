/** The pages below /keyholder/ceremonies: a card for the next ceremony; taking part in one. The worker does it, the page says it. */
import { busy, faultLine, labelled, passwordInput, submitted } from "../../keys/chooser.ts";
import { codeOf, faultWords, Said } from "../../keys/faults.ts";
import { pinnedRoot } from "../../keys/pinned.ts";
import { announce } from "../../ui/announce.ts";
import { byId, fill, h } from "../../ui/dom.ts";
import { download } from "../../ui/download.ts";
import { dataOf } from "../../ui/service.ts";
import { utf8 } from "../../verify/bytes.ts";
import { YinxinError } from "../../verify/errors.ts";
import type { TrustRoot } from "../../verify/trustroot.ts";
import { k } from "../../words/keyroom.ts";
import { Book } from "../book.ts";
import { type HeldAccount, holdAccount } from "./held.ts";
import { endsIn } from "./reading.ts";
import { Taking } from "./taking.ts";
import { roundsCard } from "./view.ts";

/** In the page's `#data`. */
interface Given {
  readonly task: "card" | "ceremony";
  readonly ceremony: number;
  /** Ledger address of whoever is signed in, 0x hexadecimal. */
  readonly account: string;
  readonly worker: string;
}

/** The fields in which an account's key file is opened, and what opens it. */
function keyFields(
  { worker, account }: Given,
  root: TrustRoot,
): {
  readonly fields: HTMLElement[];
  readonly open: (fault: HTMLElement) => Promise<HeldAccount>;
} {
  const file = h("input", { class: "input", type: "file", id: "keyfile", accept: ".json,application/json" });
  const word = passwordInput("passphrase", "off");
  const open = async (fault: HTMLElement): Promise<HeldAccount> => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) throw new Said(k("keys.noFile"));
    fault.textContent = k("keys.opening");
    const passphrase = word.value;
    word.value = "";
    const held = await holdAccount(worker, await chosen.text(), passphrase, root);
    if (held.account === account) return held;
    held.forget();
    throw new YinxinError("another account", "holding.other_account");
  };
  const fields = [
    labelled("keyfile", k("keys.file"), file, k("keys.fileHint")),
    labelled("passphrase", k("keys.passphrase"), word),
  ];
  return { fields, open };
}

/**
 * Asks the browser to keep what is stored here: without its promise it may throw keys away when it runs out of room. Where it does not
 * promise, that is said in `place`. It may ask its reader first, so nothing waits for it.
 */
function askToKeep(place: HTMLElement): void {
  const said = (kept: boolean): void => {
    fill(place, !kept && h("p", { class: "note note-care", "data-note": "unkept" }, k("ceremony.unkept")));
  };
  navigator.storage.persist().then(said, () => said(false));
}

/** Makes the next card and hands it to the reader; nothing stays open. */
function cardForm(given: Given, root: TrustRoot): HTMLElement {
  const name = h("input", { class: "input", id: "card-name", maxlength: 100, autocomplete: "off" });
  const { fields, open } = keyFields(given, root);
  const fault = faultLine("card-fault");
  const made = h("div");
  const unkept = h("div");
  const button = h("button", { class: "button primary", type: "submit", id: "make-card" }, k("ceremony.makeCard"));
  const make = async (): Promise<void> => {
    askToKeep(unkept);
    const held = await open(fault);
    try {
      const text = await held.card(name.value.trim());
      const file = `card-${held.account.slice(0, 10)}.json`;
      download(file, "application/json", utf8(text));
      const said = k("ceremony.cardMade", { name: file });
      fill(fault);
      fill(made, h("p", { class: "note note-good", id: "card-made" }, said));
      announce(said);
    } finally {
      held.forget();
    }
  };
  return h(
    "form",
    {
      class: "stack",
      novalidate: true,
      onsubmit: (event) => submitted(event, () => busy(button, fault, make)),
    },
    labelled("card-name", k("ceremony.cardName"), name),
    ...fields,
    fault,
    made,
    unkept,
    h("div", { class: "row" }, button),
  );
}

/** One ceremony: its rounds, then the account, then what comes of it. */
class CeremonyPage {
  private readonly rounds = h("div");
  private readonly unkept = h("div");
  private readonly step = h("div", { class: "stack-wide" });

  constructor(
    private readonly given: Given,
    private readonly root: TrustRoot,
  ) {}

  async start(place: HTMLElement): Promise<void> {
    const book = await Book.open([`${location.origin}/v1/ledger-calls`], 1, this.root);
    const told = await book.told(this.given.ceremony);
    if (told === null) throw new YinxinError("no such ceremony", "holding.unknown_ceremony");
    fill(this.rounds, roundsCard(endsIn(told.plan), told.time));
    fill(place, this.rounds, this.unkept, this.step);
    this.drawDoor();
  }

  private drawDoor(note = ""): void {
    const { fields, open } = keyFields(this.given, this.root);
    const stay = h("input", { type: "checkbox", id: "stay" });
    const fault = faultLine("open-fault");
    const button = h("button", { class: "button primary", type: "submit", id: "begin" }, k("ceremony.begin"));
    const begin = async (): Promise<void> => {
      askToKeep(this.unkept);
      const taking = new Taking(await open(fault), this.given.ceremony, {
        rounds: this.rounds,
        step: this.step,
        stay: stay.checked,
        left: (why) => this.drawDoor(why),
      });
      taking.start();
    };
    const form = h(
      "form",
      {
        class: "card stack",
        novalidate: true,
        "aria-labelledby": "account-heading",
        onsubmit: (event) => submitted(event, () => busy(button, fault, begin)),
      },
      h("h2", { id: "account-heading" }, k("ceremony.account")),
      h("p", { class: "soft" }, k("ceremony.accountSays")),
      note !== "" && h("p", { class: "note note-care", id: "left-note" }, note),
      ...fields,
      h("label", { for: "stay", class: "row" }, stay, k("ceremony.stay")),
      h("p", { class: "soft small" }, k("ceremony.staySays")),
      fault,
      h("div", { class: "row" }, button),
    );
    fill(this.step, form);
  }
}

async function start(place: HTMLElement): Promise<void> {
  try {
    const given = dataOf<Given>();
    const { root } = await pinnedRoot();
    if (given.task === "card") fill(place, cardForm(given, root));
    else await new CeremonyPage(given, root).start(place);
  } catch (error) {
    const again = h("button", { class: "button", type: "button", onclick: () => location.reload() });
    again.append(k("holding.again"));
    const note = h("p", { class: "note note-bad", role: "alert" }, faultWords(error));
    fill(place, h("section", { class: "card stack", id: "wrong", "data-code": codeOf(error) }, note, again));
  }
}

void start(byId("ceremony"));
