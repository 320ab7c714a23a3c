/**
 * The doors to the outside, and the plain facts that come through them: `chain/kernel/ports.py` in TypeScript.
 *
 * Rules take these in; nothing here does I/O. Times are whole seconds since 1970 UTC; digests, hashes and keys are bytes.
 */

/** One block: its height, its hash (32 bytes), its own timestamp. */
export interface BlockRef {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly time: number;
}

/** A half-open span [since, until); `until` null has no end. */
export interface Period {
  readonly since: number;
  readonly until: number | null;
}

/** What BureauRegistry says of one bureau. */
export interface BureauFacts {
  /** Unified social credit code, 18 characters (GB 32100). */
  readonly uscc: string;
  /** Legal name, from the registry and nowhere else. */
  readonly name: string;
  readonly metadataDigest: Uint8Array;
  readonly registeredAt: number;
  /** Spans in which it could not issue. */
  readonly suspensions: readonly Period[];
  /** Per lane (certificate type code), spans in which it may issue. */
  readonly accreditations: ReadonlyMap<string, readonly Period[]>;
  /** USCC of the bureau that answers for it now, or null. */
  readonly successor: string | null;
}

/** What BureauRegistry says of one key. */
export interface KeyFacts {
  /** RFC 7638 SHA-256 thumbprint of a P-256 key; for an anchor key its address, left-padded; 32 bytes. */
  readonly thumbprint: Uint8Array;
  /** `credential`, `seal` or `anchor`. */
  readonly purpose: string;
  /** SEC1 compressed point (33 bytes) for P-256; empty for an anchor key. */
  readonly publicKey: Uint8Array;
  /** Span in which it may sign, by chain time. */
  readonly valid: Period;
  /** Nothing anchored at or after this time by it counts; null if never marked. */
  readonly compromisedSince: number | null;
}

/** One `Anchored` event of AnchorLog. */
export interface AnchorFacts {
  readonly bureau: string;
  /** Type code of the certificates, or `$events`, `$claims` and the like. */
  readonly lane: string;
  /** 1, 2, 3 … in that lane. */
  readonly sequence: number;
  /** RFC 9162 root, 32 bytes. */
  readonly root: Uint8Array;
  /** Number of leaves. */
  readonly size: number;
  /** SHA-256 of the public manifest's root document, 32 bytes. */
  readonly manifestDigest: Uint8Array;
  /** Chained head of the lane after this anchor, 32 bytes. */
  readonly head: Uint8Array;
  /** 20-byte address that signed. */
  readonly key: Uint8Array;
  readonly block: BlockRef;
  /** Transaction hash, 32 bytes. */
  readonly transaction: Uint8Array;
}

/** One `StatusAnchored` event of AnchorLog. */
export interface StatusFacts {
  readonly bureau: string;
  /** Name of the list, ASCII, at most 32 bytes. */
  readonly list: string;
  /** 32 bytes, zeros for the first. */
  readonly previousHead: Uint8Array;
  readonly head: Uint8Array;
  /** SHA-256 of the status list token's bytes. */
  readonly digest: Uint8Array;
  readonly key: Uint8Array;
  readonly block: BlockRef;
  readonly transaction: Uint8Array;
}

/** A source may answer at once or later; a fault is thrown, best as `Unavailable` of errors.ts. */
export type Later<T> = T | Promise<T>;

/**
 * Facts a verifier relies on: the chain itself, or a signed snapshot of it. All answers describe one state, the one at
 * {@link TrustSource.block}.
 */
export interface TrustSource {
  /** The final block at which the facts were read. */
  readonly block: BlockRef;
  /** After this time the source proves issue only, never present status; null for a live chain. */
  readonly expires: number | null;
  /** One phrase for people: which chain, how many endpoints or witnesses. */
  readonly describes: string;
  /** Facts of a bureau, or null if it is not registered. */
  bureau(uscc: string): Later<BureauFacts | null>;
  /** Facts of a key of that bureau, by thumbprint or the first 8 bytes of one; null if it never had it. */
  key(uscc: string, thumbprint: Uint8Array): Later<KeyFacts | null>;
  /** The anchor at that place, or null if there is none. */
  anchor(uscc: string, lane: string, sequence: number): Later<AnchorFacts | null>;
  /** The newest anchored state of that list at {@link block}, or null if there is none. */
  statusHead(uscc: string, list: string): Later<StatusFacts | null>;
  /** Every anchored state of that list up to {@link block}, oldest first, without gaps. */
  statusHistory(uscc: string, list: string): Later<readonly StatusFacts[]>;
  /** For an offline source: the anchor of that stamp, or null if unknown. A live chain always answers null. */
  stampAnchor(stampDigest: Uint8Array): Later<AnchorFacts | null>;
}

