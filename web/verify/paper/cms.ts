/**
 * The CMS in a sealed PDF (RFC 5652, RFC 5035, ETSI EN 319 142-1 level B-B), in one form: one certificate, one signer,
 * SHA-256, ECDSA over P-256 with low s, no unsigned attributes. What the certificate says of its owner is for people's
 * viewers; a verifier takes nothing from it but the public key.
 */
import { p256 } from "@noble/curves/nist.js";
import { b64url, byteAt, concat, equal, hex, padLeft, sha256, utf8 } from "../bytes.ts";
import { verifyEs256 } from "../es256.ts";
import {
  BITS,
  type Der,
  FIRST,
  INTEGER,
  isAlgorithm,
  isOid,
  OCTETS,
  OID,
  odd,
  plain,
  readDer,
  retagged,
  SEQUENCE,
  SET,
  within,
} from "./der.ts";

const SIGNED_DATA = "2a864886f70d010702";
const DATA = "2a864886f70d010701";
const SHA256 = "608648016503040201";
const ECDSA_SHA256 = "2a8648ce3d040302";
const EC_KEY = "2a8648ce3d0201";
const P256 = "2a8648ce3d030107";
const CONTENT_TYPE = "2a864886f70d010903";
const MESSAGE_DIGEST = "2a864886f70d010904";
const SIGNING_CERTIFICATE = "2a864886f70d010910022f";

/** A CMS of the right form; nothing in it has been believed yet. */
export interface ReadCms {
  /** Of the certificate, SEC1 compressed point, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** RFC 7638 SHA-256 thumbprint of that key, 32 bytes. */
  readonly thumbprint: Uint8Array;
  /** What the signed attributes say of the signed bytes. */
  readonly messageDigest: Uint8Array;
  /** DER of the attributes as SET OF, over which the signature is. */
  readonly attributes: Uint8Array;
  /** r ‖ s, 64 bytes. */
  readonly signature: Uint8Array;
}

/** True if it is a signature by its certificate's key over bytes with that SHA-256. */
export function signs(cms: ReadCms, digest: Uint8Array): boolean {
  return equal(cms.messageDigest, digest) && verifyEs256(cms.publicKey, sha256(cms.attributes), cms.signature);
}

/** Read a CMS of this form and no other. Throws InvalidInput `pdf.form`. */
export function readCms(der: Uint8Array): ReadCms {
  const [kind, inner, ...more] = within(readDer(der), SEQUENCE, "type");
  if (!isOid(kind, SIGNED_DATA) || more.length > 0) throw odd("type");
  const [content, ...others] = within(inner, FIRST, "type");
  if (others.length > 0) throw odd("type");
  const parts = within(content, SEQUENCE, "type");
  const [version, digests, encapsulated, certificates, signers] = parts;
  if (parts.length !== 5 || !isOne(version)) throw odd("version, or more parts");
  const [digest, ...moreDigests] = within(digests, SET, "digest algorithm");
  if (!isAlgorithm(digest, SHA256) || moreDigests.length > 0) throw odd("digest algorithm");
  const [type, ...attached] = within(encapsulated, SEQUENCE, "content");
  if (!isOid(type, DATA) || attached.length > 0) throw odd("content");
  const [certificate, ...moreCertificates] = within(certificates, FIRST, "certificates");
  if (certificate === undefined || moreCertificates.length > 0) throw odd("certificates");
  const [signer, ...moreSigners] = within(signers, SET, "number of signers");
  if (signer === undefined || moreSigners.length > 0) throw odd("number of signers");
  return readSigner(within(signer, SEQUENCE, "signer"), certificate);
}

function readSigner(parts: readonly Der[], certificate: Der): ReadCms {
  const [version, name, digest, signed, algorithm, signature, ...unsigned] = parts;
  const { issuer, serial, point } = readCertificate(certificate);
  const [named, number, ...more] = within(name, SEQUENCE, "signer's name");
  const isIt =
    named !== undefined && equal(named.whole, issuer) && number?.tag === INTEGER && equal(number.content, serial);
  if (!isOne(version) || more.length > 0 || !isIt) throw odd("signer's certificate");
  if (!isAlgorithm(digest, SHA256)) throw odd("signer's digest algorithm");
  if (!isAlgorithm(algorithm, ECDSA_SHA256)) throw odd("signature algorithm");
  if (unsigned.length > 0) throw odd("number of attributes: some are not signed");
  if (signed?.tag !== FIRST) throw odd("signed attributes");
  const attributes = readAttributes(signed);
  if (!isOid(attributes.get(CONTENT_TYPE), DATA)) throw odd("content type attribute");
  const messageDigest = plain(attributes.get(MESSAGE_DIGEST), OCTETS, "message digest");
  checkCertificate(attributes.get(SIGNING_CERTIFICATE), certificate.whole);
  return {
    ...keyOf(point),
    messageDigest,
    attributes: retagged(signed, SET),
    signature: rawSignature(plain(signature, OCTETS, "signature value")),
  };
}

