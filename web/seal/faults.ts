/** What can be wrong with an opening, and on whose side the evidence puts it: as chain/sealing/faults.py. */
import { YinxinError } from "../verify/errors.ts";

/** On whose side a fault lies. */
export type Party = "bidder" | "storage" | "key_holders" | "undecided";

const PARTIES = {
  missing_file: "storage",
  wrong_file: "storage",
  missing_shares: "key_holders",
  wrong_signature: "key_holders",
  wrong_lock_key: "undecided",
  shut_box: "undecided",
  bad_header: "bidder",
  foreign: "bidder",
  bad_lock_one: "bidder",
  bad_lock_two: "bidder",
  bad_ciphertext: "bidder",
  bad_manifest: "bidder",
  wrong_form: "bidder",
  bad_document: "bidder",
  bad_padding: "bidder",
} as const satisfies Record<string, Party>;

/** One name a fault. */
export type FaultKind = keyof typeof PARTIES;

/** On whose side a fault of that name lies; null for no known name. */
export function partyOf(kind: string): Party | null {
  return Object.hasOwn(PARTIES, kind) ? PARTIES[kind as FaultKind] : null;
}

/** A sealed bid does not open. */
export class BidFault extends YinxinError {
  /** On whose side the evidence puts it. */
  readonly party: Party;

  constructor(
    readonly kind: FaultKind,
    message: string,
  ) {
    super(message, `bid.${kind}`);
    this.party = PARTIES[kind];
  }
}
