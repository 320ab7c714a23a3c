/** Asking a holder: who asks, what for, which fields; then the code that the holder's wallet reads. */
import { linkOf, MOST_NAME, MOST_PURPOSE, type ShowingRequest } from "../../claims/request.ts";
import { announce } from "../../ui/announce.ts";
import { closeDialog, showDialog } from "../../ui/dialog.ts";
import { h } from "../../ui/dom.ts";
import { field, form, submitButton } from "../../ui/form.ts";
import { icon } from "../../ui/icons.ts";
import { codeDrawing } from "../../ui/qr.ts";
import { SHIPPED, type TypeLabels } from "../../verify/types.ts";
import { language, t } from "../../words/words.ts";
import type { OwnType } from "../owntypes.ts";
import type { Wish } from "../showings.ts";

/** A type that can be asked for; `key` is its own in the list. */
type Choice = TypeLabels & Pick<OwnType, "key">;

const KNOWN: readonly Choice[] = SHIPPED.map((type) => ({ ...type, key: type.code }));

/** Fields that are ticked to begin with: whose it is. */
const FIRST = ["certificateHolderName"];

/**
 * Asks the clerk what to ask for.
 *
 * @param name of the desk, as it was last time.
 * @param coming the bureaus' own types; they join the list once they are there, whatever is being typed meanwhile.
 */
export function askDialog(name: string, coming: Promise<readonly OwnType[]>, asked: (wish: Wish) => void): void {
  const typed = { name, purpose: "", type: KNOWN[0], fields: new Set(FIRST) };
  let own: readonly OwnType[] = [];
  let list: HTMLSelectElement | undefined;
  void coming.then((found) => {
    own = found;
    list?.append(...ofBureaus(own, typed.type));
  });
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
        typePicker(typed.type, own, {
          made: (control) => {
            list = control;
          },
          picked: (key) => {
            typed.type = [...KNOWN, ...own].find((type) => type.key === key);
            typed.fields = new Set(FIRST);
            again();
          },
        }),
        ticks(typed.type, typed.fields),
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
        asked({ ...plain, type: typed.type?.code ?? "", fields: [...typed.fields].sort() });
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

function typePicker(
  chosen: Choice | undefined,
  own: readonly OwnType[],
  told: { made(control: HTMLSelectElement): void; picked(key: string): void },
): HTMLElement {
  const control = h(
    "select",
    { class: "input", id: "ask-type", onchange: () => told.picked(control.value) },
    ...KNOWN.map((type) => option(type, chosen)),
    ...ofBureaus(own, chosen),
  );
  told.made(control);
  return h("div", { class: "field" }, h("label", { for: "ask-type" }, t("ask.type")), control);
}

/** The bureaus' own types, each bureau's under its name. */
function ofBureaus(own: readonly OwnType[], chosen: Choice | undefined): readonly HTMLElement[] {
  const bureaus = [...new Set(own.map((type) => type.bureau))];
  return bureaus.map((bureau) =>
    h(
      "optgroup",
      { label: bureau },
      ...own.filter((type) => type.bureau === bureau).map((type) => option(type, chosen)),
    ),
  );
}

function option(type: Choice, chosen: Choice | undefined): HTMLElement {
  return h("option", { value: type.key, selected: type.key === chosen?.key }, type[language()]);
}

function ticks(type: TypeLabels | undefined, chosen: Set<string>): HTMLElement {
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
