/** The wallet's dialogs: paste, settings, another PIN, deleting, forgetting everything. */
import { announce } from "../../ui/announce.ts";
import { showDialog } from "../../ui/dialog.ts";
import { h } from "../../ui/dom.ts";
import { field, form, submitButton } from "../../ui/form.ts";
import { icon } from "../../ui/icons.ts";
import { type WalletKey, w } from "../../words/wallet.ts";
import { SHORTEST } from "../locker.ts";

/** Asks for a link, a request or a certificate as text. */
export function pasteDialog(given: (text: string) => void): void {
  let text = "";
  let fault: WalletKey | null = null;
  form((again) => () => ({
    heading: w("paste.heading"),
    body: [
      field({
        id: "pasted",
        label: w("paste.label"),
        fault: fault && w(fault),
        kind: "area",
        value: text,
        input: (value) => {
          text = value;
        },
      }),
    ],
    actions: [submitButton(w("paste.open"))],
    submit: (dialog) => {
      if (text.trim() === "") {
        fault = "paste.empty";
        again();
        announce(w(fault), true);
        return;
      }
      dialog.close();
      given(text);
    },
  }));
}

/** What the settings' buttons do. */
export interface SettingsActions {
  change(): void;
  passkey(): void;
  out(): void;
  bring(): void;
  help(): void;
  wipe(): void;
}

/** PIN, passkey (whether there is one), another device, a lost phone, forgetting everything. */
export function settingsDialog(passkey: boolean, actions: SettingsActions): void {
  showDialog(() => {
    const way = (id: string, drawing: Parameters<typeof icon>[0], words: string, act: () => void): HTMLElement =>
      h("button", { class: "button wide", type: "button", id, onclick: act }, icon(drawing), words);
    return {
      heading: w("settings.heading"),
      dismiss: w("settings.close"),
      body: [
        way("change-pin", "lock", w("pin.heading"), actions.change),
        way("passkey", "person", w(passkey ? "passkey.drop" : "passkey.add"), actions.passkey),
        way("carry-out", "save", w("carry.out"), actions.out),
        way("carry-in", "file", w("carry.bring"), actions.bring),
        way("open-help-lost", "question", w("help.open"), actions.help),
        way("wipe", "bin", w("wipe.heading"), actions.wipe),
        h("p", { class: "small soft" }, w("settings.kept")),
      ],
    };
  });
}

/** Asks for the PIN before and the one after; `change` gives the sentence of a fault, or null. */
export function pinDialog(change: (before: string, after: string) => Promise<string | null>): void {
  const typed = { before: "", after: "" };
  let fault: string | null = null;
  let short = false;
  const one = (name: "before" | "after", label: string, autocomplete: string, says: string | null): HTMLElement =>
    field({
      id: `pin-${name}`,
      label,
      fault: says,
      kind: "password",
      value: typed[name],
      autocomplete,
      input: (value) => {
        typed[name] = value;
      },
    });
  form((again) => () => ({
    heading: w("pin.heading"),
    body: [
      one("before", w("pin.before"), "current-password", fault),
      one("after", w("pin.after"), "new-password", short ? w("welcome.short", { count: SHORTEST }) : null),
    ],
    actions: [submitButton(w("pin.change"))],
    submit: async (dialog) => {
      short = [...typed.after].length < SHORTEST;
      if (short) {
        again();
        return;
      }
      fault = await change(typed.before, typed.after);
      if (fault === null) dialog.close();
      else again();
    },
  }));
}

/** Asks for the PIN before a passkey is made; `add` gives the sentence of a fault, or null. */
export function passkeyDialog(add: (pin: string) => Promise<string | null>): void {
  let pin = "";
  let fault: string | null = null;
  form((again) => () => ({
    heading: w("passkey.add"),
    body: [
      h("p", {}, w("passkey.text")),
      field({
        id: "pin-passkey",
        label: w("pin.before"),
        fault,
        kind: "password",
        value: pin,
        autocomplete: "current-password",
        input: (value) => {
          pin = value;
        },
      }),
    ],
    actions: [submitButton(w("passkey.make"))],
    submit: async (dialog) => {
      fault = await add(pin);
      if (fault === null) dialog.close();
      else again();
    },
  }));
}

/** Asks before something is gone for good. */
export function sureDialog(heading: WalletKey, text: WalletKey, confirm: WalletKey, act: () => void): void {
  showDialog(() => ({
    heading: w(heading),
    body: [h("p", {}, w(text))],
    actions: [submitButton(w(confirm), true)],
    submit: (dialog) => {
      dialog.close();
      act();
    },
  }));
}
