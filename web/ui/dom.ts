/**
 * Elements without a framework. Text is always text: nothing here parses HTML, so that nothing a document says can become
 * markup (and the page lives under `require-trusted-types-for 'script'`).
 */

/** What may stand inside an element; `null` and `false` are nothing. */
export type Child = Node | string | null | false | undefined;

/** Attributes by name; functions are listeners (`onclick`), `true` is an attribute without a value, `false` none. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>
>;

/**
 * Makes an element.
 * @param tag the element's name
 * @param attributes attributes and listeners
 * @param children in order; strings become text nodes
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.replace(/^on/, ""), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  put(element, ...children);
  return element;
}

/** Puts children behind those that are there. */
export function put(parent: Element, ...children: readonly Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  }
}

/** Replaces everything inside. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren();
  put(parent, ...children);
}

/** The element with this id; a page without it was put together wrongly. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}
