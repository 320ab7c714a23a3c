/** The published keys of an opening (docs/formats/opening-keys.md): the key holders' signature over each bid, checked by a pairing. */
import { hashToG1, readG1, readG2, signedBy } from "../seal/curve.ts";
import { type BidIdentity, identityDigest } from "../seal/identity.ts";
import { equal, unb64url, unhex0x } from "../verify/bytes.ts";
import { hasExactly, isList, isObject, type Json, readCanonical } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";

const FORMAT = "yinxin-opening-keys-1";
const LARGEST = 16 * 2 ** 20;
const MEMBERS = ["format", "genesis", "book", "tender", "lot", "envelope", "openingKey", "liveSet", "bids"];

/** The keys of one envelope of one lot; digests 32 bytes, signatures 48, the opening key 96. */
export interface OpeningKeys {
  readonly genesis: Uint8Array;
  readonly book: Uint8Array;
  readonly tender: number;
  readonly lot: number;
  readonly envelope: number;
  readonly openingKey: Uint8Array;
  readonly live: { readonly digest: Uint8Array; readonly signature: Uint8Array };
  /** In the order of the live set. */
  readonly bids: readonly {
    readonly place: number;
    readonly commitment: Uint8Array;
    readonly signature: Uint8Array;
  }[];
}

/** Reads them; signatures are not checked yet. Throws InvalidInput `keys.form`. */
export function readKeys(data: Uint8Array): OpeningKeys {
  const value = exact(readCanonical(data, "opening keys", LARGEST), MEMBERS);
  const live = exact(value.liveSet, ["digest", "signature"]);
  if (value.format !== FORMAT || !isList(value.bids)) throw form();
  return {
    genesis: unhex0x(value.genesis, "genesis", 32),
    book: unhex0x(value.book, "book", 20),
    tender: counted(value.tender),
    lot: counted(value.lot),
    envelope: counted(value.envelope),
    openingKey: sized(value.openingKey, 96),
    live: { digest: unhex0x(live.digest, "liveSet.digest", 32), signature: sized(live.signature, 48) },
    bids: value.bids.map((item) => {
      const one = exact(item, ["place", "commitment", "signature"]);
      const commitment = unhex0x(one.commitment, "commitment", 32);
      return { place: counted(one.place), commitment, signature: sized(one.signature, 48) };
    }),
  };
}

/** True if a signature (48 bytes) is that of the key (96 bytes) over a message (32 bytes): one pairing. */
export function isSigned(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  try {
    return signedBy(readG1(signature), hashToG1(message), readG2(key));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return false;
  }
}

/**
 * The key of one bid, 48 bytes. Throws InvalidInput (`keys.place`, `keys.missing`, `keys.wrong`; any other code: not in their form).
 *
 * @param commitment hash of the own commitment, 32 bytes
 */
export function keyOf(
  data: Uint8Array,
  identity: BidIdentity,
  openingKey: Uint8Array,
  commitment: Uint8Array,
): Uint8Array {
  const keys = readKeys(data);
  const { genesis, book, tender, lot, envelope } = identity;
  const here =
    equal(keys.genesis, genesis) &&
    equal(keys.book, book) &&
    keys.tender === tender &&
    keys.lot === lot &&
    keys.envelope === envelope &&
    equal(keys.openingKey, openingKey);
  if (!here) throw new InvalidInput("keys of another place, or of another opening key", "keys.place");
  const own = keys.bids.find((one) => equal(one.commitment, commitment));
  if (own === undefined) throw new InvalidInput("no key of this bid among them", "keys.missing");
  if (!isSigned(own.signature, identityDigest(identity), openingKey))
    throw new InvalidInput("not the key holders' signature over this bid", "keys.wrong");
  return own.signature;
}

function exact(value: Json | undefined, names: readonly string[]) {
  if (!isObject(value) || !hasExactly(value, names)) throw form();
  return value;
}

function counted(value: Json | undefined): number {
  if (typeof value !== "number" || value < 1) throw form();
  return value;
}

function sized(value: Json | undefined, size: number): Uint8Array {
  const data = unb64url(value, "signature");
  if (data.length !== size) throw form();
  return data;
}

function form(): InvalidInput {
  return new InvalidInput(`only ${FORMAT} is known`, "keys.form");
}
