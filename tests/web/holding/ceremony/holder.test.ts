import assert from "node:assert/strict";
import { test } from "node:test";
import { confirmCall, confirmGas } from "../../../../web/holding/ceremony/calls.ts";
import { Holder, type Outside } from "../../../../web/holding/ceremony/holder.ts";
import { Keeping } from "../../../../web/holding/ceremony/keeping.ts";
import { pauseAfter } from "../../../../web/holding/ceremony/pace.ts";
import type { Shown } from "../../../../web/holding/ceremony/shown.ts";
import { type Ceremony, judgementIn, outcomeOf } from "../../../../web/holding/ceremony/state.ts";
import { addressOf } from "../../../../web/keys/secp.ts";
import { selector } from "../../../../web/verify/abi.ts";
import { b64url, equal, fromBigEndian, hex, sha256, unhex0x, utf8 } from "../../../../web/verify/bytes.ts";
import { Unavailable } from "../../../../web/verify/errors.ts";
import { decode } from "../../../../web/verify/rlp.ts";
import { type CeremonyTown, ceremonyTown, ENDS, type MemberPage } from "../../support/ceremonies.ts";

const CHEAP = { n: 2, r: 8, p: 1 };
const PASSPHRASE = "correct horse battery";

/** One member's worker over the town: what it signs is taken as the registry takes it, and what it posts lies on the board. */
class Desk implements Outside {
  readonly chainId = 1234;
  readonly sent: string[] = [];
  readonly posted: Uint8Array[] = [];
  /** What the service does not give out, by digest. */
  readonly hidden = new Set<string>();
  /** Its boards take nothing. */
  full = false;
  /** The ledger counts what is sent, and it comes to nothing. */
  late = false;
  /** What the next looks find: a node that is behind. */
  readonly behind: Ceremony[] = [];

  constructor(
    readonly town: CeremonyTown,
    readonly page: MemberPage,
    readonly secret: Uint8Array,
  ) {}

  /** As the page finds it when it is opened. */
  open(): Holder {
    return new Holder(this.secret, PASSPHRASE, this.page.kept, this);
  }

  readonly door: Outside["door"] = {
    papers: async () => [...this.town.papers].filter(([digest]) => !this.hidden.has(digest)).map(([, data]) => data),
    put: async (_, deal) => {
      this.posted.push(deal);
      if (this.full) throw new Unavailable("full", "board.write");
      this.town.put(deal);
    },
    post: async (_, member, confirmation) => void this.town.notes.set(member, confirmation),
    account: async () => ({ count: this.sent.length, fee: 0n, tip: 0n }),
    hand: async (_, raw) => {
      if (this.sent.includes(raw)) return;
      this.sent.push(raw);
      if (!this.late) await this.take(raw);
    },
  };

  look: Outside["look"] = async (_, papers) => {
    const seen = this.behind.shift() ?? this.town.seenBy(this.page);
    const deals = [...seen.dealt].flatMap(([member, digest]): [number, Uint8Array][] => {
      const data = papers(`0x${hex(digest)}`);
      return data === undefined ? [] : [[member, data]];
    });
    return { ...seen, deals: new Map(deals) };
  };

  store: Outside["store"] = async (keeping) => this.page.keep(keeping);
  pause: Outside["pause"] = async () => undefined;
  now: Outside["now"] = () => this.town.time;

  private async take(raw: string): Promise<void> {
    const fields = decode(unhex0x(raw, "raw").subarray(1), "transaction") as Uint8Array[];
    const [to, data] = [fields[5] ?? assert.fail(), fields[7] ?? assert.fail()];
    assert.equal(`0x${hex(to)}`, this.page.owner.registry);
    const word = (at: number): Uint8Array => data.subarray(4 + 32 * at, 36 + 32 * at);
    const is = (name: string): boolean => equal(data.subarray(0, 4), selector(name));
    const ports = this.town.portsOf(this.page, () => undefined);
    const number = fromBigEndian(word(0));
    const other = (): number => fromBigEndian(word(1)) + 1;
    if (is("deal(uint64,bytes32)")) await ports.deal(number, word(1));
    else if (is("complain(uint64,uint256,bytes32)")) await ports.complain(number, other(), word(2));
    else if (is("answer(uint64,uint256,bytes32)")) await ports.answer(number, other(), word(2));
    else {
      const outcome = outcomeOf(judgementIn(this.town.seenBy(this.page)));
      assert.equal(hex(data), hex(confirmCall(number, outcome)));
      await ports.confirm(number, outcome);
    }
  }
}

