import assert from "node:assert/strict";
import { test } from "node:test";
import { faultWords } from "../../../web/bid/words.ts";
import { InvalidInput, Unavailable } from "../../../web/verify/errors.ts";

test("a fault is told in the reader's language first, and by its code where there are no words for it", () => {
  const root = { lang: "zh-CN" };
  Object.defineProperty(globalThis, "document", { value: { documentElement: root } });
  assert.equal(faultWords(new TypeError("Failed to fetch")), "网络不通，请检查连接后重试");
  assert.equal(faultWords(new Unavailable("no endpoint", "rpc.quorum")), "账本没有应答，请稍后重试");
  const odd = new InvalidInput("the endpoint hides a row", "ledger.row");
  assert.equal(faultWords(odd), "未能完成，请重试 (ledger.row: the endpoint hides a row)");
  root.lang = "en";
  assert.equal(faultWords(odd), "It could not be done; please try again (ledger.row: the endpoint hides a row)");
  assert.equal(faultWords(new Error("odd")), "It could not be done; please try again (odd)");
  assert.equal(faultWords(new DOMException("gone", "NotFoundError")), "It could not be done; please try again (gone)");
});
