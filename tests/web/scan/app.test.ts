import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry, Shift } from "../../../web/scan/shift.ts";
import type { Basis, Trust } from "../../../web/scan/trust.ts";
import { blank, Made } from "../support/elements.ts";

const WITHIN = 20_000; // milliseconds; far more than a check takes

/** What the page would do later. */
const later: (() => void)[] = [];
Object.assign(globalThis, { setTimeout: (act: () => void) => later.push(act) });

/** A page at which texts are pasted. Each check waits until `answers` lets it go on; `add` keeps it in the shift's list. */
async function desk(add: () => Promise<Entry>) {
  const body = blank();
  const place = new Made("div");
  body.append(place);
  Object.assign(globalThis, { YINXIN_ICON: "", YINXIN_READER: "" }); // the build writes them in
  const { App } = await import("../../../web/scan/app.ts");
  const answers: (() => void)[] = [];
  const basis = (): Promise<Basis> =>
    new Promise((resolve) => {
      answers.push(() => resolve({ sources: {}, offline: true } as Basis));
    });
  const standing = { connection: "offline", root: null, snapshot: null, otherRoot: null };
  const trust = { standing, basis } as unknown as Trust;
  const shift = { all: [], waiting: [], add } as unknown as Shift;
  new App(place as unknown as HTMLElement, trust, shift).start();
  const paste = (): void => {
    const clipboardData = { files: [], getData: () => "{}" };
    document.dispatchEvent(Object.assign(new Event("paste"), { clipboardData }));
  };
  const answer = (): string => place.first(({ tagName }) => tagName === "main")?.attributes.get("data-answer") ?? "";
  const press = (words: string): void => {
    const button = place.first((one) => one.tagName === "button" && one.textContent === words);
    assert.ok(button !== null);
    button.dispatchEvent(new Event("click"));
  };
  return { answers, paste, answer, press };
}

async function until(good: () => boolean): Promise<void> {
  for (const began = performance.now(); !good(); await new Promise((resolve) => setImmediate(resolve))) {
    assert.ok(performance.now() - began < WITHIN, "it never came");
  }
}

test("a check that another one overtook stands in the shift's list, not on the page", async () => {
  let added = 0;
  const { answers, paste, answer } = await desk(async () => ({ id: ++added }) as Entry);
  paste();
  paste();
  answers[0]?.();
  await until(() => added === 1);
  assert.equal(answer(), "busy");
  answers[1]?.();
  await until(() => answer() === "given");
  assert.equal(added, 2);
});

test("a check that was given up stands in no list", async () => {
  let added = 0;
  const { answers, paste, answer, press } = await desk(async () => ({ id: ++added }) as Entry);
  paste();
  for (const act of later.splice(0)) act(); // the page says that it still waits, and offers a way out
  press("Cancel");
  assert.equal(answer(), "empty");
  answers[0]?.();
  paste();
  answers[1]?.();
  await until(() => answer() === "given");
  assert.equal(added, 1);
});

test("an answer is shown though the device can keep nothing more", async () => {
  const reported: unknown[] = [];
  Object.assign(globalThis, { reportError: (error: unknown) => reported.push(error) });
  const full = new DOMException("no space left", "QuotaExceededError");
  const { answers, paste, answer } = await desk(() => Promise.reject(full));
  paste();
  answers[0]?.();
  await until(() => answer() === "given");
  assert.deepEqual(reported, [full]);
});