function gasOf(raw: string): number {
  const fields = decode(unhex0x(raw, "raw").subarray(1), "transaction") as Uint8Array[];
  return fromBigEndian(fields[4] ?? assert.fail());
}

/** So many members with accounts of their own. */
function desks(count: number, threshold: number): Desk[] {
  const secrets = Array.from({ length: count }, (_, at) => sha256(utf8(`account of member ${at + 1}`)));
  const town = ceremonyTown(count, threshold, secrets.map(addressOf));
  return town.pages.map((page, at) => new Desk(town, page, secrets[at] ?? assert.fail()));
}

/** Everybody does what is due, each from a page that was just opened. */
async function everybody(all: readonly Desk[], time: number): Promise<Shown[]> {
  const reports = [];
  for (const desk of all) {
    desk.town.time = time;
    reports.push(await desk.open().goOn(3));
  }
  return reports;
}

test("pages that are opened anew for each step come to one key, by signed acts and papers alone, and say nothing twice", async () => {
  const all = desks(3, 2);
  for (const time of [10, 20, 110, 210]) await everybody(all, time);
  assert.deepEqual(
    (await everybody(all, 310)).map((one) => one.standing),
    ["unsaved", "unsaved", "unsaved"],
  );
  assert.deepEqual(
    all.map((desk) => desk.sent.length),
    [1, 1, 1],
    "nothing is confirmed before it is in a file",
  );
  for (const desk of all) {
    const holder = desk.open();
    const { shares, secrets } = holder.backUp(3, CHEAP);
    await holder.checkSaved(3, [secrets, shares]);
  }
  await everybody(all, 320);
  const reports = await everybody(all, 330);
  assert.deepEqual(
    reports.map(({ standing, dealt, confirmed, saved }) => ({ standing, dealt, confirmed, saved })),
    [1, 2, 3].map(() => ({ standing: "ready", dealt: [1, 2, 3], confirmed: [1, 2, 3], saved: true })),
  );
  assert.equal(new Set(reports.map((one) => one.key)).size, 1);
  for (const desk of all) assert.equal(gasOf(desk.sent.at(-1) ?? assert.fail()), confirmGas(3));
  assert.deepEqual(
    all.map((desk) => desk.sent.length),
    [2, 2, 2],
  );
});

test("an act is reported once the ledger has it, and not because its number was used", async () => {
  const [desk = assert.fail()] = desks(3, 2);
  desk.late = true;
  await assert.rejects(desk.open().goOn(3), { code: "sender.nothing" });
  assert.equal(desk.town.dealt.size, 0);
  desk.late = false;
  assert.deepEqual((await desk.open().goOn(3)).done, [{ kind: "dealt" }]);
  assert.equal(desk.sent.length, 2);
});

test("a page that looks at a node that is behind signs nothing a second time", async () => {
  const [desk = assert.fail()] = desks(3, 2);
  const before = desk.town.seenBy(desk.page);
  await desk.open().goOn(3);
  desk.behind.push(before, before);
  assert.deepEqual((await desk.open().goOn(3)).done, [{ kind: "dealt" }]);
  assert.equal(desk.sent.length, 1);
});

test("a confirmation has gas for every member whom the registry looks at", () => {
  // Two words of each that nobody read before, 2 100 each (EIP-2929), two hashes and the loop.
  const [cold, rest] = [2 * 2_100, 800];
  // A key that is put in force: eight words, 22 100 each, and three more; the transaction and its data; the point.
  const once = 11 * 22_100 + 30_000 + 50_000;
  for (const members of [3, 85, 255]) assert.ok(confirmGas(members) > once + members * (cold + rest), String(members));
});

