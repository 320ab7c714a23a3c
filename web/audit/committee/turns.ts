/**
 * The draws of a lot: each judged by the rules, in the order of the chain (chain/evaluation/committee/draws.py). A draw counts if nothing
 * in it could be chosen once its seed could be known; what does not count stays visible, with the reason.
 */
import { isSigned } from "../../bid/published.ts";
import { drawMessage } from "../../holding/messages.ts";
import { hex0x, unhex0x } from "../../verify/bytes.ts";
import { InvalidInput } from "../../verify/errors.ts";
import type { TenderCase } from "../case.ts";
import { order, type TenderEvent, textIn } from "../events.ts";
import { type NamedLot, sameLot } from "../forms.ts";
import { recordsIn } from "../records.ts";
import type { Lot } from "../story.ts";
import { drawExperts, drawOrder, readSeats, readTie, type Seats, seedOf } from "./draw.ts";
import { type DrawReasons, type Result, readDrawn, readReasons, readTieDrawn } from "./papers.ts";
import { type Pool, readPool } from "./pool.ts";
import type { CommitteeRules } from "./rules.ts";

/** One record of kind `draw` or `tie`; the n-th of a lot has counter n, whether it counts or not. */
export interface Turn {
  readonly kind: "draw" | "tie";
  readonly counter: number;
  readonly event: TenderEvent;
  /** SHA-256 of its paper, 0x text: what key holders sign for. */
  readonly digest: string;
  /** Why it does not count; empty if it does. */
  fault: string;
  seats: Seats | null;
  reasons: DrawReasons | null;
  places: readonly number[];
  /** Once it is completed, with the SHA-256 of the result's paper. */
  result: (Result & { readonly digest: string }) | null;
}

/** Everything drawn for a lot. */
export interface Draws {
  readonly lot: NamedLot;
  readonly turns: Turn[];
  /** Results on record that complete nothing, and why. */
  readonly strays: { readonly event: TenderEvent; readonly why: string }[];
  /** Place in the pool by seat, as the completed draws leave it. */
  readonly seated: Map<number, number>;
  /** Every place that was ever drawn, and every one that a counting draw excluded. */
  readonly drawn: Set<number>;
  readonly excluded: Set<number>;
}

/** One lot whose committee is looked at. */
export interface Panel {
  readonly audited: TenderCase;
  readonly lot: Lot;
  readonly rules: CommitteeRules;
  readonly openingKey: Uint8Array;
  /** SHA-256 of the notice in force, 0x text. */
  readonly noticeDigest: string;
  /** Accounts with another part in the tender, the officer's left out. */
  readonly parts: ReadonlySet<string>;
  /** Signatures that were checked, by what they are over. */
  readonly paired: Map<string, boolean>;
}

/** The lot as papers name it. */
export function lotOf({ audited, lot }: Panel): NamedLot {
  return audited.place(lot.number);
}

/** True if the key holders signed for that subject; one pairing, made once for each. */
export function isDrawn(panel: Panel, kind: "draw" | "float", { counter, subject, signature }: Result): boolean {
  const key = [kind, counter, subject, hex0x(signature)].join();
  const known = panel.paired.get(key);
  if (known !== undefined) return known;
  const { tender, lot, ...where } = lotOf(panel);
  const [genesis, book] = [unhex0x(where.genesis, "genesis", 32), unhex0x(where.book, "book", 20)];
  const message = drawMessage(kind, { genesis, book, tender, lot }, counter, unhex0x(subject, "subject", 32));
  const found = isSigned(signature, message, panel.openingKey);
  panel.paired.set(key, found);
  return found;
}

/** The tender's pool: the first that was recorded by the deadline; null if none was. Throws InvalidInput, and what the board throws. */
export async function poolOnRecord({ board, story }: TenderCase): Promise<Pool | null> {
  const first = story.records.find(
    ({ values, block }) => values.kind === "expert-pool" && block.time <= story.deadline,
  );
  return first === undefined ? null : readPool(await board.get(textIn(first, "digest")));
}

