/**
 * What waits to be drawn in a lot, and everything that must hold before a key holder signs it. The service says which records count
 * and wait; that each is on the ledger, which papers it means and what they say is looked at here, once both clocks have come to the
 * opening and the lot is opened in a final block.
 */
import { call } from "../ui/service.ts";
import { equal, hex0x, sha256, unb64url, unhex0x, utf8 } from "../verify/bytes.ts";
import { isList, isObject, type Json, type JsonObject, member, readCanonical } from "../verify/canonical.ts";
import { type Book, PHASE, type Recorded } from "./book.ts";
import type { DrawKind, LotPlace } from "./messages.ts";
import { checkShare, checkTime, lotOf, NotYet, noticeOf, oneLine, seen, type Title, titleOf } from "./ready.ts";
import type { PublicShare } from "./share.ts";
import type { DrawWanted } from "./signed.ts";

/** One thing that waits, as its papers say. */
export interface WaitingDraw extends DrawWanted {
  /** Of a draw: how many experts of which specialty. */
  readonly seats: readonly { readonly specialty: string; readonly seats: number }[];
  /** Of a draw: how many places are not drawn from, by rule. */
  readonly excluded: ReadonlyMap<string, number>;
  /** Of a draw: whom it replaces. */
  readonly replaced: readonly { readonly place: number; readonly reason: string }[];
  /** Of a tie: places of the bids. */
  readonly places: readonly number[];
  /** Of a float point: what it is one of, in percent. */
  readonly floats: readonly string[];
}

/** What is about to be signed, after every check. */
export interface ReadyDraws {
  readonly title: Title;
  readonly lotTitle: Title;
  readonly ceremony: number;
  readonly waiting: readonly WaitingDraw[];
}

/** As the service tells it. */
export interface ToldDraw {
  readonly kind: DrawKind;
  readonly counter: number;
  readonly subject: string;
  readonly paper?: string | null;
  readonly reasons?: string | null;
}

/** What the told draws are held to. */
export interface Grounds {
  readonly place: LotPlace;
  readonly phase: number;
  readonly envelopes: number;
  /** Of the lot, oldest first. */
  readonly recorded: readonly Recorded[];
  /** SHA-256 of the pool on record, 0x text; none: undefined. */
  readonly pool: string | undefined;
  readonly noticeDigest: string;
  readonly notice: JsonObject;
}

const LARGEST = 32 * 2 ** 20;

/**
 * All checks.
 * @param open opens the ledger at its newest final block; called once the service has answered, so that it is not behind
 * @param clock this device's, seconds
 * @throws NotYet with the command's own code; `draw.papers`: the service names what the ledger does not
 */
export async function readyDraws(
  open: () => Promise<Book>,
  share: PublicShare,
  wanted: { readonly tender: number; readonly lot: number },
  clock: number,
): Promise<ReadyDraws> {
  const { tender, lot } = wanted;
  const told = await toldDraws(tender, lot);
  const book = await open();
  const { state, due } = await seen(book, wanted);
  checkTime(due, clock, book.block.time);
  const phase = checkOpened(await book.phase(tender, lot));
  const place = book.place(tender, lot, 1);
  checkShare(share, place, state, await book.plan(state.ceremony), book.registry);
  const noticeDigest = await book.noticeDigest(tender, state.amendments);
  const notice = await noticeOf(noticeDigest, tender);
  const pool = (await book.recorded(tender, 0)).find(({ kind }) => kind === "expert-pool")?.digest;
  const recorded = await book.recorded(tender, lot);
  const grounds = { place, phase, envelopes: state.envelopes, recorded, pool, noticeDigest, notice };
  const waiting = told.map((one) => heldTo(one, grounds));
  if (waiting.length === 0) throw new NotYet("draw.none");
  return { title: titleOf(notice), lotTitle: titleOf(lotOf(notice, lot)), ceremony: state.ceremony, waiting };
}

/** The lot is opened, and neither ended nor awarded; its phase. Throws NotYet. */
export function checkOpened(phase: number | null): number {
  if (phase === null || phase === 0) throw new NotYet("release.place");
  if (phase >= PHASE.awarded) throw new NotYet("release.ended");
  if (phase < PHASE.opened) throw new NotYet("draw.not_opened");
  return phase;
}

