import assert from "node:assert/strict";
import { test } from "node:test";
import { commitmentHash } from "../../../web/bid/acts.ts";
import { lacks } from "../../../web/bid/completeness.ts";
import type { KeptVersion, Room } from "../../../web/bid/room.ts";
import type { Job } from "../../../web/seal/job.ts";
import { readManifest } from "../../../web/seal/manifest.ts";
import { hex0x, unb64url } from "../../../web/verify/bytes.ts";
import { Chain, DIGEST, documents, PRICE, rooms, workers } from "../support/bidroom.ts";
import { store } from "../support/storage.ts";

const told = (): void => {};
const begun = (_job: Job): void => {};

/** A version of the room, sealed. */
async function sealed(room: Room, attached: ReadonlyMap<number, readonly File[]> = documents()): Promise<KeptVersion> {
  await room.plan(attached, told);
  const whole = room.seal(attached, begun, told);
  for (const _ of at(room).envelopes) (await workers.next()).finish();
  assert.equal(await whole, true);
  return at(room);
}

/** Signed; the notice names no custodian, so that it goes no further. */
async function signed(room: Room): Promise<KeptVersion> {
  await assert.rejects(room.submit(told), { code: "bidroom.custodian" });
  return at(room);
}

function at(room: Room): KeptVersion {
  const { version } = room.kept;
  assert.ok(version !== null);
  return version;
}

function priceIn(version: KeptVersion): string | undefined {
  const { form } = readManifest(unb64url(version.envelopes.at(-1)?.manifest, "manifest"));
  return form.find(({ name }) => name === "price")?.value;
}

function accept(chain: Chain, { act }: KeptVersion): void {
  assert.ok(act !== null);
  chain.accept(hex0x(commitmentHash(act.commitment)), act.commitment.version);
}

test("one step at a time: no plan takes the place of one that is being sealed", async () => {
  const room = await rooms();
  await room.plan(documents(), told);
  const { salt } = at(room);
  const attached = documents();
  const whole = room.seal(attached, begun, told);
  const job = await workers.next();
  await assert.rejects(room.plan(attached, told), { code: "bidroom.busy" });
  await assert.rejects(room.seal(attached, begun, told), { code: "bidroom.busy" });
  await assert.rejects(room.submit(told), { code: "bidroom.busy" });
  job.finish();
  assert.equal(await whole, true);
  assert.equal(at(room).salt, salt);
  assert.equal(at(room).envelopes[0]?.digest, hex0x(DIGEST));
});

test("what is changed while it is sealed stops it, and no digest is kept", async () => {
  const room = await rooms();
  const attached = documents();
  await room.plan(attached, told);
  const first = assert.rejects(room.seal(attached, begun, told), { code: "bidroom.changed" });
  await workers.next();
  await room.keep({ forms: { 1: { price: "90.00" } } });
  await first;
  assert.equal(room.kept.version, null);
  await room.plan(attached, told);
  const second = assert.rejects(room.seal(attached, begun, told), { code: "bidroom.changed" });
  await workers.next();
  attached.set(1, [new File(["another"], "b.pdf")]);
  await room.documentsChanged(1);
  await second;
  assert.equal(at(room).envelopes[0]?.digest, null);
  await assert.rejects(room.seal(attached, begun, told), { code: "bidroom.documents" });
});

test("a version is not planned from what was changed while its documents were read", async () => {
  const room = await rooms();
  const slow = Object.assign(new File(["slow"], "a.pdf"), {
    arrayBuffer: async () => {
      await room.keep({ forms: { 1: { price: "90.00" } } });
      return new ArrayBuffer(4);
    },
  });
  await assert.rejects(room.plan(new Map([[1, [slow]]]), told), { code: "bidroom.changed" });
  assert.equal(room.kept.version, null);
});