test("what goes to the page has nothing secret in it", async () => {
  const all = desks(3, 2);
  const told: unknown[] = [];
  for (const time of [10, 110, 210, 310]) told.push(...(await everybody(all, time)));
  const [desk = assert.fail()] = all;
  told.push(desk.open().backUp(3, CHEAP), await desk.open().card("示例"));
  const text = JSON.stringify(told);
  const kept = desk.page.kept;
  const secrets = [desk.secret, kept.cardKey(3), kept.seed(3), kept.share(3)?.secret ?? assert.fail()];
  for (const secret of secrets) {
    assert.ok(!text.includes(hex(secret)));
    assert.ok(!text.includes(b64url(secret)));
  }
  assert.ok(!text.includes(PASSPHRASE));
  assert.deepEqual(structuredClone(told), told);
});

test("files count as saved only if they were read and hold this very share", async () => {
  const all = desks(3, 2);
  for (const time of [10, 110, 210, 310]) await everybody(all, time);
  const [first = assert.fail(), second = assert.fail()] = all;
  const holder = first.open();
  const own = holder.backUp(3, CHEAP);
  const foreign = second.open().backUp(3, CHEAP);
  await assert.rejects(holder.checkSaved(3, [foreign.shares, foreign.secrets]), { code: "holding.other_backup" });
  await assert.rejects(holder.checkSaved(3, [own.shares]), { code: "share.files" });
  await assert.rejects(holder.checkSaved(3, [own.shares, foreign.secrets]), { code: "share.form" });
  assert.equal((await first.open().goOn(3)).standing, "unsaved");
  await holder.checkSaved(3, [own.shares, own.secrets]);
  assert.deepEqual((await first.open().goOn(3)).done, [{ kind: "confirmed" }]);
});

test("a deal that the service no longer has is put there again by whoever has seen it, and a board that refuses stops nobody", async () => {
  const all = desks(3, 2);
  await everybody(all, 10);
  const [desk = assert.fail()] = all;
  const holder = desk.open();
  await holder.goOn(3);
  const lost = hex(desk.town.dealt.get(2) ?? assert.fail());
  desk.hidden.add(lost);
  desk.posted.length = 0;
  desk.full = true;
  desk.town.time = 160;
  const { notes, done } = await holder.goOn(3);
  assert.deepEqual([notes, done], [[], []], "it is not missing: it was seen");
  assert.deepEqual(
    desk.posted.map((data) => hex(sha256(data))),
    [lost],
  );
  const { notes: fresh, done: said } = await desk.open().goOn(3);
  assert.deepEqual([fresh, said], [[{ kind: "missing", member: 2 }], [{ kind: "complained", member: 2 }]]);
});

test("another account's box is not worked with", () => {
  const [desk = assert.fail()] = desks(3, 2);
  const other = Keeping.fresh({ ...desk.page.owner, account: `0x${"ab".repeat(20)}` });
  assert.throws(() => new Holder(desk.secret, PASSPHRASE, other, desk), { code: "holding.account" });
});

test("a page looks again soon after an act, often in short rounds, seldom in long ones, and at a round's end", () => {
  const at = (ends: Shown["ends"], due: number, time: number, done: Shown["done"] = []): number => {
    return pauseAfter({ done, due, ends, time });
  };
  const days = [86_400, 172_800, 259_200, 345_600] as const;
  assert.equal(at(ENDS, 100, 1), 2_500);
  assert.equal(at([10, 20, 30, 40], 20, 11), 2_000);
  assert.equal(at(days, days[2], 180_000), 30_000);
  assert.equal(at(days, days[2], days[2] - 4), 5_000);
  assert.equal(at(days, days[0], days[0]), 2_000);
  assert.equal(at(days, days[0], 5, [{ kind: "dealt" }]), 500);
});
