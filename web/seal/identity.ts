/** To whom and to what a sealed bid belongs: one identity, one lock, one opening (docs/formats/sealed-bid.md, "Identity"). */
import { bigEndian, concat, equal, hex0x, sha256, unhex0x, utf8 } from "../verify/bytes.ts";
import { hasExactly, isObject, type Json, type JsonObject } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";

/** A bid's identity; `genesis` has 32 bytes, `book` and `bidder` 20. */
export interface BidIdentity {
  readonly genesis: Uint8Array;
  readonly book: Uint8Array;
  readonly tender: number;
  readonly lot: number;
  readonly envelope: number;
  readonly bidder: Uint8Array;
  readonly version: number;
}

const TAG = concat(utf8("yinxin-bid-v1"), new Uint8Array(19));
const MEMBERS = ["genesis", "book", "tender", "lot", "envelope", "bidder", "version"] as const;
const LARGEST = 2 ** 32 - 1;

/** The identity, if its parts are in their bounds. Throws InvalidInput naming the part. */
export function checkIdentity(identity: BidIdentity): BidIdentity {
  const within = (value: number, most: number) => Number.isSafeInteger(value) && value >= 1 && value <= most;
  const { genesis, book, tender, lot, envelope, bidder, version } = identity;
  if (genesis.length !== 32 || book.length !== 20 || bidder.length !== 20) throw bad("genesis, book, bidder");
  if (!within(tender, Number.MAX_SAFE_INTEGER)) throw bad("tender");
  if (!within(lot, LARGEST)) throw bad("lot");
  if (!within(envelope, 2)) throw bad("envelope");
  if (!within(version, LARGEST)) throw bad("version");
  return identity;
}

/** The 32 bytes that the key holders sign. */
export function identityDigest(identity: BidIdentity): Uint8Array {
  const { genesis, book, tender, lot, envelope, bidder, version } = checkIdentity(identity);
  return sha256(
    concat(
      TAG,
      genesis,
      book,
      bigEndian(tender, 8),
      bigEndian(lot, 4),
      bigEndian(envelope, 1),
      bidder,
      bigEndian(version, 4),
    ),
  );
}

/** As it stands in a manifest. */
export function identityAsJson(identity: BidIdentity): JsonObject {
  const { genesis, book, tender, lot, envelope, bidder, version } = identity;
  return { genesis: hex0x(genesis), book: hex0x(book), tender, lot, envelope, bidder: hex0x(bidder), version };
}

/** Inverse of {@link identityAsJson}. Throws InvalidInput. */
export function readIdentity(value: Json | undefined): BidIdentity {
  if (!isObject(value) || !hasExactly(value, MEMBERS)) throw bad(MEMBERS.join(", "));
  const whole = (name: (typeof MEMBERS)[number]): number => {
    const found = value[name];
    if (typeof found !== "number") throw bad(name);
    return found;
  };
  return checkIdentity({
    genesis: unhex0x(value.genesis, "identity.genesis", 32),
    book: unhex0x(value.book, "identity.book", 20),
    tender: whole("tender"),
    lot: whole("lot"),
    envelope: whole("envelope"),
    bidder: unhex0x(value.bidder, "identity.bidder", 20),
    version: whole("version"),
  });
}

/** True for the same bid. */
export function sameIdentity(left: BidIdentity, right: BidIdentity): boolean {
  return equal(identityDigest(left), identityDigest(right));
}

function bad(part: string): InvalidInput {
  return new InvalidInput(`identity: ${part}`, "bid.identity");
}
