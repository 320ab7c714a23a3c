import assert from "node:assert/strict";
import { test } from "node:test";
import words from "../../../web/catalogue/words.json" with { type: "json" };
import type { Json } from "../../../web/verify/canonical.ts";
import { SHIPPED, wrongAnswer } from "../../../web/verify/types.ts";
import { sentence, verdictWords } from "../../../web/verify/wording.ts";

test("a derived answer is held to its field, by rank, by value, and by item with its remarks aside", () => {
  for (const kind of SHIPPED) {
    for (const answer of kind.derived) {
      const [yes = ""] = answer.yes;
      const base = answer.how === "contains" ? `甲；${yes}（含乙）` : yes;
      const judged = (value: string, given: Json) =>
        wrongAnswer(
          kind,
          new Map<string, Json>([
            [answer.field, value],
            [answer.name, given],
          ]),
        );
      assert.equal(judged(base, true), null, answer.name);
      assert.equal(judged(base, false), answer.name);
      assert.equal(judged("丙", true), answer.name);
      assert.equal(judged("丙", false), null);
      assert.equal(judged(base, "true"), answer.name);
      assert.equal(wrongAnswer(kind, new Map([[answer.name, true]])), null);
      if (answer.how === "contains") assert.equal(judged(`甲（${yes}）`, true), answer.name);
    }
  }
  assert.ok(SHIPPED.some((kind) => kind.derived.length > 0));
});

test("every sentence takes its values in both languages, and every verdict has its words", () => {
  for (const [code, texts] of Object.entries(words.details)) {
    const names = [...texts.en.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "");
    const params = Object.fromEntries(names.map((name) => [name, "X"]));
    for (const language of ["en", "zh"] as const) assert.ok(!sentence(code, params, language).includes("{"), code);
  }
  for (const verdict of Object.keys(words.verdicts) as (keyof typeof words.verdicts)[]) {
    assert.notEqual(verdictWords(verdict, "zh").word, "");
  }
});
