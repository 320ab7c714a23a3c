import assert from "node:assert/strict";
import { test } from "node:test";
import {
  identityOf,
  type LiveSet,
  liveDigest,
  liveSetMessage,
  rollCallMessage,
} from "../../../web/holding/messages.ts";
import { checkPhase, checkShare, checkTime } from "../../../web/holding/ready.ts";
import { type KeyShare, makeRelease, openShare, pairsOf, partial } from "../../../web/holding/share.ts";
import { hex, hex0x, unb64url, unhex, unhex0x } from "../../../web/verify/bytes.ts";
import { canonical, type JsonObject } from "../../../web/verify/canonical.ts";
import { vector } from "../support/files.ts";

type Message = { kind: string; digest: string; bidder: string; live: string; registry: string } & {
  [name in "genesis" | "book"]: string;
} & { [name in "tender" | "lot" | "envelope" | "version" | "count" | "ceremony" | "counter"]: number };
type Sealing = {
  messages: Message[];
  lockOne: { secret: string; cases: { identity: string; point: string; signature: string }[] };
};
type Bid = { place: number; bidder: string; version: number; commitment: string };
type Holding = {
  passphrase: string;
  share: { scope: { genesis: string; book: string }; ceremony: string; keyHolder: number; secret: string };
  registry: string;
  number: number;
  files: { share: string; key: string; backup: string; secrets: string };
  releases: { tender: number; lot: number; envelope: number; bids: Bid[]; digest: string; text: string }[];
};

const SEALING = vector<Sealing>("sealing");
const KNOWN = vector<Holding>("holding");
const { files } = KNOWN;

const opened = async (): Promise<KeyShare> => {
  const [pair] = pairsOf([files.share, files.key]);
  assert.ok(pair);
  return openShare(pair, KNOWN.passphrase);
};

const setOf = (one: Holding["releases"][number], tender = one.tender): LiveSet => ({
  place: {
    genesis: unhex0x(KNOWN.share.scope.genesis, "genesis"),
    book: unhex0x(KNOWN.share.scope.book, "book"),
    tender,
    lot: one.lot,
    envelope: one.envelope,
  },
  bids: one.bids.map((bid) => ({
    ...bid,
    bidder: unhex0x(bid.bidder, "bidder"),
    commitment: unhex0x(bid.commitment, "commitment"),
  })),
});

test("messages are those that the command line and the contracts make", () => {
  let tried = 0;
  for (const one of SEALING.messages) {
    const place = { ...one, genesis: unhex(one.genesis), book: unhex(one.book) };
    const bid = { place: 1, bidder: unhex(one.bidder ?? ""), version: one.version, commitment: new Uint8Array(32) };
    const made = {
      BidIdentity: () => identityOf(place, bid),
      LiveSet: () => liveSetMessage(place, one.count, unhex(one.live)),
      RollCall: () => rollCallMessage(place.genesis, unhex(one.registry), one.ceremony, one.counter),
    }[one.kind];
    if (made === undefined) continue;
    assert.equal(hex(made()), one.digest, one.kind);
    tried += 1;
  }
  assert.equal(tried, 3);
});

test("a message whose parts are out of bounds is not made", () => {
  const place = setOf(KNOWN.releases[0] ?? assert.fail()).place;
  for (const wrong of [{ tender: 0 }, { lot: 2 ** 32 }, { envelope: 3 }, { book: new Uint8Array(19) }]) {
    assert.throws(() => liveSetMessage({ ...place, ...wrong }, 1, new Uint8Array(32)), { code: "sealing.identity" });
  }
  assert.throws(() => liveSetMessage(place, 0, new Uint8Array(32)), { code: "sealing.identity" });
});

test("partial signatures are those of the command line, to the byte", () => {
  const { secret, cases } = SEALING.lockOne;
  let tried = 0;
  for (const { identity, signature } of cases) {
    assert.equal(hex(partial(unhex(secret), unhex(identity))), signature);
    tried += 1;
  }
  assert.ok(tried > 1);
});

test("a share opens from a home's two files, and from a backup's two", async () => {
  for (const texts of [
    [files.key, files.share],
    [files.backup, files.secrets],
  ]) {
    const [pair, ...more] = pairsOf(texts);
    assert.ok(pair);
    assert.deepEqual(more, []);
    const share = await openShare(pair, KNOWN.passphrase);
    assert.deepEqual(share.secret, unb64url(KNOWN.share.secret, "secret"));
    assert.deepEqual([share.number, share.keyHolder, share.registry], [KNOWN.number, 2, KNOWN.registry]);
  }
});

