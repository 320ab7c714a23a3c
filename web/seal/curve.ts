/**
 * BLS12-381: the one door to its library. Signatures are points of G1 (48 bytes), public keys of G2 (96 bytes), compressed as zcash
 * does; the scheme is `bls-unchained-g1-rfc9380`. Every point has exactly one accepted form, and infinity is none.
 */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { concat, equal, hex0x, padLeft, unhex } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";

const { G1, G2, fields } = bls12_381;

/** A point of G1. */
export type G1Point = InstanceType<typeof G1.Point>;

/** A point of G2. */
export type G2Point = InstanceType<typeof G2.Point>;

/** r, the order of G1 and G2. */
export const ORDER: bigint = fields.Fr.ORDER;

/**
 * The standard generator of G2. A point of its own: for its own one, the library first makes a table that takes a tenth of a second
 * and pays only after a dozen multiplications, and a worker that seals does one.
 */
export const GENERATOR: G2Point = G2.Point.fromAffine(G2.Point.BASE.toAffine());

/** Bytes of a point. */
export const G1_SIZE = 48;
/** Bytes of a point. */
export const G2_SIZE = 96;
/** Bytes of a scalar. */
export const SCALAR_SIZE = 32;

const DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/** A point of G1 other than infinity, from its one form. Throws InvalidInput. */
export function readG1(data: Uint8Array, field = "signature"): G1Point {
  return read(G1.Point, data, G1_SIZE, field, "G1");
}

/** A point of G2 other than infinity, from its one form. Throws InvalidInput. */
export function readG2(data: Uint8Array, field = "public key"): G2Point {
  return read(G2.Point, data, G2_SIZE, field, "G2");
}

type Point = {
  is0(): boolean;
  assertValidity(): void;
  isTorsionFree(): boolean;
  toBytes(compressed: boolean): Uint8Array;
};

function read<P extends Point>(
  kind: { fromBytes(data: Uint8Array): P },
  data: Uint8Array,
  size: number,
  field: string,
  group: string,
): P {
  try {
    if (data.length === size) {
      const point = kind.fromBytes(data);
      if (!point.is0()) {
        point.assertValidity();
        if (point.isTorsionFree() && equal(point.toBytes(true), data)) return point;
      }
    }
  } catch {
    // told below
  }
  throw new InvalidInput(`${field}: not a point of ${group} in its compressed form`, "sealing.point");
}

/** Domain of proofs of possession: no signature made in one domain counts in the other. */
export const POSSESSION_DOMAIN = "BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";

/** RFC 9380, suite BLS12381G1_XMD:SHA-256_SSWU_RO_, under the domain of signatures or another one. */
export function hashToG1(message: Uint8Array, domain = DOMAIN): G1Point {
  return G1.hashToCurve(message, { DST: domain });
}

/** The number of 32 big-endian bytes. Throws InvalidInput for zero, r and above. */
export function readScalar(data: Uint8Array, field = "scalar"): bigint {
  const value = data.length === SCALAR_SIZE ? BigInt(hex0x(data)) : 0n;
  if (value < 1n || value >= ORDER)
    throw new InvalidInput(`${field}: not a scalar between 1 and r - 1`, "sealing.scalar");
  return value;
}

/** 32 bytes, big-endian. */
export function writeScalar(value: bigint): Uint8Array {
  return unhex(value.toString(16).padStart(2 * SCALAR_SIZE, "0"));
}

/** The value at `place` (1 to 100) of the polynomial in whose coefficients' stead `points` stand; it may be infinity. */
export function valueAt(points: readonly G2Point[], place: number): G2Point {
  return points.reduceRight((sum, point) => sum.multiplyUnsafe(BigInt(place)).add(point), G2.Point.ZERO);
}

/** True if `signature` is that of the key `key` over what was hashed to `hashed`. */
export function signedBy(signature: G1Point, hashed: G1Point, key: G2Point): boolean {
  const product = bls12_381.pairingBatch([
    { g1: signature.negate(), g2: GENERATOR },
    { g1: hashed, g2: key },
  ]);
  return fields.Fp12.eql(product, fields.Fp12.ONE);
}

/** e(left, right) as 576 bytes in the order of drand's tlock: the highest coefficient first, each big-endian. */
export function pairingBytes(left: G1Point, right: G2Point): Uint8Array {
  const { c0, c1 } = bls12_381.pairing(left, right);
  const coefficients = [c1, c0].flatMap((six) => [six.c2, six.c1, six.c0].flatMap((two) => [two.c1, two.c0]));
  return concat(...coefficients.map((one) => fields.Fp.toBytes(one)));
}

/** 48 bytes from the 128 of EIP-2537: x and y, each coordinate in 64 bytes. Throws InvalidInput. */
export function g1FromLedger(point: Uint8Array): Uint8Array {
  if (point.length !== 2 * WORD) throw new InvalidInput("not a point of G1 as the ledger has it", "sealing.point");
  return valid(G1.Point.fromAffine({ x: coordinate(point, 0), y: coordinate(point, 1) }));
}

/** 96 bytes from the 256 of EIP-2537: x and y, each c0 before c1, each coordinate in 64 bytes. Throws InvalidInput. */
export function g2FromLedger(point: Uint8Array): Uint8Array {
  if (point.length !== 4 * WORD) throw new InvalidInput("not a point of G2 as the ledger has it", "sealing.point");
  const pair = (at: number) => fields.Fp2.fromBigTuple([coordinate(point, at), coordinate(point, at + 1)]);
  return valid(G2.Point.fromAffine({ x: pair(0), y: pair(2) }));
}

/** Inverse of {@link g2FromLedger}: 256 bytes. Throws InvalidInput. */
export function g2ForLedger(data: Uint8Array): Uint8Array {
  const { x, y } = readG2(data).toAffine();
  return concat(...[x.c0, x.c1, y.c0, y.c1].map((one) => padLeft(fields.Fp.toBytes(one), WORD)));
}

const WORD = 64;

function coordinate(point: Uint8Array, at: number): bigint {
  return BigInt(hex0x(point.subarray(WORD * at, WORD * at + WORD)));
}

function valid(point: Point): Uint8Array {
  try {
    point.assertValidity();
  } catch {
    throw new InvalidInput("not a point of the curve", "sealing.point");
  }
  return point.toBytes(true);
}
