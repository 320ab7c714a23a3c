import assert from "node:assert/strict";
import { test } from "node:test";
import { Keeping } from "../../../../web/holding/ceremony/keeping.ts";
import { type Act, type Chain, sendOnce } from "../../../../web/holding/ceremony/outbox.ts";
import { addressOf } from "../../../../web/keys/secp.ts";
import { hex0x, sha256, unhex0x, utf8 } from "../../../../web/verify/bytes.ts";
import { canonical, type Json } from "../../../../web/verify/canonical.ts";
import { decode } from "../../../../web/verify/rlp.ts";

const SECRET = sha256(utf8("an account"));
const OWNER = { genesis: `0x${"11".repeat(32)}`, registry: `0x${"22".repeat(20)}`, account: addressOf(SECRET) };
const DEAL: Act = { label: "deal 3", data: utf8("deal"), gas: 200_000 };

/** A ledger in memory: takes a transaction once, in the order of the numbers, and makes it final at the next pause. */
class Ledger implements Chain {
  readonly chainId = 1234;
  readonly fee = 0n;
  readonly tip = 0n;
  readonly taken: string[] = [];
  private final = 0;
  /** Content of the act that is sent. */
  asked = "";
  /** Numbers of transactions that come to nothing. */
  readonly reverts = new Set<number>();
  /** What the service says that it counts, if it lies. */
  lie: number | null = null;
  patience = 9;
  /** Thrown instead of taking the next one; or after it was taken. */
  fault: "before" | "after" | null = null;

  count = async (): Promise<number> => this.lie ?? this.final;

  stands = async (): Promise<boolean> => {
    return this.taken.some((raw, at) => at < this.final && !this.reverts.has(at) && fieldOf(raw, 7) === this.asked);
  };

  send = async ({ raw }: Parameters<Chain["send"]>[0]): Promise<void> => {
    if (this.fault === "before") throw new Error("no answer");
    if (this.lie !== null) throw new Error("the number is too high");
    if (!this.taken.includes(raw)) {
      assert.equal(nonceOf(raw), this.taken.length, "a number that was taken, or is not the next");
      this.taken.push(raw);
    }
    if (this.fault === "after") throw new Error("no answer");
  };

  /** A block. */
  mine = async (): Promise<void> => {
    this.final = this.taken.length;
  };

  pause = async (): Promise<boolean> => {
    if (this.patience-- <= 0) return false;
    await this.mine();
    return true;
  };
}

function fieldOf(raw: string, at: number): string {
  const fields = decode(unhex0x(raw, "raw").subarray(1), "transaction");
  assert.ok(Array.isArray(fields));
  return hex0x(fields[at] as Uint8Array);
}

const nonceOf = (raw: string): number => Number(`${fieldOf(raw, 1)}`.replace(/^0x$/, "0"));

/** A page's storage. */
class Device {
  private text = canonical(Keeping.fresh(OWNER).value());
  stored = 0;

  open = (): Keeping => Keeping.read(JSON.parse(this.text) as Json, OWNER);

  store = async (keeping: Keeping): Promise<void> => {
    this.text = canonical(keeping.value());
    this.stored += 1;
  };
}

function send(act: Act, device: Device, ledger: Ledger): Promise<void> {
  ledger.asked = hex0x(act.data);
  return sendOnce(act, device.open(), SECRET, ledger, device.store);
}

test("an act is kept before it is sent, and is final when it is done", async () => {
  const [device, ledger] = [new Device(), new Ledger()];
  await send(DEAL, device, ledger);
  assert.deepEqual([ledger.taken.length, device.stored], [1, 1]);
  assert.equal(device.open().sent(DEAL.label)?.raw, ledger.taken[0]);
  await send({ ...DEAL, label: "answer 3/1" }, device, ledger);
  assert.deepEqual(ledger.taken.map(nonceOf), [0, 1]);
});

test("whatever was lost on the way, the same bytes are sent again", async () => {
  for (const fault of ["before", "after"] as const) {
    const [device, ledger] = [new Device(), new Ledger()];
    ledger.fault = fault;
    await assert.rejects(send(DEAL, device, ledger), /no answer/);
    const kept = device.open().sent(DEAL.label);
    assert.ok(kept);
    ledger.fault = null;
    await send(DEAL, device, ledger);
    assert.deepEqual(ledger.taken, [kept.raw]);
    assert.equal(device.stored, 1);
  }
});

test("an act that never came to the ledger goes before the next one, so that none is held up", async () => {
  const [device, ledger] = [new Device(), new Ledger()];
  ledger.fault = "before";
  await assert.rejects(send(DEAL, device, ledger), /no answer/);
  ledger.fault = null;
  await send({ ...DEAL, label: "complaint 3/2" }, device, ledger);
  assert.deepEqual(ledger.taken.map(nonceOf), [0, 1]);
});

test("what is not final in time is not signed a second time", async () => {
  const [device, ledger] = [new Device(), new Ledger()];
  ledger.patience = 0;
  await assert.rejects(send(DEAL, device, ledger), { code: "sender.waiting" });
  ledger.patience = 1;
  await send(DEAL, device, ledger);
  assert.equal(ledger.taken.length, 1);
});

test("an act that came to nothing is signed anew; other content under the same name is refused", async () => {
  const [device, ledger] = [new Device(), new Ledger()];
  ledger.reverts.add(0);
  await assert.rejects(send(DEAL, device, ledger), { code: "sender.nothing" });
  await send(DEAL, device, ledger); // counted, and the ledger has not what it says
  assert.deepEqual(ledger.taken.map(nonceOf), [0, 1]);
  await assert.rejects(send({ ...DEAL, data: utf8("other") }, device, ledger), { code: "sender.label" });
});

test("an act that was counted after the ledger was looked at is not signed a second time", async () => {
  const [device, ledger] = [new Device(), new Ledger()];
  ledger.patience = 0;
  await assert.rejects(send(DEAL, device, ledger), { code: "sender.waiting" });
  await ledger.mine();
  await send(DEAL, device, ledger);
  assert.equal(ledger.taken.length, 1);
});

test("after a count that was wrong once, what is kept goes out under the numbers that are free", async () => {
  const [device, ledger] = [new Device(), new Ledger()];
  const answer = { label: "answer 3/1", data: utf8("answer"), gas: 150_000 };
  ledger.lie = 50;
  await assert.rejects(send(DEAL, device, ledger), /too high/);
  await assert.rejects(send(answer, device, ledger), /too high/);
  ledger.lie = null;
  const complaint = { ...DEAL, label: "complaint 3/2", data: utf8("complaint") };
  await send(complaint, device, ledger);
  assert.deepEqual(ledger.taken.map(nonceOf), [0, 1, 2]);
  assert.deepEqual(
    ledger.taken.map((raw) => [fieldOf(raw, 7), Number(fieldOf(raw, 4))]),
    [DEAL, answer, complaint].map(({ data, gas }) => [hex0x(data), gas]),
    "the same acts",
  );
  assert.deepEqual(
    device
      .open()
      .sentFrom(0)
      .map((one) => one.raw),
    ledger.taken,
  );
});
