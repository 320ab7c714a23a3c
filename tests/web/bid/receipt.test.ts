import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { commitmentHash, signerOf, signStruct, withdrawalHash } from "../../../web/bid/acts.ts";
import type { Custodian } from "../../../web/bid/notice.ts";
import { receiptOf, withdrawalReceiptOf } from "../../../web/bid/receipt.ts";
import { type KeptVersion, type KeptWithdrawal, Room } from "../../../web/bid/room.ts";
import { addressOf } from "../../../web/keys/secp.ts";
import {
  b64url,
  base64,
  bigEndian,
  concat,
  hex,
  hex0x,
  keccak256,
  padLeft,
  sha256,
  unhex0x,
  utf8,
} from "../../../web/verify/bytes.ts";
import { canonical, type JsonObject } from "../../../web/verify/canonical.ts";
import { leafHash, treeRoot } from "../../../web/verify/merkle.ts";
import { encode, encodeInteger } from "../../../web/verify/rlp.ts";
import { Chain, DIGEST, documents, PASSPHRASE, rooms, workers } from "../support/bidroom.ts";

const WITNESS = new Uint8Array(32).fill(9);
const KEEPER = new Uint8Array(32).fill(5);
const KEY = ed25519.getPublicKey(WITNESS);
const ROOT = {
  digest: DIGEST,
  contracts: [],
  witnesses: [{ name: "witness.example", key: KEY }],
  threshold: 1,
};
const COMMITTED = keccak256(
  utf8(
    "BidCommitted(uint64,uint32,address,uint32,bytes32,(uint64,uint32,address,uint32,address,uint64,bytes32,bytes32,uint64,bytes32,bytes32,uint64,bytes32),address)",
  ),
);

const WITHDRAWN = keccak256(utf8("BidWithdrawn(uint64,uint32,address,uint32,uint32,address)"));
const word = (text: string) => padLeft(unhex0x(text, "address", 20), 32);

/** A block with one transaction, in which the book tells an event of that commitment, and a witness' word for it. */
function block(room: Room, hash: Uint8Array, custodian: string): { hash: Uint8Array; evidence: JsonObject } {
  return told(room, COMMITTED, concat(bigEndian(1, 32), hash, new Uint8Array(13 * 32), word(custodian)));
}

/** The same of an event with that data about the room's bid. */
function told(room: Room, event: Uint8Array, data: Uint8Array): { hash: Uint8Array; evidence: JsonObject } {
  const { tender, lot, bidder, book } = room.kept.place;
  const log = [unhex0x(book, "book", 20), [event, bigEndian(tender, 32), bigEndian(lot, 32), word(bidder)], data];
  const receipt = encode([encodeInteger(1), encodeInteger(21000), new Uint8Array(256), [log]]);
  const leaf = encode([Uint8Array.of(0x20, 0x80), receipt]);
  const none = new Uint8Array(32);
  const numbers = [0, 1, 30_000_000, 21_000, 1_800_000_001].map((one) => encodeInteger(one));
  const header = encode([
    ...[none, none, new Uint8Array(20), none, none, keccak256(leaf), new Uint8Array(256)],
    ...numbers,
    ...[new Uint8Array(0), none, new Uint8Array(8)],
  ]);
  const own = keccak256(header);
  const before = leafHash(none);
  const body =
    `yinxin/1/${hex(DIGEST).slice(0, 16)}\n2\n${base64(treeRoot([before, leafHash(own)]))}\n` +
    `block 1 ${hex0x(own)} 1800000001\nheads ${hex0x(none)}\n`;
  const time = bigEndian(1_800_000_002, 8);
  const id = sha256(concat(utf8("witness.example\n"), Uint8Array.of(4), KEY)).subarray(0, 4);
  const signature = ed25519.sign(utf8(`cosignature/v1\ntime 1800000002\n${body}`), WITNESS);
  const note = `${body}\n\u2014 witness.example ${base64(concat(id, time, signature))}\n`;
  const chain = { header: hex0x(header), receipt: { index: 0, proof: [hex0x(leaf)] } };
  return { hash: own, evidence: { chain, checkpoint: { index: 1, note, path: [b64url(before)] } } };
}

