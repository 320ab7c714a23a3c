/** Moments of the chain's clock stand in the page as China Standard Time; beside it the reader finds her own, where it differs. */
import { dateTime, secondsOf, zoneName } from "../ui/times.ts";

const CHINA = "UTC+8";

/** Writes the reader's own time behind every `<time data-instant>` within. */
export function localTimes(within: ParentNode): void {
  const found = [...within.querySelectorAll<HTMLTimeElement>("time[data-instant]")];
  if (within instanceof HTMLTimeElement && within.matches("[data-instant]")) found.push(within);
  for (const one of found) {
    const seconds = secondsOf(one.dateTime);
    delete one.dataset.instant;
    if (Number.isNaN(seconds) || zoneName(seconds) === CHINA) continue;
    const own = document.createElement("span");
    own.className = "own-time";
    own.textContent = ` (${dateTime(seconds)} ${zoneName(seconds)})`;
    one.append(own);
  }
}
