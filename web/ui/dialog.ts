/** Dialogs: the browser's own `<dialog>`, which keeps the keyboard inside and gives it back afterwards. */
import { t } from "../words/words.ts";
import { type Child, h } from "./dom.ts";

/** A dialog on the screen. */
export interface Dialog {
  readonly element: HTMLDialogElement;
  close(): void;
}

/** What a dialog consists of. */
export interface Parts {
  readonly heading: string;
  readonly body: readonly Child[];
  /** Buttons before the one that closes. */
  readonly actions?: readonly Child[];
  /** Word of the button that closes; "Cancel" if there is something to cancel. */
  readonly dismiss?: string;
  readonly wide?: boolean;
  /** Called when the form is submitted (Enter, or a submit button). */
  readonly submit?: (dialog: Dialog) => void;
  /** Called however it is closed. */
  readonly closed?: () => void;
}

let open: Dialog | undefined;
let makeAgain: (() => void) | undefined;

/** Shows a dialog; one that is open already is closed. */
export function showDialog(make: () => Parts): Dialog {
  open?.close();
  const element = h("dialog", { class: "dialog" });
  const dialog: Dialog = { element, close: () => element.close() };
  const build = (): void => {
    const parts = make();
    element.classList.toggle("dialog-wide", parts.wide === true);
    const heading = h("h2", { id: "dialog-heading", tabindex: -1 }, parts.heading);
    const dismiss = h(
      "button",
      { class: "button", type: "button", onclick: () => element.close() },
      parts.dismiss ?? t("dialog.cancel"),
    );
    const form = h(
      "form",
      {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          parts.submit?.(dialog);
        },
      },
      heading,
      ...parts.body,
      h("div", { class: "row row-end" }, dismiss, ...(parts.actions ?? [])),
    );
    element.replaceChildren(form);
    element.onclose = () => {
      element.remove();
      if (open === dialog) open = undefined;
      parts.closed?.();
    };
  };
  build();
  element.setAttribute("aria-labelledby", "dialog-heading");
  document.body.append(element);
  open = dialog;
  makeAgain = build;
  element.showModal();
  const first = element.querySelector<HTMLElement>("input, textarea") ?? element.querySelector<HTMLElement>("h2");
  first?.focus();
  return dialog;
}

/** Builds the open dialog anew, for another language. */
export function renewDialog(): void {
  if (open !== undefined) makeAgain?.();
}

/** True while a dialog has the keyboard. */
export function dialogOpen(): boolean {
  return open !== undefined;
}

/** Closes the open dialog, if any. */
export function closeDialog(): void {
  open?.close();
}
