import assert from "node:assert/strict";
import { test } from "node:test";
import { Box } from "../../../web/bid/kept.ts";
import type { JsonObject } from "../../../web/verify/canonical.ts";
import { vector } from "../support/files.ts";

test("a box opens with its passphrase, under its name, and shows nothing of what it holds", async () => {
  const box = await Box.make("a bid", "correct horse", { secret: "price 1.00" });
  const text = await box.sealed();
  assert.ok(!text.includes("price") && !text.includes("correct"));
  assert.deepEqual((await Box.open("a bid", "correct horse", text)).value, { secret: "price 1.00" });
  assert.notEqual(await box.sealed(), text);
  await assert.rejects(Box.open("a bid", "wrong horse", text), { code: "box.passphrase" });
  await assert.rejects(Box.open("another", "correct horse", text), { code: "box.other" });
  const renamed = text.replace('"name":"a bid"', '"name":"a bud"');
  await assert.rejects(Box.open("a bud", "correct horse", renamed), { code: "box.passphrase" });
});

test("the golden box is the one that yinxin bid take opens", async () => {
  type Golden = { name: string; passphrase: string; box: string; content: JsonObject };
  const { name, passphrase, box, content } = vector<{ room: Golden }>("own_bid").room;
  assert.deepEqual((await Box.open(name, passphrase, box)).value, content);
});
