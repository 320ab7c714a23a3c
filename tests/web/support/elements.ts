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

  toggleAttribute(name: string, on: boolean): void {
    if (on) this.attributes.set(name, "");
    else this.attributes.delete(name);
  }

  append(...children: (Made | string)[]): void {
    this.children.push(...children);
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
    if (this.id === id) return this;
    for (const one of this.children) {
      const found = typeof one === "string" ? null : one.find(id);
      if (found !== null) return found;
    }
    return null;
  }
}

/** Makes `document` one whose body holds what is put into it; the body. */
export function blank(lang = "en"): Made {
  const body = new Made("body");
  const value = {
    documentElement: { lang },
    createElement: (name: string) => new Made(name),
    getElementById: (id: string) => body.find(id),
  };
  Object.defineProperty(globalThis, "document", { value, configurable: true });
  return body;
}
