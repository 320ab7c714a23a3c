/**
 * A ceremony's ledger and board in memory, by the contract's rules: who said a thing cannot say it again, but confirm. Members are
 * pages that can be closed at any step: what they had stored is all that is left of them.
 */
import assert from "node:assert/strict";
import type { Words } from "../../../web/holding/ceremony/complaints.ts";
import { Keeping, type Owner } from "../../../web/holding/ceremony/keeping.ts";
import { readRoster } from "../../../web/holding/ceremony/roster.ts";
import { goOn, type Ports, type Report } from "../../../web/holding/ceremony/rounds.ts";
import { type Ceremony, type Outcome, sameOutcome } from "../../../web/holding/ceremony/state.ts";
import { b64url, hex, sha256, utf8 } from "../../../web/verify/bytes.ts";
import { canonical, type Json } from "../../../web/verify/canonical.ts";

/** The page was closed. */
export class Closed extends Error {}

/** Last seconds of the rounds. */
export const ENDS = [100, 200, 300, 400] as const;

const PLACE = { genesis: `0x${"11".repeat(32)}`, registry: `0x${"22".repeat(20)}` };
const NUMBER = 3;

/** One member's page. */
export class MemberPage {
  readonly owner: Owner;
  private stored: string;
  private steps = Number.POSITIVE_INFINITY;
  /** Deals that do not come to this page, by digest. */
  readonly blind = new Set<string>();

  constructor(readonly account: string) {
    this.owner = { ...PLACE, account };
    this.stored = canonical(Keeping.fresh(this.owner).value());
  }

  /** What the page finds when it is opened. */
  get kept(): Keeping {
    return Keeping.read(JSON.parse(this.stored) as Json, this.owner);
  }

  /** As the page stores it. */
  keep(keeping: Keeping): void {
    this.stored = canonical(keeping.value());
  }

  /** The public key for the next card, kept. */
  join(): Uint8Array {
    const keeping = this.kept;
    const key = keeping.openCard();
    this.keep(keeping);
    return key;
  }

  /** The reader has the share's file. */
  save(): void {
    const keeping = this.kept;
    keeping.markSaved(NUMBER);
    this.keep(keeping);
  }

  /** Opens the page, lets it do what is due, and closes it after so many steps. */
  async open(town: CeremonyTown, steps = Number.POSITIVE_INFINITY): Promise<Report> {
    this.steps = steps;
    return goOn(
      town.seenBy(this),
      this.kept,
      town.portsOf(this, () => this.step()),
    );
  }

  private step(): void {
    this.steps -= 1;
    if (this.steps < 0) throw new Closed();
  }
}

/** Ledger and board. */
export class CeremonyTown {
  /** Of the newest block, seconds. */
  time = 1;
  /** Seconds by which devices' clocks are before it. */
  ahead = 0;
  readonly papers = new Map<string, Uint8Array>();
  readonly dealt = new Map<number, Uint8Array>();
  readonly complaints = new Map<number, Map<number, Uint8Array>>();
  readonly answers = new Map<number, Map<number, Uint8Array>>();
  readonly confirmed = new Map<number, Outcome>();
  readonly notes = new Map<number, Uint8Array>();
  private key: Uint8Array | null = null;
  readonly roster: Ceremony["roster"];

  constructor(
    readonly pages: readonly MemberPage[],
    readonly threshold: number,
  ) {
    const members = pages.map((page) => ({ address: page.account, key: b64url(page.join()) }));
    const scope = { genesis: PLACE.genesis, book: `0x${"33".repeat(20)}`, kind: "term", number: NUMBER };
    this.roster = readRoster(utf8(canonical({ format: "yinxin-roster-1", scope, threshold, members })));
  }

  /** The ceremony as that page sees it. */
  seenBy(page: MemberPage): Ceremony {
    const { roster, time, dealt, complaints, answers, confirmed, key } = this;
    const deals = [...dealt].flatMap(([member, digest]): [number, Uint8Array][] => {
      const data = page.blind.has(hex(digest)) ? undefined : this.papers.get(hex(digest));
      return data === undefined ? [] : [[member, data]];
    });
    const copied = (words: ReadonlyMap<number, Words>): Map<number, Words> =>
      new Map([...words].map(([member, said]) => [member, new Map(said)]));
    return {
      ...{ number: NUMBER, ends: ENDS, roster, time, key, destroyed: new Set<number>() },
      dealt: new Map(dealt),
      complaints: copied(complaints),
      answers: copied(answers),
      confirmed: new Map(confirmed),
      deals: new Map(deals),
    };
  }

  /** A paper comes onto the board. */
  put(data: Uint8Array): void {
    this.papers.set(hex(sha256(data)), data);
  }

  /** What that page says, each word a step before and a step after which it may be closed. */
  portsOf(page: MemberPage, step: () => void): Ports {
    const me = this.pages.indexOf(page) + 1;
    const act = async (work: () => void): Promise<void> => {
      step();
      work();
      step();
    };
    const once = (words: Map<number, Map<number, Uint8Array>>, other: number, word: Uint8Array): void => {
      const said = words.get(me) ?? new Map<number, Uint8Array>();
      assert.ok(!said.has(other), `member ${me} says a thing twice`);
      words.set(me, said.set(other, word));
    };
    return {
      now: () => this.time + this.ahead,
      store: (keeping) => act(() => page.keep(keeping)),
      put: (data) => act(() => this.put(data)),
      spread: async () => undefined,
      post: (_, member, confirmation) => act(() => void this.notes.set(member, confirmation)),
      deal: (_, digest) =>
        act(() => {
          assert.ok(!this.dealt.has(me), `member ${me} deals twice`);
          assert.ok(page.kept.hasSeed(NUMBER), "a deal whose seed is not stored");
          this.dealt.set(me, digest);
        }),
      complain: (_, accused, word) => act(() => once(this.complaints, accused, word)),
      answer: (_, complainer, word) => act(() => once(this.answers, complainer, word)),
      confirm: (_, outcome) =>
        act(() => {
          assert.ok(page.kept.isSaved(NUMBER), "confirmed, but the share is in no file");
          const said = this.confirmed.get(me);
          assert.ok(said === undefined || !sameOutcome(said, outcome), `member ${me} confirms the same twice`);
          this.confirmed.set(me, outcome);
          const same = [...this.confirmed.values()].filter((one) => sameOutcome(one, outcome)).length;
          if (same >= this.threshold) this.key ??= outcome.key;
        }),
    };
  }
}

/** So many members and their ceremony, with these accounts if they have some. */
export function ceremonyTown(count: number, threshold: number, accounts: readonly string[] = []): CeremonyTown {
  const account = (number: number): string => accounts[number - 1] ?? `0x${number.toString(16).padStart(40, "0")}`;
  return new CeremonyTown(
    Array.from({ length: count }, (_, place) => new MemberPage(account(place + 1))),
    threshold,
  );
}
