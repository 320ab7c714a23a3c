/**
 * The stamp: what a printed QR carries. A CWT (RFC 8392) in a COSE_Sign1 (RFC 9052), in exactly one form
 * (docs/formats/stamp.md): what it says, encoded again, must be the same bytes.
 *
 *     18([ << {1: -7, 4: kid} >>, {}, << claims >>, signature ])
 */
import { byteAt, concat, equal, sha256, unhex, utf8 } from "./bytes.ts";
import { lengthOf } from "./canonical.ts";
import { head, Reader, text, uint } from "./cbor.ts";
import type { Claims } from "./claims.ts";
import { InvalidInput } from "./errors.ts";
import { verifyEs256, wellFormed } from "./es256.ts";
import {
  checkBureau,
  checkIdentifier,
  checkIndex,
  checkList,
  checkTimes,
  FIELD_NAME,
  IDENTIFIER_ROOT,
} from "./names.ts";

/** Largest stamp read, in bytes. */
export const MAX_STAMP = 1024;

const VERSION = 1;
const KID_BYTES = 8;
const MAX_FACE = 4;
const MAX_LABEL = 0xffff;
const MAX_TEXT = 256;
const ALG = unhex("a201260448"); // {1 (alg): -7 (ES256), 4 (kid): 8 bytes …
const START = concat(unhex("d2844d"), ALG); // tag 18, array of 4, 13 bytes
const SIGNED = concat(unhex("846a"), utf8("Signature1"), unhex("4d"), ALG); // Sig_structure, RFC 9052 section 4.4
const OWN = unhex("3a00010000"); // -65537, our private claim
const ISS = Uint8Array.of(1);
const EXP = Uint8Array.of(4);
const NBF = Uint8Array.of(5);

/** A label is the field's number in its type, or a name. */
export type FaceField = readonly [label: number | string, value: number | string];

/** A stamp whose form was checked. Its signature was not: see {@link stampSignedBy}. */
export interface ParsedStamp {
  /** SHA-256 of its bytes, what the leaf holds, 32 bytes. */
  readonly digest: Uint8Array;
  readonly claims: Claims & { readonly identifier: string };
  /** The holder's name, already masked. */
  readonly holder: string;
  readonly face: readonly FaceField[];
  /** SHA-256 of the issuer-signed JWT of its credential, 32 bytes. */
  readonly credentialDigest: Uint8Array;
  readonly signedDigest: Uint8Array;
  readonly signature: Uint8Array;
}

type Content = Omit<ParsedStamp, "digest" | "signedDigest" | "signature" | "claims"> & {
  readonly claims: Omit<Claims, "key" | "certificateType"> & { readonly identifier: string };
};

/** Check the form of a stamp. The signature is not checked. */
export function parseStamp(data: Uint8Array): ParsedStamp {
  if (data.length > MAX_STAMP) throw new InvalidInput(`stamp: longer than ${MAX_STAMP} bytes`, "stamp.size");
  const start = START.length + KID_BYTES;
  if (!equal(data.subarray(0, START.length), START)) {
    throw new InvalidInput("stamp: not a COSE_Sign1 with exactly alg ES256 and kid", "stamp.header");
  }
  if (data[start] !== 0xa0) throw new InvalidInput("stamp: unprotected header is not empty", "stamp.header");
  const end = data.length - 66;
  if (data.length < start + 70 || data[end] !== 0x58 || data[end + 1] !== 0x40) {
    throw new InvalidInput("stamp: cut short or with bytes after its end", "stamp.form");
  }
  const kid = data.slice(START.length, start);
  const body = data.subarray(start + 1, end);
  const signature = data.slice(end + 2);
  if (!wellFormed(signature)) throw new InvalidInput("stamp: signature is not in its low-S form", "stamp.signature");
  const size = body.length - (body.length < 258 ? 2 : 3);
  if (size < 24 || !equal(head(2, size), body.subarray(0, body.length - size))) {
    throw new InvalidInput("stamp: payload is not one byte string", "stamp.form");
  }
  const payload = body.subarray(body.length - size);
  const content = readClaims(payload);
  if (!equal(claimsBytes(content), payload)) {
    throw new InvalidInput("stamp: not in deterministic CBOR form", "stamp.form");
  }
  const [certificateType = ""] = content.claims.identifier.slice(IDENTIFIER_ROOT.length).split(".");
  return {
    ...content,
    claims: { ...content.claims, certificateType, key: kid },
    digest: sha256(data),
    signedDigest: sha256(concat(SIGNED, kid, Uint8Array.of(0x40), body)),
    signature,
  };
}

/** True if the stamp was signed by `publicKey` (SEC1 compressed point, 33 bytes). */
export function stampSignedBy(stamp: ParsedStamp, publicKey: Uint8Array): boolean {
  return verifyEs256(publicKey, stamp.signedDigest, stamp.signature);
}

