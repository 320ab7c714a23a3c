/** The dialogs about another device: out into a file, in from one. */
import { h } from "../../ui/dom.ts";
import { field, form, submitButton } from "../../ui/form.ts";
import { type WalletKey, w } from "../../words/wallet.ts";
import { SHORTEST_PHRASE } from "../carrying.ts";

/** Asks for a passphrase for the file. */
export function outDialog(given: (phrase: string) => Promise<void>): void {
  let phrase = "";
  let short = false;
  form((again) => () => ({
    heading: w("carry.out"),
    body: [
      h("p", {}, w("carry.outText")),
      phraseField(w("carry.phrase"), phrase, short ? w("welcome.short", { count: SHORTEST_PHRASE }) : null, (value) => {
        phrase = value;
      }),
      h("p", { class: "small soft" }, w("carry.keys")),
    ],
    actions: [submitButton(w("carry.save"))],
    submit: async (dialog) => {
      short = [...phrase].length < SHORTEST_PHRASE;
      if (short) {
        again();
        return;
      }
      await given(phrase);
      dialog.close();
    },
  }));
}

/** Asks for a file and its passphrase; `given` says what is wrong, or null. */
export function inDialog(given: (file: File, phrase: string) => Promise<WalletKey | null>): void {
  let phrase = "";
  let file: File | null = null;
  let fault: WalletKey | null = null;
  form((again) => () => {
    const picker = h("input", {
      type: "file",
      class: "input",
      id: "carry-file",
      accept: "application/json,.json",
      onchange: () => {
        file = picker.files?.[0] ?? null;
      },
    });
    return {
      heading: w("carry.bring"),
      body: [
        h("div", { class: "field" }, h("label", { for: "carry-file" }, w("carry.file")), picker),
        file !== null && h("p", { class: "small" }, file.name),
        phraseField(w("carry.phraseOf"), phrase, fault && w(fault), (value) => {
          phrase = value;
        }),
      ],
      actions: [submitButton(w("carry.open"))],
      submit: async (dialog) => {
        fault = file === null ? "carry.noFile" : await given(file, phrase);
        if (fault === null) dialog.close();
        else again();
      },
    };
  });
}

function phraseField(label: string, value: string, fault: string | null, input: (value: string) => void): HTMLElement {
  return field({ id: "phrase", label, fault, kind: "password", value, autocomplete: "off", input });
}
