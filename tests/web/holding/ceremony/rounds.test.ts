import assert from "node:assert/strict";
import { test } from "node:test";
import { boxWord, missingWord } from "../../../../web/holding/ceremony/complaints.ts";
import { confirms } from "../../../../web/holding/ceremony/confirmation.ts";
import { Keeping } from "../../../../web/holding/ceremony/keeping.ts";
import { type Ceremony, judgementInForce, type Outcome, roundAt } from "../../../../web/holding/ceremony/state.ts";
import { fromUtf8, hex, sha256, unb64url, utf8 } from "../../../../web/verify/bytes.ts";
import { canonical, type JsonObject } from "../../../../web/verify/canonical.ts";
import { type CeremonyTown, Closed, ceremonyTown, ENDS, type MemberPage } from "../../support/ceremonies.ts";

/** A time in each round, in the second half of it. */
const LATE = [90, 190, 290, 390] as const;
const [DEALS, COMPLAINTS, ANSWERS, CONFIRMATIONS] = LATE;

const pageOf = (town: CeremonyTown, member: number): MemberPage => town.pages[member - 1] ?? assert.fail();

async function everybody(town: CeremonyTown, time: number): Promise<string[]> {
  town.time = time;
  const reports = [];
  for (const page of town.pages) reports.push(await page.open(town));
  return reports.map((report) => report.standing);
}

/** A dealer's deal with the box of one member changed. */
function withWrongBox(deal: Uint8Array, member: number): Uint8Array {
  const value = JSON.parse(fromUtf8(deal) ?? "") as JsonObject & { boxes: string[] };
  const box = value.boxes[member - 1] ?? assert.fail();
  assert.equal(unb64url(box, "box").length, 80);
  value.boxes[member - 1] = `${box.startsWith("A") ? "B" : "A"}${box.slice(1)}`;
  return utf8(canonical(value));
}

test("a page that is closed at any step goes on, says nothing twice, and everybody comes to one key", async () => {
  const town = ceremonyTown(3, 2);
  for (const time of LATE) {
    town.time = time;
    for (const page of town.pages) {
      // The first is closed after no step, after one, after two … until it comes to the end of what is due.
      for (let steps = page === town.pages[0] ? 0 : 99, open = true; open; steps += 1) {
        try {
          const report = await page.open(town, steps);
          if (report.standing === "unsaved") page.save();
          open = report.standing === "unsaved";
        } catch (error) {
          assert.ok(error instanceof Closed, String(error));
        }
      }
    }
  }
  assert.equal(town.dealt.size, 3);
  assert.equal(town.complaints.size + town.answers.size, 0);
  assert.deepEqual(await everybody(town, CONFIRMATIONS), ["ready", "ready", "ready"]);
  assert.deepEqual(await everybody(town, ENDS[3] + 1), ["ready", "ready", "ready"]);
  const judgement = judgementInForce(town.seenBy(pageOf(town, 1)));
  assert.deepEqual([...judgement.deals.keys()], [1, 2, 3]);
  for (const [member, note] of town.notes) assert.equal(confirms(judgement, member, note), true);
  assert.equal(town.notes.size, 3);
});

test("nothing is confirmed before the share is in a file of its owner's", async () => {
  const town = ceremonyTown(3, 2);
  for (const time of [DEALS, COMPLAINTS, ANSWERS]) await everybody(town, time);
  assert.deepEqual(await everybody(town, CONFIRMATIONS), ["unsaved", "unsaved", "unsaved"]);
  assert.equal(town.confirmed.size, 0);
  pageOf(town, 2).save();
  await everybody(town, CONFIRMATIONS);
  assert.deepEqual([...town.confirmed.keys()], [2]);
  assert.deepEqual(await everybody(town, ENDS[3] + 1), ["failed", "failed", "failed"]);
});

