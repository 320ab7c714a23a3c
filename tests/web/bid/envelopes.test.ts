import assert from "node:assert/strict";
import { test } from "node:test";
import { commitmentHash } from "../../../web/bid/acts.ts";
import type { KeptVersion, Room } from "../../../web/bid/room.ts";
import type { Openings } from "../../../web/bid/tender.ts";
import { differs, type Own, verifyOwn } from "../../../web/bid/verifying.ts";
import { figureAsJson } from "../../../web/seal/form.ts";
import { readManifest } from "../../../web/seal/manifest.ts";
import { b64url, hex0x, sha256, unb64url, utf8 } from "../../../web/verify/bytes.ts";
import { canonical, type JsonObject } from "../../../web/verify/canonical.ts";
import { Chain, DIGEST, documents, PRICE, rooms, workers } from "../support/bidroom.ts";

const CODE = "914401000000000191";
const ZERO = hex0x(DIGEST);

/** A tender of two envelopes whose opening goes on as the test says. */
class Opening extends Chain {
  private readonly papers = new Map<string, Uint8Array>();
  private now: Openings = { keys: new Map(), records: [], dropped: [] };

  async openings(): Promise<Openings> {
    return this.now;
  }

  /** An envelope is opened, its keys are nowhere to be had, and its record says what it is given. */
  read(number: number, record: JsonObject): void {
    const data = utf8(canonical(record));
    this.papers.set(hex0x(sha256(data)), data);
    const keys = new Map(this.now.keys).set(number, [DIGEST]);
    this.now = { ...this.now, keys, records: [...this.now.records, { digest: sha256(data), block: 20 + number }] };
  }

  /** The technical result leaves the first bid out. */
  leaveOut(): void {
    this.now = { ...this.now, dropped: [1] };
  }

  /** What the service gives out. */
  readonly fetch = async (path: unknown): Promise<Response> => {
    const data = this.papers.get(String(path).split("/").at(-1) ?? "");
    return data === undefined ? new Response("", { status: 404 }) : new Response(new Uint8Array(data));
  };
}

/** A bid of both envelopes, with figures and documents of its own in each, that the ledger accepted. */
async function submitted(chain: Opening): Promise<Room> {
  const room = await rooms({ chain, envelopes: 2 });
  const statement = { format: "yinxin-bidder-1", parties: [{ code: CODE }] };
  await room.keep({ statement, forms: { 1: { "delivery.days": "45" }, 2: { price: PRICE } } });
  const attached = documents(2);
  await room.plan(attached, () => {});
  const whole = room.seal(
    attached,
    () => {},
    () => {},
  );
  for (const _ of [1, 2]) (await workers.next()).finish();
  assert.equal(await whole, true);
  await assert.rejects(
    room.submit(() => {}),
    { code: "bidroom.custodian" },
  );
  chain.accept(hex0x(hashOf(room)), 1);
  globalThis.fetch = chain.fetch;
  return room;
}

function versionOf(room: Room): KeptVersion {
  assert.ok(room.kept.version !== null);
  return room.kept.version;
}

function hashOf(room: Room): Uint8Array {
  const { act } = versionOf(room);
  assert.ok(act !== null);
  return commitmentHash(act.commitment);
}

function manifestOf(room: Room, number: number) {
  return readManifest(unb64url(versionOf(room).envelopes[number - 1]?.manifest, "manifest"));
}

/** The record of an envelope, with this room's bid as it was sealed, or with another figure read out. */
function record(room: Room, envelope: number, read?: string): JsonObject {
  const { place } = room.kept;
  const [figure] = manifestOf(room, envelope).form;
  assert.ok(figure !== undefined);
  const shown = { ...figureAsJson(figure), value: read ?? figure.value };
  const bid = {
    place: 1,
    commitment: hex0x(hashOf(room)),
    bidder: place.bidder,
    version: 1,
    outcome: "opened",
    organisation: { result: "valid", code: CODE, name: "示例甲", members: [], findings: [] },
    figures: [{ figure: shown, index: 0, size: 1, path: [] }],
    fault: null,
  };
  const content = {
    genesis: place.genesis,
    book: place.book,
    tender: place.tender,
    lot: place.lot,
    envelope,
    notice: ZERO,
    openedAt: 1_800_020_000,
    liveSet: { digest: ZERO, count: 1 },
    keys: ZERO,
    keyHolders: { signed: [1, 2], refused: [] },
    bids: [bid],
    organisations: 1,
    minimum: 1,
    objections: [],
    alone: null,
  };
  return { format: "yinxin-opening-record-1", content, witness: b64url(new Uint8Array(65)) };
}

const standings = ({ envelopes }: Own) => envelopes.map(({ standing }) => standing);
const lines = ({ envelopes }: Own) =>
  envelopes.map(({ comparison }) => comparison?.lines.map(({ name, standing }) => [name, standing]) ?? null);

test("each envelope has a file, figures, documents and a root of its own, under one commitment", async () => {
  const room = await submitted(new Opening());
  const [first, second] = [manifestOf(room, 1), manifestOf(room, 2)];
  assert.deepEqual([first.identity.envelope, second.identity.envelope], [1, 2]);
  assert.deepEqual(
    [first, second].map(({ form }) => form.map(({ name }) => name)),
    [["delivery.days"], ["price"]],
  );
  assert.notDeepEqual(first.documents[0]?.digest, second.documents[0]?.digest);
  const { act, envelopes } = versionOf(room);
  const [root1, root2] = envelopes.map(({ root }) => root);
  assert.deepEqual([act?.commitment.form1, act?.commitment.form2], [root1, root2]);
  assert.notEqual(root1, root2);
});

test("the price envelope stays shut until the technical result, and both are verified in their turn", async () => {
  const chain = new Opening();
  const room = await submitted(chain);
  assert.deepEqual(standings(await verifyOwn(room)), ["shut", "shut"]);
  chain.read(1, record(room, 1));
  const technical = await verifyOwn(room);
  assert.deepEqual(standings(technical), ["looked", "shut"]);
  assert.deepEqual(lines(technical), [[["delivery.days", "same"]], null], "the price is told nowhere");
  chain.read(2, record(room, 2));
  const both = await verifyOwn(room);
  assert.deepEqual(standings(both), ["looked", "looked"]);
  assert.deepEqual(lines(both), [[["delivery.days", "same"]], [["price", "same"]]]);
  assert.equal(Boolean(differs(both)), false);
});

test("a lie about one envelope is found in that one", async () => {
  const chain = new Opening();
  const room = await submitted(chain);
  chain.read(1, record(room, 1));
  chain.read(2, record(room, 2, "12.00"));
  const own = await verifyOwn(room);
  assert.deepEqual(lines(own), [[["delivery.days", "same"]], [["price", "unproved"]]]);
  assert.equal(Boolean(differs(own)), true);
});

test("who is left out by the technical result keeps the price sealed, and nothing is wrong", async () => {
  const chain = new Opening();
  const room = await submitted(chain);
  chain.read(1, record(room, 1));
  chain.leaveOut();
  const own = await verifyOwn(room);
  assert.deepEqual(standings(own), ["looked", "dropped"]);
  assert.equal(Boolean(differs(own)), false);
});