/** A bid that the ledger accepted by a custodian whose signature this room has not kept. */
async function accepted() {
  const chain = new Chain();
  const custodians: Custodian[] = [];
  const room = await rooms({ chain, custodians, root: ROOT });
  const attached = documents();
  await room.plan(attached, () => {});
  const whole = room.seal(
    attached,
    () => {},
    () => {},
  );
  (await workers.next()).finish();
  await whole;
  await assert.rejects(
    room.submit(() => {}),
    { code: "bidroom.custodian" },
  );
  const keeper = { name: "keeper", account: addressOf(KEEPER), url: "https://keeper.example" };
  custodians.push(keeper);
  const version = room.kept.version as KeptVersion;
  const hash = commitmentHash(version.act?.commitment as NonNullable<KeptVersion["act"]>["commitment"]);
  const made = block(room, hash, keeper.account);
  chain.block = { number: 0, time: 1_800_000_001, hash: new Uint8Array(made.hash) };
  chain.accept(hex0x(hash), 1);
  const custody = keccak256(concat(keccak256(utf8("Custody(bytes32 commitment)")), hash));
  const answer = { custody: signStruct(room.domain(), custody, KEEPER), hash: hex0x(hash), state: "signed" };
  return { chain, room, version, evidence: made.evidence, answer };
}

function custodian(answer: () => Response): void {
  globalThis.fetch = async (address) => {
    assert.equal(address, "https://keeper.example/custody/commitments");
    return answer();
  };
}

test("a receipt stands alone: block, event, custody, witnesses, in one canonical file", async () => {
  const { room, version, evidence, answer } = await accepted();
  custodian(() => Response.json(answer));
  const receipt = await receiptOf(room, version, async () => evidence);
  assert.deepEqual([receipt?.witnesses, receipt?.fault, receipt?.block.number], [["witness.example"], "", 1]);
  const file = JSON.parse(receipt?.text ?? "");
  assert.equal(canonical(file), receipt?.text);
  assert.deepEqual(Object.keys(file), ["act", "chain", "checkpoint", "format", "genesis", "trustRoot"]);
  assert.equal(JSON.parse(file.act).content.custody, answer.custody);
  assert.equal(room.kept.version?.act?.custody, answer.custody, "kept, and not asked for again");
  custodian(() => assert.fail("asked again"));
  const again = await receiptOf(room, room.kept.version as KeptVersion, async () => evidence);
  assert.equal(again?.text, receipt?.text);
});

test("without witnesses a receipt says so, and a checkpoint of another block makes none", async () => {
  const { room, version, evidence, answer } = await accepted();
  custodian(() => Response.json(answer));
  const alone = await receiptOf(room, version, async () => ({ ...evidence, checkpoint: null }));
  assert.deepEqual([alone?.witnesses, alone?.fault], [[], "no witness has signed for this block"]);
  const moved = { ...(evidence.checkpoint as JsonObject), index: 0 };
  const other = receiptOf(room, version, async () => ({ ...evidence, checkpoint: moved }));
  await assert.rejects(other, { code: "receipt.evidence" });
});

test("what does not show this very bid in the ledger's block makes no receipt", async () => {
  const { room, version, evidence, answer } = await accepted();
  custodian(() => Response.json(answer));
  const other = block(room, DIGEST, addressOf(KEEPER)).evidence; // a bid of the same bidder, but not this one
  for (const lie of [other, {}, { ...evidence, chain: (other as { chain: JsonObject }).chain }]) {
    await assert.rejects(
      receiptOf(room, version, async () => lie),
      { code: "receipt.evidence" },
    );
  }
  const later = block(room, commitmentHash(version.act?.commitment as never), addressOf(WITNESS)).evidence;
  await assert.rejects(
    receiptOf(room, version, async () => later),
    { code: "receipt.evidence" },
  );
});

test("a custodian that does not sign again is told, and nothing half is handed on", async () => {
  const { room, version, evidence } = await accepted();
  custodian(() => Response.json({ code: "custody.late", detail: "over" }, { status: 409 }));
  await assert.rejects(
    receiptOf(room, version, async () => evidence),
    { code: "receipt.custody" },
  );
});

/** The room of a bid that it has withdrawn, the block of that withdrawal, and what was sent to the custodian. */
async function withdrawn(version = 2) {
  const { chain, room } = await accepted();
  const data = concat(bigEndian(1, 32), bigEndian(version, 32), word(room.kept.place.bidder));
  const made = told(room, WITHDRAWN, data);
  const sent: JsonObject[] = [];
  globalThis.fetch = async (_address, asked) => {
    sent.push(JSON.parse(String(asked?.body)) as JsonObject);
    assert.equal(room.kept.withdrawal?.signature, sent[0]?.signature, "kept before it goes out");
    const { tender, lot, bidder, version: number, notAfter } = room.kept.withdrawal as KeptWithdrawal;
    chain.withdraw();
    chain.block = { number: 1, time: 1_800_000_001, hash: new Uint8Array(made.hash) };
    const hash = hex0x(withdrawalHash({ tender, lot, bidder, version: number, notAfter }));
    return Response.json({ state: "pending", hash });
  };
  await room.withdraw();
  return { chain, room, evidence: made.evidence, sent };
}

