import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerBytes,
  boxWord,
  complaintBytes,
  complaintOf,
  makeComplaint,
  missingWord,
  readComplaint,
  type Words,
} from "../../../../web/holding/ceremony/complaints.ts";
import { confirms, makeConfirmation } from "../../../../web/holding/ceremony/confirmation.ts";
import { makeDeal, readDeal } from "../../../../web/holding/ceremony/deal.ts";
import { makeAnswer, readOrNull, type Transcript } from "../../../../web/holding/ceremony/hearing.ts";
import { judge, takeShare } from "../../../../web/holding/ceremony/judgement.ts";
import { readRoster } from "../../../../web/holding/ceremony/roster.ts";
import { shareBytes } from "../../../../web/holding/share.ts";
import { fromUtf8, hex, sha256, unhex, utf8 } from "../../../../web/verify/bytes.ts";
import { YinxinError } from "../../../../web/verify/errors.ts";
import { vector } from "../../support/files.ts";

type Hexed = Record<string, string>;
type Judged = {
  code?: string;
  qualified: number[];
  faults: [number, string][];
  key: string;
  holders: Hexed;
  transcript: string;
  shares: Hexed;
  confirmations: Hexed;
};
type Case = {
  name: string;
  replaced: Hexed;
  absent: number[];
  withheld: number[];
  missing: Record<string, number[]>;
  complaints: Record<string, string | null>;
  words: Record<string, Hexed>;
  written: Hexed;
  answers: Record<string, Hexed | string | null>;
  answered: Record<string, Hexed>;
  judgement: Judged;
};
type Known = {
  roster: string;
  seeds: string[];
  cards: string[];
  deals: string[];
  refused: { kind: string; text: string; code: string }[];
  cases: Case[];
};

const KNOWN = vector<{ ceremony: Known }>("holding").ceremony;
const ROSTER = readRoster(utf8(KNOWN.roster));
const NUMBERS = [1, 2, 3, 4, 5];

const at = (list: readonly string[], number: number): string => list[number - 1] ?? assert.fail();
const text = (data: Uint8Array): string => fromUtf8(data) ?? assert.fail();
const numbered = <T, O>(record: Record<string, T>, to: (value: T, number: number) => O): Map<number, O> =>
  new Map(Object.entries(record).map(([number, value]) => [Number(number), to(value, Number(number))]));
const bytesOf = (words: Hexed): Words => numbered(words, unhex);
const hexOf = (words: Words): Hexed => Object.fromEntries([...words].map(([number, word]) => [number, hex(word)]));

/** What everybody dealt, absent members apart. */
function sentIn(one: Case): Map<number, Uint8Array> {
  const there = NUMBERS.filter((number) => !one.absent.includes(number));
  return new Map(there.map((number) => [number, utf8(one.replaced[number] ?? at(KNOWN.deals, number))]));
}

function transcriptOf(one: Case): Transcript {
  const sent = [...sentIn(one)];
  return {
    deals: new Map(sent.filter(([number]) => !one.withheld.includes(number))),
    withheld: new Map(
      sent.filter(([number]) => one.withheld.includes(number)).map(([number, data]) => [number, sha256(data)]),
    ),
    complaints: numbered(one.words, (words, member) => complaintOf(ROSTER, member, bytesOf(words))),
    answers: numbered(one.answered, (words, dealer) => answerBytes(ROSTER, dealer, bytesOf(words))),
  };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof YinxinError) return error.code;
    throw error;
  }
  return assert.fail("nothing was refused");
}

test("a member's deal follows from its seed, to the byte of the command's", () => {
  for (const number of NUMBERS) {
    assert.equal(text(makeDeal(ROSTER, number, unhex(at(KNOWN.seeds, number)))), at(KNOWN.deals, number));
  }
  assert.throws(() => makeDeal(ROSTER, 6, unhex(at(KNOWN.seeds, 1))), { code: "ceremony.number" });
  assert.throws(() => makeDeal(ROSTER, 1, new Uint8Array(31)), { code: "ceremony.seed" });
});

test("a deal that was accepted is not checked again, though the roster is read anew in each pass", () => {
  const passes = [1, 2].map(() => readDeal(utf8(at(KNOWN.deals, 1)), readRoster(utf8(KNOWN.roster)), 1));
  assert.equal(passes[0], passes[1]);
});

