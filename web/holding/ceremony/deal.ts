/**
 * A deal: one member's polynomial, committed in the open, its values in boxes (chain/sealing/ceremony/deal.py). f has degree t - 1;
 * commitments are its coefficients times G2, member j's share is f(j). All follows from one seed, so a deal can be made again.
 */
import { derive, makeBox, OVERHEAD, openBox } from "../../seal/box.ts";
import {
  G1_SIZE,
  G2_SIZE,
  type G2Point,
  GENERATOR,
  hashToG1,
  ORDER,
  POSSESSION_DOMAIN,
  readG1,
  readG2,
  readScalar,
  SCALAR_SIZE,
  signedBy,
  valueAt,
  writeScalar,
} from "../../seal/curve.ts";
import { b64url, concat, hex0x, sha256, utf8 } from "../../verify/bytes.ts";
import { canonical, isList } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { memberAt, type Roster } from "./roster.ts";
import { aNumber, readMessage, someBytes, two } from "./wire.ts";

/** What a dealer publishes. */
export interface Deal {
  /** Digest of the roster. */
  readonly ceremony: Uint8Array;
  /** Number of the member. */
  readonly dealer: number;
  /** t points of G2; the first is the dealer's part of the key. */
  readonly commitments: readonly Uint8Array[];
  /** The commitments, read. */
  readonly points: readonly G2Point[];
  /** Proof that the dealer knows the first coefficient, 48 bytes. */
  readonly possession: Uint8Array;
  /** One for each member in order, the dealer too, 80 bytes each. */
  readonly boxes: readonly Uint8Array[];
}

/** Bytes of a seed. */
export const SEED_SIZE = 32;

const FORMAT = "yinxin-deal-1";
const LABEL = utf8("yinxin-deal-1/box");
const POSSESSION = utf8("yinxin-possession-1\0");

/** A dealer's secret. It is stored, encrypted, before the deal is published. */
export function newSeed(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SEED_SIZE));
}

/** The deal of a member, canonical JSON; the same seed gives the same deal. Throws InvalidInput. */
export function makeDeal(roster: Roster, dealer: number, seed: Uint8Array): Uint8Array {
  aNumber(dealer, roster.members.length, "dealer");
  const factors = coefficients(roster, dealer, seed);
  const commitments = factors.map((one) => GENERATOR.multiply(one).toBytes(true));
  const [first, commitment] = [factors[0], commitments[0]];
  if (first === undefined || commitment === undefined) throw new InvalidInput("no coefficient", "ceremony.deal");
  const possession = possessionPoint(roster.digest, dealer, commitment).multiply(first).toBytes(true);
  const boxes = roster.members.map(({ key }, at) => {
    const share = writeScalar(polynomial(factors, at + 1));
    return boxFor(roster.digest, dealer, at + 1, key, share);
  });
  const text = canonical({
    format: FORMAT,
    ceremony: hex0x(roster.digest),
    dealer,
    commitments: commitments.map(b64url),
    possession: b64url(possession),
    boxes: boxes.map(b64url),
  });
  return utf8(text);
}

/** Deals that were accepted, by digest of the roster, dealer and digest: a page looks every few seconds, and a check costs two pairings. */
const ACCEPTED = new Map<string, Deal>();

/** A deal that everybody accepts as far as everybody can see: form, commitments, proof of possession. Throws InvalidInput. */
export function readDeal(data: Uint8Array, roster: Roster, dealer: number): Deal {
  const key = `${hex0x(roster.digest)} ${dealer} ${hex0x(sha256(data))}`;
  const deal = ACCEPTED.get(key) ?? checkedDeal(data, roster, dealer);
  ACCEPTED.set(key, deal);
  return deal;
}

