/**
 * When a sheet may be shown: once a paper on the ledger has the signed commitments of every member of the committee, this
 * member's to this very sheet among them (`chain/evaluation/sheets/standing.py`). Computed here, from papers that the ledger names.
 */
import { hex0x, sha256, unb64url, unhex0x } from "../verify/bytes.ts";
import { hasExactly, isList, isObject, type JsonObject, readCanonical } from "../verify/canonical.ts";
import { Refused } from "../verify/errors.ts";
import { ENVELOPE, isSigned, type LotPlace, type SheetPlace } from "./sheet.ts";

/** A seat of a committee; account as 0x text, box 32 bytes. */
export interface Seat {
  readonly seat: number;
  readonly account: string;
  readonly box: Uint8Array;
}

/** A committee; its paper's SHA-256 as 0x text. */
export interface Committee {
  readonly digest: string;
  readonly seats: readonly Seat[];
}

const LARGEST = 16 * 2 ** 20;
const OF_COMMITTEE = "book drawn format genesis lot members number pool tender".split(" ");
const OF_COMMITMENTS = "book case commitments committee envelope format genesis lot reason round tender".split(" ");

/** A committee's paper of that lot. Throws Refused `committee.paper`. */
export function readCommittee(data: Uint8Array, place: LotPlace): Committee {
  const value = paper(data, "yinxin-committee-1", OF_COMMITTEE);
  if (value === null || !isOf(value, place) || !isList(value.members)) throw new Refused("committee.paper");
  const seats = value.members.filter(isObject).map((one) => {
    if (typeof one.seat !== "number") throw new Refused("committee.paper");
    const account = hex0x(unhex0x(one.account, "account", 20));
    return { seat: one.seat, account, box: unb64url(one.box, "box") };
  });
  return { digest: hex0x(sha256(data)), seats };
}

/** The seat of that account. Throws Refused `sheet.member`. */
export function seatOf(committee: Committee, account: string): Seat {
  const found = committee.seats.find((one) => one.account === account);
  if (found === undefined) throw new Refused("sheet.member", { account });
  return found;
}

/**
 * Sees whether the sheet of that digest (0x text) may be shown.
 * @param commitments bytes of the paper on record, or null: there is none of this round
 * @throws Refused `sheet.early`: not all have committed on record; `sheet.differs`: this member to another sheet
 */
export function checkReveal(commitments: Uint8Array | null, at: SheetPlace, committee: Committee, sheet: string): void {
  const value = commitments === null ? null : paper(commitments, "yinxin-sheet-commitments-1", OF_COMMITMENTS);
  if (value === null || !isList(value.commitments)) throw new Refused("sheet.early");
  const same = value.envelope === ENVELOPE && value.round === at.round && value.committee === at.committee;
  if (!same || !isOf(value, at) || committee.digest !== at.committee) throw new Refused("sheet.early");
  const signed = value.commitments.map((one) => {
    if (!isObject(one) || !hasExactly(one, ["account", "sheet", "signature"])) throw new Refused("sheet.early");
    const account = hex0x(unhex0x(one.account, "account", 20));
    const named = hex0x(unhex0x(one.sheet, "sheet", 32));
    const said = { ...at, account, sheet: named, signature: unb64url(one.signature, "signature") };
    if (!isSigned(said)) throw new Refused("sheet.early");
    return said;
  });
  const wanted = committee.seats.map(({ account }) => account);
  if (signed.map(({ account }) => account).join() !== wanted.join()) throw new Refused("sheet.early");
  if (signed.find(({ account }) => account === at.account)?.sheet !== sheet) throw new Refused("sheet.differs");
}

function paper(data: Uint8Array, format: string, names: readonly string[]): JsonObject | null {
  const value = readCanonical(data, format, LARGEST);
  return isObject(value) && value.format === format && hasExactly(value, names) ? value : null;
}

function isOf(value: JsonObject, { genesis, book, tender, lot }: LotPlace): boolean {
  return value.genesis === genesis && value.book === book && value.tender === tender && value.lot === lot;
}