/** The draws of a lot, of its records before an event or of all. Throws what the board throws: a hidden paper decides nothing. */
export async function readDraws(panel: Panel, before: TenderEvent | null = null): Promise<Draws> {
  const records = panel.lot.records.filter((event) => before === null || order(event, before) < 0);
  const judge = new Judge(panel, { ...panel.lot, records });
  for (const event of records) {
    const { kind } = event.values;
    if (kind === "draw" || kind === "tie") await judge.take(event, kind);
    else if (kind === "drawn" || kind === "tie-drawn") await judge.complete(event, kind === "drawn" ? "draw" : "tie");
  }
  return judge.draws;
}

class Judge {
  readonly draws: Draws;

  constructor(
    private readonly panel: Panel,
    private readonly lot: Lot,
  ) {
    this.draws = {
      lot: lotOf(panel),
      turns: [],
      strays: [],
      seated: new Map(),
      drawn: new Set(),
      excluded: new Set(),
    };
  }

  async take(event: TenderEvent, kind: Turn["kind"]): Promise<void> {
    const { turns, excluded } = this.draws;
    const empty = { fault: "", seats: null, reasons: null, places: [], result: null };
    const turn: Turn = { kind, counter: turns.length + 1, event, digest: textIn(event, "digest"), ...empty };
    turn.fault = await faultIn(() => (kind === "draw" ? this.draw(turn) : this.tie(turn)));
    turns.push(turn);
    if (kind === "draw" && turn.fault === "") for (const place of turn.seats?.excluded ?? []) excluded.add(place);
  }

  async complete(event: TenderEvent, kind: Turn["kind"]): Promise<void> {
    const why = await faultIn(() => (kind === "draw" ? this.drawn(event) : this.tieDrawn(event)));
    if (why !== "") this.draws.strays.push({ event, why });
  }

  private async draw(turn: Turn): Promise<void> {
    const { draws, lot } = this;
    if (!recordsIn(lot, 1).some((record) => order(record, turn.event) < 0))
      throw wrong("there was no opening record yet, so conflicts were not known");
    const [award] = lot.awards;
    if (award !== undefined && order(award, turn.event) < 0) throw wrong("the lot was awarded");
    const waiting = pending(draws, "draw");
    if (waiting !== undefined) throw wrong(`draw ${waiting.counter} was not completed`);
    const pool = await this.pool();
    const seats = readSeats(await this.paper(turn.digest));
    turn.seats = seats;
    if (seats.pool !== pool.digest) throw wrong("it is about another pool");
    const reasons = readReasons(await this.paper(seats.reasons));
    turn.reasons = reasons;
    if (!sameLot(reasons, draws.lot) || reasons.counter !== turn.counter)
      throw wrong("its reasons are those of another draw");
    if (reasons.excluded.map(({ place }) => place).join() !== seats.excluded.join())
      throw wrong("its reasons are about other places than it excludes");
    this.checkRules(seats, new Set(reasons.replaced.map(({ place }) => place)), pool);
    drawExperts(pool, seats, new Uint8Array(32)); // fillable, whatever the seed
  }

  private checkRules(seats: Seats, replaced: ReadonlySet<number>, pool: Pool): void {
    const { draws, panel } = this;
    const [excluded, sitting] = [new Set(seats.excluded), new Set(draws.seated.values())];
    if (draws.drawn.size === 0) {
      const { experts } = panel.rules;
      if (replaced.size > 0) throw wrong("there is nobody to be replaced");
      if (seats.count !== experts) throw wrong(`it draws ${seats.count}; the notice says ${experts} experts`);
    } else if (replaced.size === 0 || !isWithin(replaced, sitting))
      throw wrong("a further draw replaces experts who sit on the committee, and does nothing else");
    else if (seats.count !== replaced.size) throw wrong(`it draws ${seats.count} and replaces ${replaced.size}`);
    if (!isWithin(draws.drawn, excluded) || !isWithin(draws.excluded, excluded))
      throw wrong("whoever was drawn or excluded before is not drawn again");
    const barred = pool.lines.flatMap(({ account }, at) => (panel.parts.has(account) ? [at] : []));
    const left = barred.filter((place) => !excluded.has(place));
    if (left.length > 0) throw wrong(`places ${left.join(", ")} have another part in the tender and are not excluded`);
  }

