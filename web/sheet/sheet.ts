/**
 * A member's score sheet and the commitment to it, byte by byte as `yinxin expert commit` makes them
 * (docs/formats/evaluation.md, `chain/evaluation/sheets`).
 */
import { recover } from "../keys/secp.ts";
import { messageDigest } from "../keys/typed.ts";
import { b64url, hex0x, sha256, unb64url, unhex0x, utf8 } from "../verify/bytes.ts";
import {
  canonical,
  hasExactly,
  isList,
  isObject,
  type Json,
  type JsonObject,
  lengthOf,
  readCanonical,
} from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { millionths } from "./points.ts";

/** A lot as papers name it; `genesis` and `book` as 0x text. */
export interface LotPlace {
  readonly genesis: string;
  readonly book: string;
  readonly tender: number;
  readonly lot: number;
}

/** One verdict: passed, or failed for a reason. */
export interface Opinion {
  readonly passed: boolean;
  readonly reason: string;
}

/** What a member says of one bid; `points` by criterion, exact decimals as text. */
export interface BidSheet {
  readonly place: number;
  readonly formal: Opinion;
  readonly qualification: Opinion;
  readonly points: Readonly<Record<string, string>>;
  readonly remark: string;
}

/** Of which round of which lot a sheet is, and whose; digests and accounts as 0x text. */
export interface SheetPlace extends LotPlace {
  readonly round: number;
  /** SHA-256 of the committee's paper. */
  readonly committee: string;
  readonly account: string;
}

/** A sheet. */
export interface ScoreSheet extends SheetPlace {
  /** 32 random bytes. Secret until the sheet is shown. */
  readonly salt: Uint8Array;
  /** By ascending place. */
  readonly bids: readonly BidSheet[];
}

/** A commitment: what it names, and a signature of 65 bytes. */
export interface Commitment extends SheetPlace {
  /** SHA-256 of the sheet, 0x text. */
  readonly sheet: string;
  readonly signature: Uint8Array;
}

/** Sheets are about the first envelope. */
export const ENVELOPE = 1;
/** Characters of a reason or a remark. */
export const LONGEST = 2000;

const FORMAT = "yinxin-score-sheet-1";
const NOTE = "yinxin-sheet-commitment-1";
const LARGEST = 16 * 2 ** 20;
const MOST_BIDS = 10_000;
const MOST_CRITERIA = 100;
const OF_SHEET = "account bids book committee envelope format genesis lot round salt tender".split(" ");
const OF_BID = ["formal", "place", "points", "qualification", "remark"];

/** The sheet's paper. Throws InvalidInput: it would not be read. */
export function sheetText(sheet: ScoreSheet): string {
  const { salt, bids, ...where } = sheet;
  const text = canonical({
    format: FORMAT,
    ...placed(where),
    salt: b64url(salt),
    bids: bids.map(({ place, formal, qualification, points, remark }) => ({
      place,
      formal: written(formal),
      qualification: written(qualification),
      points,
      remark,
    })),
  });
  readSheet(utf8(text));
  return text;
}

/** SHA-256 of a sheet's paper, 0x text. */
export function sheetDigest(sheet: ScoreSheet): string {
  return hex0x(sha256(utf8(sheetText(sheet))));
}

/** Inverse of {@link sheetText}; whether it keeps to the notice is not checked. Throws InvalidInput. */
export function readSheet(data: Uint8Array): ScoreSheet {
  const value = readCanonical(data, "score sheet", LARGEST);
  if (!isObject(value) || value.format !== FORMAT) throw bad("format");
  if (!hasExactly(value, OF_SHEET)) throw bad("members");
  if (whole(value.envelope, "envelope") !== ENVELOPE) throw bad("envelope");
  const list = value.bids;
  if (!isList(list) || list.length > MOST_BIDS) throw bad("bids");
  const bids = list.map(bidOf);
  if (bids.some((bid, at) => at > 0 && bid.place <= (bids[at - 1]?.place ?? 0))) throw bad("bids.place");
  const salt = unb64url(value.salt, "salt");
  if (salt.length !== 32) throw bad("salt");
  return { ...readPlace(value), salt, bids };
}

