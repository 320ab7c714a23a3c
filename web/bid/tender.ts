/**
 * A tender on the ledger, read at one final block: which notice is in force, the opening key, the deadline, a bidder's place. What a
 * service or a board hands out counts only if it is what stands here.
 */
import { compressedFromLedger } from "../seal/point.ts";
import { AbiReader, selector } from "../verify/abi.ts";
import { bigEndian, concat, equal, fromBigEndian, hex0x, keccak256, padLeft, unhex0x, utf8 } from "../verify/bytes.ts";
import { isList, isObject } from "../verify/canonical.ts";
import { InvalidInput, Unavailable } from "../verify/errors.ts";
import type { Log as EventLog } from "../verify/events.ts";
import type { BlockRef } from "../verify/facts.ts";
import { bytesFrom, type Call, RpcClient } from "../verify/rpc.ts";
import { counts, rangesOf, type TrustRoot } from "../verify/trustroot.ts";
import type { Notice } from "./notice.ts";

/** Where a tender and one of its lots stand. */
export interface TenderFacts {
  readonly block: BlockRef;
  readonly deadline: number;
  readonly openAt: number;
  /** True while bids are taken, by the ledger's clock. */
  readonly bidding: boolean;
  /** SHA-256 of the notice in force. */
  readonly notice: Uint8Array;
  readonly openingKey: Uint8Array;
  /** Which contract phase the lot is in; 1: bidding. */
  readonly phase: number;
  /** Last second at which objections are taken in this phase; null where none are. */
  readonly objectUntil: number | null;
}

/** What the ledger says of a lot's openings. */
export interface Openings {
  /** By envelope: digests under which the published keys may lie, the opening's own first. */
  readonly keys: ReadonlyMap<number, readonly Uint8Array[]>;
  /** SHA-256 of every opening record of the lot, the newest last, with its block. */
  readonly records: readonly { readonly digest: Uint8Array; readonly block: number }[];
  /** Places whose price envelope stays shut by the technical result. */
  readonly dropped: readonly number[];
}

/** A bidder's place in a lot. */
export interface Entry {
  readonly version: number;
  /** 1, 2, 3 … in the order in which places were first taken. */
  readonly place: number;
  readonly live: boolean;
  readonly moved: boolean;
}

/** How the ledger accepted a commitment. */
export interface Acceptance {
  readonly block: number;
  /** 0x text, 32 bytes each. */
  readonly blockHash: string;
  readonly transaction: string;
}

/** What an event of an accepted withdrawal says. */
export interface Withdrawn {
  readonly tender: number;
  readonly lot: number;
  /** 0x text. */
  readonly bidder: string;
  readonly version: number;
}

/** What an event of an accepted commitment says. */
export interface Committed {
  readonly tender: number;
  readonly lot: number;
  /** 0x text, as `custodian`. */
  readonly bidder: string;
  /** hashStruct of the commitment, 32 bytes. */
  readonly hash: Uint8Array;
  readonly custodian: string;
}

const NOTICE_WORDS = 15;
const COMMITTED_WORDS = 16;
const WITHDRAWN = "BidWithdrawn(uint64,uint32,address,uint32,uint32,address)";
const WITHDRAWN_WORDS = 3;
const PUBLISHED =
  "Published(uint64,bytes18,(bytes18,bytes32,uint32,uint8,uint32,uint64,uint64,uint64,address,uint32,uint32,uint32,uint32,uint32,uint32),address[])";
const OPENED = "EnvelopeOpened(uint64,uint32,uint8,bytes,bytes32)";
const REVIEWED = "Reviewed(uint64,uint32,bytes32,uint32[])";
const RECORDED = "Recorded(uint64,uint32,bytes32,bytes32)";
const [PHASE_OPENED, PHASE_AWARDED] = [3, 8];
const AMENDED = "Amended(uint64,uint32,bytes32,uint64,uint64)";
const COMMITMENT =
  "(uint64,uint32,address,uint32,address,uint64,bytes32,bytes32,uint64,bytes32,bytes32,uint64,bytes32)";
const COMMITTED = `BidCommitted(uint64,uint32,address,uint32,bytes32,${COMMITMENT},address)`;

interface Log extends Acceptance {
  readonly data: Uint8Array;
  readonly topics: readonly string[];
}

/** One book of tenders of the trust root's chain. */
export class TenderLedger {
  private constructor(
    private readonly rpc: RpcClient,
    private readonly book: string,
    private readonly from: number,
    private state: BlockRef,
  ) {}

  /**
   * Throws Unavailable: another chain, or no answer; InvalidInput: the trust root does not name that book.
   * @param given the trust root; while it is on its way the endpoints are asked already
   */
  static async open(
    endpoints: readonly string[],
    given: TrustRoot | Promise<TrustRoot>,
    book: string,
  ): Promise<TenderLedger> {
    const rpc = new RpcClient(endpoints);
    const [root, chain, block] = await Promise.all([given, rpc.chain(), rpc.finalBlock()]);
    if (chain.id !== root.chainId || !equal(chain.genesis.hash, root.genesisHash)) {
      throw new Unavailable("the endpoint serves another chain than the trust root names", "ledger.genesis");
    }
    const range = rangesOf(root, "TenderBook").find((one) => hex0x(one.address) === book);
    if (range === undefined || !counts(range, block.number))
      throw new InvalidInput("no book of the trust root", "tender.book");
    return new TenderLedger(rpc, book, range.fromBlock, block);
  }

