/** What the pages of tenders do beyond showing: deadlines count down, and a chosen receipt's text goes into its field. */
import { countDown } from "./countdown.ts";
import { readInto } from "./reading.ts";

countDown(document);
setInterval(() => countDown(document), 1000);
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement) void readInto(event.target);
});
