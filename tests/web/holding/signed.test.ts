import assert from "node:assert/strict";
import { test } from "node:test";
import { checkOpened, type Grounds, heldTo, type ToldDraw } from "../../../web/holding/draws.ts";
import { checkCounter } from "../../../web/holding/roll.ts";
import { type KeyShare, openShare, pairsOf } from "../../../web/holding/share.ts";
import { makeDrawShare, makePresence } from "../../../web/holding/signed.ts";
import { b64url, hex0x, sha256, unhex0x, utf8 } from "../../../web/verify/bytes.ts";
import { canonical, type Json, type JsonObject } from "../../../web/verify/canonical.ts";
import { vector } from "../support/files.ts";

type DrawVector = { kind: "draw" | "tie" | "float"; tender: number; lot: number; counter: number } & {
  [name in "subject" | "text"]: string;
};
type Holding = {
  passphrase: string;
  share: { scope: { genesis: string; book: string } };
  files: { share: string; key: string };
  presence: { counter: number; text: string };
  draws: DrawVector[];
};

const KNOWN = vector<Holding>("holding");
const { genesis, book } = KNOWN.share.scope;
const placed = (tender: number, lot: number) => ({
  genesis: unhex0x(genesis, "genesis"),
  book: unhex0x(book, "book"),
  tender,
  lot,
});

const opened = async (): Promise<KeyShare> => {
  const [pair] = pairsOf([KNOWN.files.share, KNOWN.files.key]);
  assert.ok(pair);
  return openShare(pair, KNOWN.passphrase);
};

test("an answer to a roll call is the command's, to the byte", async () => {
  const { counter, text } = KNOWN.presence;
  assert.equal(canonical(makePresence(await opened(), counter)), text);
});

test("a share in a draw is the command's, to the byte", async () => {
  const share = await opened();
  for (const one of KNOWN.draws) {
    const { kind, counter } = one;
    const wanted = { place: placed(one.tender, one.lot), kind, counter, subject: unhex0x(one.subject, "subject") };
    assert.equal(canonical(makeDrawShare(share, wanted)), one.text, kind);
    const only = { ...share, scope: { ...share.scope, kind: "tender", number: 8 } as const };
    assert.throws(() => makeDrawShare(only, wanted), { code: "share.scope" });
  }
});

test("a roll call is answered only if it is the ledger's last or the next", () => {
  const roll = { ceremony: 3, counter: 2, threshold: 3, present: [], wrong: [], absent: [], complete: false };
  checkCounter(roll, 3, 2);
  checkCounter(roll, 3, 1);
  for (const [ceremony, called] of [
    [3, 0],
    [3, 3],
    [4, 1],
  ] as const) {
    assert.throws(() => checkCounter(roll, ceremony, called), { code: "roll.counter" });
  }
  assert.throws(() => checkCounter({ ...roll, counter: 0 }, 3, 0), { code: "roll.counter" });
});

test("nothing is drawn before the opening or after the award", () => {
  assert.equal(checkOpened(3), 3);
  assert.equal(checkOpened(7), 7);
  for (const [phase, code] of [
    [null, "release.place"],
    [0, "release.place"],
    [2, "draw.not_opened"],
    [8, "release.ended"],
    [10, "release.ended"],
  ] as const) {
    assert.throws(() => checkOpened(phase), { code });
  }
});

const digestOf = (text: string): string => hex0x(sha256(utf8(text)));
const POOL = digestOf("pool");
const NOTICE: JsonObject = { committee: { experts: 2 }, evaluation: { reference: { floats: ["-1", "0", "1.5"] } } };

