/**
 * A form that sends a file through htmx: how much has gone, and a way to stop while it goes. In the form stands
 * `[data-sending]` with a `<progress>`, an `<output>` and a button; its `data-sent` are the words with `{done}` and `{all}`,
 * its `data-then` what happens once all has gone: then there is nothing to stop any more, the service has it. Its
 * `data-stopped` says that nothing was kept.
 */
import { bytes } from "../ui/sizes.ts";

/** The elements of one such line. */
interface Line {
  readonly box: HTMLElement;
  readonly bar: HTMLProgressElement;
  readonly told: HTMLOutputElement;
  readonly stop: HTMLButtonElement;
}

/** Lets every form with such a line tell how far it is. */
export function tellSending(): void {
  document.addEventListener("htmx:beforeSend", (event) => {
    const line = lineIn(event.target);
    if (line !== null) begin(line);
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
    if (line !== null && !line.bar.hidden) end(line, "");
  });
  document.addEventListener("click", (event) => {
    const form = (event.target as Element).closest("[data-stop]")?.closest("form");
    form?.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: true, detail: {} }));
  });
}

function begin(line: Line): void {
  for (const one of [line.box, line.bar, line.stop]) one.hidden = false;
  line.bar.removeAttribute("value");
  line.told.value = "";
}

function end(line: Line, words: string): void {
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
  return box && bar && told && stop ? { box, bar, told, stop } : null;
}
