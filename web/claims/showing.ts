/**
 * A showing (`yinxin-showing-1`): a holder's device shows some fields of a certificate to one who asked, now. An SD-JWT with
 * key binding (RFC 9901, section 4.3) and the binding that says whose the key is: `chain/claims/showing.py` in TypeScript.
 */
import { b64url, equal, sha256, unb64url, utf8 } from "../verify/bytes.ts";
import { canonical, isList, isObject, type Json, readCanonical } from "../verify/canonical.ts";
import { type ParsedCredential, parseCredential } from "../verify/credential.ts";
import { InvalidInput } from "../verify/errors.ts";
import { verifyEs256, wellFormed } from "../verify/es256.ts";
import { decide, invalid, type Step, type Steps, unchecked, type Verification, valid } from "../verify/verdicts.ts";
import { type Binding, parseBinding } from "./binding.ts";
import type { Device } from "./device.ts";
import { type LaneReading, standing } from "./lane.ts";
import { raw, text, textOf } from "./members.ts";

/** Seconds that a showing lives, by the clock of whoever checks it; seconds by which the holder's may be ahead. */
export const MAX_AGE = 60;

const MAX_AHEAD = 60;
const FORMAT = "yinxin-showing-1";
const LIMIT = 160 * 1024;
const HEADER = b64url(utf8(canonical({ alg: "ES256", typ: "kb+jwt" })));

/** A showing whose form was checked; nothing in it is believed yet. */
export interface Showing {
  /** The SD-JWT as it is shown, up to its last `~`. */
  readonly shown: string;
  readonly credential: ParsedCredential;
  readonly binding: Binding;
  readonly aud: string;
  /** SHA-256 of the request that it answers. */
  readonly nonce: Uint8Array;
  /** The holder's clock, seconds. */
  readonly issuedAt: number;
  readonly signedDigest: Uint8Array;
  readonly signature: Uint8Array;
}

/** One disclosure of a credential: its text, the field's name (`certificateIdentifier` for the identifier), its value. */
export interface Disclosure {
  readonly encoded: string;
  readonly name: string;
  readonly value: Json;
}

/** Everything that a credential discloses, in its order. */
export function disclosuresOf(credential: string): readonly Disclosure[] {
  return credential
    .split("~")
    .slice(1, -1)
    .map((encoded) => {
      const row = JSON.parse(textOf(unb64url(encoded, "disclosure"), "disclosure")) as readonly Json[];
      const name = String(row[1]);
      return { encoded, name: name === "value" ? "certificateIdentifier" : name, value: row[2] ?? null };
    });
}

/** The credential with just these fields; what is not named is not in it. */
export function presented(credential: string, names: ReadonlySet<string>): string {
  const chosen = disclosuresOf(credential).filter((one) => names.has(one.name));
  return [credential.split("~")[0] ?? "", ...chosen.map((one) => one.encoded), ""].join("~");
}

/**
 * Answer a request, on the holder's device; canonical JSON.
 * @param request digest of the request, and where it will be checked
 * @param shown the credential with what the holder agreed to show
 * @param binding the binding's document
 * @param at the device's clock, seconds
 */
export async function makeShowing(
  request: { readonly digest: Uint8Array; readonly aud: string },
  shown: string,
  binding: string,
  device: Device,
  at: number,
): Promise<string> {
  const payload = canonical({
    aud: request.aud,
    binding: b64url(sha256(utf8(binding))),
    iat: at,
    nonce: b64url(request.digest),
    sd_hash: b64url(sha256(utf8(shown))),
  });
  const signed = `${HEADER}.${b64url(utf8(payload))}`;
  const signature = await device.sign(utf8(signed));
  const presentation = `${shown}${signed}.${b64url(signature)}`;
  return canonical({ format: FORMAT, binding: JSON.parse(binding) as Json, presentation });
}

/** True for text that claims to be a showing. */
export function looksLikeShowing(data: string): boolean {
  return data.includes(`"format":"${FORMAT}"`);
}

