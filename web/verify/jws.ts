/** Compact JWS (RFC 7515 section 7.1) with ES256, in one form only: shared by credential and status list token. */
import { sha256, unb64url, utf8 } from "./bytes.ts";
import { hasExactly, isObject, readCanonical } from "./canonical.ts";
import { InvalidInput } from "./errors.ts";
import { verifyEs256, wellFormed } from "./es256.ts";

const FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** A JWS whose form was checked, but for its payload; its signature was not verified. */
export interface CompactJws {
  /** Of the key named in the header, 32 bytes. */
  readonly thumbprint: Uint8Array;
  /** Its bytes, which the caller must hold to its canonical form. */
  readonly payload: Uint8Array;
  /** SHA-256 of header.payload, what was signed. */
  readonly digest: Uint8Array;
  /** r ‖ s, 64 bytes, in range, low s. */
  readonly signature: Uint8Array;
}

/** Check the form of a JWS: strict base64url, exact header, low-S signature. Codes begin with `what`. */
export function readCompact(text: string, typ: string, what: string): CompactJws {
  if (!FORM.test(text)) throw new InvalidInput(`${what}: not header.payload.signature in base64url`, `${what}.form`);
  const [header = "", payload = "", signature = ""] = text.split(".");
  const found = {
    thumbprint: readHeader(header, typ, what),
    payload: unb64url(payload, what),
    digest: sha256(utf8(`${header}.${payload}`)),
    signature: unb64url(signature, what),
  };
  if (!wellFormed(found.signature)) {
    throw new InvalidInput(`${what}: signature is not in its low-S form`, `${what}.signature`);
  }
  return found;
}

/** True if it was signed by `publicKey` (SEC1 compressed point, 33 bytes). */
export function signedBy(jws: CompactJws, publicKey: Uint8Array): boolean {
  return verifyEs256(publicKey, jws.digest, jws.signature);
}

function readHeader(encoded: string, typ: string, what: string): Uint8Array {
  const header = readCanonical(unb64url(encoded, `${what}.header`), `${what} header`, 512);
  if (!isObject(header)) throw new InvalidInput(`${what}: header is no object`, `${what}.header`);
  if (header.alg !== "ES256") throw new InvalidInput(`${what}: another algorithm than ES256`, `${what}.algorithm`);
  if (!hasExactly(header, ["alg", "kid", "typ"]) || header.typ !== typ) {
    throw new InvalidInput(`${what}: header must be exactly alg "ES256", kid and typ "${typ}"`, `${what}.header`);
  }
  const thumbprint = unb64url(header.kid, "kid");
  if (thumbprint.length !== 32) throw new InvalidInput(`${what}: kid is no SHA-256 thumbprint`, `${what}.header`);
  return thumbprint;
}
