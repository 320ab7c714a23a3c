/** Keys of bids that the officer granted to a member's box (`yinxin-granted-keys-1`, an age file to one X25519 key). */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { CHUNK, fits, openChunk, payloadKey, readHeader, TAG } from "../seal/age.ts";
import { derive } from "../seal/box.ts";
import { identityDigest, readIdentity } from "../seal/identity.ts";
import { concat, equal, hex0x, unb64url, unbase64, utf8 } from "../verify/bytes.ts";
import { hasExactly, isList, isObject, readCanonical } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";

const FORMAT = "yinxin-granted-keys-1";
const INFO = utf8("age-encryption.org/v1/X25519");
const PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 110, 4, 34, 4, 32); // RFC 8410, PKCS #8 of an X25519 key
const LARGEST = 16 * 2 ** 20;

/** The 32 bytes of an X25519 key file's content. Throws InvalidInput. */
export function boxSecret(data: Uint8Array): Uint8Array {
  const start = data.subarray(0, PREFIX.length);
  if (data.length !== PREFIX.length + 32 || !equal(start, PREFIX)) throw new InvalidInput("no X25519 key", "sheet.box");
  return data.slice(PREFIX.length);
}

/** Its public key, 32 bytes. */
export function boxPublic(secret: Uint8Array): Uint8Array {
  return x25519.getPublicKey(secret);
}

/**
 * k2 (16 bytes) by digest of the bid's identity (0x text).
 * @throws InvalidInput `sheet.granted`: not granted to this box, or no such file
 */
export function readGranted(file: Uint8Array, secret: Uint8Array): Map<string, Uint8Array> {
  let plain: Uint8Array;
  try {
    plain = decrypted(file, secret);
  } catch (error) {
    throw new InvalidInput(error instanceof Error ? error.message : "not for this box", "sheet.granted");
  }
  const value = readCanonical(plain, "granted keys", LARGEST);
  if (!isObject(value) || !hasExactly(value, ["format", "bids"]) || value.format !== FORMAT) throw bad();
  if (!isList(value.bids)) throw bad();
  return new Map(
    value.bids.map((one) => {
      if (!isObject(one) || !hasExactly(one, ["identity", "k2"])) throw bad();
      const k2 = unb64url(one.k2, "k2");
      if (k2.length !== 16) throw bad();
      return [hex0x(identityDigest(readIdentity(one.identity))), k2];
    }),
  );
}

function decrypted(file: Uint8Array, secret: Uint8Array): Uint8Array {
  const header = readHeader(file);
  const key = payloadKey(fileKeyOf(header, secret), file.subarray(header.size, header.size + 16));
  const parts: Uint8Array[] = [];
  const body = file.subarray(header.size + 16);
  for (let from = 0, counter = 0; from < body.length || counter === 0; counter++) {
    const chunk = body.subarray(from, from + CHUNK + TAG);
    from += chunk.length;
    parts.push(openChunk(key, counter, from >= body.length, chunk));
  }
  return concat(...parts);
}

function fileKeyOf(header: ReturnType<typeof readHeader>, secret: Uint8Array): Uint8Array {
  const own = x25519.getPublicKey(secret);
  for (const { args, body } of header.stanzas) {
    const share = unbase64(`${args[1] ?? ""}=`);
    if (args.length !== 2 || args[0] !== "X25519" || share?.length !== 32 || body.length !== 32) throw bad();
    const wrap = derive(x25519.getSharedSecret(secret, share), concat(share, own), INFO);
    try {
      const found = chacha20poly1305(wrap, new Uint8Array(12)).decrypt(body);
      if (fits(header, found)) return found;
    } catch {
      // Another recipient's.
    }
  }
  throw new InvalidInput("not for this box", "sheet.granted");
}

function bad(): InvalidInput {
  return new InvalidInput("no keys of bids", "sheet.granted");
}
