import assert from "node:assert/strict";
import { test } from "node:test";
import { tellSending } from "../../../web/page/sending.ts";
import { blank, Made } from "../support/elements.ts";

const [CHECKED, MADE] = ["left while it was looked at", "left while it was made"];

/** What the page would do later. */
let later: (() => void) | null = null;
const remembered = new Map<string, string>();

const form = new Made("form");
const box = made("div", "data-sending");
const [bar, told, stop] = [made("progress"), made("output"), made("button", "data-stop")];
Object.assign(box.dataset, { leftCheck: CHECKED, leftMake: MADE });
box.append(bar, told, stop);
form.append(box);

blank();
Object.assign(globalThis, {
  addEventListener: window.addEventListener.bind(window),
  setTimeout: (act: () => void) => {
    later = act;
    return 1;
  },
  clearTimeout: () => {
    later = null;
  },
  sessionStorage: {
    getItem: (name: string) => remembered.get(name) ?? null,
    setItem: (name: string, value: string) => remembered.set(name, value),
    removeItem: (name: string) => remembered.delete(name),
  },
});
Object.assign(document.documentElement, { querySelector: form.querySelector.bind(form) });
Object.setPrototypeOf(document.documentElement, Made.prototype);
tellSending();

function made(name: string, attribute = "id"): Made {
  const one = new Made(name);
  one.setAttribute(attribute, "");
  return one;
}

/** What htmx tells of the form. */
function htmx(name: string, detail: object = {}): void {
  const event = new CustomEvent(`htmx:${name}`, { detail });
  Object.defineProperty(event, "target", { value: form });
  document.dispatchEvent(event);
}

/** What the browser tells of the page. */
function page(name: string, persisted = false): void {
  window.dispatchEvent(Object.assign(new Event(name), { persisted }));
}

/** A file is being sent, to be looked at or `make`. */
function sending(way = "check"): void {
  const formData = new FormData();
  formData.set("way", way);
  htmx("beforeSend", { requestConfig: { formData } });
  assert.deepEqual([remembered.size, bar.hidden, stop.hidden, told.value], [1, false, false, ""]);
}

/** The browser cuts the request off. */
function cut(): void {
  htmx("xhr:abort");
  htmx("afterRequest", { xhr: { status: 0 } });
}

test("what is cut off before the page is hidden is remembered for its next load", () => {
  sending();
  page("beforeunload");
  cut();
  page("pagehide");
  assert.deepEqual([remembered.size, later], [1, null]);
});

test("a page that stays after all says what was cut off", () => {
  sending("make");
  page("beforeunload");
  cut();
  later?.();
  assert.deepEqual([remembered.size, bar.hidden, stop.hidden, told.value], [0, true, true, MADE]);
});

test("a page that comes back as it was says what leaving it cut off", () => {
  sending();
  page("pagehide");
  page("pageshow", true);
  assert.deepEqual([remembered.size, bar.hidden, stop.hidden, told.value], [0, true, true, CHECKED]);
});

test("what is answered while something else is fetched was not cut off", () => {
  sending();
  page("beforeunload");
  htmx("afterRequest", { xhr: { status: 200 } });
  later?.();
  assert.deepEqual([remembered.size, box.hidden, bar.hidden, told.value], [0, true, true, ""]);
});