test("a box that was not made rightly is complained of, and its dealer left out; the others go on", async () => {
  const town = ceremonyTown(3, 2);
  const cheat = pageOf(town, 2);
  await everybody(town, DEALS);
  const digest = town.dealt.get(2) ?? assert.fail();
  const wrong = withWrongBox(town.papers.get(hex(digest)) ?? assert.fail(), 1);
  town.put(wrong);
  town.dealt.set(2, sha256(wrong));
  const honest = [pageOf(town, 1), pageOf(town, 3)];
  town.time = COMPLAINTS;
  for (const page of honest) await page.open(town);
  assert.deepEqual([...(town.complaints.get(1)?.keys() ?? [])], [2]);
  assert.equal(town.complaints.has(3), false);
  // Nothing answers: the cheat's page finds that its account dealt what its seed does not give.
  town.time = ANSWERS;
  await assert.rejects(cheat.open(town), { code: "holding.two_homes" });
  for (const page of honest) await page.open(town);
  town.time = CONFIRMATIONS;
  for (const page of honest) {
    const report = await page.open(town);
    assert.deepEqual(report.notes, [{ kind: "fault", member: 2, offence: "no_answer" }]);
    page.save();
    await page.open(town);
  }
  assert.equal((await pageOf(town, 1).open(town)).standing, "ready");
  assert.equal((await pageOf(town, 3).open(town)).standing, "ready");
  assert.equal((await cheat.open(town)).standing, "left_out");
});

test("that a deal is missing is said in the second half of the round only, and its dealer shows the share", async () => {
  const town = ceremonyTown(3, 2);
  await everybody(town, DEALS);
  const digest = town.dealt.get(1) ?? assert.fail();
  const blind = pageOf(town, 3);
  blind.blind.add(hex(digest));
  town.time = 140;
  assert.deepEqual((await blind.open(town)).notes, [{ kind: "missing", member: 1 }]);
  assert.equal(town.complaints.size, 0);
  town.time = 150;
  assert.deepEqual((await blind.open(town)).done, [{ kind: "complained", member: 1 }]);
  assert.deepEqual(town.complaints.get(3)?.get(1), missingWord(town.roster, 3, 1));
  // Two dealers are left of whom nobody says so: the threshold. So the share is shown.
  town.time = ANSWERS;
  assert.deepEqual((await pageOf(town, 1).open(town)).done, [{ kind: "answered", member: 3 }]);
  assert.deepEqual((await pageOf(town, 1).open(town)).done, []);
  // Who still misses the deal waits; once it is there, everybody is qualified.
  town.time = CONFIRMATIONS;
  const [note] = (await blind.open(town)).notes;
  assert.equal(note?.kind === "refused" && note.error.code, "ceremony.withheld");
  blind.blind.clear();
  assert.deepEqual(await everybody(town, CONFIRMATIONS), ["unsaved", "unsaved", "unsaved"]);
});

test("a share that was taken from what was told wrongly makes room while no key is in force, and is to be saved anew", async () => {
  const town = ceremonyTown(3, 2);
  await everybody(town, DEALS);
  const page = pageOf(town, 1);
  town.time = CONFIRMATIONS;
  town.complaints.set(2, new Map([[3, boxWord(town.roster, 2, 3)]])); // never answered: 3 is left out
  await page.open(town);
  page.save();
  assert.deepEqual((await page.open(town)).done, [{ kind: "confirmed" }]);
  town.complaints.clear(); // never said, as the ledger has it
  const told = await page.open(town);
  assert.deepEqual([told.standing, told.done], ["unsaved", [{ kind: "share" }]]);
  page.save();
  assert.deepEqual((await page.open(town)).done, [{ kind: "confirmed" }]);
  const other = pageOf(town, 2);
  await other.open(town);
  other.save();
  assert.equal((await other.open(town)).done.length, 1);
  assert.equal((await page.open(town)).standing, "ready");
  // Nothing takes the place of a share of the key in force.
  town.complaints.set(2, new Map([[3, boxWord(town.roster, 2, 3)]]));
  await assert.rejects(page.open(town), { code: "holding.share" });
});

/** The service tells that these complain of member 1, and nothing of what was told or answered before. */
function inventComplaints(town: CeremonyTown, ...members: readonly number[]): void {
  town.complaints.clear();
  town.answers.clear();
  for (const member of members) town.complaints.set(member, new Map([[1, boxWord(town.roster, member, 1)]]));
}

async function notesOf(town: CeremonyTown): Promise<string[]> {
  const { notes, done } = await pageOf(town, 1).open(town);
  assert.deepEqual(done, []);
  assert.equal(town.answers.size, 0, "nothing was shown");
  return notes.map((note) => (note.kind === "refused" ? note.error.code : note.kind));
}

