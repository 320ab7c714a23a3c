/** What every page that the service makes loads: htmx under a narrow policy, and times for the reader. */
import "./trusted.ts";
import htmx from "htmx.org";
import { tellSending } from "./sending.ts";
import { localTimes } from "./times.ts";

localTimes(document);
tellSending();
// Where the ways do not fit on a phone, the one that is open is in view.
for (const way of document.querySelectorAll<HTMLElement>(".rooms [aria-current], .sections [aria-current]")) {
  const row = way.parentElement;
  if (row !== null) row.scrollLeft = way.offsetLeft - row.offsetLeft - (row.clientWidth - way.offsetWidth) / 2;
}
document.addEventListener("htmx:load", (event) => localTimes(event.target as Element));
// A note about an error is taken away by the next thing that works.
document.addEventListener("htmx:beforeRequest", () => document.getElementById("fault")?.replaceChildren());
htmx.config.allowEval = false;
