import assert from "node:assert/strict";
import { test } from "node:test";
import { answerCall, complainCall, confirmCall, dealCall } from "../../../../web/holding/ceremony/calls.ts";
import { cardDigest, cardText, readCard } from "../../../../web/holding/ceremony/cards.ts";
import {
  ceremonyIn,
  type Here,
  type Papers,
  rosterDigestIn,
  type Told,
} from "../../../../web/holding/ceremony/reading.ts";
import { readRoster } from "../../../../web/holding/ceremony/roster.ts";
import { type Ceremony, judgementInForce, outcomeOf, roundAt } from "../../../../web/holding/ceremony/state.ts";
import { addressOf, signDigest } from "../../../../web/keys/secp.ts";
import { hex, hex0x, sha256, unhex, utf8 } from "../../../../web/verify/bytes.ts";
import type { Json } from "../../../../web/verify/canonical.ts";
import { vector } from "../../support/files.ts";

type Raw = { topics: string[]; data: string };
type Known = {
  roster: string;
  deals: string[];
  cases: { name: string; judgement: { transcript: string } }[];
  card: { secret: string; key: string; name: string; text: string };
  calls: { word: string; deal: string; complain: string; answer: string; confirm: string };
  told: { plan: string; members: string; key: string; eligible: string; logs: Raw[] };
};

const { number: NUMBER, ceremony: KNOWN } = vector<{ number: number; ceremony: Known }>("holding");
const { told, card, calls } = KNOWN;
const ROSTER = readRoster(utf8(KNOWN.roster));
const HERE: Here = { genesis: ROSTER.scope.genesis, book: ROSTER.scope.book };
const PAPERS = new Map([KNOWN.roster, ...KNOWN.deals].map((one) => [hex0x(sha256(utf8(one))), utf8(one)]));
const papers: Papers = (digest) => PAPERS.get(digest);

const TOLD: Told = {
  plan: unhex(told.plan),
  members: unhex(told.members),
  key: unhex(told.key),
  eligible: unhex(told.eligible),
  time: 401,
  logs: told.logs.map(({ topics, data }) => ({
    address: new Uint8Array(20),
    topics: topics.map(unhex),
    data: unhex(data),
  })),
};
const without = (at: number): Told => ({ ...TOLD, logs: TOLD.logs.filter((_, place) => place !== at) });
const read = (given: Partial<Told> = {}, here: Here = HERE, having: Papers = papers): Ceremony =>
  ceremonyIn(NUMBER, { ...TOLD, ...given }, here, having);

test("a ceremony is read from the contract's answers and events, and its key is what its messages give", () => {
  const ceremony = read();
  assert.equal(rosterDigestIn(TOLD.plan), hex0x(ROSTER.digest));
  assert.deepEqual([...ceremony.ends], [100, 200, 300, 400]);
  assert.equal(roundAt(ceremony.ends, ceremony.time), "over");
  assert.deepEqual([...ceremony.dealt.keys()], [1, 2, 3, 4, 5]);
  assert.deepEqual([...(ceremony.complaints.get(5)?.keys() ?? [])], [1]);
  assert.deepEqual([...(ceremony.answers.get(1)?.keys() ?? [])], [5]);
  assert.deepEqual([...ceremony.confirmed.keys()], [1, 2, 3]);
  assert.deepEqual([...ceremony.destroyed], [4]);
  const judgement = judgementInForce(ceremony);
  const known = KNOWN.cases.find((one) => one.name === "a right box is complained of") ?? assert.fail();
  assert.equal(hex(judgement.transcript), known.judgement.transcript);
  assert.deepEqual(judgement.faults, [{ member: 5, offence: "false_complaint" }]);
});

test("events that do not account for the contract's state are not believed", () => {
  const gap = { code: "ledger.gap" };
  for (const place of [0, 4, 5, 6]) assert.throws(() => read(without(place)), gap, `without event ${place}`);
  const eligible = TOLD.eligible.slice();
  eligible[31] = (eligible[31] ?? 0) ^ 2;
  assert.throws(() => read({ eligible }), gap);
});

test("a ceremony of another book, or whose roster contradicts the plan, is not taken part in", () => {
  assert.throws(() => read({}, { ...HERE, book: `0x${"00".repeat(20)}` }), { code: "holding.other_book" });
  assert.throws(() => read({}, { ...HERE, genesis: `0x${"00".repeat(32)}` }), { code: "holding.roster_plan" });
  assert.throws(() => ceremonyIn(NUMBER + 1, TOLD, HERE, papers), { code: "holding.roster_plan" });
  const members = TOLD.members.slice();
  members[members.length - 1] = 0;
  assert.throws(() => read({ members }), { code: "holding.roster_plan" });
});

test("papers count by their digests; a deal that is not to be had is missing, a roster stops everything", () => {
  const lost = hex0x(sha256(utf8(KNOWN.deals[1] ?? assert.fail())));
  const ceremony = read({}, HERE, (digest) => (digest === lost ? undefined : papers(digest)));
  assert.deepEqual([...ceremony.deals.keys()], [1, 3, 4, 5]);
  assert.throws(() => read({}, HERE, () => undefined), { code: "holding.roster" });
  assert.throws(() => read({}, HERE, (digest) => (digest === lost ? utf8("other") : papers(digest))), {
    code: "holding.paper",
  });
});

test("what a member sends is the command's call, to the byte", () => {
  const word = unhex(calls.word);
  assert.equal(hex(dealCall(NUMBER, word)), calls.deal);
  assert.equal(hex(complainCall(NUMBER, 4, word)), calls.complain);
  assert.equal(hex(answerCall(NUMBER, 5, word)), calls.answer);
  assert.equal(hex(confirmCall(NUMBER, outcomeOf(judgementInForce(read())))), calls.confirm);
  assert.throws(() => complainCall(NUMBER, 0, word), { code: "ceremony.number" });
});

test("a card is the command's, to the byte, and is refused if the account did not sign it", () => {
  const [secret, key] = [unhex(card.secret), unhex(card.key)];
  const address = addressOf(secret);
  const signature = signDigest(cardDigest(address, key, card.name), secret);
  assert.equal(cardText({ address, key, name: card.name, signature }), card.text);
  const value = JSON.parse(card.text) as { readonly [name: string]: Json };
  assert.deepEqual(readCard(value), { address, key, name: card.name, signature });
  assert.throws(() => readCard({ ...value, name: "another" }), { code: "holding.card_signature" });
  assert.throws(() => readCard({ ...value, more: 1 }), { code: "holding.card" });
  for (const name of ["", " a", "a ", "a\nb", "a\u200bb", "e\u0301", "a\u3000b", "n".repeat(101)]) {
    assert.throws(() => cardDigest(address, key, name), { code: "holding.name" }, JSON.stringify(name));
  }
  assert.ok(cardDigest(address, key, "é".repeat(100)));
});
