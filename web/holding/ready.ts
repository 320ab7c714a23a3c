/**
 * Everything that must hold before a key holder signs, as `yinxin keyholder release` has it: by this device's clock *and* by the
 * final block of the endpoints; the live set of the events is the contract's; a custodian has every file; the share fits.
 */
import { bytesOf } from "../keys/pinned.ts";
import { get, set } from "../scan/storage.ts";
import { equal, hex0x, sha256 } from "../verify/bytes.ts";
import { isList, isObject, type Json, type JsonObject, member } from "../verify/canonical.ts";
import { YinxinError } from "../verify/errors.ts";
import { type Book, PHASE, type Plan, type TenderState } from "./book.ts";
import { type LiveSet, liveDigest, type Place } from "./messages.ts";
import { covers, type PublicShare } from "./share.ts";

/** Which envelope. */
export interface Wanted {
  readonly tender: number;
  readonly lot: number;
  readonly envelope: number;
}

/** In words, in both languages. */
export interface Title {
  readonly zh: string;
  readonly en: string;
}

/** What is about to be signed, after every check. */
export interface Ready {
  readonly wanted: Wanted;
  readonly title: Title;
  readonly lotTitle: Title;
  readonly set: LiveSet;
  /** 32 bytes. */
  readonly digest: Uint8Array;
  readonly openAt: number;
  readonly custodians: readonly string[];
  readonly ceremony: number;
}

/** What is known of an envelope before the share is asked. */
export interface Seen {
  readonly state: TenderState;
  readonly due: number;
}

/** A check that did not hold: nothing is signed. The code is the command's. */
export class NotYet extends YinxinError {
  constructor(
    code: string,
    /** Values for the words. */
    readonly values: Readonly<Record<string, string | number>> = {},
  ) {
    super(code, code);
  }
}

/** Looks at the tender and its times alone. Remembers the opening: it never moves to an earlier hour. */
export async function seen(book: Book, wanted: Pick<Wanted, "tender">): Promise<Seen> {
  const state = await book.tender(wanted.tender);
  if (state === null) throw new NotYet("tender.unknown", { tender: wanted.tender });
  const key = `opening:${hex0x(book.place(1, 1, 1).book)}:${wanted.tender}`;
  const known = (await get<number>("public", key)) ?? 0;
  if (state.openAt > known) await set("public", key, state.openAt);
  return { state, due: Math.max(state.openAt, known) };
}

/**
 * All checks.
 * @param clock this device's, seconds
 * @throws NotYet with the command's own code
 */
export async function ready(book: Book, share: PublicShare, wanted: Wanted, clock: number): Promise<Ready> {
  const { tender, lot, envelope } = wanted;
  const { state, due } = await seen(book, wanted);
  checkTime(due, clock, book.block.time);
  checkPhase(await book.phase(tender, lot), envelope);
  const set = await book.liveSet(tender, lot, envelope);
  const digest = liveDigest(set.bids);
  const held = await book.heldSet(tender, lot, envelope);
  if (!equal(held.digest, digest) || held.count !== set.bids.length) throw new NotYet("release.live_set");
  const custodians = await book.custodians(tender, lot, envelope);
  if (custodians.length === 0) throw new NotYet("release.custody");
  checkShare(share, set.place, state, await book.plan(state.ceremony), book.registry);
  const notice = await noticeOf(await book.noticeDigest(tender, state.amendments), tender);
  const titles = { title: titleOf(notice), lotTitle: titleOf(lotOf(notice, lot)) };
  return { wanted, ...titles, set, digest, openAt: state.openAt, custodians, ceremony: state.ceremony };
}

/** Nothing is signed before the opening is due, by both clocks (seconds). Throws NotYet. */
export function checkTime(due: number, clock: number, final: number): void {
  if (clock < due) throw new NotYet("release.early_clock", { due });
  if (final < due) throw new NotYet("release.early_ledger", { due, final });
}

/** The envelope is closed and not open. Throws NotYet. */
export function checkPhase(phase: number | null, envelope: number): void {
  const due = envelope === 1 ? PHASE.closed : PHASE.priceClosed;
  if (phase === due) return;
  if (phase === PHASE.failed || phase === PHASE.cancelled) throw new NotYet("release.ended");
  throw new NotYet(phase !== null && phase > due ? "release.open_already" : "release.not_closed");
}

/** The share was made for this tender, by the ceremony that it names, and its term is not over. Throws NotYet. */
export function checkShare(
  share: PublicShare,
  place: Pick<Place, "genesis" | "book" | "tender">,
  state: Pick<TenderState, "ceremony" | "openAt" | "graceUsed">,
  plan: Plan | null,
  registry: string,
): void {
  if (plan === null || !plan.active) throw new NotYet("release.ceremony", { ceremony: state.ceremony });
  const { genesis, book, tender } = place;
  const fits = share.number === state.ceremony && share.registry === registry && share.ceremony === plan.roster;
  const here = plan.book === hex0x(book) && (plan.tender === 0 || plan.tender === tender);
  if (!fits || !here || !covers(share.scope, genesis, book, tender)) {
    throw new NotYet("release.scope", { ceremony: state.ceremony, tender });
  }
  if (state.openAt > plan.usableUntil && !state.graceUsed) throw new NotYet("release.term");
}

/** The notice with that digest. Throws NotYet. */
export async function noticeOf(digest: string, tender: number): Promise<JsonObject> {
  const data = await bytesOf(`/v1/tenders/${tender}/papers/${digest}`);
  if (hex0x(sha256(data)) !== digest) throw new NotYet("release.notice");
  const value = JSON.parse(new TextDecoder().decode(data)) as Json;
  if (!isObject(value)) throw new NotYet("release.notice");
  return value;
}

/** A lot of a notice. Throws NotYet. */
export function lotOf(notice: JsonObject, number: number): JsonObject {
  const lots = member(notice, "lots");
  const found = isList(lots) ? lots.filter(isObject).find((one) => one.number === number) : undefined;
  if (found === undefined) throw new NotYet("release.notice");
  return found;
}

/** What a tender or a lot is called. */
export function titleOf(named: JsonObject): Title {
  const words = member(named, "title");
  const text = (language: string): string => {
    const found = isObject(words) ? member(words, language) : words;
    return typeof found === "string" ? oneLine(found) : "";
  };
  return { zh: text("zh") || text("en"), en: text("en") || text("zh") };
}

/** On one line: nothing in it turns the direction, or looks like another line. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{C}\p{Z}]/gu, " ")
    .replace(/ +/g, " ")
    .trim();
}
