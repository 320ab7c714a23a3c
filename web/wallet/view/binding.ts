/** Whether this device acts for the holder, and the way there: code, claim, binding. */
import { grouped, readCode } from "../../claims/codes.ts";
import { closeDialog } from "../../ui/dialog.ts";
import { type Child, h } from "../../ui/dom.ts";
import { field, form, submitButton } from "../../ui/form.ts";
import { icon } from "../../ui/icons.ts";
import { YinxinError } from "../../verify/errors.ts";
import { w } from "../../words/wallet.ts";
import type { Card } from "../cards.ts";
import { claimable } from "../claiming.ts";

/** What the buttons do. */
export interface BindingActions {
  claim(): void;
  ask(): void;
  saveClaim(): void;
  takeIn(file: File): void;
  giveUp(): void;
}

/** The part of a card's page that tells of this device; `scan` looks for a request to answer. */
export function bindingPart(card: Card, actions: BindingActions, scan: () => void): Child {
  const { acting } = card;
  if (acting === null) {
    if (!claimable(card)) return null;
    return part("none", "device", w("bind.none"), w("bind.noneText"), [
      button("start-claim", "device", w("bind.start"), actions.claim),
    ]);
  }
  if (acting.state === "bound") {
    const says = w("bind.boundText", { block: acting.block ?? 0 });
    return part("bound", "check", w("bind.bound"), says, [
      h(
        "button",
        { class: "button primary", type: "button", id: "scan-request", onclick: scan },
        icon("scan"),
        w("bind.show"),
      ),
      button("ask-binding", "turn", w("bind.ask"), actions.ask),
      button("give-up", "close", w("bind.giveUp"), actions.giveUp),
    ]);
  }
  if (acting.state === "ended") {
    return part("ended", "cross", w("bind.endedHeading"), w("bind.endedText", { block: acting.block ?? 0 }), [
      button("start-claim", "device", w("bind.again"), actions.claim),
    ]);
  }
  return part(
    acting.state,
    "clock",
    w("bind.waiting"),
    w(acting.state === "saved" ? "bind.savedText" : "bind.waitingText"),
    [
      button("ask-claim", "turn", w("bind.askClaim"), actions.ask),
      button("save-claim", "save", w("bind.saveClaim"), actions.saveClaim),
      ...picker(actions),
      // A claim that was sent may yet be bound: another would throw its key away.
      acting.state === "saved" && button("start-claim", "device", w("bind.again"), actions.claim),
    ],
  );
}

function part(
  state: string,
  drawing: Parameters<typeof icon>[0],
  heading: string,
  says: string,
  buttons: readonly Child[],
): HTMLElement {
  return h(
    "section",
    { class: "card stack", "data-binding": state, "aria-labelledby": "binding" },
    h("h2", { id: "binding", class: "row" }, icon(drawing), heading),
    h("p", {}, says),
    h("div", { class: "row" }, ...buttons),
  );
}

function button(id: string, drawing: Parameters<typeof icon>[0], words: string, act: () => void): HTMLElement {
  return h("button", { class: "button", type: "button", id, onclick: act }, icon(drawing), words);
}

function picker(actions: BindingActions): HTMLElement[] {
  const input = h("input", {
    type: "file",
    class: "heard",
    id: "binding-file",
    tabindex: -1,
    "aria-label": w("bind.takeIn"),
    accept: "application/json,.json",
    onchange: () => {
      const file = input.files?.[0];
      input.value = "";
      if (file !== undefined) actions.takeIn(file);
    },
  });
  return [button("take-binding", "file", w("bind.takeIn"), () => input.click()), input];
}

/** Asks for the activation code; what is mistyped is said before anything is made of it. */
export function codeDialog(given: (code: string, how: "sent" | "saved") => void): void {
  let code = "";
  let fault = false;
  form((again) => () => {
    const take = (how: "sent" | "saved", close: () => void): void => {
      try {
        const read = readCode(code);
        close();
        given(read, how);
      } catch (error) {
        if (!(error instanceof YinxinError)) throw error;
        fault = true;
        again();
      }
    };
    return {
      heading: w("code.heading"),
      body: [
        h("p", {}, w("code.text")),
        field({
          id: "code",
          label: w("code.label"),
          hint: w("code.hint", { sample: grouped("7K3Q9ZT0WXB52MHD4CVA") }),
          fault: fault ? w("code.wrong") : null,
          kind: "text",
          value: code,
          input: (value) => {
            code = value;
          },
        }),
        h("p", { class: "small soft" }, w("code.key")),
      ],
      actions: [
        h(
          "button",
          { class: "button", type: "button", id: "code-save", onclick: () => take("saved", closeDialog) },
          w("code.save"),
        ),
        submitButton(w("code.send")),
      ],
      submit: (dialog) => take("sent", () => dialog.close()),
    };
  });
}
