/** A claim (`yinxin-claim-1`): a holder's device says "I am the one", by the activation code and by its own key. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as hash } from "@noble/hashes/sha2.js";
import { b64url, sha256, utf8 } from "../verify/bytes.ts";
import { canonical } from "../verify/canonical.ts";
import { readCode } from "./codes.ts";
import type { Device } from "./device.ts";
import { keyOfCode, PROFILE } from "./kdf.ts";
import { tagged } from "./members.ts";

/** What a claim says before it is authenticated and signed. */
export interface ClaimContent {
  readonly bureau: string;
  readonly identifier: string;
  /** Seconds; the device's clock, only noted. */
  readonly time: number;
  /** 16 random bytes. */
  readonly nonce: Uint8Array;
}

/**
 * Make a claim, on the holder's device; its canonical text.
 * @param typed the activation code as typed. Throws InvalidInput if it is mistyped.
 */
export async function makeClaim(typed: string, content: ClaimContent, device: Device): Promise<string> {
  const { bureau, identifier } = content;
  const key = await keyOfCode(readCode(typed), bureau, identifier);
  const bare = {
    format: "yinxin-claim-1",
    bureau,
    identifier,
    kdf: PROFILE,
    key: b64url(device.publicKey),
    nonce: b64url(content.nonce),
    time: content.time,
  };
  const mac = b64url(hmac(hash, key, tagged("yinxin-claim-mac-v1", canonical(bare))));
  const signed = { ...bare, mac };
  const signature = await device.sign(tagged("yinxin-claim-signature-v1", canonical(signed)));
  return canonical({ ...signed, signature: b64url(signature) });
}

/** SHA-256 of a claim, under which the service tells how far it is. */
export function claimDigest(claim: string): Uint8Array {
  return sha256(utf8(claim));
}
