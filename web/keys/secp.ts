/** secp256k1 as the ledger has it: addresses, signatures of a digest (RFC 6979, low s), and who made one. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { byteAt, concat, equal, hex0x, keccak256, unhex0x } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";

/** The address of a private key (32 bytes), lower-case 0x hexadecimal. Throws InvalidInput: not a key. */
export function addressOf(secret: Uint8Array): string {
  return addressOfPoint(secp256k1.getPublicKey(checked(secret), false));
}

/** 65 bytes r ‖ s ‖ v of a 32-byte digest, v 27 or 28. Throws InvalidInput: not a key, or not a digest. */
export function signDigest(digest: Uint8Array, secret: Uint8Array): Uint8Array {
  if (digest.length !== 32) throw new InvalidInput("a digest that is not 32 bytes", "keys.digest");
  const made = secp256k1.sign(digest, checked(secret), { prehash: false, format: "recovered" });
  return concat(made.subarray(1), Uint8Array.of(27 + byteAt(made, 0)));
}

/** The address that made a signature of 65 bytes; null if it is malformed, has a high s, or fits no key. */
export function recover(digest: Uint8Array, signature: Uint8Array): string | null {
  const v = byteAt(signature, 64);
  if (signature.length !== 65 || (v !== 27 && v !== 28)) return null;
  try {
    const whole = concat(Uint8Array.of(v - 27), signature.subarray(0, 64));
    const found = secp256k1.Signature.fromBytes(whole, "recovered");
    if (found.hasHighS()) return null;
    return addressOfPoint(found.recoverPublicKey(digest).toBytes(false));
  } catch {
    return null;
  }
}

/**
 * A wallet's signature in our one form: v 27 or 28, low s, made by `address`.
 * Throws InvalidInput: it is of another form, or somebody else's.
 */
export function signatureOf(text: unknown, digest: Uint8Array, address: string): string {
  const given = typeof text === "string" ? text.toLowerCase() : text;
  const raw = unhex0x(given, "signature", 65);
  const v = byteAt(raw, 64) % 27; // some devices write 0 and 1
  const s = BigInt(hex0x(raw.subarray(32, 64)));
  const order = secp256k1.Point.Fn.ORDER;
  const high = s > order / 2n;
  const low = high ? order - s : s;
  const half = unhex0x(`0x${low.toString(16).padStart(64, "0")}`, "signature", 32);
  const normal = concat(raw.subarray(0, 32), half, Uint8Array.of(27 + (high ? 1 - v : v)));
  if (recover(digest, normal) !== address) {
    throw new InvalidInput("the signature is not this account's over what was shown", "keys.signature");
  }
  return hex0x(normal);
}

/** A fresh private key. */
export function freshSecret(): Uint8Array {
  return secp256k1.utils.randomSecretKey();
}

function addressOfPoint(point: Uint8Array): string {
  return hex0x(keccak256(point.subarray(1)).subarray(12));
}

function checked(secret: Uint8Array): Uint8Array {
  if (!secp256k1.utils.isValidSecretKey(secret) || equal(secret, new Uint8Array(32))) {
    throw new InvalidInput("not a secp256k1 key", "keys.secret");
  }
  return secret;
}