/** What a member signs who commits to a sheet, given by its SHA-256 (0x text). */
export function commitmentText(at: SheetPlace, sheet: string): string {
  const { genesis, book, tender, lot, round, committee } = at;
  return (
    `I commit to my evaluation sheet of tender ${tender}, lot ${lot}, envelope ${ENVELOPE}, round ${round}.\n` +
    `本人对第 ${tender} 号项目第 ${lot} 标段第 ${ENVELOPE} 信封第 ${round} 轮的评审表作出承诺。\n` +
    `${NOTE} ${genesis} ${book} ${tender} ${lot} ${ENVELOPE} ${round} ${committee} ${sheet}`
  );
}

/** The commitment's note. */
export function commitmentNote({ signature, sheet, ...at }: Commitment): JsonObject {
  return { format: NOTE, ...placed(at), sheet, signature: b64url(signature) };
}

/** True if the account that it names signed it. */
export function isSigned(commitment: Commitment): boolean {
  const text = commitmentText(commitment, commitment.sheet);
  return recover(messageDigest(text), commitment.signature) === commitment.account;
}

/** The members that every paper of a lot's round has. */
export function readPlace(value: JsonObject): SheetPlace {
  return {
    genesis: hex0x(unhex0x(value.genesis, "genesis", 32)),
    book: hex0x(unhex0x(value.book, "book", 20)),
    tender: whole(value.tender, "tender"),
    lot: whole(value.lot, "lot"),
    round: whole(value.round, "round"),
    committee: hex0x(unhex0x(value.committee, "committee", 32)),
    account: hex0x(unhex0x(value.account, "account", 20)),
  };
}

/** True for the same round of the same lot, the same committee and member. */
export function samePlace(left: SheetPlace, right: SheetPlace): boolean {
  return canonical(placed(left)) === canonical(placed(right));
}

function placed({ genesis, book, tender, lot, round, committee, account }: SheetPlace): JsonObject {
  return { genesis, book, tender, lot, envelope: ENVELOPE, round, committee, account };
}

function written({ passed, reason }: Opinion): JsonObject {
  return { result: passed ? "pass" : "fail", reason };
}

function bidOf(value: Json): BidSheet {
  if (!isObject(value) || !hasExactly(value, OF_BID)) throw bad("bids");
  const { points, remark } = value;
  if (points === undefined || !isObject(points)) throw bad("points");
  const given = Object.entries(points);
  const exact = given.every(([, text]) => typeof text === "string" && millionths(text) !== null);
  if (given.length > MOST_CRITERIA || !exact) throw bad("points");
  if (typeof remark !== "string" || lengthOf(remark) > LONGEST) throw bad("remark");
  return {
    place: whole(value.place, "place"),
    formal: opinionOf(value.formal, "formal"),
    qualification: opinionOf(value.qualification, "qualification"),
    points: Object.fromEntries(given.map(([name, text]) => [name, String(text)])),
    remark,
  };
}

function opinionOf(value: Json | undefined, field: string): Opinion {
  if (!isObject(value) || !hasExactly(value, ["result", "reason"])) throw bad(field);
  const { result, reason } = value;
  if (result !== "pass" && result !== "fail") throw bad(`${field}.result`);
  const isText = typeof reason === "string" && lengthOf(reason) <= LONGEST;
  if (!isText || (result === "fail" && reason === "")) throw bad(`${field}.reason`);
  return { passed: result === "pass", reason };
}

function whole(value: Json | undefined, field: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) throw bad(field);
  return value;
}

function bad(field: string): InvalidInput {
  return new InvalidInput(`score sheet: ${field}`, "sheet.form");
}
