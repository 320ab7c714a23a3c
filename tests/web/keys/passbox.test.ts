import assert from "node:assert/strict";
import { test } from "node:test";
import { PassBox, storedBox } from "../../../web/keys/passbox.ts";
import { store } from "../support/storage.ts";

const KIND = { format: "a-box-1", database: "a-room" };

test("a box counts as stored once the browser has written it, and not because it took the request", async () => {
  const box = await PassBox.make(KIND, "name", "correct horse", { seed: "a" });
  await box.store();
  const written = await storedBox(KIND, "name");
  assert.ok(written, "there once store() is over");
  assert.equal(store.durability[0], "strict");
  store.aborts = true;
  await assert.rejects(box.holding({ seed: "b" }).store(), /no space left/);
  store.aborts = false;
  assert.equal(await storedBox(KIND, "name"), written);
  store.fails = true;
  await assert.rejects(box.store(), /no space left/);
  store.fails = false;
});
