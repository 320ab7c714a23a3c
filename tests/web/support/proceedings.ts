/** Lots as tests/vectors/proceedings.json has them, each with one change, behind the doors of an audit. */
import { TenderCase } from "../../../web/audit/case.ts";
import type { TenderEvent } from "../../../web/audit/events.ts";
import type { AuditBoard, AuditLedger } from "../../../web/audit/ports.ts";
import { Broken, Missing, Report } from "../../../web/audit/report.ts";
import { tell } from "../../../web/audit/telling.ts";
import { readNotice } from "../../../web/bid/notice.ts";
import { fromUtf8, unb64url, unhex0x } from "../../../web/verify/bytes.ts";
import type { JsonObject } from "../../../web/verify/canonical.ts";
import { vector } from "./files.ts";

type RawEvent = Omit<TenderEvent, "block"> & {
  readonly block: { readonly number: number; readonly hash: string; readonly time: number };
};

/** One lot with one change, and what Python's audit finds then. */
export interface Proceeding {
  readonly part: "committee" | "evaluation" | "award";
  readonly name: string;
  readonly genesis: string;
  /** SHA-256 of the notice, or of what is needed of one. */
  readonly notice: string;
  /** Second of the newest block. */
  readonly time: number;
  /** Places in the file's list. */
  readonly events: readonly number[];
  readonly missing: readonly string[];
  /** Papers that a board gives out with a bit changed. */
  readonly altered: readonly string[];
  /** Papers of other bytes that a board that checks nothing would give out, base64url. */
  readonly lies: Readonly<Record<string, string>>;
  readonly findings: readonly (readonly [rule: string, result: string])[];
  readonly looked: readonly string[];
}

/** A ranking by a notice's rules, and what Python computes. */
export interface Ranked {
  /** As a notice has it. */
  readonly evaluation: JsonObject;
  readonly bids: readonly Readonly<Record<string, string>>[];
  /** The members' points for `plan`, a list a bid. */
  readonly marks: readonly (readonly string[])[];
  readonly ceiling: string;
  readonly float: string | null;
  readonly drawn: readonly number[];
  readonly places: readonly number[];
  readonly ranks: readonly number[];
  readonly totals: readonly string[] | null;
  readonly reference: string | null;
  readonly low: readonly number[];
  readonly undecided: readonly (readonly number[])[];
}

/** The file. */
export const proceedings = vector<{
  readonly book: string;
  readonly keyHolders: readonly string[];
  readonly officer: string;
  readonly papers: Readonly<Record<string, string>>;
  readonly events: readonly RawEvent[];
  readonly cases: readonly Proceeding[];
  readonly rankings: readonly Ranked[];
}>("proceedings");

/** An audit of the lot, whose notice was found to be the ledger's. */
export function underAudit({ part, genesis, notice, time, events, ...lacks }: Proceeding): TenderCase {
  const { book, keyHolders, officer, papers } = proceedings;
  const { missing, altered, lies } = lacks;
  const none = () => Promise.reject(new Missing("not told here"));
  const told = events.map((at): TenderEvent => {
    const event = proceedings.events[at];
    if (event === undefined) throw new Error(`no event ${at}`);
    return { ...event, block: { ...event.block, hash: unhex0x(event.block.hash, "hash", 32) } };
  });
  const block = { number: told.at(-1)?.block.number ?? 0, hash: new Uint8Array(32), time };
  const ledger: AuditLedger = {
    ...{ chainId: 1, genesis, book, block, events: async () => told },
    ...{ tender: none, lot: none, liveSet: none, entry: none, spanning: none, inputOf: none },
    openingKey: async () => null,
    keyHolders: async () => keyHolders,
    isOfficer: async (account) => account === officer,
  };
  const board: AuditBoard = {
    get: async (digest) => {
      const data = lies[digest] ?? papers[digest];
      if (missing.includes(digest) || data === undefined) throw new Missing("no board has it");
      if (altered.includes(digest)) throw new Broken("the board has other bytes");
      return unb64url(data, "paper");
    },
  };
  const found = new TenderCase(new Report(), ledger, board, tell(told, book));
  const data = unb64url(papers[notice], "notice");
  if (part !== "award") found.notice = readNotice(data);
  found.said = JSON.parse(fromUtf8(data) ?? "") as JsonObject;
  return found;
}