test("of two envelopes, the one that is sealed stands for its documents", async () => {
  const room = await rooms({ envelopes: 2 });
  const attached = documents(2);
  await room.plan(attached, told);
  const whole = room.seal(attached, begun, told);
  (await workers.next()).finish();
  (await workers.next()).stop();
  assert.equal(await whole, false);
  assert.deepEqual(
    at(room).envelopes.map(({ digest }) => digest !== null),
    [true, false],
  );
  await room.documentsChanged(2); // chosen again, after a reload, to go on
  assert.equal(at(room).envelopes[0]?.digest, hex0x(DIGEST));
  await room.documentsChanged(1);
  assert.equal(room.kept.version, null);
});

test("what was signed and then changed is brought while it is good, and never signed again", async () => {
  const chain = new Chain();
  const room = await rooms({ chain });
  await sealed(room);
  const { act } = await signed(room);
  await room.keep({ forms: { 1: { price: "90.00" } } });
  assert.equal(at(room).outdated, true);
  await assert.rejects(room.plan(documents(), told), { code: "bidroom.in_flight" });
  chain.pass(601);
  await assert.rejects(room.submit(told), { code: "bidroom.version" });
  assert.deepEqual(at(room).act, act);
  const fresh = await sealed(room);
  assert.deepEqual([fresh.version, fresh.act, fresh.outdated, priceIn(fresh)], [1, null, undefined, "90.00"]);
});

test("other documents make what was signed outdated too", async () => {
  const room = await rooms();
  await sealed(room);
  await signed(room);
  await room.documentsChanged(1);
  assert.equal(at(room).outdated, true);
});

test("a version that was withdrawn is not said to be submitted, and the next one is sealed after it", async () => {
  const chain = new Chain();
  const room = await rooms({ chain });
  await sealed(room);
  accept(chain, await signed(room));
  assert.equal(await room.submit(told), chain.block.number);
  chain.withdraw();
  await assert.rejects(room.submit(told), { code: "bidroom.version" });
  const next = await sealed(room);
  assert.equal(next.version, 3);
  await assert.rejects(room.submit(told), { code: "bidroom.custodian" }); // it was signed
});

test("the secrets of what the ledger accepted unseen go into the past, not away", async () => {
  const chain = new Chain();
  const room = await rooms({ chain });
  await sealed(room);
  const first = await signed(room);
  accept(chain, first);
  await room.keep({ forms: { 1: { price: "90.00" } } });
  const second = await sealed(room);
  assert.equal(second.version, 2);
  assert.deepEqual(
    room.kept.past.map(({ salt, block }) => [salt, block]),
    [[first.salt, chain.block.number]],
  );
});

test("a bid that lacks something, or is above the ceiling, is not planned", async () => {
  const room = await rooms({ rule: true });
  assert.deepEqual(
    lacks(room, documents()).map(({ kind }) => kind),
    ["certificate"],
  );
  await assert.rejects(room.plan(documents(), told), { code: "bidroom.incomplete" });
  await room.keep({ certificates: [{ rule: "licence", name: "示例公司", text: "a~" }] });
  assert.deepEqual(lacks(room, documents()), []);
  await room.keep({ forms: { 1: { price: "100.01" } } });
  assert.deepEqual(lacks(room, documents()), [{ kind: "ceiling", ceiling: "100.00 CNY" }]);
  await room.keep({ forms: { 1: { price: "1" } } });
  assert.deepEqual(lacks(room, documents()), [{ kind: "form", envelope: 1, count: 1 }]);
  await room.keep({ forms: { 1: { price: PRICE } } });
  const twice = new Map([[1, [new File(["a"], "a.pdf"), new File(["b"], "A.PDF")]]]);
  assert.deepEqual(lacks(room, twice), [{ kind: "documents", envelope: 1, name: "A.PDF" }]);
});

test("a write that fails is told, and the next one keeps everything", async () => {
  const room = await rooms();
  store.fails = true;
  await assert.rejects(room.keep({ forms: { 1: { price: "90.00" } } }));
  store.fails = false;
  await room.keep({ guarantee: null });
  assert.equal(room.kept.forms[1]?.price, "90.00");
  assert.equal(store.rows.size, 1);
});
