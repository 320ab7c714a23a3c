/** What is said to those who don't see it: two live regions that stand in the page from the start (WAI-ARIA 1.2, 6.6.4). */
import { byId } from "./dom.ts";

/** Says something when the reader pauses, or at once if it is `urgent`. */
export function announce(text: string, urgent = false): void {
  const region = byId(urgent ? "said-now" : "said");
  region.textContent = "";
  // The same words twice are two announcements.
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
