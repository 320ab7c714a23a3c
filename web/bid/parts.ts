/** Pieces of the room's page: a step with its state, fields, files, notes, progress. */
import { type Child, fill, h } from "../ui/dom.ts";
import { faultWords, t, type WordKey } from "./words.ts";

/** How a step stands. */
export type Standing = "open" | "done" | "wrong";

/** A step of the room: numbered, with its state in words beside its name. */
export interface Step {
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  stand(how: Standing, words: string): void;
}

/** An empty step; `number` 0: the only one. */
export function step(id: string, number: number, title: string, hint: string): Step {
  const chip = h("span", { class: "chip", id: `${id}-state` });
  const body = h("div", { class: "stack" });
  const element = h(
    "section",
    { class: "card stack", id, "aria-labelledby": `${id}-title` },
    h("div", { class: "spread" }, h("h2", { id: `${id}-title` }, number === 0 ? title : `${number}. ${title}`), chip),
    hint === "" ? null : h("p", { class: "soft" }, hint),
    body,
  );
  return {
    element,
    body,
    stand: (how, words) => {
      chip.className = how === "done" ? "chip chip-good" : how === "wrong" ? "chip chip-bad" : "chip";
      chip.textContent = words;
      element.dataset.standing = how;
    },
  };
}

/** A labelled control with a place for its fault. */
export function field(id: string, label: string, control: HTMLElement, hint = ""): HTMLElement {
  control.id = id;
  const described = [hint === "" ? "" : `${id}-hint`, `${id}-fault`].filter((one) => one !== "").join(" ");
  control.setAttribute("aria-describedby", described);
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    hint === "" ? null : h("p", { class: "hint", id: `${id}-hint` }, hint),
    control,
    h("p", { class: "fault", id: `${id}-fault`, hidden: true }),
  );
}

/** Says what is wrong with a field, or that nothing is. */
export function tell(id: string, fault: string | null): void {
  const place = document.getElementById(`${id}-fault`);
  const control = document.getElementById(id);
  if (place === null || control === null) return;
  place.textContent = fault ?? "";
  place.hidden = fault === null;
  control.toggleAttribute("aria-invalid", fault !== null);
}

/** A note. */
export function note(tone: "" | "good" | "care" | "bad", ...children: readonly Child[]): HTMLElement {
  return h("div", { class: tone === "" ? "note" : `note note-${tone}` }, h("div", {}, ...children));
}

/** A button that works once at a time, and says what went wrong below it. */
export function action(
  key: WordKey,
  id: string,
  work: () => Promise<void>,
  look = "",
  values: Readonly<Record<string, string | number>> = {},
): HTMLElement {
  const wrong = h("div", { role: "alert" });
  const button = h("button", { class: `button ${look}`.trim(), type: "button", id }, t(key, values));
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    fill(wrong);
    try {
      await work();
    } catch (error) {
      fill(wrong, note("bad", faultWords(error)));
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
  return h("div", { class: "stack" }, h("div", { class: "row" }, button), wrong);
}

/** A file input. */
export function fileInput(many: boolean, accept = ""): HTMLInputElement {
  return h("input", { class: "input", type: "file", multiple: many, accept: accept === "" ? null : accept });
}

/** A bar with words. */
export function progress(label: string): {
  element: HTMLElement;
  show(done: number, all: number, words: string): void;
  say(words: string): void;
  hide(): void;
} {
  const bar = h("progress", { class: "wide", max: 1, value: 0, "aria-label": label });
  const words = h("p", { class: "small" });
  const element = h("div", { class: "stack", hidden: true }, bar, words);
  return {
    element,
    show: (done, all, text) => {
      element.hidden = false;
      bar.value = all === 0 ? 1 : done / all;
      words.textContent = text;
    },
    say: (text) => {
      words.textContent = text;
    },
    hide: () => {
      element.hidden = true;
    },
  };
}

/** Hands a text, or a file of the browser's own, to the reader as a file. */
export function save(name: string, content: string | Blob, type: string): void {
  const address = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type }) : content);
  const link = h("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