/** Read a showing; its signature is not judged. Throws InvalidInput. */
export function parseShowing(data: Uint8Array): Showing {
  const value = readCanonical(data, "showing", LIMIT);
  if (!isObject(value) || value.format !== FORMAT) throw new InvalidInput("showing: unknown format", "showing.format");
  const { binding = null, presentation } = value;
  if (Object.keys(value).length !== 3 || typeof presentation !== "string") {
    throw new InvalidInput("showing: not exactly binding and presentation", "showing.members");
  }
  const document = utf8(canonical(binding));
  const end = presentation.lastIndexOf("~") + 1;
  const shown = presentation.slice(0, end);
  const parts = presentation.slice(end).split(".");
  const [header = "", claims = "", made = ""] = parts;
  if (end === 0 || parts.length !== 3 || header !== HEADER) throw keyBinding("no key-binding JWT in its only form");
  const signed = readCanonical(unb64url(claims, "presentation"), "key binding", 4096);
  const names = ["aud", "binding", "iat", "nonce", "sd_hash"];
  if (!isObject(signed) || Object.keys(signed).sort().join() !== names.join()) {
    throw keyBinding("the key binding has other members");
  }
  const { iat } = signed;
  if (typeof iat !== "number" || iat < 0) throw keyBinding("iat is no time");
  const signature = raw(made, 64, "signature");
  if (!wellFormed(signature)) throw new InvalidInput("showing: signature in another form", "showing.signature");
  if (!equal(raw(signed.sd_hash, 32, "sd_hash"), sha256(utf8(shown)))) {
    throw new InvalidInput("showing: the key binding is for another presentation", "showing.sd_hash");
  }
  if (!equal(raw(signed.binding, 32, "binding"), sha256(document))) {
    throw new InvalidInput("showing: the key binding names another binding", "showing.binding");
  }
  return {
    shown,
    credential: parseCredential(shown),
    binding: parseBinding(document),
    aud: text(signed.aud, "aud"),
    nonce: raw(signed.nonce, 32, "nonce"),
    issuedAt: iat,
    signedDigest: sha256(utf8(`${header}.${claims}`)),
    signature,
  };
}

function keyBinding(why: string): InvalidInput {
  return new InvalidInput(`showing: ${why}`, "showing.key_binding");
}

/** Why a showing is not fresh, or null. The clock is that of whoever checks. */
export function staleness(showing: Showing, at: number): "expired" | "clock" | null {
  if (at - showing.issuedAt > MAX_AGE) return "expired";
  return showing.issuedAt - at > MAX_AHEAD ? "clock" : null;
}

/** Step 7 of a check (chain/claims/holder_step.py): the device before you is the holder's. `lane` is of its bureau. */
export function holderStep(showing: Showing, lane: LaneReading): Step {
  const { credential, binding } = showing;
  if (!equal(binding.certificate, credential.jwtDigest) || binding.bureau !== credential.claims.bureau) {
    return invalid("holder", "holder.other", "FORGED");
  }
  if (!verifyEs256(binding.key, showing.signedDigest, showing.signature)) {
    return invalid("holder", "holder.signature", "FORGED");
  }
  const found = standing(binding, lane);
  switch (found.state) {
    case "bound":
      return valid("holder", "holder.present", { block: String(found.since.block.number) });
    case "ended":
      return invalid("holder", "holder.ended", "FORGED", { block: String(found.until.block.number) });
    case "none":
      return invalid("holder", "holder.not_anchored", "FORGED");
    case "open":
      return unchecked("holder", "holder.open");
  }
}

/** The check of a showing's certificate with the holder's step in its place, decided anew. */
export function withHolder(found: Verification, step: Step): Verification {
  if (found.certificate === null) return found; // it could not even be read
  const steps = [...found.steps.slice(0, -1), step] as unknown as Steps;
  return { ...found, ...decide(steps), steps };
}

/** A list of texts, or null. */
export function texts(value: Json | undefined): readonly string[] | null {
  return isList(value) && value.every((one) => typeof one === "string") ? (value as readonly string[]) : null;
}
