/** What a check is given besides the input. */
import type { AnchorFacts, BundleService, ChainProofs, EvidenceIndex, Later, LinkIndex, TrustSource } from "./facts.ts";
import type { Policy } from "./policy.ts";
import type { TypeLabels } from "./types.ts";

/** Finds the stamps in a picture (PNG, JPEG, WebP): none, one, or several; an error of errors.ts if it is no picture. */
export type PictureReader = (picture: Uint8Array) => Later<readonly Uint8Array[]>;

/** Knows what bureaus' own types call their fields; what it answers is proven (definitions.ts). */
export interface TypeSource {
  /** Labels of a type as they were when the certificate was anchored (null: not known when), or null. */
  labels(uscc: string, code: string, anchor: AnchorFacts | null, trust: TrustSource): Later<TypeLabels | null>;
}

/** Where facts come from. */
export interface Sources {
  /** The chain, read by a quorum of endpoints, or a signed snapshot. */
  readonly trust: TrustSource;
  /** Places, status lists and bundles; untrusted. Without one a stamp on a live chain is CANNOT_CHECK. */
  readonly index?: EvidenceIndex | null;
  /** Judges the chain evidence in bundles by a pinned trust root. Without it a bundle stays open (CANNOT_CHECK). */
  readonly proofs?: ChainProofs | null;
  /** For names of fields that the policy's types do not know; no verdict rests on them. */
  readonly types?: TypeSource | null;
  /** For advice on predecessor and successor only. */
  readonly links?: LinkIndex | null;
  /** Asked, in order, for the bundle of an identifier that `index` does not know. */
  readonly services?: readonly BundleService[];
  /** Reads pictures; without one they are refused as UNKNOWN. */
  readonly readStamps?: PictureReader | null;
}

/** How to check. */
export interface Options {
  /** The time asked about, seconds since 1970 UTC; the present, unless `policy.past`. */
  readonly at: number;
  /** The verifier's own demands; defaults of policy.ts where members are left out. */
  readonly policy?: Partial<Policy>;
}

/** What can be given: a file's bytes, or what a scanner, a clipboard or a person typed. */
export type Input = Uint8Array | string;
