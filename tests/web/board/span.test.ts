import assert from "node:assert/strict";
import { test } from "node:test";
import { spanIn } from "../../../web/board/span.ts";

test("a span has its largest unit and the next one, as the service writes it", () => {
  const spans = [-5, 0, 59, 60, 3661, 86_400, 90_061, 10 * 86_400 + 7].map((seconds) => spanIn("en", seconds));
  assert.deepEqual(spans, ["0 s", "0 s", "59 s", "1 min", "1 h 1 min", "1 d", "1 d 1 h", "10 d"]);
  assert.equal(spanIn("zh", 90_061), "1 天 1 小时");
});
