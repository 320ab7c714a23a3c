/** A device's key, as the browser holds it: P-256, never exportable once it is in use. */
import { p256 } from "@noble/curves/nist.js";
import { concat, padLeft, unhex } from "../verify/bytes.ts";

const ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/** What signs for a holder. */
export interface Device {
  /** SEC1 compressed point, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** ES256 over the SHA-256 of a message: r ‖ s, low s, 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** How browsers name these keys. */
export const CURVE: EcKeyGenParams = { name: "ECDSA", namedCurve: "P-256" };

/** A device over a key of the browser. */
export function deviceOf(privateKey: CryptoKey, publicKey: Uint8Array): Device {
  return {
    publicKey,
    sign: async (message) => {
      const data = Uint8Array.from(message);
      const made = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, data);
      return lowS(new Uint8Array(made));
    },
  };
}

/** Of the two signatures (r, s) and (r, n − s) the one that our formats accept. */
export function lowS(signature: Uint8Array): Uint8Array {
  const s = signature.subarray(32).reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  if (s <= ORDER / 2n) return signature;
  const digits = (ORDER - s).toString(16);
  return concat(signature.subarray(0, 32), padLeft(unhex(digits.length % 2 === 0 ? digits : `0${digits}`), 32));
}

/** 33 bytes from a public key of the browser's. */
export async function compressed(publicKey: CryptoKey): Promise<Uint8Array> {
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return p256.Point.fromBytes(point).toBytes(true);
}