  get block(): BlockRef {
    return this.state;
  }

  /** Moves to the newest final block. */
  async refresh(): Promise<BlockRef> {
    const block = await this.rpc.finalBlock();
    if (block.number < this.state.number) throw new Unavailable("the final block went back", "ledger.rewound");
    this.state = block;
    return block;
  }

  /** Where tender and lot stand. */
  async facts(tender: number, lot: number): Promise<TenderFacts> {
    const block = this.state;
    const [view, line, keyed] = await this.read([
      [this.book, call("tenderOf(uint64)", bigEndian(tender, 32))],
      [this.book, call("lotOf(uint64,uint32)", bigEndian(tender, 32), bigEndian(lot, 32))],
      [this.book, call("keyHolders()")],
    ]);
    const ceremony = view.number(256, 64);
    const registry = hex0x(keyed.word(0).subarray(12));
    const [[key], notice] = await Promise.all([
      this.read([[registry, call("publicKeyOf(uint64)", bigEndian(ceremony, 32))]]),
      this.notice(tender, view.number(128, 32)),
    ]);
    const deadline = view.number(160, 64);
    const phase = line.number(0, 8);
    return {
      block,
      deadline,
      openAt: view.number(192, 64),
      bidding: phase === 1 && block.time <= deadline && fromBigEndian(view.word(416)) === 0,
      notice,
      openingKey: compressed(key.bytes(key.offset(0, 0))),
      phase,
      objectUntil:
        phase < PHASE_OPENED || phase > PHASE_AWARDED
          ? null
          : line.number(64, 64) + view.number(phase === PHASE_AWARDED ? 352 : 320, 32),
    };
  }

  /** Openings of a lot, as far as they have come. */
  async openings(tender: number, lot: number): Promise<Openings> {
    const [named] = await this.read([[this.book, call("proceedings()")]]);
    const proceedings = hex0x(named.word(0).subarray(12));
    const place = [word(tender), word(lot)];
    const [opened, reviewed, recorded] = await Promise.all([
      this.logs([topic(OPENED), ...place]),
      this.logs([topic(REVIEWED), ...place]),
      this.logs([topic(RECORDED), ...place], proceedings),
    ]);
    const keys = new Map<number, Uint8Array[]>();
    for (const { data, topics } of opened) {
      const envelope = fromBigEndian(unhex0x(topics[3], "envelope", 32));
      keys.set(envelope, [new AbiReader(data).word(32), ...recordedAs(`keys-${envelope}`, recorded)]);
    }
    return {
      keys,
      records: recorded
        .filter(({ topics }) => topics[3] === kind("opening"))
        .map(({ data, block }) => ({ digest: new AbiReader(data).word(0), block })),
      dropped: reviewed.flatMap(({ data }) => {
        const reader = new AbiReader(data);
        return reader.items(reader.offset(32, 0), 1).map((at) => reader.number(at, 32));
      }),
    };
  }

  /** A bidder's place; version 0: never there. */
  async entry(tender: number, lot: number, bidder: string): Promise<Entry> {
    const place = [bigEndian(tender, 32), bigEndian(lot, 32), padLeft(unhex0x(bidder, "bidder", 20), 32)];
    const [found] = await this.read([[this.book, call("entryOf(uint64,uint32,address)", ...place)]]);
    return {
      version: found.number(32, 32),
      place: found.number(64, 32),
      live: found.number(96, 8) === 1,
      moved: found.number(128, 8) === 1,
    };
  }

  /** The block in which a bidder's commitment with that hash was accepted, or null. */
  async committed(tender: number, lot: number, bidder: string, hash: Uint8Array): Promise<number | null> {
    return (await this.acceptance(tender, lot, bidder, hash))?.block ?? null;
  }

  /** The same with its transaction. */
  async acceptance(tender: number, lot: number, bidder: string, hash: Uint8Array): Promise<Acceptance | null> {
    const found = await this.logs(about(COMMITTED, tender, lot, bidder));
    return found.find(({ data }) => equal(new AbiReader(data).word(32), hash)) ?? null;
  }

  /** How a bidder's withdrawal was accepted, or null if none with that version was. */
  async withdrawal(tender: number, lot: number, bidder: string, version: number): Promise<Acceptance | null> {
    const found = await this.logs(about(WITHDRAWN, tender, lot, bidder));
    return found.find(({ data }) => new AbiReader(data).number(32, 32) === version) ?? null;
  }

