import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeptVersion } from "../../../web/bid/room.ts";
import { differs, type Look, type Own, standingOf } from "../../../web/bid/verifying.ts";

const version = (number: number): KeptVersion => ({
  version: number,
  notice: "0x",
  salt: "",
  envelopes: [],
  act: null,
  block: 9,
});
const entry = (last: number, live: boolean, moved = false) => ({ version: last, place: 1, live, moved });

test("only a live bid whose newest version this room sealed is looked for in the record", () => {
  const cases = [
    [version(2), entry(2, true), "live"],
    [version(2), entry(3, false), "withdrawn"],
    [version(4), entry(4, true), "live"], // submitted again after a withdrawal
    [version(2), entry(5, true), "newer"],
    [null, entry(0, false), "none"],
    [null, entry(1, true), "newer"],
    [null, entry(2, false), "none"],
    [version(1), entry(2, false, true), "moved"],
  ] as const;
  for (const [kept, found, standing] of cases) assert.equal(standingOf(kept, found), standing);
});

test("what could not be looked at is no difference, and what is wrong is one", () => {
  const own = (good: boolean | null): Own => {
    const looks: Look[] = [{ what: "file", good, code: "" }];
    const envelope = { envelope: 1, standing: "looked", looks, comparison: null, record: null } as const;
    return { facts: {} as Own["facts"], standing: "live", version: null, envelopes: [envelope] };
  };
  assert.deepEqual([own(true), own(null), own(false)].map(differs).map(Boolean), [false, false, true]);
});
