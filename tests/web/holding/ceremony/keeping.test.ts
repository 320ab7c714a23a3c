import assert from "node:assert/strict";
import { test } from "node:test";
import { BOX, boxNameOf, Keeping } from "../../../../web/holding/ceremony/keeping.ts";
import type { BareShare } from "../../../../web/holding/share.ts";
import { PassBox } from "../../../../web/keys/passbox.ts";
import { b64url } from "../../../../web/verify/bytes.ts";
import { canonical } from "../../../../web/verify/canonical.ts";

const OWNER = { genesis: `0x${"11".repeat(32)}`, registry: `0x${"22".repeat(20)}`, account: `0x${"33".repeat(20)}` };
const SCOPE = { genesis: OWNER.genesis, book: `0x${"44".repeat(20)}`, kind: "term", number: 3 } as const;
const SECRET = new Uint8Array(32).fill(5);
const SHARE: BareShare = { scope: SCOPE, ceremony: `0x${"55".repeat(32)}`, keyHolder: 2, secret: SECRET };

test("a card stays the same until a ceremony uses it, and serves no second one", () => {
  const keeping = Keeping.fresh(OWNER);
  const first = keeping.openCard();
  assert.deepEqual(keeping.openCard(), first);
  keeping.bind(3, first);
  keeping.bind(3, first);
  assert.notDeepEqual(keeping.openCard(), first);
  assert.throws(() => keeping.bind(4, first), { code: "holding.card_used" });
  assert.throws(() => keeping.bind(3, keeping.openCard()), { code: "holding.other_key" });
  assert.throws(() => keeping.bind(4, new Uint8Array(32).fill(9)), { code: "holding.other_key" });
  assert.throws(() => keeping.seed(4), { code: "holding.other_key" });
});

test("the seed is made once, and another share than the kept one is refused", () => {
  const keeping = Keeping.fresh(OWNER);
  keeping.bind(3, keeping.openCard());
  assert.equal(keeping.hasSeed(3), false);
  assert.deepEqual(keeping.seed(3), keeping.seed(3));
  assert.throws(() => keeping.markSaved(3), { code: "holding.no_share" });
  keeping.keep(3, SHARE);
  keeping.keep(3, { ...SHARE, secret: SECRET.slice() });
  assert.throws(() => keeping.keep(3, { ...SHARE, secret: SECRET.map(() => 6) }), { code: "holding.share" });
  assert.equal(keeping.isSaved(3), false);
  keeping.markSaved(3);
  assert.equal(keeping.keep(3, SHARE, true), false);
  assert.equal(keeping.isSaved(3), true);
  assert.equal(keeping.keep(3, { ...SHARE, secret: SECRET.map(() => 6) }, true), true);
  assert.equal(keeping.isSaved(3), false);
});

test("all of it comes back from its sealed box, by the passphrase and for its owner only; nothing of it is there in clear", async () => {
  const keeping = Keeping.fresh(OWNER);
  keeping.bind(3, keeping.openCard());
  const seed = keeping.seed(3);
  keeping.keep(3, SHARE);
  keeping.markSaved(3);
  keeping.noteShown(3, [5, 1]);
  keeping.noteShown(3, [1]);
  const next = keeping.openCard();
  const name = boxNameOf(OWNER);
  const text = await (await PassBox.make(BOX, name, "correct horse", keeping.value())).sealed();
  for (const secret of [seed, SECRET, keeping.cardKey(3)]) assert.equal(text.includes(b64url(secret)), false);
  const { value } = await PassBox.open(BOX, name, "correct horse", text);
  const back = Keeping.read(value, OWNER);
  assert.equal(canonical(back.value()), canonical(keeping.value()));
  assert.deepEqual([back.seed(3), back.share(3), back.isSaved(3), back.openCard()], [seed, SHARE, true, next]);
  assert.deepEqual([back.shown(3), back.shown(4)], [[1, 5], []]);
  await assert.rejects(PassBox.open(BOX, name, "wrong horse", text), { code: "box.passphrase" });
  assert.throws(() => Keeping.read(value, { ...OWNER, account: OWNER.registry }), { code: "kept.other" });
  assert.throws(() => Keeping.read({ ...value, more: 1 }, OWNER), { code: "kept.form" });
});
