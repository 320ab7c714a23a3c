/**
 * ES256: ECDSA over P-256 with SHA-256 (FIPS 186-5, RFC 7518 section 3.4), in one form only.
 *
 * For every signature (r, s) the twin (r, n−s) verifies too. Only the one with s ≤ n/2 is accepted, so a signed thing has
 * one set of bytes.
 */
import { p256 } from "@noble/curves/nist.js";
import { compare, hex, unhex, ZEROS } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";

const ORDER = unhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const HALF = unhex("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8");
const KEPT = 64;
const decoded = new Map<string, Uint8Array>();

/** True if 0 < r < n and 0 < s ≤ n/2 and the length is 64 bytes: the one form a signature may have. */
export function wellFormed(signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  return compare(ZEROS, r) < 0 && compare(r, ORDER) < 0 && compare(ZEROS, s) < 0 && compare(s, HALF) <= 0;
}

/**
 * True if `signature` (r ‖ s, 64 bytes, low s) over the SHA-256 `digest` (32 bytes) is by `publicKey`, a SEC1 compressed
 * point of 33 bytes. Throws InvalidInput if that is no point of P-256.
 */
export function verifyEs256(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const key = pointOf(publicKey);
  if (digest.length !== 32 || !wellFormed(signature)) return false;
  return p256.verify(signature, digest, key, { prehash: false, lowS: true, format: "compact" });
}

/** The point uncompressed, 65 bytes; the last keys stay decoded, for a square root costs as much as a signature. */
export function pointOf(publicKey: Uint8Array): Uint8Array {
  if (publicKey.length !== 33 || (publicKey[0] !== 2 && publicKey[0] !== 3)) {
    throw new InvalidInput("public key is not a compressed P-256 point (33 bytes)", "es256.public_key");
  }
  const name = hex(publicKey);
  const known = decoded.get(name);
  if (known !== undefined) return known;
  let point: Uint8Array;
  try {
    point = p256.Point.fromBytes(publicKey).toBytes(false);
  } catch {
    throw new InvalidInput("public key is no point of P-256", "es256.public_key");
  }
  if (decoded.size >= KEPT) decoded.clear();
  decoded.set(name, point);
  return point;
}
