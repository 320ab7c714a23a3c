/**
 * Lock 1's primitive: identity-based encryption of 16 bytes as in drand's tlock, with the Fujisaki-Okamoto transform. Who has the
 * signature over the identity can decrypt, and sees whether the ciphertext was made as it must be (docs/formats/sealed-bid.md).
 */
import { concat, sha256, utf8 } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";
import { type G1Point, G2_SIZE, type G2Point, GENERATOR, hashToG1, ORDER, pairingBytes, readG2 } from "./curve.ts";

/** Bytes that are encrypted. */
export const SIZE = 16;

/** Bytes of U ‖ V ‖ W. */
export const LOCKED_SIZE = G2_SIZE + 2 * SIZE;

/** `message` (16 bytes) for whoever has the signature of `key` over `identity`; `sigma` is 16 random bytes. U ‖ V ‖ W. */
export function lock(key: G2Point, identity: Uint8Array, message: Uint8Array, sigma: Uint8Array): Uint8Array {
  if (message.length !== SIZE || sigma.length !== SIZE)
    throw new InvalidInput(`lock 1 takes ${SIZE} bytes`, "sealing.lock_one");
  const factor = h3(sigma, message);
  const mask = h2(hashToG1(identity).multiply(factor), key);
  return concat(GENERATOR.multiply(factor).toBytes(true), xor(sigma, mask), xor(message, h4(sigma)));
}

/** The 16 bytes, or null if the ciphertext was not made by {@link lock}. The signature must have been checked. */
export function unlock(signature: G1Point, locked: Uint8Array): Uint8Array | null {
  let point: G2Point;
  try {
    point = readG2(locked.subarray(0, G2_SIZE), "U");
  } catch {
    return null;
  }
  const sigma = xor(locked.subarray(G2_SIZE, G2_SIZE + SIZE), h2(signature, point));
  const message = xor(locked.subarray(G2_SIZE + SIZE, LOCKED_SIZE), h4(sigma));
  return GENERATOR.multiply(h3(sigma, message)).equals(point) ? message : null;
}

/** Bitwise exclusive or of two byte strings of one length. */
export function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, at) => byte ^ (right[at] ?? 0));
}

function h2(left: G1Point, right: G2Point): Uint8Array {
  return sha256(concat(utf8("IBE-H2"), pairingBytes(left, right))).slice(0, SIZE);
}

function h3(sigma: Uint8Array, message: Uint8Array): bigint {
  const inner = sha256(concat(utf8("IBE-H3"), sigma, message));
  for (let count = 1; count < 65_535; count++) {
    const data = sha256(concat(Uint8Array.of(count & 255, count >> 8), inner));
    data[0] = (data[0] ?? 0) >> 1; // shifted, not masked
    let value = 0n;
    for (const byte of data) value = (value << 8n) | BigInt(byte);
    if (value > 0n && value < ORDER) return value;
  }
  throw new Error("no scalar in 65,534 hashes");
}

function h4(sigma: Uint8Array): Uint8Array {
  return sha256(concat(utf8("IBE-H4"), sigma)).slice(0, SIZE);
}
