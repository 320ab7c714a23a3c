/** Fields of forms: label, hint, control, fault, tied together for those who don't see them. */
import { type Dialog, showDialog } from "./dialog.ts";
import { h } from "./dom.ts";
import { icon } from "./icons.ts";

/** A text field with its label, hint and fault. */
export interface FieldParts {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly fault: string | null;
  readonly kind: "text" | "password" | "area";
  readonly value: string;
  readonly autocomplete?: string;
  readonly input: (value: string) => void;
}

/** The field. */
export function field(parts: FieldParts): HTMLElement {
  const described = [
    parts.hint === undefined ? "" : `${parts.id}-hint`,
    parts.fault === null ? "" : `${parts.id}-fault`,
  ];
  const attributes = {
    class: "input",
    id: parts.id,
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: parts.autocomplete ?? "off",
    "aria-invalid": parts.fault === null ? null : "true",
    "aria-describedby": described.join(" ").trim() || null,
  };
  const control = parts.kind === "area" ? h("textarea", attributes) : h("input", { ...attributes, type: parts.kind });
  control.value = parts.value;
  control.addEventListener("input", () => parts.input(control.value));
  return h(
    "div",
    { class: "field" },
    h("label", { for: parts.id }, parts.label),
    parts.hint !== undefined && h("span", { class: "hint", id: `${parts.id}-hint` }, parts.hint),
    control,
    parts.fault !== null && h("span", { class: "fault", id: `${parts.id}-fault` }, icon("warning"), parts.fault),
  );
}

/** A dialog whose fields keep what was typed while it is drawn anew; whoever has closed it is not asked again. */
export function form(draw: (again: () => void) => Parameters<typeof showDialog>[0]): void {
  let shown: Dialog | undefined;
  const again = (): void => {
    if (shown === undefined || shown.element.open) shown = showDialog(draw(again));
  };
  again();
}

/** The button that sends a form. */
export function submitButton(words: string, danger = false): HTMLElement {
  return h("button", { class: `button ${danger ? "danger" : "primary"}`, type: "submit" }, words);
}
