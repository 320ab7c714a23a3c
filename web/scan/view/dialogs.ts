/** The page's dialogs: paste, identifier, signing in, handing over, wiping. */
import { announce } from "../../ui/announce.ts";
import { showDialog } from "../../ui/dialog.ts";
import { h } from "../../ui/dom.ts";
import { field, form, submitButton } from "../../ui/form.ts";
import { t, type WordKey } from "../../words/words.ts";

/** Asks for what is to be checked, as text. */
export function pasteDialog(given: (text: string) => void): void {
  let text = "";
  let fault: WordKey | null = null;
  form((again) => () => ({
    heading: t("paste.heading"),
    body: [
      field({
        id: "pasted",
        label: t("paste.label"),
        fault: fault && t(fault),
        kind: "area",
        value: text,
        input: (value) => {
          text = value;
        },
      }),
    ],
    actions: [submitButton(t("paste.check"))],
    submit: (dialog) => {
      if (text.trim() === "") {
        fault = "paste.empty";
        again();
        announce(t(fault), true);
        return;
      }
      dialog.close();
      given(text);
    },
  }));
}

/** Root of every certificate identifier and what may follow it (GB/T 36904). */
const IDENTIFIER = /^1\.2\.156\.3005\.2\.[0-9A-Z]{21}\.[0-9A-Z]{6,18}\.[0-9A-Z]{7,32}\.[0-9]{3}\.[0-9A-Z]$/;

/** Asks for an identifier. */
export function identifierDialog(given: (identifier: string) => void): void {
  let text = "";
  let fault: WordKey | null = null;
  form((again) => () => ({
    heading: t("identifier.heading"),
    body: [
      field({
        id: "identifier",
        label: t("identifier.label"),
        hint: t("identifier.hint"),
        fault: fault && t(fault),
        kind: "text",
        value: text,
        input: (value) => {
          text = value;
        },
      }),
    ],
    actions: [submitButton(t("identifier.check"))],
    submit: (dialog) => {
      const plain = text.normalize("NFKC").replace(/\s/g, "").toUpperCase();
      if (!IDENTIFIER.test(plain)) {
        fault = "identifier.wrong";
        again();
        announce(t(fault), true);
        return;
      }
      dialog.close();
      given(plain);
    },
  }));
}

/** How signing in went. */
export type SignedIn = "yes" | "wrong" | "silent";

/** Asks for account and password until signing in works; nothing is stored. */
export function signInDialog(signIn: (name: string, password: string) => Promise<SignedIn>, done: () => void): void {
  let name = "";
  let password = "";
  let fault: WordKey | null = null;
  form((again) => () => ({
    heading: t("signIn.heading"),
    body: [
      h("p", {}, t("identifier.signIn")),
      field({
        id: "account",
        label: t("signIn.name"),
        fault: null,
        kind: "text",
        value: name,
        autocomplete: "username",
        input: (value) => {
          name = value;
        },
      }),
      field({
        id: "password",
        label: t("signIn.password"),
        fault: fault && t(fault),
        kind: "password",
        value: password,
        autocomplete: "current-password",
        input: (value) => {
          password = value;
        },
      }),
      h("p", { class: "small soft" }, t("signIn.memory")),
    ],
    actions: [submitButton(t("signIn.submit"))],
    submit: async (dialog) => {
      const went = await signIn(name.trim(), password);
      if (!dialog.element.open) return; // closed meanwhile: nothing is looked up any more
      if (went === "yes") {
        dialog.close();
        done();
        return;
      }
      fault = went === "wrong" ? "signIn.wrong" : "signIn.silent";
      password = "";
      again();
      announce(t(fault), true);
    },
  }));
}

/** Asks before a shift is handed over. */
export function handOverDialog(count: number, waiting: number, confirmed: () => void): void {
  showDialog(() => ({
    heading: t("handOver.heading"),
    body: [h("p", {}, t("handOver.text", { count, waiting }))],
    actions: [submitButton(t("handOver.confirm"))],
    submit: (dialog) => {
      dialog.close();
      confirmed();
    },
  }));
}

/** Asks before the device is wiped. */
export function wipeDialog(confirmed: () => void): void {
  showDialog(() => ({
    heading: t("wipe.heading"),
    body: [h("p", {}, t("wipe.text"))],
    actions: [submitButton(t("wipe.confirm"), true)],
    submit: (dialog) => {
      dialog.close();
      confirmed();
    },
  }));
}