  private async tie(turn: Turn): Promise<void> {
    const { lot, draws, panel } = this;
    const opened = lot.openings.get(panel.audited.story.terms.envelopes);
    if (opened === undefined || order(opened.event, turn.event) >= 0) throw wrong("prices were not opened yet");
    const places = readTie(await this.paper(turn.digest));
    turn.places = places;
    if (!places.every((place) => lot.bids.some((bid) => bid.place === place)))
      throw wrong("it names places that nobody took");
    if (draws.turns.some((one) => one.kind === "tie" && !one.fault && one.places.join() === places.join()))
      throw wrong("these places were drawn before, and are not drawn again");
  }

  private async drawn(event: TenderEvent): Promise<void> {
    const digest = textIn(event, "digest");
    const found = readDrawn(await this.paper(digest));
    const turn = this.turnOf("draw", found);
    const { seats, reasons } = turn;
    if (seats === null || reasons === null) throw wrong("it completes no record of this lot");
    if (drawExperts(await this.pool(), seats, seedOf(found.signature)).join() !== found.places.join())
      throw wrong("the signature gives other seats");
    turn.result = { ...found, digest };
    const replaced = new Set(reasons.replaced.map(({ place }) => place));
    const { seated, drawn } = this.draws;
    const left = [...seated].flatMap(([seat, place]) => (replaced.has(place) ? [seat] : []));
    left.sort((one, other) => one - other);
    for (const [at, place] of found.places.entries()) {
      seated.set(left.length === 0 ? at + 1 : (left[at] ?? 0), place);
      drawn.add(place);
    }
  }

  private async tieDrawn(event: TenderEvent): Promise<void> {
    const digest = textIn(event, "digest");
    const found = readTieDrawn(await this.paper(digest));
    const turn = this.turnOf("tie", found);
    if (drawOrder(turn.places, seedOf(found.signature)).join() !== found.places.join())
      throw wrong("the signature gives another order");
    turn.result = { ...found, digest };
  }

  private turnOf(kind: Turn["kind"], found: Result): Turn {
    const turn = this.draws.turns.find((one) => one.counter === found.counter && one.kind === kind);
    if (turn === undefined || !sameLot(found, this.draws.lot) || turn.digest !== found.subject)
      throw wrong("it completes no record of this lot");
    if (turn.fault !== "") throw wrong(`${kind} ${turn.counter} does not count: ${turn.fault}`);
    if (turn.result !== null) throw wrong(`${kind} ${turn.counter} was completed before`);
    if (!isDrawn(this.panel, "draw", found)) throw wrong("the signature is not the key holders' over it");
    return turn;
  }

  private async pool(): Promise<Pool> {
    const found = await poolOnRecord(this.panel.audited);
    if (found === null) throw wrong("the tender has no pool of experts on record by its deadline");
    return found;
  }

  private paper(digest: string): Promise<Uint8Array> {
    return this.panel.audited.board.get(digest);
  }
}

/** The record of that kind that counts and waits for its result. */
export function pending({ turns }: Draws, kind: Turn["kind"]): Turn | undefined {
  return turns.find((one) => one.kind === kind && one.fault === "" && one.result === null);
}

/** Why something does not hold, empty if it does. What the board throws goes on. */
export async function faultIn(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return "";
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.message;
  }
}

/** True if the one set lies within the other. */
function isWithin(part: ReadonlySet<number>, whole: ReadonlySet<number>): boolean {
  return [...part].every((one) => whole.has(one));
}

/** Something on record that does not count. */
export function wrong(why: string): InvalidInput {
  return new InvalidInput(why, "draw.fault");
}
