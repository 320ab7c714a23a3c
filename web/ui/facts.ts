/** Names with values, one below the other; at a desk side by side. */
import { type Child, h } from "./dom.ts";

/** The list, as the style's `facts` wants it: each name with its value. */
export function factList(...all: readonly (readonly [string, Child])[]): HTMLElement {
  const lines = all.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
  return h("dl", { class: "facts" }, ...lines);
}
