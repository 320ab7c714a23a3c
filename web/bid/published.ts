/** The published key of the own bid (docs/formats/opening-keys.md): the key holders' signature over its identity, checked by a pairing. */
import { hashToG1, readG1, readG2, signedBy } from "../seal/curve.ts";
import { type BidIdentity, identityDigest } from "../seal/identity.ts";
import { b64url, hex0x, unb64url } from "../verify/bytes.ts";
import { hasExactly, isList, isObject, readCanonical } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";

const FORMAT = "yinxin-opening-keys-1";
const LARGEST = 16 * 2 ** 20;
const MEMBERS = ["format", "genesis", "book", "tender", "lot", "envelope", "openingKey", "liveSet", "bids"];

/**
 * The key of one bid, 48 bytes. Throws InvalidInput (`keys.form`, `keys.place`, `keys.missing`, `keys.wrong`).
 *
 * @param commitment hash of the own commitment, 32 bytes
 */
export function keyOf(
  data: Uint8Array,
  identity: BidIdentity,
  openingKey: Uint8Array,
  commitment: Uint8Array,
): Uint8Array {
  const value = readCanonical(data, "opening keys", LARGEST);
  if (!isObject(value) || value.format !== FORMAT || !hasExactly(value, MEMBERS) || !isList(value.bids)) {
    throw new InvalidInput(`only ${FORMAT} is known`, "keys.form");
  }
  const { genesis, book, tender, lot, envelope } = identity;
  const here =
    value.genesis === hex0x(genesis) &&
    value.book === hex0x(book) &&
    value.tender === tender &&
    value.lot === lot &&
    value.envelope === envelope &&
    value.openingKey === b64url(openingKey);
  if (!here) throw new InvalidInput("keys of another place, or of another opening key", "keys.place");
  const own = value.bids.find((one) => isObject(one) && one.commitment === hex0x(commitment));
  if (!isObject(own)) throw new InvalidInput("no key of this bid among them", "keys.missing");
  const signature = unb64url(own.signature, "signature");
  let right = false;
  try {
    right = signedBy(readG1(signature), hashToG1(identityDigest(identity)), readG2(openingKey));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
  }
  if (!right) throw new InvalidInput("not the key holders' signature over this bid", "keys.wrong");
  return signature;
}
