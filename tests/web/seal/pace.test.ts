import assert from "node:assert/strict";
import { test } from "node:test";
import { Pacer } from "../../../web/seal/pace.ts";

test("speed and time left are those of the last seconds", () => {
  const pacer = new Pacer(10_000_000);
  assert.deepEqual(pacer.tell(0, 0), { speed: 0, left: null });
  assert.deepEqual(pacer.tell(1_000_000, 1000), { speed: 1_000_000, left: 9 });
  for (let second = 2; second <= 6; second++) pacer.tell(1_000_000, second * 1000); // nothing moves for five seconds
  assert.deepEqual(pacer.tell(1_000_000, 7000), { speed: 0, left: null });
  const { speed, left } = pacer.tell(3_000_000, 8000);
  assert.ok(speed < 500_000 && speed > 300_000 && left !== null && left > 14);
});
