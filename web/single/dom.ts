/** Making elements: text only ever becomes text, never markup. */

/** A child: an element, or text. */
export type Child = Node | string;

/** An element with attributes and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A field with its label above it. */
export function labelled(text: string, field: HTMLElement): HTMLElement {
  return make("label", {}, make("span", {}, text), field);
}
