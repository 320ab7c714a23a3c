/** Asking a holder: who asks, what for, which fields; then the code that the holder's wallet reads. */
import { linkOf, MOST_NAME, MOST_PURPOSE, type ShowingRequest } from "../../claims/request.ts";
import { announce } from "../../ui/announce.ts";
import { closeDialog, showDialog } from "../../ui/dialog.ts";
import { h } from "../../ui/dom.ts";
import { field, form, submitButton } from "../../ui/form.ts";
import { icon } from "../../ui/icons.ts";
import { codeDrawing } from "../../ui/qr.ts";
import { type CertificateType, SHIPPED } from "../../verify/types.ts";
import { language, t } from "../../words/words.ts";
import type { Wish } from "../showings.ts";

/** Fields that are ticked to begin with: whose it is. */
const FIRST = ["certificateHolderName"];

/** Asks the clerk what to ask for. `name`: of the desk, as it was last time. */
export function askDialog(name: string, asked: (wish: Wish) => void): void {
  const typed = { name, purpose: "", type: SHIPPED[0]?.code ?? "", fields: new Set(FIRST) };
  let faults = { name: false, purpose: false };
  form((again) => () => {
    const one = (key: "name" | "purpose", hint: string): HTMLElement =>
      field({
        id: `ask-${key}`,
        label: t(`ask.${key}`),
        hint,
        fault: faults[key] ? t("ask.empty") : null,
        kind: "text",
        value: typed[key],
        input: (value) => {
          typed[key] = value;
        },
      });
    return {
      heading: t("ask.heading"),
      wide: true,
      body: [
        one("name", t("ask.nameHint")),
        one("purpose", t("ask.purposeHint")),
        typePicker(typed.type, (code) => {
          typed.type = code;
          typed.fields = new Set(FIRST);
          again();
        }),
        ticks(SHIPPED.find((type) => type.code === typed.type) ?? null, typed.fields),
      ],
      actions: [submitButton(t("ask.show"))],
      submit: (dialog) => {
        const plain = { name: cut(typed.name, MOST_NAME), purpose: cut(typed.purpose, MOST_PURPOSE) };
        faults = { name: plain.name === "", purpose: plain.purpose === "" };
        if (faults.name || faults.purpose) {
          again();
          announce(t("ask.empty"), true);
          return;
        }
        dialog.close();
        asked({ ...plain, type: typed.type, fields: [...typed.fields].sort() });
      },
    };
  });
}

/** Shows a request to the holder, and then looks for the answer. */
export function requestDialog(request: ShowingRequest, looks: { camera(): void; paste(): void }): void {
  const link = linkOf(request);
  showDialog(() => ({
    heading: t("ask.shown"),
    dismiss: t("dialog.close"),
    body: [
      h("p", {}, t("ask.shownText")),
      h("div", { class: "live-codes" }, codeDrawing(link, t("ask.code"))),
      h("div", {}, h("a", { href: link, id: "ask-link", target: "_blank", rel: "noopener" }, t("ask.link"))),
    ],
    actions: [
      h(
        "button",
        {
          class: "button",
          type: "button",
          id: "ask-paste",
          onclick: () => {
            closeDialog();
            looks.paste();
          },
        },
        icon("paste"),
        t("intake.paste"),
      ),
      submitButton(t("ask.camera")),
    ],
    submit: (dialog) => {
      dialog.close();
      looks.camera();
    },
  }));
}

function cut(text: string, most: number): string {
  return [...text.trim()].slice(0, most).join("");
}

function typePicker(code: string, picked: (code: string) => void): HTMLElement {
  const control = h(
    "select",
    { class: "input", id: "ask-type", onchange: () => picked(control.value) },
    ...SHIPPED.map((type) => h("option", { value: type.code, selected: type.code === code }, type[language()])),
  );
  return h("div", { class: "field" }, h("label", { for: "ask-type" }, t("ask.type")), control);
}

function ticks(type: CertificateType | null, chosen: Set<string>): HTMLElement {
  const box = (name: string, label: string): HTMLElement => {
    const control = h("input", {
      type: "checkbox",
      id: `ask-field-${name}`,
      checked: chosen.has(name),
      onchange: () => {
        if (control.checked) chosen.add(name);
        else chosen.delete(name);
      },
    });
    return h("li", {}, h("label", { class: "tick", for: `ask-field-${name}` }, control, h("span", {}, label)));
  };
  const all = [...(type?.fields ?? []), ...(type?.derived ?? [])];
  return h(
    "fieldset",
    { class: "stack plain" },
    h("legend", {}, t("ask.fields")),
    h("p", { class: "soft small" }, t("ask.fieldsHint")),
    h("ul", { class: "ticks two" }, ...all.map((one) => box(one.name, one[language()]))),
  );
}