/** What a batch leaf is made of: SHA-256 of the issuer-signed JWT, of the stamp, of the record's ciphertext. */
export interface LeafParts {
  readonly jwt: Uint8Array;
  readonly stamp: Uint8Array;
  readonly record: Uint8Array;
}

/** Where a certificate is anchored, as an untrusted index claims; checked against the anchor. */
export interface LeafPlace {
  readonly bureau: string;
  readonly lane: string;
  readonly sequence: number;
  readonly parts: LeafParts;
  /** 0-based position in the tree. */
  readonly index: number;
  /** Leaves in the tree. */
  readonly size: number;
  /** RFC 9162 inclusion path, 32 bytes each, leaf side first. */
  readonly path: readonly Uint8Array[];
}

/** One definition of a certificate type, as an untrusted index gives it. */
export interface TypeDocument {
  /** Number in the bureau's lane `$types`, as it claims. */
  readonly sequence: number;
  /** Canonical JSON of the format `yinxin-certificate-type-1`, as it claims. */
  readonly document: Uint8Array;
}

/** Finds the definitions of a bureau's own types. Never trusted: each is checked against the ledger. */
export interface TypeIndex {
  /** Those of one type, all versions; none if it knows none. */
  definitions(uscc: string, code: string): Later<readonly TypeDocument[]>;
}

/** Any index that finds public evidence. Never trusted: every answer is checked against the ledger. */
export interface EvidenceIndex {
  byStamp(stampDigest: Uint8Array): Later<LeafPlace | null>;
  byJwt(jwtDigest: Uint8Array): Later<LeafPlace | null>;
  /** Bytes of the status list token with that SHA-256, or null. */
  statusList(digest: Uint8Array): Later<Uint8Array | null>;
  /** Evidence bundle of the certificate with that identifier, or null. */
  bundle(identifier: string): Later<Uint8Array | null>;
}

/** Gives bundles by identifier. Never trusted: what it gives is verified like any other bundle. */
export type BundleService = Pick<EvidenceIndex, "bundle">;

/** Identifiers of neighbours in a certificate's life, null where unknown. */
export interface Links {
  readonly predecessor: string | null;
  readonly successor: string | null;
}

/** Knows which certificate followed which. Advice for the clerk; no verdict rests on it. */
export interface LinkIndex {
  links(identifier: string): Later<Links | null>;
}

/** A checkpoint as a bundle carries it: the note's text, index of the block's hash in its tree, inclusion path. */
export interface ShownCheckpoint {
  readonly note: string;
  readonly index: number;
  readonly path: readonly Uint8Array[];
}

/** What a bundle's chain evidence proved: the event with its block, and the witnesses who vouch for that block. */
export interface ProvenAnchor {
  readonly facts: AnchorFacts;
  readonly witnesses: readonly string[];
}

/**
 * Checks a bundle's chain evidence against a pinned trust root (chain id, genesis, contracts, witnesses). Strict: every
 * byte is used. Throws InvalidInput if the evidence is malformed or does not hold together, Unavailable if part of it
 * cannot be judged here.
 */
export interface ChainProofs {
  proveAnchor(
    header: Uint8Array,
    receiptIndex: number,
    receiptProof: readonly Uint8Array[],
    checkpoint: ShownCheckpoint | null,
    place: LeafPlace,
  ): ProvenAnchor;
}

/** True if `at` lies within the period. */
export function holds(period: Period, at: number): boolean {
  return period.since <= at && (period.until === null || at < period.until);
}

/** Accredited for `lane` and not suspended at `at`. Lanes that begin with `$` need no accreditation. */
export function wasAccredited(bureau: BureauFacts, lane: string, at: number): boolean {
  if (at < bureau.registeredAt) return false;
  if (lane.startsWith("$")) return true;
  if (bureau.suspensions.some((period) => holds(period, at))) return false;
  return (bureau.accreditations.get(lane) ?? []).some((period) => holds(period, at));
}

/** May the key have signed what was anchored at `at`? */
export function usable(key: KeyFacts, at: number): boolean {
  return holds(key.valid, at) && (key.compromisedSince === null || at < key.compromisedSince);
}
