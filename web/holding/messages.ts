/** What key holders sign, byte by byte (docs/formats/tender-digests.md): as the command line and the contracts make it. */
import { bigEndian, concat, sha256, utf8 } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";

/** Where a message belongs. */
export interface Place {
  /** Hash of the ledger's first block, 32 bytes. */
  readonly genesis: Uint8Array;
  /** Address of the TenderBook, 20 bytes. */
  readonly book: Uint8Array;
  readonly tender: number;
  readonly lot: number;
  /** 1, or 2 for the price. */
  readonly envelope: number;
}

/** Where a draw belongs. */
export type LotPlace = Omit<Place, "envelope">;

/** What is drawn: experts, the order of equal bids, the float point. */
export type DrawKind = "draw" | "tie" | "float";

/** A live bid: under which identity it was sealed. */
export interface LiveBid {
  /** 1, 2, 3 … in the order in which places of the lot were first taken. */
  readonly place: number;
  /** Of the commitment, 20 bytes. */
  readonly bidder: Uint8Array;
  readonly version: number;
  /** Hash of the newest commitment, 32 bytes. */
  readonly commitment: Uint8Array;
}

/** The bids of an envelope that are to be opened. */
export interface LiveSet {
  readonly place: Place;
  /** In the order of their places. */
  readonly bids: readonly LiveBid[];
}

/** A bid's identity: what its lock 1 was sealed to, 32 bytes. */
export function identityOf(place: Place, bid: LiveBid): Uint8Array {
  const version = numbered(bid.version, 4, "version");
  return sha256(concat(tag("yinxin-bid-v1"), placeBytes(place), sized(bid.bidder, 20, "bidder"), version));
}

/** The chain over the live commitments, 32 bytes. */
export function liveDigest(bids: readonly Pick<LiveBid, "commitment">[]): Uint8Array {
  return bids.reduce<Uint8Array>(
    (sum, bid) => sha256(concat(sum, sized(bid.commitment, 32, "commitment"))),
    new Uint8Array(32),
  );
}

/** The message over the live set, 32 bytes. */
export function liveSetMessage(place: Place, count: number, digest: Uint8Array): Uint8Array {
  const counted = numbered(count, 4, "count");
  return sha256(concat(tag("yinxin-live-set-v1"), placeBytes(place), counted, sized(digest, 32, "live set")));
}

/** The message of a roll call, 32 bytes. */
export function rollCallMessage(
  genesis: Uint8Array,
  registry: Uint8Array,
  ceremony: number,
  counter: number,
): Uint8Array {
  const numbers = concat(numbered(ceremony, 8, "ceremony"), numbered(counter, 4, "counter"));
  const where = concat(sized(genesis, 32, "genesis"), sized(registry, 20, "registry"));
  return sha256(concat(tag("yinxin-roll-call-v1"), where, numbers));
}

/** The message of a draw, of a tie (the same kind of message) or of a float point, 32 bytes. */
export function drawMessage(kind: DrawKind, place: LotPlace, counter: number, subject: Uint8Array): Uint8Array {
  const where = concat(
    sized(place.genesis, 32, "genesis"),
    sized(place.book, 20, "book"),
    numbered(place.tender, 8, "tender"),
    numbered(place.lot, 4, "lot"),
  );
  const name = kind === "float" ? "yinxin-float-v1" : "yinxin-draw-v1";
  return sha256(concat(tag(name), where, numbered(counter, 4, "counter"), sized(subject, 32, "subject")));
}

function placeBytes(place: Place): Uint8Array {
  if (place.envelope !== 1 && place.envelope !== 2) throw wrong("envelope");
  return concat(
    sized(place.genesis, 32, "genesis"),
    sized(place.book, 20, "book"),
    numbered(place.tender, 8, "tender"),
    numbered(place.lot, 4, "lot"),
    Uint8Array.of(place.envelope),
  );
}

function tag(name: string): Uint8Array {
  const out = new Uint8Array(32);
  out.set(utf8(name));
  return out;
}

function sized(data: Uint8Array, size: number, field: string): Uint8Array {
  if (data.length !== size) throw wrong(field);
  return data;
}

function numbered(value: number, size: number, field: string): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 1 || value >= 2 ** Math.min(53, 8 * size)) throw wrong(field);
  return bigEndian(value, size);
}

function wrong(field: string): InvalidInput {
  return new InvalidInput(`${field}: not what it must be`, "sealing.identity");
}
