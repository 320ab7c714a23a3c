/** A whole tender as tests/vectors/audit.json has it, with one change, behind the doors of an audit. */
import { eventOf } from "../../../web/audit/events.ts";
import type { AuditBoard, AuditLedger, HeldTender } from "../../../web/audit/ports.ts";
import { Broken, Missing } from "../../../web/audit/report.ts";
import { hex0x, unb64url, unhex0x } from "../../../web/verify/bytes.ts";
import { vector } from "./files.ts";

interface Block {
  readonly number: number;
  readonly hash: string;
  readonly time: number;
}

/** A log. */
export interface RawLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly block: Block;
  readonly transaction: string;
  readonly index: number;
}

/** One change, and what Python's audit finds then. */
export interface Change {
  readonly name: string;
  /** Papers of other bytes that a board that checks nothing would give out, base64url. */
  readonly lies: Readonly<Record<string, string>>;
  /** Papers that a board gives out with a bit changed. */
  readonly altered: readonly string[];
  readonly missing: readonly string[];
  readonly logs: Readonly<Record<string, RawLog | null>>;
  readonly more: readonly RawLog[];
  readonly held: Readonly<Record<string, number>>;
  readonly findings: readonly (readonly [rule: string, result: string])[];
  readonly looked: readonly string[];
}

interface Base {
  readonly chainId: number;
  readonly genesis: string;
  readonly book: string;
  readonly tender: number;
  readonly block: Block;
  readonly openingKey: string;
  readonly logs: readonly RawLog[];
  readonly headers: Readonly<Record<string, readonly [Block & { parent: string }, Block & { parent: string }] | null>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly held: {
    readonly tender: HeldTender;
    readonly lot: Record<string, number>;
    readonly live: Record<string, { digest: string; count: number }>;
    readonly entries: Record<string, { recovery: string; version: number; place: number; live: boolean }>;
  };
  readonly papers: Readonly<Record<string, string>>;
}

/** The file. */
export const vectors = vector<{ readonly base: Base; readonly cases: readonly Change[] }>("audit");

/** Ledger and board with one change. */
export function told(change: Change): { ledger: AuditLedger; board: AuditBoard } {
  const { base } = vectors;
  const logs = [
    ...base.logs.map((log, at) => (String(at) in change.logs ? change.logs[String(at)] : log)),
    ...change.more,
  ];
  const block = { ...base.block, hash: unhex0x(base.block.hash, "hash", 32) };
  const ledger: AuditLedger = {
    chainId: base.chainId,
    genesis: base.genesis,
    book: base.book,
    block,
    events: async () =>
      logs.flatMap((log) => {
        if (log === null || log === undefined) return [];
        const event = eventOf({
          address: unhex0x(log.address, "address", 20),
          topics: log.topics.map((one) => unhex0x(one, "topic", 32)),
          data: unhex0x(log.data, "data"),
          block: { ...log.block, hash: unhex0x(log.block.hash, "hash", 32) },
          transaction: unhex0x(log.transaction, "transaction", 32),
          index: log.index,
        });
        return event === null ? [] : [event];
      }),
    tender: async () => ({ ...base.held.tender, ...change.held }),
    lot: async () => base.held.lot as never,
    liveSet: async (_lot, envelope) => base.held.live[String(envelope)] ?? { digest: "", count: 0 },
    entry: async (_lot, bidder) => base.held.entries[bidder] ?? { recovery: "", version: 0, place: 0, live: false },
    openingKey: async () => unb64url(base.openingKey, "openingKey"),
    keyHolders: async () => [], // nobody is drawn in this tender
    isOfficer: async () => false,
    spanning: async (time) => {
      const found = base.headers[String(time)] ?? null;
      if (found === null) return null;
      const [before, after] = found.map((one) => ({ ...one, hash: unhex0x(one.hash, "hash", 32) }));
      if (before === undefined || after === undefined || after.parent !== hex0x(before.hash)) return null;
      return [before, after];
    },
    inputOf: async (transaction) => unhex0x(base.inputs[transaction] ?? "0x", "input"),
  };
  const board: AuditBoard = {
    get: async (digest) => {
      const data = change.lies[digest] ?? base.papers[digest];
      if (change.missing.includes(digest) || data === undefined) throw new Missing("no board has it");
      if (change.altered.includes(digest)) throw new Broken("the board has other bytes");
      return unb64url(data, "paper");
    },
  };
  return { ledger, board };
}
