/** Before the locker is open: setting it up, and opening it. */
import { h } from "../../ui/dom.ts";
import { field, submitButton } from "../../ui/form.ts";
import { icon } from "../../ui/icons.ts";
import { w } from "../../words/wallet.ts";
import { SHORTEST } from "../locker.ts";

/** What was typed, kept while the page is drawn anew. */
export interface Typed {
  pin: string;
  again: string;
  fault: string | null;
  busy: boolean;
}

/** First visit: what the wallet is, and a PIN for it. */
export function welcomePage(typed: Typed, made: () => void): HTMLElement {
  return h(
    "section",
    { class: "card stack-wide narrow", "aria-labelledby": "welcome" },
    h(
      "div",
      { class: "stack" },
      h("h2", { id: "welcome", tabindex: -1 }, w("welcome.heading")),
      h("p", {}, w("welcome.text")),
    ),
    h(
      "form",
      { class: "stack", novalidate: true, onsubmit: (event) => submitted(event, made) },
      pinField("pin", w("welcome.pin"), w("welcome.pinHint", { count: SHORTEST }), typed, "pin", "new-password"),
      pinField("pin-again", w("welcome.again"), undefined, typed, "again", "new-password"),
      button(w("welcome.create"), typed.busy),
      h("p", { class: "small soft" }, w("welcome.lost")),
    ),
  );
}

/** Later visits: the PIN. */
export function lockedPage(
  typed: Typed,
  state: { readonly waiting: boolean; readonly passkey: boolean },
  actions: { opened(): void; passkey(): void; forgotten(): void },
): HTMLElement {
  return h(
    "section",
    { class: "card stack-wide narrow", "aria-labelledby": "locked" },
    h(
      "div",
      { class: "empty slim" },
      icon("lock"),
      h("h2", { id: "locked", tabindex: -1 }, w("locked.heading")),
      h("p", {}, w(state.waiting ? "locked.waiting" : "locked.text")),
    ),
    h(
      "form",
      { class: "stack", novalidate: true, onsubmit: (event) => submitted(event, actions.opened) },
      pinField("pin", w("locked.pin"), undefined, typed, "pin", "current-password"),
      button(w("locked.open"), typed.busy),
    ),
    state.passkey &&
      h(
        "button",
        { class: "button", type: "button", id: "open-passkey", onclick: actions.passkey },
        icon("person"),
        w("passkey.open"),
      ),
    h(
      "button",
      { class: "button quiet", type: "button", id: "forgotten", onclick: actions.forgotten },
      w("locked.forgotten"),
    ),
  );
}

function pinField(
  id: string,
  label: string,
  hint: string | undefined,
  typed: Typed,
  name: "pin" | "again",
  autocomplete: string,
): HTMLElement {
  return field({
    id,
    label,
    ...(hint === undefined ? {} : { hint }),
    fault: name === "pin" ? typed.fault : null,
    kind: "password",
    value: typed[name],
    autocomplete,
    input: (value) => {
      typed[name] = value;
    },
  });
}

function button(words: string, busy: boolean): HTMLElement {
  const made = submitButton(words);
  if (busy) made.setAttribute("disabled", "");
  return made;
}

function submitted(event: Event, act: () => void): void {
  event.preventDefault();
  act();
}
