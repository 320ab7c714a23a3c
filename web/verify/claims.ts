/** What a stamp and a credential both say, in one shape, so that each rule is written once. */

/** Signed statements, before anything about them is believed. */
export interface Claims {
  /** USCC of the issuer (`iss`). */
  readonly bureau: string;
  /** Type code; also the lane of the anchor. */
  readonly certificateType: string;
  /** GB/T 36904 text, or null where its disclosure was withheld. */
  readonly identifier: string | null;
  /** Seconds, first moment of validity. */
  readonly notBefore: number;
  /** Seconds, first moment after validity; null if unlimited. */
  readonly expires: number | null;
  readonly statusList: string;
  readonly statusIndex: number;
  /** Thumbprint of the signing key (32 bytes), or its first 8 (stamp). */
  readonly key: Uint8Array;
}