test("one file alone opens nothing, nor do two that do not belong together", async () => {
  for (const texts of [[files.share], [files.key], [files.backup], [files.secrets], [files.backup, files.share], []]) {
    assert.throws(() => pairsOf(texts), { code: "share.files" });
  }
  assert.throws(() => pairsOf(["no JSON"]), { code: "share.files" });
  const [pair] = pairsOf([files.share, files.key]);
  assert.ok(pair);
  await assert.rejects(openShare(pair, "another passphrase"), { code: "keyfile.passphrase" });
  const moved = { ...pair, share: pair.share.replace('"ceremony":3', '"ceremony":4') };
  await assert.rejects(openShare(moved, KNOWN.passphrase), { code: "keyfile.passphrase" });
  const spoilt = {
    ...pair,
    share: pair.share.replace(/"sealed":"(.)/, (_, one) => `"sealed":"${one === "a" ? "b" : "a"}`),
  };
  await assert.rejects(openShare(spoilt, KNOWN.passphrase), { code: "share.form" });
});

test("a release is the command's, to the byte", async () => {
  const share = await opened();
  for (const one of KNOWN.releases) {
    const set = setOf(one);
    assert.equal(hex0x(liveDigest(set.bids)), one.digest);
    assert.equal(canonical(makeRelease(share, set) as JsonObject), one.text);
  }
});

test("a share of one tender, book or ledger signs for no other", async () => {
  const share = await opened();
  const [one] = KNOWN.releases;
  assert.ok(one);
  const only = { ...share, scope: { ...share.scope, kind: "tender", number: 7 } as const };
  assert.ok(makeRelease(only, setOf(one)));
  assert.throws(() => makeRelease(only, setOf(one, 8)), { code: "share.scope" });
  const elsewhere = { ...share, scope: { ...share.scope, book: `0x${"00".repeat(20)}` } };
  assert.throws(() => makeRelease(elsewhere, setOf(one)), { code: "share.scope" });
});

test("nothing is signed before both clocks have come to the opening", () => {
  checkTime(100, 100, 100);
  assert.throws(() => checkTime(100, 99, 500), { code: "release.early_clock" });
  assert.throws(() => checkTime(100, 500, 99), { code: "release.early_ledger" });
});

test("only a closed envelope is signed for", () => {
  checkPhase(2, 1);
  checkPhase(5, 2);
  const wrong: [number | null, number, string][] = [
    [null, 1, "release.not_closed"],
    [1, 1, "release.not_closed"],
    [3, 1, "release.open_already"],
    [2, 2, "release.not_closed"],
    [6, 2, "release.open_already"],
    [10, 1, "release.ended"],
    [11, 2, "release.ended"],
  ];
  for (const [phase, envelope, code] of wrong) assert.throws(() => checkPhase(phase, envelope), { code });
});

test("a share of another ceremony, registry, roster, book or term is refused", async () => {
  const share = await opened();
  const [one] = KNOWN.releases;
  assert.ok(one);
  const set = setOf(one);
  const state = { ceremony: 3, openAt: 100, graceUsed: false };
  const plan = { book: share.scope.book, tender: 0, roster: share.ceremony, usableUntil: 100, active: true };
  checkShare(share, set.place, state, plan, share.registry);
  checkShare(share, set.place, { ...state, openAt: 101, graceUsed: true }, { ...plan, tender: 7 }, share.registry);
  const refused = (code: string, ...given: Parameters<typeof checkShare>): void => {
    assert.throws(() => checkShare(...given), { code });
  };
  refused("release.ceremony", share, set.place, state, null, share.registry);
  refused("release.ceremony", share, set.place, state, { ...plan, active: false }, share.registry);
  refused("release.scope", share, set.place, { ...state, ceremony: 4 }, plan, share.registry);
  refused("release.scope", share, set.place, state, { ...plan, roster: `0x${"00".repeat(32)}` }, share.registry);
  refused("release.scope", share, set.place, state, { ...plan, book: `0x${"00".repeat(20)}` }, share.registry);
  refused("release.scope", share, set.place, state, { ...plan, tender: 8 }, share.registry);
  refused("release.scope", share, set.place, state, plan, `0x${"00".repeat(20)}`);
  refused("release.term", share, set.place, { ...state, openAt: 101 }, plan, share.registry);
});
