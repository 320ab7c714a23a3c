import assert from "node:assert/strict";
import { test } from "node:test";
import { confirms, makeConfirmation } from "../../../../web/holding/ceremony/confirmation.ts";
import { makeDeal } from "../../../../web/holding/ceremony/deal.ts";
import { judge, takeShare } from "../../../../web/holding/ceremony/judgement.ts";
import { readRoster } from "../../../../web/holding/ceremony/roster.ts";
import { fromUtf8, hex, unhex, utf8 } from "../../../../web/verify/bytes.ts";
import { vector } from "../../support/files.ts";

type Known = {
  roster: string;
  ceremony: string;
  privateKeys: string[];
  seeds: string[];
  deals: string[];
  key: string;
  transcript: string;
  shares: { keyHolder: number; secret: string; public: string; confirmation: string }[];
};

const KNOWN = vector<{ ceremony: Known }>("sealing").ceremony;

test("a ceremony comes to the command's deals, key, shares and confirmations, to the byte", () => {
  const roster = readRoster(utf8(KNOWN.roster));
  assert.equal(hex(roster.digest), KNOWN.ceremony);
  const deals = KNOWN.seeds.map((seed, place) => makeDeal(roster, place + 1, unhex(seed)));
  assert.deepEqual(deals.map(fromUtf8), KNOWN.deals);
  const none = new Map<number, Uint8Array>();
  const sent = new Map(deals.map((deal, place) => [place + 1, deal]));
  const judgement = judge(roster, { deals: sent, complaints: none, answers: none, withheld: none });
  assert.deepEqual([hex(judgement.key), hex(judgement.transcript)], [KNOWN.key, KNOWN.transcript]);
  for (const one of KNOWN.shares) {
    const secret = unhex(KNOWN.privateKeys[one.keyHolder - 1] ?? assert.fail());
    const share = takeShare(judgement, one.keyHolder, secret);
    assert.equal(hex(share.secret), one.secret);
    assert.equal(hex(judgement.holders.get(one.keyHolder) ?? assert.fail()), one.public);
    const confirmation = makeConfirmation(judgement, share);
    assert.equal(fromUtf8(confirmation), one.confirmation);
    assert.equal(confirms(judgement, one.keyHolder, confirmation), true);
  }
});
