/**
 * Countdowns: `<strong data-until="…" data-now="…">` says how long there is until a second of the chain's clock. The page
 * says which second it was when it was made, so that a device whose clock is wrong counts right all the same.
 */
import { spanIn } from "./span.ts";

/** When each element was first seen, in milliseconds that no clock change moves. */
const seen = new WeakMap<HTMLElement, number>();

/** Writes what is left now into every countdown within. */
export function countDown(within: ParentNode): void {
  const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  for (const one of within.querySelectorAll<HTMLElement>("[data-until]")) {
    const first = seen.get(one) ?? performance.now();
    seen.set(one, first);
    const passed = Math.floor((performance.now() - first) / 1000);
    const left = Number(one.dataset.until) - Number(one.dataset.now) - passed;
    const text = spanIn(language, left);
    if (one.textContent !== text) one.textContent = text;
    one.classList.toggle("countdown-near", left < 3600);
  }
}
