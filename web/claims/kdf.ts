/** From an activation code to a key; the salt follows from the certificate (docs/formats/binding.md). */
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { sha256, utf8 } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";

/** scrypt (RFC 7914) with N = 2^15, r = 8, p = 1: 32 MiB. Its name travels in the claim. */
export const PROFILE = "scrypt-15-8-1";

/** SHA-256("yinxin-claim-salt-v1" ‖ bureau, 18 ASCII characters ‖ identifier, UTF-8), 32 bytes. */
export function saltOf(bureau: string, identifier: string): Uint8Array {
  if (!/^[0-9A-Z]{18}$/.test(bureau)) throw new InvalidInput("a bureau's code has 18 characters", "claim.bureau");
  return sha256(utf8(`yinxin-claim-salt-v1${bureau}${identifier}`));
}

/** The key that a code, in its one form, gives for one certificate: 32 bytes. */
export function keyOfCode(code: string, bureau: string, identifier: string): Promise<Uint8Array> {
  return stretched(code, saltOf(bureau, identifier));
}

/** 32 bytes by {@link PROFILE} from a secret that people type. */
export function stretched(secret: string, salt: Uint8Array): Promise<Uint8Array> {
  return scryptAsync(utf8(secret), salt, { N: 2 ** 15, r: 8, p: 1, dkLen: 32 });
}
