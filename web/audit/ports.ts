/** The doors of an audit: what the ledger tells at one final block, and where public papers lie. chain/kernel/tender_ports.py. */
import type { BlockRef } from "../verify/facts.ts";
import type { TenderEvent } from "./events.ts";

/** Where a tender stands, by the contract's answer; the members of `ITenderBook.TenderView`. */
export interface HeldTender {
  readonly bureau: string;
  readonly lots: number;
  readonly envelopes: number;
  readonly minimumBids: number;
  readonly amendments: number;
  readonly deadline: number;
  readonly openAt: number;
  readonly settledAt: number;
  readonly ceremony: number;
  readonly supervisor: string;
  readonly standstill: number;
  readonly complaintPeriod: number;
  readonly graceUsed: boolean;
  readonly cancelled: boolean;
}

/** Where a lot stands, with its proceedings. */
export interface HeldLot {
  readonly phase: number;
  readonly places: number;
  readonly since: number;
  readonly cases: number;
  readonly openCases: number;
  readonly rankings: number;
  readonly awards: number;
}

/** A live set as the contract holds it; the digest as 0x text. */
export interface HeldSet {
  readonly digest: string;
  readonly count: number;
}

/** A bidder's place. */
export interface HeldEntry {
  readonly recovery: string;
  readonly version: number;
  readonly place: number;
  readonly live: boolean;
}

/** A block and its parent's hash (0x text). */
export interface Header extends BlockRef {
  readonly parent: string;
}

/** What the ledger tells of one tender, all at one final block. Each method throws Unavailable where too few endpoints agree. */
export interface AuditLedger {
  readonly chainId: number;
  /** 0x text, as all addresses and hashes here. */
  readonly genesis: string;
  readonly book: string;
  readonly block: BlockRef;
  /** Every event of the tender, in order. */
  events(): Promise<readonly TenderEvent[]>;
  tender(): Promise<HeldTender | null>;
  lot(lot: number): Promise<HeldLot>;
  liveSet(lot: number, envelope: number): Promise<HeldSet>;
  entry(lot: number, bidder: string): Promise<HeldEntry>;
  /** The key that a ceremony gave, 96 bytes; null if there is none. */
  openingKey(ceremony: number): Promise<Uint8Array | null>;
  /** Accounts of a ceremony's key holders; none if there is no such ceremony. */
  keyHolders(ceremony: number): Promise<readonly string[]>;
  /** True if that account is an officer of the tender. */
  isOfficer(account: string): Promise<boolean>;
  /** The last block with a time of at most `time`, and the next one; null while there is no next one. */
  spanning(time: number): Promise<readonly [Header, Header] | null>;
  /** Input of a transaction; null if nobody gives it out. Nothing in it is believed before its signatures are recovered. */
  inputOf(transaction: string): Promise<Uint8Array | null>;
}

/** Where papers lie. */
export interface AuditBoard {
  /** The paper of that digest (0x text). Throws Missing: not to be had; Broken: other bytes; Unavailable: no answer. */
  get(digest: string): Promise<Uint8Array>;
}
