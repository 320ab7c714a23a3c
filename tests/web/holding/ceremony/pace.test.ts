import assert from "node:assert/strict";
import { test } from "node:test";
import words from "../../../../chain/words/keyroom.json" with { type: "json" };
import { endsTaking } from "../../../../web/holding/ceremony/pace.ts";

test("what another try cannot mend ends it, and what can pass is tried again", () => {
  const ending = ["other_key", "roster_plan", "card_used", "two_homes", "stranger", "share"].map(
    (one) => `holding.${one}`,
  );
  for (const code of [
    ...ending,
    "access.not_signed_in",
    "keys.forgotten",
    "keys.failed",
    "sender.label",
    "kept.form",
  ]) {
    assert.ok(endsTaking(code), code);
    assert.ok(`fault.${code}` in words, `${code} has words`);
  }
  for (const code of [
    "service.silent",
    "sender.waiting",
    "sender.nothing",
    "ledger.gap",
    "rpc.quorum",
    "holding.roster",
    "kept.store",
  ]) {
    assert.ok(!endsTaking(code), code);
    assert.ok(`fault.${code}` in words, `${code} has words`);
  }
});