  /** Digest of the notice in force: that of the newest amendment, of which the contract keeps the count. */
  private async notice(tender: number, amendments: number): Promise<Uint8Array> {
    if (amendments > 0) {
      const [log] = await this.logs([topic(AMENDED), word(tender), word(amendments)]);
      if (log === undefined) throw new Unavailable("the endpoint hides an amendment", "ledger.gap");
      return new AbiReader(log.data).word(0);
    }
    const [log] = await this.logs([topic(PUBLISHED), word(tender)]);
    if (log === undefined || log.data.length < 32 * NOTICE_WORDS)
      throw new Unavailable("the endpoint hides the publication", "ledger.gap");
    return new AbiReader(log.data).word(32);
  }

  private async logs(topics: readonly string[], from = this.book): Promise<Log[]> {
    const filter = {
      address: [from],
      topics: [...topics],
      fromBlock: `0x${this.from.toString(16)}`,
      toBlock: `0x${this.state.number.toString(16)}`,
    };
    const [found = null] = await this.rpc.agree([["eth_getLogs", [filter]]]);
    if (!isList(found)) throw new Unavailable("an endpoint sent no logs", "rpc.form");
    return found.filter(isObject).map((log) => {
      const found = isList(log.topics) ? log.topics.map((one) => String(one).toLowerCase()) : [];
      if (topics.some((one, at) => found[at] !== one) || String(log.address).toLowerCase() !== from)
        throw new Unavailable("another event than asked for", "ledger.event");
      const [blockHash, transaction] = [String(log.blockHash), String(log.transactionHash)];
      return { data: bytesFrom(log.data), block: Number(log.blockNumber), blockHash, transaction, topics: found };
    });
  }

  private async read<const T extends readonly (readonly [string, Uint8Array])[]>(
    calls: T,
  ): Promise<{ [Place in keyof T]: AbiReader }> {
    const sent = calls.map(([to, data]): Call => ["eth_call", [{ to, data: hex0x(data) }]]);
    const answers = await this.rpc.readAt(this.state, sent);
    return answers.map((answer) => new AbiReader(bytesFrom(answer))) as { [Place in keyof T]: AbiReader };
  }
}

/** Throws InvalidInput unless a notice is the one in force for this tender, and names the key that the ledger has. */
export function checkNotice(notice: Notice, facts: TenderFacts, root: TrustRoot, book: string, tender: number): void {
  const fits =
    equal(notice.digest, facts.notice) &&
    equal(notice.genesis, root.genesisHash) &&
    notice.chainId === root.chainId &&
    hex0x(notice.book) === book &&
    notice.tender === tender;
  if (!fits)
    throw new InvalidInput("the notice that was handed out is not the one that stands on the ledger", "bidroom.notice");
  if (!equal(notice.openingKey, facts.openingKey)) {
    throw new InvalidInput("the notice names another opening key than the ledger", "bidroom.opening_key");
  }
}

/** What a log says if it is a book's event of an accepted commitment, else null. */
export function committedIn({ topics, data }: Pick<EventLog, "topics" | "data">): Committed | null {
  const [first, tender, lot, bidder] = topics;
  const known = first !== undefined && hex0x(first) === topic(COMMITTED) && data.length === 32 * COMMITTED_WORDS;
  if (!known || tender === undefined || lot === undefined || bidder === undefined) return null;
  return {
    tender: fromBigEndian(tender),
    lot: fromBigEndian(lot),
    bidder: hex0x(bidder.subarray(12)),
    hash: data.slice(32, 64),
    custodian: hex0x(data.subarray(32 * COMMITTED_WORDS - 20)),
  };
}

/** What a log says of an accepted withdrawal; null if it is another event. */
export function withdrawnIn({ topics, data }: Pick<EventLog, "topics" | "data">): Withdrawn | null {
  const [first, tender, lot, bidder] = topics;
  const known = first !== undefined && hex0x(first) === topic(WITHDRAWN) && data.length === 32 * WITHDRAWN_WORDS;
  if (!known || tender === undefined || lot === undefined || bidder === undefined) return null;
  return {
    tender: fromBigEndian(tender),
    lot: fromBigEndian(lot),
    bidder: hex0x(bidder.subarray(12)),
    version: fromBigEndian(data.subarray(32, 64)),
  };
}

function about(event: string, tender: number, lot: number, bidder: string): string[] {
  return [topic(event), word(tender), word(lot), hex0x(padLeft(unhex0x(bidder, "bidder", 20), 32))];
}

function call(signature: string, ...words: readonly Uint8Array[]): Uint8Array {
  return concat(selector(signature), ...words);
}

function topic(event: string): string {
  return hex0x(keccak256(utf8(event)));
}

function word(value: number): string {
  return hex0x(bigEndian(value, 32));
}

/** A kind of papers as the contract has it: ASCII, filled with zero bytes on the right. */
function kind(name: string): string {
  return hex0x(concat(utf8(name), new Uint8Array(32 - name.length)));
}

function recordedAs(name: string, logs: readonly Log[]): Uint8Array[] {
  return logs.filter(({ topics }) => topics[3] === kind(name)).map(({ data }) => new AbiReader(data).word(0));
}

function compressed(point: Uint8Array): Uint8Array {
  if (point.length === 0) throw new Unavailable("the ceremony has no key", "ledger.answer");
  return compressedFromLedger(point);
}
