/**
 * The two locks of a sealed bid, in one age stanza. The file key is k1 xor k2: lock 1 holds k1 for whoever has the key holders'
 * signature over the bid's identity, lock 2 holds k2 in two boxes, for officer and supervisor. There is no way to make one alone.
 */
import { concat, equal, utf8 } from "../verify/bytes.ts";
import { InvalidInput, YinxinError } from "../verify/errors.ts";
import { bare64, FILE_KEY_SIZE, fits, type Header, type Stanza } from "./age.ts";
import { checkRecipient, makeBox, OVERHEAD, openBox } from "./box.ts";
import { hashToG1, readG1, readG2, signedBy } from "./curve.ts";
import { BidFault } from "./faults.ts";
import * as ibe from "./ibe.ts";
import { type BidIdentity, identityDigest } from "./identity.ts";

const STANZA = "yinxin-bid-1";
const LABEL = utf8("yinxin-bid-1/lock-2");
const BOX = OVERHEAD + FILE_KEY_SIZE;
const BODY = ibe.LOCKED_SIZE + 2 * BOX;

/** Whose X25519 keys (32 bytes each) lock 2 is for. */
export interface Recipients {
  readonly officer: Uint8Array;
  readonly supervisor: Uint8Array;
}

/** All that is random in a sealed bid but the form's salts, 16 bytes each. Secret. */
export interface Secrets {
  readonly fileKey: Uint8Array;
  readonly nonce: Uint8Array;
  readonly k2: Uint8Array;
  readonly sigma: Uint8Array;
}

/** What opens one bid: the key holders' signature (48 bytes), and k2, which stays secret until the opening. */
export interface BidKeys {
  readonly signature: Uint8Array;
  readonly k2: Uint8Array;
}

/** Fresh secrets from the browser's generator; for one file and no other. */
export function drawSecrets(): Secrets {
  const draw = () => crypto.getRandomValues(new Uint8Array(FILE_KEY_SIZE));
  return { fileKey: draw(), nonce: draw(), k2: draw(), sigma: draw() };
}

/** The recipients, if both keys are keys and of two people. Throws InvalidInput. */
export function checkRecipients(recipients: Recipients): Recipients {
  checkRecipient(recipients.officer, "officer");
  checkRecipient(recipients.supervisor, "supervisor");
  if (equal(recipients.officer, recipients.supervisor)) {
    throw new InvalidInput("officer and supervisor have the same key", "sealing.recipient");
  }
  return recipients;
}

/** A stanza as long as that of {@link wrap}, with nothing in it. */
export function blank(identity: BidIdentity): Stanza {
  return { args: [STANZA, bare64(identityDigest(identity))], body: new Uint8Array(BODY) };
}

/** The one stanza of a sealed bid. Throws InvalidInput for an opening key or recipients that are none. */
export function wrap(identity: BidIdentity, openingKey: Uint8Array, recipients: Recipients, secrets: Secrets): Stanza {
  const digest = identityDigest(identity);
  const key = readG2(openingKey, "opening key");
  const boxes = boxesOf(secrets.k2, checkRecipients(recipients), digest);
  const k1 = ibe.xor(secrets.fileKey, secrets.k2);
  const body = concat(ibe.lock(key, digest, k1, secrets.sigma), boxes.officer, boxes.supervisor);
  return { args: [STANZA, bare64(digest)], body };
}

/** k2, from the box of a recipient, by that recipient's private key. Throws BidFault. */
export function takeBox(header: Header, recipient: keyof Recipients, secret: Uint8Array): Uint8Array {
  const { body, args } = stanzaOf(header);
  const at = ibe.LOCKED_SIZE + (recipient === "officer" ? 0 : BOX);
  const identity = Uint8Array.from(atob(args[1] ?? ""), (char) => char.charCodeAt(0));
  const k2 = openBox(body.subarray(at, at + BOX), secret, LABEL, identity);
  if (k2 === null) throw new BidFault("shut_box", `the ${recipient}'s box of lock 2 does not open`);
  return k2;
}

/** The file key, after everything that can be blamed on somebody was looked at, in the format's order. Throws BidFault. */
export function unlock(
  header: Header,
  identity: BidIdentity,
  openingKey: Uint8Array,
  recipients: Recipients,
  keys: BidKeys,
): Uint8Array {
  const digest = identityDigest(identity);
  const { args, body } = stanzaOf(header);
  if (args[1] !== bare64(digest)) throw new BidFault("foreign", "sealed under another identity");
  const signature = signatureOf(keys.signature, digest, openingKey);
  const k1 = ibe.unlock(signature, body.subarray(0, ibe.LOCKED_SIZE));
  if (k1 === null) throw new BidFault("bad_lock_one", "lock 1 does not open with the right signature");
  if (keys.k2.length !== FILE_KEY_SIZE) throw new BidFault("wrong_lock_key", "k2 has 16 bytes");
  const fileKey = ibe.xor(k1, keys.k2);
  const made = boxesOf(keys.k2, recipients, digest);
  const officer = equal(body.subarray(ibe.LOCKED_SIZE, ibe.LOCKED_SIZE + BOX), made.officer);
  const supervisor = equal(body.subarray(ibe.LOCKED_SIZE + BOX), made.supervisor);
  const authentic = fits(header, fileKey);
  if (!officer && !supervisor && !authentic) {
    throw new BidFault("wrong_lock_key", "k2 fits neither a box of lock 2 nor the header");
  }
  if (!officer || !supervisor) throw new BidFault("bad_lock_two", "lock 2 is not what its k2 makes");
  if (!authentic) throw new BidFault("bad_ciphertext", "the header's MAC does not match");
  return fileKey;
}

function signatureOf(data: Uint8Array, digest: Uint8Array, openingKey: Uint8Array) {
  const key = readG2(openingKey, "opening key");
  try {
    const signature = readG1(data);
    if (signedBy(signature, hashToG1(digest), key)) return signature;
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
  }
  throw new BidFault("wrong_signature", "not the key holders' signature over this bid");
}

function boxesOf(k2: Uint8Array, recipients: Recipients, digest: Uint8Array): Recipients {
  return {
    officer: makeBox(k2, recipients.officer, LABEL, digest),
    supervisor: makeBox(k2, recipients.supervisor, LABEL, digest),
  };
}

function stanzaOf(header: Header): Stanza {
  const [stanza, more] = header.stanzas;
  const [kind, identity, beyond] = stanza?.args ?? [];
  if (stanza === undefined || more !== undefined || kind !== STANZA || identity === undefined || beyond !== undefined) {
    throw new BidFault("bad_header", "not a sealed bid: its header has other stanzas");
  }
  // 43 characters are 32 bytes if the last one has its unused bits unset.
  if (stanza.body.length !== BODY || !/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/.test(identity)) {
    throw new BidFault("bad_header", "not a sealed bid: its stanza has another size");
  }
  return stanza;
}
