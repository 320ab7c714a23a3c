/** A box for one X25519 key that anyone who is shown its content can make again, byte for byte: see chain/sealing/box.py. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equal, utf8 } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";

const KEY = 32;
const NONCE = new Uint8Array(12);
const PRIME = 2n ** 255n - 19n;

/** Bytes of a box beyond its content. */
export const OVERHEAD = KEY + 16;

/** HKDF-SHA256 (RFC 5869), 32 bytes out. */
export function derive(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array {
  return hkdf(sha256, secret, salt, info, KEY);
}

/** `key` if a box can be made for it. Throws InvalidInput for another size, a second spelling, or a point of low order. */
export function checkRecipient(key: Uint8Array, field: string): Uint8Array {
  let value = 0n;
  for (const byte of key.slice().reverse()) value = (value << 8n) | BigInt(byte);
  if (key.length !== KEY || value >= PRIME)
    throw new InvalidInput(`${field}: not an X25519 public key`, "sealing.recipient");
  try {
    x25519.getSharedSecret(new Uint8Array(KEY).fill(0x40), key);
  } catch {
    throw new InvalidInput(`${field}: a key of low order`, "sealing.recipient");
  }
  return key;
}

/** Share and body. The same arguments give the same box; `content` is a secret of at least 128 random bits. */
export function makeBox(
  content: Uint8Array,
  recipient: Uint8Array,
  label: Uint8Array,
  context: Uint8Array,
): Uint8Array {
  checkRecipient(recipient, "key");
  const ephemeral = derive(content, recipient, concat(label, utf8("/ephemeral"), context));
  const share = x25519.getPublicKey(ephemeral);
  const wrap = derive(
    x25519.getSharedSecret(ephemeral, recipient),
    concat(share, recipient),
    concat(label, utf8("/wrap"), context),
  );
  return concat(share, chacha20poly1305(wrap, NONCE).encrypt(content));
}

/** The content of a box, by the private key it is for; null if it does not open or was not made as {@link makeBox} makes it. */
export function openBox(
  box: Uint8Array,
  secret: Uint8Array,
  label: Uint8Array,
  context: Uint8Array,
): Uint8Array | null {
  if (box.length < OVERHEAD) return null;
  try {
    const recipient = x25519.getPublicKey(secret);
    const share = box.subarray(0, KEY);
    const wrap = derive(
      x25519.getSharedSecret(secret, share),
      concat(share, recipient),
      concat(label, utf8("/wrap"), context),
    );
    const content = chacha20poly1305(wrap, NONCE).decrypt(box.subarray(KEY));
    return equal(makeBox(content, recipient, label, context), box) ? content : null;
  } catch {
    return null;
  }
}
