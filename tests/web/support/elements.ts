/** As much of a document as a page's code needs in Node: elements that hold attributes, children and listeners, and draw nothing. */

/** An element. */
export class Made extends EventTarget {
  readonly dataset: Record<string, string> = {};
  readonly attributes = new Map<string, string>();
  children: (Made | string)[] = [];
  className = "";
  hidden = false;
  value = "";
  files: readonly File[] = [];

  constructor(readonly tagName: string) {
    super();
  }

  get id(): string {
    return this.attributes.get("id") ?? "";
  }

  set id(value: string) {
    this.attributes.set("id", value);
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  toggleAttribute(name: string, on: boolean): void {
    if (on) this.attributes.set(name, "");
    else this.attributes.delete(name);
  }

  append(...children: (Made | string)[]): void {
    this.children.push(...children);
  }

  contains(): boolean {
    return false;
  }

  focus(): void {}

  closest(): null {
    return null;
  }

  /** By a tag's name, or `[attribute]`; of other selectors nothing is found. */
  querySelector(selector: string): Made | null {
    const [, name] = /^\[([a-z-]+)\]$/.exec(selector) ?? [];
    return this.first(
      (one) => one !== this && (name === undefined ? one.tagName === selector : one.attributes.has(name)),
    );
  }

  replaceChildren(...children: (Made | string)[]): void {
    this.children = children;
  }

  get textContent(): string {
    return this.children.map((one) => (typeof one === "string" ? one : one.textContent)).join("");
  }

  set textContent(text: string) {
    this.children = text === "" ? [] : [text];
  }

  /** The element in it with that id, or null. */
  find(id: string): Made | null {
    return this.first((one) => one.id === id);
  }

  /** The first element in it, itself too, of which that is true, or null. */
  first(good: (one: Made) => boolean): Made | null {
    if (good(this)) return this;
    for (const one of this.children) {
      const found = typeof one === "string" ? null : one.first(good);
      if (found !== null) return found;
    }
    return null;
  }
}

/** Makes `document` and `window` those of a page whose body holds what is put into it; the body. */
export function blank(lang = "en"): Made {
  const body = new Made("body");
  const document = Object.assign(new EventTarget(), {
    activeElement: null,
    body,
    documentElement: { lang },
    title: "",
    createElement: (name: string) => new Made(name),
    createElementNS: (_space: string, name: string) => new Made(name),
    getElementById: (id: string) => body.find(id),
  });
  const page = {
    document,
    window: Object.assign(new EventTarget(), { scrollTo: () => {} }),
    location: { hash: "" },
    // What another part of the browser has put there stays.
    navigator: Object.assign(Object.create(globalThis.navigator ?? null), { languages: [lang], onLine: true }),
    requestAnimationFrame: (act: () => void) => act(),
    Element: Made,
    HTMLElement: Made,
    HTMLInputElement: class extends Made {},
    HTMLTextAreaElement: class extends Made {},
  };
  for (const [name, value] of Object.entries(page)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  for (const id of ["said", "said-now"]) {
    const region = new Made("div");
    region.id = id;
    body.append(region);
  }
  return body;
}
