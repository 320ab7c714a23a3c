/** The live code on the screen: codes that follow each other, who they are for, and how long they hold. */
import { h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { codeDrawing } from "../../ui/qr.ts";
import { w } from "../../words/wallet.ts";
import type { Card } from "../cards.ts";
import { labelOf, labelsOf } from "../labels.ts";
import { typeName } from "./home.ts";

/** The place of the codes; it outlives every drawing of the page, since the codes change several times a second. */
export class LiveScreen {
  /** Stands in the page. */
  readonly element = h("div", { class: "live", "data-live": true });
  private readonly codes = h("div", { class: "live-codes" });
  private readonly left = h("p", { class: "soft small", "data-left": true });
  private text = "";

  constructor() {
    this.element.append(this.codes, this.left);
  }

  /** The answer on the screen, for copying. */
  get answer(): string {
    return this.text;
  }

  /** Draws the codes of a fresh answer. */
  fresh(text: string, frames: readonly string[]): void {
    this.text = text;
    this.codes.replaceChildren(
      ...frames.map((frame, at) => {
        const drawing = codeDrawing(frame, w("live.code", { place: at + 1, count: frames.length }));
        drawing.classList.toggle("off", at !== 0);
        return drawing;
      }),
    );
  }

  /** Shows one of them. */
  beat(frame: number, seconds: number): void {
    [...this.codes.children].forEach((one, at) => {
      one.classList.toggle("off", at !== frame);
    });
    this.left.textContent = w("live.left", { seconds });
  }
}

/** The page around it. */
export function livePage(
  card: Card,
  asker: string,
  fields: ReadonlySet<string>,
  screen: LiveScreen,
  actions: { copy(): void; stop(): void },
): HTMLElement {
  const labels = labelsOf(card);
  return h(
    "section",
    { class: "card stack", "aria-labelledby": "live" },
    h("h2", { id: "live", tabindex: -1 }, w("live.heading", { name: asker })),
    screen.element,
    h(
      "p",
      { class: "small" },
      h("strong", {}, typeName(card)),
      " · ",
      [...fields].map((one) => labelOf(labels, card.certificate.type.code, one)).join(" · "),
    ),
    h(
      "div",
      { class: "row" },
      h("button", { class: "button primary", type: "button", id: "stop-live", onclick: actions.stop }, w("live.stop")),
      h(
        "button",
        { class: "button", type: "button", id: "copy-live", onclick: actions.copy },
        icon("paste"),
        w("live.copy"),
      ),
    ),
  );
}
