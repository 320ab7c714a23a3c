/** Confirmations: each qualified member shows that it holds its share under the same transcript as the others. */
import { hashToG1, readG1, readG2, signedBy } from "../../seal/curve.ts";
import { b64url, concat, hex0x, sha256, unhex0x, utf8 } from "../../verify/bytes.ts";
import { canonical } from "../../verify/canonical.ts";
import { type BareShare, partial } from "../share.ts";
import { readOrNull } from "./hearing.ts";
import type { Judgement } from "./judgement.ts";
import { readMessage, someBytes } from "./wire.ts";

const FORMAT = "yinxin-confirmation-1";

/** The confirmation of a member that took its share, canonical JSON. */
export function makeConfirmation(judgement: Judgement, share: BareShare): Uint8Array {
  const ceremony = unhex0x(share.ceremony, "ceremony", 32);
  const signature = partial(share.secret, digestOf(ceremony, judgement.transcript));
  const text = canonical({
    format: FORMAT,
    ceremony: share.ceremony,
    member: share.keyHolder,
    transcript: hex0x(judgement.transcript),
    signature: b64url(signature),
  });
  return utf8(text);
}

/** True if that message of a member confirms this transcript: the key is in force with t of them. */
export function confirms(judgement: Judgement, number: number, data: Uint8Array): boolean {
  const { roster, transcript, holders } = judgement;
  const holder = holders.get(number);
  if (holder === undefined) return false;
  const right = readOrNull(() => {
    const value = readMessage(data, FORMAT, roster.digest, ["member", "transcript", "signature"]);
    if (value.member !== number || value.transcript !== hex0x(transcript)) return false;
    const signature = readG1(someBytes(value.signature, 48, "signature"));
    return signedBy(signature, hashToG1(digestOf(roster.digest, transcript)), readG2(holder));
  });
  return right === true;
}

function digestOf(ceremony: Uint8Array, transcript: Uint8Array): Uint8Array {
  return sha256(concat(utf8("yinxin-confirm-1\0"), ceremony, transcript));
}