/** The one value of each attribute, by its kind. */
function readAttributes(signed: Der): Map<string, Der> {
  const found = new Map<string, Der>();
  for (const one of within(signed, FIRST, "signed attributes")) {
    const [kind, values, ...more] = within(one, SEQUENCE, "attribute");
    const name = hex(plain(kind, OID, "attribute"));
    const [value, ...others] = within(values, SET, "attribute");
    if (value === undefined || others.length > 0 || more.length > 0 || found.has(name)) throw odd("attribute");
    found.set(name, value);
  }
  return found;
}

/** `signingCertificateV2` (RFC 5035): the first hash it names is this certificate's, by SHA-256. */
function checkCertificate(value: Der | undefined, certificate: Uint8Array): void {
  const [names] = within(value, SEQUENCE, "certificate attribute");
  const [first] = within(names, SEQUENCE, "certificate attribute");
  const [head, next] = within(first, SEQUENCE, "certificate attribute");
  const algorithm = head?.tag === SEQUENCE ? head : undefined;
  if (algorithm !== undefined && !isAlgorithm(algorithm, SHA256)) throw odd("certificate digest algorithm");
  const digest = plain(algorithm === undefined ? head : next, OCTETS, "certificate attribute");
  if (!equal(digest, sha256(certificate))) throw odd("certificate than it signed");
}

function readCertificate(certificate: Der): { issuer: Uint8Array; serial: Uint8Array; point: Uint8Array } {
  const [body] = within(certificate, SEQUENCE, "certificate");
  const parts = within(body, SEQUENCE, "certificate");
  // tbsCertificate: version [0] if not 1, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo …
  const [serial, , issuer, , , info] = parts[0]?.tag === FIRST ? parts.slice(1) : parts;
  if (issuer?.tag !== SEQUENCE) throw odd("certificate");
  const [algorithm, key] = within(info, SEQUENCE, "certificate");
  const [kind, curve] = within(algorithm, SEQUENCE, "certificate");
  const bits = plain(key, BITS, "certificate");
  const point = bits.subarray(1);
  const isKey = isOid(kind, EC_KEY) && isOid(curve, P256) && bits[0] === 0;
  if (!isKey || point.length !== 65 || point[0] !== 4) throw odd("key than an uncompressed one on P-256");
  return { issuer: issuer.whole, serial: plain(serial, INTEGER, "certificate"), point };
}

function keyOf(point: Uint8Array): { publicKey: Uint8Array; thumbprint: Uint8Array } {
  try {
    p256.Point.fromBytes(point);
  } catch {
    throw odd("key than a point of P-256");
  }
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  const jwk = `{"crv":"P-256","kty":"EC","x":"${b64url(x)}","y":"${b64url(y)}"}`;
  return { publicKey: concat(Uint8Array.of(2 + (byteAt(y, 31) & 1)), x), thumbprint: sha256(utf8(jwk)) };
}

/** r ‖ s from ECDSA-Sig-Value (RFC 5480 appendix A). */
function rawSignature(der: Uint8Array): Uint8Array {
  const [r, s, ...more] = within(readDer(der), SEQUENCE, "signature value");
  if (more.length > 0) throw odd("signature value");
  return concat(numberOf(r), numberOf(s));
}

function numberOf(value: Der | undefined): Uint8Array {
  const content = plain(value, INTEGER, "signature value");
  const bare = content[0] === 0 ? content.subarray(1) : content;
  if (byteAt(content, 0) >= 0x80 || bare.length === 0 || bare.length > 32) throw odd("signature value");
  return padLeft(bare, 32);
}

function isOne(value: Der | undefined): boolean {
  return value?.tag === INTEGER && equal(value.content, Uint8Array.of(1));
}
