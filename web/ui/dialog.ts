/** Dialogs: the browser's own `<dialog>`, which keeps the keyboard inside and gives it back afterwards. */
import { t } from "../words/words.ts";
import { type Child, h } from "./dom.ts";
import { keepingFocus, standsFor } from "./focus.ts";

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
  /** Called when the form is submitted (Enter, or a submit button); not again before what it promises is done. */
  readonly submit?: (dialog: Dialog) => void | Promise<void>;
  /** Called however it is closed. */
  readonly closed?: () => void;
}

let open: Dialog | undefined;
let makeAgain: (() => void) | undefined;

/** Shows a dialog; one that is open already is closed. */
export function showDialog(make: () => Parts): Dialog {
  open?.close();
  const before = document.activeElement;
  let working = false;
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
          if (working) return;
          const work = parts.submit?.(dialog);
          if (work === undefined) return;
          working = true;
          void work.finally(() => {
            working = false;
          });
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
      // The page may have been drawn anew below: then the browser finds nothing to give the keyboard back to.
      if (before instanceof HTMLElement && !before.isConnected && document.activeElement === document.body) {
        standsFor(before, document)?.focus();
      }
      parts.closed?.();
    };
  };
  build();
  element.setAttribute("aria-labelledby", "dialog-heading");
  document.body.append(element);
  open = dialog;
  makeAgain = () => keepingFocus(element, build);
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