function checkedDeal(data: Uint8Array, roster: Roster, dealer: number): Deal {
  const value = readMessage(data, FORMAT, roster.digest, ["dealer", "commitments", "possession", "boxes"]);
  if (value.dealer !== dealer) throw new InvalidInput("another member's deal", "ceremony.dealer");
  if (!isList(value.commitments) || value.commitments.length !== roster.threshold) {
    throw new InvalidInput("one commitment for each of t coefficients", "ceremony.deal");
  }
  if (!isList(value.boxes) || value.boxes.length !== roster.members.length) {
    throw new InvalidInput("one box for each member", "ceremony.deal");
  }
  const commitments = value.commitments.map((one) => someBytes(one, G2_SIZE, "commitments"));
  const possession = someBytes(value.possession, G1_SIZE, "possession");
  const boxes = value.boxes.map((one) => someBytes(one, OVERHEAD + SCALAR_SIZE, "boxes"));
  const points = commitments.map((one) => readG2(one, "commitments"));
  const [commitment, point] = [commitments[0], points[0]];
  if (commitment === undefined || point === undefined) throw new InvalidInput("no commitment", "ceremony.deal");
  const hashed = possessionPoint(roster.digest, dealer, commitment);
  if (!signedBy(readG1(possession, "possession"), hashed, point)) {
    throw new InvalidInput("the proof of possession does not check", "ceremony.possession");
  }
  return { ceremony: roster.digest, dealer, commitments, points, possession, boxes };
}

/** True if `share` (32 bytes) is the committed value for that member. */
export function gives(deal: Deal, member: number, share: Uint8Array): boolean {
  try {
    return GENERATOR.multiply(readScalar(share)).equals(valueAt(deal.points, member));
  } catch (error) {
    if (error instanceof InvalidInput) return false;
    throw error;
  }
}

/** The share in a member's box, 32 bytes: secret. Null if there is reason to complain. */
export function shareIn(deal: Deal, member: number, secret: Uint8Array): Uint8Array | null {
  const box = deal.boxes[member - 1] ?? new Uint8Array();
  const share = openBox(box, secret, LABEL, contextOf(deal.ceremony, deal.dealer, member));
  return share !== null && gives(deal, member, share) ? share : null;
}

/** f(member), 32 bytes: secret. */
export function shareFor(roster: Roster, dealer: number, seed: Uint8Array, member: number): Uint8Array {
  memberAt(roster, member);
  return writeScalar(polynomial(coefficients(roster, dealer, seed), member));
}

/** The one box that holds `share` for that member in that deal. */
export function boxFor(
  ceremony: Uint8Array,
  dealer: number,
  member: number,
  key: Uint8Array,
  share: Uint8Array,
): Uint8Array {
  return makeBox(share, key, LABEL, contextOf(ceremony, dealer, member));
}

function contextOf(ceremony: Uint8Array, dealer: number, member: number): Uint8Array {
  return concat(ceremony, two(dealer), two(member));
}

function possessionPoint(ceremony: Uint8Array, dealer: number, commitment: Uint8Array): ReturnType<typeof hashToG1> {
  return hashToG1(sha256(concat(POSSESSION, ceremony, two(dealer), commitment)), POSSESSION_DOMAIN);
}

/** a_k: 64 bytes of HKDF output, big-endian, modulo r. */
function coefficients(roster: Roster, dealer: number, seed: Uint8Array): bigint[] {
  if (seed.length !== SEED_SIZE) throw new InvalidInput(`a seed has ${SEED_SIZE} bytes`, "ceremony.seed");
  const salt = concat(roster.digest, two(dealer));
  return Array.from({ length: roster.threshold }, (_, power) => {
    const half = (which: number): Uint8Array => derive(seed, salt, utf8(`yinxin-deal-1/coefficient/${power}/${which}`));
    return readScalar(writeScalar(BigInt(hex0x(concat(half(0), half(1)))) % ORDER), "coefficient");
  });
}

function polynomial(factors: readonly bigint[], place: number): bigint {
  return factors.reduceRight((sum, factor) => (sum * BigInt(place) + factor) % ORDER, 0n);
}