test("however the complaints change between two passes, fewer than t shares of a deal are shown", async () => {
  const town = ceremonyTown(5, 3);
  await everybody(town, DEALS);
  town.time = ANSWERS;
  inventComplaints(town, 2, 3, 4);
  assert.deepEqual(await notesOf(town), ["ceremony.complaints"]);
  inventComplaints(town, 2);
  assert.deepEqual((await pageOf(town, 1).open(town)).done, [{ kind: "answered", member: 2 }]);
  inventComplaints(town, 4, 5);
  assert.deepEqual(await notesOf(town), ["holding.many_shown"]);
  inventComplaints(town, 4);
  assert.deepEqual((await pageOf(town, 1).open(town)).done, [{ kind: "answered", member: 4 }]);
  for (const member of [3, 5]) {
    inventComplaints(town, member);
    assert.deepEqual(await notesOf(town), ["holding.many_shown"]);
  }
  inventComplaints(town, 4, 2);
  assert.equal((await pageOf(town, 1).open(town)).done.length, 2, "what was shown may be said again");
});

test("a share is shown only while this device's own clock is about in the answers' round, and not once there is a share", async () => {
  const town = ceremonyTown(3, 2);
  await everybody(town, DEALS);
  town.time = ANSWERS;
  inventComplaints(town, 3);
  for (const ahead of [-1_000, 1_000]) {
    town.ahead = ahead;
    assert.deepEqual(await notesOf(town), ["holding.answers_clock"]);
  }
  town.ahead = 0;
  town.complaints.clear();
  assert.deepEqual(await everybody(town, CONFIRMATIONS), ["unsaved", "unsaved", "unsaved"]);
  town.time = ANSWERS;
  inventComplaints(town, 3);
  assert.deepEqual(await notesOf(town), ["holding.answers_over"]);
});

test("a page without what the account dealt from, or without its card, says nothing", async () => {
  const town = ceremonyTown(3, 2);
  const page = pageOf(town, 1);
  const before = page.kept;
  await page.open(town);
  page.keep(before); // an older copy of what was kept: the card, but no seed
  await assert.rejects(page.open(town), { code: "holding.two_homes" });
  page.keep(Keeping.fresh(page.owner));
  await assert.rejects(page.open(town), { code: "holding.other_key" });
  assert.equal(town.dealt.size, 1);
});

test("an account that is not invited takes no part", async () => {
  const town = ceremonyTown(3, 2);
  const stranger = ceremonyTown(4, 2).pages[3] ?? assert.fail();
  await assert.rejects(stranger.open(town), { code: "holding.stranger" });
});

test("rounds end with their last second", () => {
  const rounds = [1, 100, 101, 200, 201, 300, 301, 400, 401].map((time) => roundAt(ENDS, time));
  const named = ["deals", "deals", "complaints", "complaints", "answers", "answers", "confirmations", "confirmations"];
  assert.deepEqual(rounds, [...named, "over"]);
});

test("a key in force that is not what the messages give is not taken for one", async () => {
  const town = ceremonyTown(3, 2);
  for (const time of [DEALS, COMPLAINTS, ANSWERS]) await everybody(town, time);
  await everybody(town, CONFIRMATIONS);
  for (const page of town.pages) page.save();
  await everybody(town, CONFIRMATIONS);
  const seen = town.seenBy(pageOf(town, 1));
  assert.ok(judgementInForce(seen));
  const other = { code: "holding.other_key_in_force" };
  const changed = (outcome: Outcome): Outcome => ({ ...outcome, transcript: new Uint8Array(32) });
  const lied: Ceremony = {
    ...seen,
    confirmed: new Map([...seen.confirmed].map(([one, said]) => [one, changed(said)])),
  };
  assert.throws(() => judgementInForce(lied), other);
  assert.throws(() => judgementInForce({ ...seen, key: new Uint8Array(96) }), other);
  assert.throws(() => judgementInForce({ ...seen, key: null }), { code: "holding.no_key" });
  assert.throws(() => judgementInForce({ ...seen, time: ANSWERS }), { code: "holding.early" });
});