/** Inverse of the decimal digits a QR carries: the number whose bytes are 0x01 ‖ stamp. */
export function fromDigits(digits: string): Uint8Array {
  if (digits.length > 2500 || !/^[1-9][0-9]*$/.test(digits)) {
    throw new InvalidInput("stamp digits: not a decimal number of at most 2,500 digits", "stamp.digits");
  }
  const plain = BigInt(digits).toString(16);
  const data = unhex(plain.length % 2 === 0 ? plain : `0${plain}`);
  if (byteAt(data, 0) !== 1) throw new InvalidInput("stamp digits: incomplete, or not of a stamp", "stamp.digits");
  return data.slice(1);
}

/** What the claims say. Values are judged when they are encoded again. */
function readClaims(payload: Uint8Array): Content {
  const reader = new Reader(payload, "stamp");
  const claims = reader.head(5);
  if (!reader.exactly(ISS)) throw new InvalidInput("stamp: claims must begin with iss", "stamp.claims");
  const bureau = reader.text();
  const expires = reader.exactly(EXP) ? reader.uint() : null;
  if (!reader.exactly(NBF)) throw new InvalidInput("stamp: after iss and exp belongs nbf", "stamp.claims");
  const notBefore = reader.uint();
  if (!reader.exactly(OWN) || claims !== (expires === null ? 3 : 4)) {
    throw new InvalidInput("stamp: claims must be iss, nbf, perhaps exp, and our own", "stamp.claims");
  }
  const items = reader.head(4);
  if (reader.uint() !== VERSION) throw new InvalidInput("stamp: of a version not known here", "stamp.version");
  if (items !== 7) throw new InvalidInput("stamp: private claim has another structure", "stamp.claims");
  const [short, holder, statusList] = [reader.text(), reader.text(), reader.text()];
  const statusIndex = reader.uint();
  const credentialDigest = reader.blob();
  const count = reader.head(4);
  if (count % 2 !== 0 || count > 2 * MAX_FACE) {
    throw new InvalidInput(`face: not at most ${MAX_FACE} pairs of label and value`, "stamp.face");
  }
  const face: FaceField[] = [];
  while (face.length < count / 2) face.push([reader.uintOrText(), reader.uintOrText()]);
  reader.end();
  const dot = short.indexOf("..");
  const whole =
    dot >= 0 && dot === short.indexOf(".") ? `${short.slice(0, dot)}.${bureau}${short.slice(dot + 1)}` : short;
  const identifier = IDENTIFIER_ROOT + whole;
  return {
    claims: { bureau, identifier, notBefore, expires, statusList, statusIndex },
    holder,
    face,
    credentialDigest,
  };
}

/** The claims in deterministic CBOR; every part is checked on the way. */
function claimsBytes(content: Content): Uint8Array {
  const { bureau, identifier, notBefore, expires, statusList, statusIndex } = content.claims;
  checkTimes(notBefore, expires);
  checkIdentifier(identifier, null);
  if (content.credentialDigest.length !== 32) throw new InvalidInput("stamp: digest is not 32 bytes", "stamp.digest");
  if (content.holder === "" || lengthOf(content.holder) > MAX_TEXT) {
    throw new InvalidInput("holder name: empty or too long", "stamp.holder");
  }
  const [kind = "", issuer = "", ...rest] = identifier.slice(IDENTIFIER_ROOT.length).split(".");
  const short = [kind, issuer === bureau ? "" : issuer, ...rest].join(".");
  return concat(
    Uint8Array.of(expires === null ? 0xa3 : 0xa4),
    ISS,
    text(checkBureau(bureau)),
    ...(expires === null ? [] : [EXP, uint(expires)]),
    NBF,
    uint(notBefore),
    OWN,
    Uint8Array.of(0x87, VERSION),
    text(short),
    text(content.holder),
    text(checkList(statusList)),
    uint(checkIndex(statusIndex)),
    Uint8Array.of(0x58, 0x20),
    content.credentialDigest,
    ...faceBytes(content.face),
  );
}

function faceBytes(face: readonly FaceField[]): Uint8Array[] {
  const parts = [head(4, 2 * face.length)];
  for (const [label, value] of face) {
    if (typeof label === "number" ? label > MAX_LABEL : !FIELD_NAME.test(label)) {
      throw new InvalidInput("face: no label", "stamp.face");
    }
    if (typeof value === "number" ? !Number.isSafeInteger(value) : lengthOf(value) > MAX_TEXT) {
      throw new InvalidInput("face: a value is neither short text nor a whole number", "stamp.face");
    }
    parts.push(item(label), item(value));
  }
  if (new Set(face.map(([label]) => label)).size !== face.length) {
    throw new InvalidInput("face: one label twice", "stamp.face");
  }
  return parts;
}

function item(value: number | string): Uint8Array {
  return typeof value === "number" ? uint(value) : text(value);
}
