/**
 * A form that sends a file through htmx: how much has gone, and a way to stop while it goes. In the form stands
 * `[data-sending]` with a `<progress>`, an `<output>` and a button; its `data-sent` are the words with `{done}` and `{all}`,
 * its `data-then` what happens once all has gone: then there is nothing to stop any more, the service has it. Its
 * `data-stopped` says that nothing was kept.
 *
 * Whoever leaves or loads the page again meanwhile is told so when it comes back: `data-left-check` if the file was only to be
 * looked at (`way`), `data-left-make` with the link in the line if something may have been made of it. All that the browser
 * remembers of it, for this tab alone, is which of the two.
 */
import { bytes } from "../ui/sizes.ts";

/** The elements of one such line. */
interface Line {
  readonly box: HTMLElement;
  readonly bar: HTMLProgressElement;
  readonly told: HTMLOutputElement;
  readonly stop: HTMLButtonElement;
  readonly way: HTMLAnchorElement | null;
}

const REMEMBERED = "yinxin-sending ";
/** Milliseconds after which a page that was to be left, and is still there, stays. */
const STAYS = 5000;
let leaving = false;
/** What was cut off while the page was being left. */
let cut: Line | null = null;

/** Lets every form with such a line tell how far it is. */
export function tellSending(): void {
  const left = lineIn(document.documentElement);
  if (left !== null) tellLeft(left);
  // What is cut off by leaving is not ended: the page tells of it when it comes back. Firefox cuts it off before `pagehide`.
  let stays: ReturnType<typeof setTimeout> | undefined;
  addEventListener("beforeunload", () => {
    leaving = true;
    clearTimeout(stays);
    stays = setTimeout(stay, STAYS);
  });
  addEventListener("pagehide", () => {
    leaving = true;
    clearTimeout(stays);
  });
  addEventListener("pageshow", ({ persisted }) => {
    const back = persisted ? lineIn(document.documentElement) : null;
    if (back !== null) cut = back; // kept as it was, with its bar: nothing goes any more
    stay();
  });
  document.addEventListener("htmx:beforeSend", (event) => {
    const line = lineIn(event.target);
    if (line === null) return;
    const { requestConfig } = (event as CustomEvent<{ requestConfig?: { formData?: FormData } }>).detail;
    begin(line, requestConfig?.formData?.get("way") === "make" ? "make" : "check");
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const line = lineIn(event.target);
    const { loaded, total } = (event as CustomEvent<{ loaded: number; total: number }>).detail;
    if (line !== null && !line.stop.hidden) show(line, loaded, total);
  });
  document.addEventListener("htmx:xhr:abort", (event) => {
    const line = lineIn(event.target);
    if (line !== null && !line.stop.hidden) end(line, line.box.dataset.stopped ?? "");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const line = lineIn(event.target);
    if (line === null || line.bar.hidden) return;
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    if (xhr.status !== 0) leaving = false; // what was answered was not cut off
    end(line, "");
  });
  document.addEventListener("click", (event) => {
    const form = (event.target as Element).closest("[data-stop]")?.closest("form");
    if (form) stay(); // whoever stops it is here
    form?.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: true, detail: {} }));
  });
}

function stay(): void {
  leaving = false;
  if (cut !== null) tellLeft(cut);
  cut = null;
}

function tellLeft(line: Line): void {
  const way = remembered(line);
  if (way === null) return;
  remember(line, null);
  line.box.hidden = false;
  line.bar.hidden = line.stop.hidden = true;
  line.told.value = (way === "make" ? line.box.dataset.leftMake : line.box.dataset.leftCheck) ?? "";
  if (line.way !== null) line.way.hidden = way !== "make";
}

function begin(line: Line, way: "check" | "make"): void {
  remember(line, way);
  cut = null;
  if (line.way !== null) line.way.hidden = true;
  for (const one of [line.box, line.bar, line.stop]) one.hidden = false;
  line.bar.removeAttribute("value");
  line.told.value = "";
}

function end(line: Line, words: string): void {
  if (leaving) {
    cut = line;
    return;
  }
  remember(line, null);
  for (const one of [line.bar, line.stop]) one.hidden = true;
  line.box.hidden = words === "";
  line.told.value = words;
}

function show(line: Line, loaded: number, total: number): void {
  const all = loaded >= total;
  // What the answer's own bytes tell later is no news of the file.
  line.stop.hidden = all;
  if (all) line.bar.removeAttribute("value");
  else [line.bar.max, line.bar.value] = [total, loaded];
  const words = (all ? line.box.dataset.then : line.box.dataset.sent) ?? "";
  line.told.value = words.replace("{done}", bytes(loaded)).replace("{all}", bytes(total));
}

function lineIn(target: EventTarget | null): Line | null {
  const box = target instanceof Element ? target.querySelector<HTMLElement>("[data-sending]") : null;
  const bar = box?.querySelector("progress");
  const told = box?.querySelector("output");
  const stop = box?.querySelector<HTMLButtonElement>("[data-stop]");
  return box && bar && told && stop ? { box, bar, told, stop, way: box.querySelector("a") } : null;
}

function keyOf(line: Line): string {
  return REMEMBERED + (line.box.closest("form")?.getAttribute("action") ?? "");
}

function remembered(line: Line): string | null {
  try {
    return sessionStorage.getItem(keyOf(line));
  } catch {
    return null; // a browser that keeps nothing
  }
}

function remember(line: Line, way: "check" | "make" | null): void {
  try {
    if (way === null) sessionStorage.removeItem(keyOf(line));
    else sessionStorage.setItem(keyOf(line), way);
  } catch {
    // a browser that keeps nothing
  }
}
