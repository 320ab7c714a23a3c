import assert from "node:assert/strict";
import { test } from "node:test";
import { backUp } from "../../../../web/holding/ceremony/backup.ts";
import { Keeping } from "../../../../web/holding/ceremony/keeping.ts";
import { openShare, pairsOf, shareBytes } from "../../../../web/holding/share.ts";
import { b64url, fromUtf8 } from "../../../../web/verify/bytes.ts";
import { vector } from "../../support/files.ts";

const OWNER = { genesis: `0x${"11".repeat(32)}`, registry: `0x${"22".repeat(20)}`, account: `0x${"33".repeat(20)}` };
const SCOPE = { genesis: OWNER.genesis, book: `0x${"44".repeat(20)}`, kind: "term", number: 3 } as const;
const CHEAP = { n: 2 ** 12, r: 8, p: 1 };

function keeping(): Keeping {
  const made = Keeping.fresh(OWNER);
  for (const number of [3, 4]) {
    made.bind(number, made.openCard());
    const secret = new Uint8Array(32).fill(number);
    made.keep(number, { scope: SCOPE, ceremony: `0x${"55".repeat(32)}`, keyHolder: 2, secret });
  }
  return made;
}

test("the pages that sign open a backup made here, and nothing in it is in clear", async () => {
  const kept = keeping();
  const { shares, secrets } = backUp(kept, [4, 3], "correct horse", CHEAP);
  const pairs = pairsOf([secrets, shares]);
  assert.deepEqual(
    pairs.map((pair) => pair.number),
    [3, 4],
  );
  for (const pair of pairs) {
    const { number, registry, ...share } = await openShare(pair, "correct horse");
    assert.deepEqual([number, registry], [pair.number, OWNER.registry]);
    assert.deepEqual(share, kept.share(number));
    await assert.rejects(openShare(pair, "wrong horse"), { code: "keyfile.passphrase" });
    for (const text of [shares, secrets]) {
      assert.equal(text.includes(b64url(share.secret)) || text.includes(b64url(kept.cardKey(number))), false);
    }
  }
});

test("two backups of one share have nothing in common that would tell", () => {
  const kept = keeping();
  const [first, second] = [backUp(kept, [3], "correct horse", CHEAP), backUp(kept, [3], "correct horse", CHEAP)];
  assert.notEqual(first.shares, second.shares);
  assert.throws(() => pairsOf([first.shares]), { code: "share.files" });
});

test("what is not kept is not backed up", () => {
  assert.throws(() => backUp(keeping(), [5], "correct horse", CHEAP), { code: "holding.no_share" });
});

test("the backup that the command is tested with opens here, too", async () => {
  type Known = { passphrase: string; share: string; files: { shares: string; secrets: string } };
  const { passphrase, share, files } = vector<Known>("holding_backup");
  const [pair] = pairsOf([files.shares, files.secrets]);
  assert.equal(fromUtf8(shareBytes(await openShare(pair ?? assert.fail(), passphrase))), share);
});