/** A draw with its papers; `change` spoils the reasons, `seats` the draw. */
function drawn(change: JsonObject = {}, seats: JsonObject = {}): { told: ToldDraw; grounds: Grounds } {
  const reasons = canonical({
    format: "yinxin-draw-reasons-1",
    genesis,
    book,
    tender: 7,
    lot: 2,
    counter: 1,
    excluded: [
      { place: 1, rule: "employer", reason: "" },
      { place: 4, rule: "employer", reason: "" },
    ],
    replaced: [],
    ...change,
  } as Json);
  const paper = canonical({
    format: "yinxin-draw-1",
    pool: b64url(unhex0x(POOL, "pool")),
    quotas: [{ specialty: "A08", seats: 2 }],
    excluded: [1, 4],
    reasons: b64url(sha256(utf8(reasons))),
    ...seats,
  } as Json);
  const told = { kind: "draw", counter: 1, subject: digestOf(paper), paper, reasons } as const;
  const recorded = [
    { kind: "opening", digest: digestOf("record") },
    { kind: "draw", digest: told.subject },
  ];
  const noticeDigest = digestOf("notice");
  const place = placed(7, 2);
  return { told, grounds: { place, phase: 3, envelopes: 1, recorded, pool: POOL, noticeDigest, notice: NOTICE } };
}

test("what is drawn is said by the papers that the ledger names", () => {
  const { told, grounds } = drawn();
  const found = heldTo(told, grounds);
  assert.deepEqual(found.seats, [{ specialty: "A08", seats: 2 }]);
  assert.deepEqual([...found.excluded], [["employer", 2]]);
  const replaced = [{ place: 3, reason: "病假\u202e" }];
  const further = drawn({ replaced, counter: 1 }, { quotas: [{ specialty: "A08", seats: 1 }] });
  assert.deepEqual(heldTo(further.told, further.grounds).replaced, [{ place: 3, reason: "病假" }]);
});

test("a draw that the ledger does not name, or whose papers say another thing, is not signed", () => {
  const refused = ({ told, grounds }: { told: ToldDraw; grounds: Grounds }): void => {
    assert.throws(() => heldTo(told, grounds), { code: "draw.papers" });
  };
  const { told, grounds } = drawn();
  refused({ told: { ...told, counter: 2 }, grounds });
  refused({ told: { ...told, kind: "tie" }, grounds });
  refused({ told: { ...told, paper: null }, grounds });
  refused({ told: { ...told, reasons: "{}" }, grounds });
  refused({ told, grounds: { ...grounds, recorded: [] } });
  refused({ told, grounds: { ...grounds, pool: undefined } });
  refused({ told, grounds: { ...grounds, notice: { ...NOTICE, committee: { experts: 3 } } } });
  for (const change of [{ tender: 8 }, { lot: 1 }, { counter: 2 }, { excluded: [] }, { book: genesis }]) {
    refused(drawn(change));
  }
});

test("ties share the draws' counter", () => {
  const { told, grounds } = drawn();
  const paper = canonical({ format: "yinxin-tie-1", places: [2, 5] });
  const tie = { kind: "tie", counter: 2, subject: digestOf(paper), paper } as const;
  const recorded = [...grounds.recorded, { kind: "drawn", digest: POOL }, { kind: "tie", digest: tie.subject }];
  assert.deepEqual(heldTo(tie, { ...grounds, recorded }).places, [2, 5]);
  assert.throws(() => heldTo({ ...tie, counter: 1 }, { ...grounds, recorded }), { code: "draw.papers" });
  assert.equal(heldTo(told, { ...grounds, recorded }).counter, 1);
});

test("of a float point nothing is chosen: its subject is the notice in force", () => {
  const { grounds } = drawn();
  const told = { kind: "float", counter: 1, subject: grounds.noticeDigest } as const;
  assert.deepEqual(heldTo(told, grounds).floats, ["-1", "0", "1.5"]);
  assert.deepEqual(heldTo(told, { ...grounds, envelopes: 2, phase: 6 }).floats.length, 3);
  assert.throws(() => heldTo({ ...told, subject: POOL }, grounds), { code: "draw.papers" });
  assert.throws(() => heldTo({ ...told, counter: 2 }, grounds), { code: "draw.papers" });
  assert.throws(() => heldTo(told, { ...grounds, envelopes: 2 }), { code: "draw.not_opened" });
});