/** The custodian answers no withdrawal; what was sent to it. */
function shut(): JsonObject[] {
  const sent: JsonObject[] = [];
  globalThis.fetch = async (_address, asked) => {
    sent.push(JSON.parse(String(asked?.body)) as JsonObject);
    return Response.json({ code: "custody.closed", detail: "no" }, { status: 409 });
  };
  return sent;
}

/** The room as a reload of the page finds it. */
async function again(room: Room): Promise<Room> {
  return Room.reopen(room.setting, PASSPHRASE, await room.file());
}

test("a withdrawal has its receipt: what was signed, the book's own event of it, and the witnesses' word", async () => {
  const { room, evidence, sent } = await withdrawn();
  const receipt = await withdrawalReceiptOf(room, async () => evidence);
  assert.deepEqual([receipt?.witnesses, receipt?.fault, receipt?.block.number], [["witness.example"], "", 1]);
  const file = JSON.parse(receipt?.text ?? "");
  assert.equal(canonical(file), receipt?.text);
  const { content, kind } = JSON.parse(file.act);
  assert.deepEqual([kind, content], ["withdraw", sent[0]]);
  const { tender, lot, bidder, version, notAfter } = content;
  const hash = withdrawalHash({ tender, lot, bidder, version, notAfter });
  assert.equal(signerOf(room.domain(), hash, unhex0x(content.signature, "signature", 65)), room.kept.place.bidder);
});

test("a withdrawal of another act, or a bid's event, makes no receipt of a withdrawal; without one there is none", async () => {
  const { room, evidence } = await accepted();
  assert.equal(await withdrawalReceiptOf(room, async () => evidence), null);
  const gone = await withdrawn(3);
  for (const lie of [gone.evidence, evidence]) {
    await assert.rejects(
      withdrawalReceiptOf(gone.room, async () => lie),
      { code: "receipt.evidence" },
    );
  }
});

test("a withdrawal that is not accepted takes no earlier one's receipt away", async () => {
  const { chain, room, evidence, sent } = await withdrawn();
  const { block } = chain;
  chain.accept(hex0x(DIGEST), 3); // another bid
  chain.block = block;
  shut();
  await assert.rejects(room.withdraw(), { code: "custody.closed" });
  assert.equal(room.kept.withdrawal?.version, 4);
  const receipt = await withdrawalReceiptOf(await again(room), async () => evidence);
  assert.deepEqual([receipt?.withdrawal.version, receipt?.fault], [2, ""]);
  assert.deepEqual(JSON.parse(JSON.parse(receipt?.text ?? "").act).content, sent[0]);
});

test("of two accepted withdrawals the receipt is the newer one's", async () => {
  const { chain, room } = await withdrawn();
  chain.accept(hex0x(DIGEST), 3);
  shut();
  await assert.rejects(room.withdraw(), { code: "custody.closed" });
  chain.withdraw();
  const word32 = (value: number) => bigEndian(value, 32);
  const made = told(room, WITHDRAWN, concat(word32(1), word32(4), word(room.kept.place.bidder)));
  chain.block = { number: 1, time: 1_800_000_001, hash: new Uint8Array(made.hash) };
  const receipt = await withdrawalReceiptOf(await again(room), async () => made.evidence);
  assert.equal(receipt?.withdrawal.version, 4);
});

test("a withdrawal that may still be accepted is brought again as it was signed, and signed anew once it can't be", async () => {
  const { chain, room } = await accepted();
  const sent = shut();
  const asked = async (one: Room) => assert.rejects(one.withdraw(), { code: "custody.closed" });
  await asked(room);
  chain.pass(600);
  await asked(await again(room));
  assert.deepEqual(sent[1], sent[0]);
  chain.pass(1);
  await asked(await again(room));
  assert.deepEqual([sent[2]?.version, Number(sent[2]?.notAfter) - Number(sent[0]?.notAfter)], [2, 601]);
});
