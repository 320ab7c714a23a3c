/** What every page that the service makes loads: htmx under a narrow policy, and times for the reader. */
import "./trusted.ts";
import htmx from "htmx.org";
import { localTimes } from "./times.ts";

localTimes(document);
document.addEventListener("htmx:load", (event) => localTimes(event.target as Element));
// A note about an error is taken away by the next thing that works.
document.addEventListener("htmx:beforeRequest", () => document.getElementById("fault")?.replaceChildren());
htmx.config.allowEval = false;
