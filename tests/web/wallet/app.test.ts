import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRequest } from "../../../web/claims/request.ts";
import type { Trust } from "../../../web/scan/trust.ts";
import type { Cards } from "../../../web/wallet/cards.ts";
import type { Opened } from "../../../web/wallet/opening.ts";
import type { Told } from "../../../web/wallet/show_actions.ts";
import { blank, Made } from "../support/elements.ts";

/** The page from inside: as its buttons, dialogs and lists use it. */
interface Inside {
  cards: Cards | null;
  readonly view: { readonly showing?: { readonly told: Told } };
  opening(act: () => Promise<Opened>): Promise<void>;
  text(text: string): void;
  lock(): void;
}

const FULL = new DOMException("no space left", "QuotaExceededError");

/** A wallet that is open and empty; where it stands, and whether it says anything there. */
async function wallet() {
  const body = blank();
  const place = new Made("div");
  body.append(place);
  Object.assign(globalThis, { YINXIN_ICON: "", YINXIN_READER: "" }); // the build writes them in
  const { App } = await import("../../../web/wallet/app.ts");
  const app = new App(place as unknown as HTMLElement, {} as Trust) as unknown as Inside;
  app.cards = { newestFirst: [] } as unknown as Cards;
  const stands = () => [
    place.first(({ tagName }) => tagName === "main")?.attributes.get("data-view"),
    place.first(({ attributes }) => attributes.has("data-notice"))?.attributes.get("data-notice") ?? null,
  ];
  return { app, stands };
}

/** Begins to open something; what is returned lets that fail. */
function begun(app: Inside): () => Promise<void> {
  let fail = (_: unknown): void => {};
  const opening = app.opening(
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  );
  return async () => {
    fail(FULL);
    await assert.rejects(opening, FULL);
  };
}

/** A desk's request. */
function asked(): string {
  const desk = { aud: "https://desk.example", name: "窗口", purpose: "a" };
  return makeRequest({ ...desk, type: "", fields: [], time: 1 }).text;
}

test("an older opening that fails takes no newer request off the page", async () => {
  const { app, stands } = await wallet();
  const fails = begun(app);
  app.text(asked());
  assert.deepEqual(stands(), ["asked", null]);
  await fails();
  assert.deepEqual(stands(), ["asked", null]);
});

test("an opening that fails is told where it was begun, and not on the page of a locker that closed", async () => {
  const { app, stands } = await wallet();
  await begun(app)();
  assert.deepEqual(stands(), ["home", "fault.storage"]);
  const fails = begun(app);
  app.lock();
  await fails();
  assert.deepEqual(stands(), ["locked", null]);
});

test("what becomes of a request after the locker closed changes nothing on the page", async () => {
  const { app, stands } = await wallet();
  app.text(asked());
  const { told } = app.view.showing ?? assert.fail("no request");
  app.lock();
  told.live();
  told.say({ tone: "good", key: "live.copied" });
  told.done({ tone: "care", key: "live.over" });
  assert.deepEqual(stands(), ["locked", null]);
});
