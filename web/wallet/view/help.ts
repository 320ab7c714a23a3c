/** In words: a new phone, a lost phone, a forgotten PIN, a code that does not work. */
import { h } from "../../ui/dom.ts";
import { type WalletKey, w } from "../../words/wallet.ts";

const PARTS: readonly (readonly [WalletKey, readonly WalletKey[]])[] = [
  ["help.lost", ["help.lost1", "help.lost2", "help.lost3"]],
  ["help.new", ["help.new1", "help.new2", "help.new3"]],
  ["help.pin", ["help.pin1", "help.pin2"]],
  ["help.code", ["help.code1", "help.code2"]],
];

/** The page. */
export function helpPage(): HTMLElement {
  return h(
    "section",
    { class: "card stack-wide", "aria-labelledby": "help" },
    h("h2", { id: "help", tabindex: -1 }, w("help.heading")),
    ...PARTS.map(([heading, steps]) =>
      h(
        "div",
        { class: "stack" },
        h("h3", {}, w(heading)),
        h("ol", { class: "numbered" }, ...steps.map((one) => h("li", {}, w(one)))),
      ),
    ),
  );
}