test("papers that break a rule are refused as the command refuses them", () => {
  const read = {
    deal: (data: Uint8Array) => readDeal(data, ROSTER, 1),
    complaint: (data: Uint8Array) => readComplaint(data, ROSTER, 1),
    roster: readRoster,
  };
  for (const { kind, text: given, code } of KNOWN.refused) {
    const how = read[kind as keyof typeof read] ?? assert.fail(kind);
    assert.equal(
      codeOf(() => how(utf8(given))),
      code,
      given.slice(0, 80),
    );
  }
});

for (const one of KNOWN.cases) {
  test(`${one.name}: everybody says and judges what the command does`, () => {
    const sent = sentIn(one);
    for (const member of NUMBERS) {
      const missing = one.missing[member] ?? [];
      const deals = [...sent].flatMap(([dealer, data]) =>
        missing.includes(dealer) ? [] : (readOrNull(() => readDeal(data, ROSTER, dealer)) ?? []),
      );
      const made = makeComplaint(ROSTER, member, unhex(at(KNOWN.cards, member)), deals, missing);
      assert.equal(made && text(complaintBytes(ROSTER, made)), one.complaints[member], `complaint of ${member}`);
    }
    const transcript = transcriptOf(one);
    for (const [member, data] of transcript.complaints) assert.equal(text(data), one.written[member]);
    const asked = { ...transcript, answers: new Map<number, Uint8Array>() };
    for (const [number, expected] of Object.entries(one.answers)) {
      if (expected === null) continue;
      const dealer = Number(number);
      const answer = (): Words | null => makeAnswer(ROSTER, dealer, unhex(at(KNOWN.seeds, dealer)), asked);
      if (typeof expected === "string") assert.equal(codeOf(answer), expected, `answer of ${dealer}`);
      else assert.deepEqual(hexOf(answer() ?? assert.fail()), expected, `answer of ${dealer}`);
    }
    const wanted = one.judgement;
    if (wanted.code !== undefined) {
      assert.equal(
        codeOf(() => judge(ROSTER, transcript)),
        wanted.code,
      );
      return;
    }
    const judgement = judge(ROSTER, transcript);
    assert.deepEqual([...judgement.deals.keys()], wanted.qualified);
    assert.deepEqual(
      judgement.faults.map(({ member, offence }) => [member, offence]),
      wanted.faults,
    );
    assert.equal(hex(judgement.key), wanted.key);
    assert.deepEqual(hexOf(judgement.holders), wanted.holders);
    assert.equal(hex(judgement.transcript), wanted.transcript);
    // Everybody's share once; then one member's, for they all rest on the same sum.
    for (const member of one === KNOWN.cases[0] ? wanted.qualified : wanted.qualified.slice(-1)) {
      const share = takeShare(judgement, member, unhex(at(KNOWN.cards, member)));
      assert.equal(text(shareBytes(share)), wanted.shares[member]);
      const confirmation = makeConfirmation(judgement, share);
      assert.equal(text(confirmation), wanted.confirmations[member]);
      assert.equal(confirms(judgement, member, confirmation), true);
    }
  });
}

test("who has nothing to answer answers nothing", () => {
  const [well] = KNOWN.cases;
  assert.ok(well);
  assert.equal(makeAnswer(ROSTER, 1, unhex(at(KNOWN.seeds, 1)), transcriptOf(well)), null);
});

test("who is left out, or holds another card, gets no share; a confirmation counts for its own member only", () => {
  const [well] = KNOWN.cases;
  assert.ok(well);
  const judgement = judge(ROSTER, transcriptOf(well));
  assert.throws(() => takeShare(judgement, 6, unhex(at(KNOWN.cards, 1))), { code: "ceremony.qualified" });
  assert.throws(() => takeShare(judgement, 1, unhex(at(KNOWN.cards, 2))), { code: "ceremony.box" });
  const first = utf8(well.judgement.confirmations[1] ?? assert.fail());
  assert.equal(confirms(judgement, 2, first), false);
  assert.equal(confirms(judgement, 6, first), false);
  assert.equal(confirms({ ...judgement, transcript: new Uint8Array(32) }, 1, first), false);
  const forged = utf8(text(first).replace('"member":1', '"member":2'));
  assert.equal(confirms(judgement, 2, forged), false);
});

test("the two words of a complaint differ, and each is of one ceremony, member and accused", () => {
  const other = { ...ROSTER, digest: sha256(ROSTER.digest) };
  const words = [ROSTER, other].flatMap((roster) =>
    [boxWord, missingWord].flatMap((word) => [hex(word(roster, 1, 2)), hex(word(roster, 2, 1))]),
  );
  assert.equal(new Set(words).size, 8);
});