/** What the service told, held to ledger and papers. Throws NotYet `draw.papers`, `draw.not_opened`. */
export function heldTo(told: ToldDraw, grounds: Grounds): WaitingDraw {
  const { place, recorded } = grounds;
  const wanted = { place, kind: told.kind, counter: told.counter, subject: unhex0x(told.subject, "subject", 32) };
  const empty = { seats: [], excluded: new Map<string, number>(), replaced: [], places: [], floats: [] };
  if (told.kind === "float") return { ...wanted, ...empty, floats: floatsOf(told, grounds) };
  const turn = recorded.filter(({ kind }) => kind === "draw" || kind === "tie")[told.counter - 1];
  if (turn?.kind !== told.kind || turn.digest !== told.subject) throw wrong();
  const paper = named(told.paper, wanted.subject, told.kind === "draw" ? "yinxin-draw-1" : "yinxin-tie-1");
  if (told.kind === "tie") return { ...wanted, ...empty, places: numbers(paper, "places") };
  return { ...wanted, ...empty, ...drawOf(told, paper, grounds) };
}

async function toldDraws(tender: number, lot: number): Promise<ToldDraw[]> {
  const answer = await call(`/v1/tenders/${tender}/lots/${lot}/draws`, { cache: "no-store" });
  return ((await answer.json()) as { waiting: ToldDraw[] }).waiting;
}

/** The float point: its subject is the notice, and nothing of it is chosen. */
function floatsOf(told: ToldDraw, { noticeDigest, notice, phase, envelopes }: Grounds): string[] {
  if (phase < (envelopes === 2 ? PHASE.priceOpened : PHASE.opened)) throw new NotYet("draw.not_opened");
  const floats = member(objectOf(member(objectOf(member(notice, "evaluation")), "reference")), "floats");
  if (told.counter !== 1 || told.subject !== noticeDigest || !isList(floats)) throw wrong();
  return floats.map(String);
}

function drawOf(
  told: ToldDraw,
  paper: JsonObject,
  { place, pool, notice }: Grounds,
): Pick<WaitingDraw, "seats" | "excluded" | "replaced"> {
  const seats = objects(paper, "quotas").map((one) => ({
    specialty: text(one, "specialty"),
    seats: number(one, "seats"),
  }));
  const reasons = named(told.reasons, unb64url(member(paper, "reasons"), "reasons"), "yinxin-draw-reasons-1");
  const left = objects(reasons, "excluded");
  const replaced = objects(reasons, "replaced").map((one) => ({
    place: number(one, "place"),
    reason: text(one, "reason"),
  }));
  const count = seats.reduce((sum, one) => sum + one.seats, 0);
  const first = number(objectOf(member(notice, "committee")), "experts");
  const right =
    hex0x(unb64url(member(paper, "pool"), "pool")) === pool &&
    member(reasons, "genesis") === hex0x(place.genesis) &&
    member(reasons, "book") === hex0x(place.book) &&
    number(reasons, "tender") === place.tender &&
    number(reasons, "lot") === place.lot &&
    number(reasons, "counter") === told.counter &&
    left.map((one) => number(one, "place")).join() === numbers(paper, "excluded").join() &&
    count === (replaced.length === 0 ? first : replaced.length);
  if (!right) throw wrong();
  const excluded = new Map<string, number>();
  for (const one of left) excluded.set(text(one, "rule"), (excluded.get(text(one, "rule")) ?? 0) + 1);
  return { seats, excluded, replaced };
}

/** A paper of that digest and format. Throws NotYet. */
function named(data: string | null | undefined, digest: Uint8Array, format: string): JsonObject {
  const bytes = utf8(data ?? "");
  if (!equal(sha256(bytes), digest)) throw wrong();
  const value = objectOf(readCanonical(bytes, format, LARGEST));
  if (value.format !== format) throw wrong();
  return value;
}

function objectOf(value: Json | undefined): JsonObject {
  if (value === undefined || !isObject(value)) throw wrong();
  return value;
}

function objects(value: JsonObject, name: string): JsonObject[] {
  const list = member(value, name);
  if (!isList(list)) throw wrong();
  return list.map(objectOf);
}

function text(value: JsonObject, name: string): string {
  const found = member(value, name);
  if (typeof found !== "string") throw wrong();
  return oneLine(found);
}

function number(value: JsonObject, name: string): number {
  const found = member(value, name);
  if (typeof found !== "number") throw wrong();
  return found;
}

function numbers(value: JsonObject, name: string): number[] {
  const list = member(value, name);
  if (!isList(list) || !list.every((one) => typeof one === "number")) throw wrong();
  return list as number[];
}

function wrong(): NotYet {
  return new NotYet("draw.papers");
}
