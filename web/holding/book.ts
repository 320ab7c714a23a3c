/**
 * A tender as a key holder's own page reads it from the ledger: at one final block, of the contracts that the pinned trust root
 * names, by a quorum of endpoints. What is live is computed from the events and held to what the contract chained.
 */
import { AbiReader, callData } from "../verify/abi.ts";
import { bigEndian, concat, equal, fromBigEndian, fromUtf8, hex0x, keccak256, padLeft, utf8 } from "../verify/bytes.ts";
import { Unavailable, YinxinError } from "../verify/errors.ts";
import type { Log } from "../verify/events.ts";
import type { BlockRef } from "../verify/facts.ts";
import { LogReader, topicOf } from "../verify/logs.ts";
import { bytesFrom, type Call, Reverted, RpcClient } from "../verify/rpc.ts";
import { type ContractRange, rangesOf, type TrustRoot } from "../verify/trustroot.ts";
import { TOPICS, type Told } from "./ceremony/reading.ts";
import type { LiveBid, LiveSet, Place } from "./messages.ts";

/** Phases of a lot, by the contract's numbers. */
export const PHASE = {
  closed: 2,
  opened: 3,
  priceClosed: 5,
  priceOpened: 6,
  awarded: 8,
  failed: 10,
  cancelled: 11,
} as const;

/** Where a tender stands. Times in seconds. */
export interface TenderState {
  readonly lots: number;
  readonly envelopes: number;
  readonly amendments: number;
  readonly deadline: number;
  readonly openAt: number;
  readonly ceremony: number;
  readonly graceUsed: boolean;
}

/** A ceremony's plan, as far as an opening needs it. */
export interface Plan {
  readonly book: string;
  /** 0 for a term. */
  readonly tender: number;
  /** 0x hexadecimal. */
  readonly roster: string;
  readonly usableUntil: number;
  /** A key is in force. */
  readonly active: boolean;
}

/** A sealed file that a commitment names; `formRoot` of its opening form. */
export interface SealedFile {
  readonly digest: Uint8Array;
  readonly size: number;
  readonly formRoot: Uint8Array;
}

/** A live bid with its file in the first envelope. */
export interface CommittedBid extends LiveBid {
  readonly first: SealedFile;
}

/** A paper on record: its kind, and its SHA-256 as 0x text. */
export interface Recorded {
  readonly kind: string;
  readonly digest: string;
}

/** What the contract holds of a live set. */
export interface HeldSet {
  readonly digest: Uint8Array;
  readonly count: number;
}

const NAMES = { book: "TenderBook", proceedings: "TenderProceedings", registry: "KeyHolderRegistry" } as const;
const COMMITMENT =
  "Commitment(uint64 tender,uint32 lot,address bidder,uint32 version,address recovery,uint64 notAfter,bytes32 kindDigest,bytes32 file1,uint64 size1,bytes32 form1,bytes32 file2,uint64 size2,bytes32 form2)";
const STRUCT = COMMITMENT.replace("Commitment", "").replace(/ \w+/g, "");
const EVENTS = {
  committed: topic(`BidCommitted(uint64,uint32,address,uint32,bytes32,${STRUCT},address)`),
  withdrawn: topic("BidWithdrawn(uint64,uint32,address,uint32,uint32,address)"),
  revealed: topic("DecoyRevealed(uint64,uint32,address,uint32,address,bytes32)"),
  reviewed: topic("Reviewed(uint64,uint32,bytes32,uint32[])"),
  attested: topic("CustodyAttested(uint64,uint32,uint8,address,bytes32)"),
  recorded: topic("Recorded(uint64,uint32,bytes32,bytes32)"),
  rollCalled: topic("RollCalled(uint64,uint32,bytes)"),
  amended: topic("Amended(uint64,uint32,bytes32,uint64,uint64)"),
  published: topic(
    "Published(uint64,bytes18,(bytes18,bytes32,uint32,uint8,uint32,uint64,uint64,uint64,address,uint32,uint32,uint32,uint32,uint32,uint32),address[])",
  ),
} as const;

/** The ledger at one final block. */
export class Book {
  private constructor(
    private readonly rpc: RpcClient,
    readonly root: TrustRoot,
    /** The block at which everything is read. */
    readonly block: BlockRef,
    private readonly ranges: { readonly [name in keyof typeof NAMES]: ContractRange },
  ) {}

  /**
   * Opens it. Throws Unavailable: another chain, too few endpoints, or no contracts of tenders.
   * @param endpoints of JSON-RPC; a quorum of them must agree
   * @param given the trust root; while it is on its way the endpoints are asked already
   */
  static async open(
    endpoints: readonly string[],
    quorum: number,
    given: TrustRoot | Promise<TrustRoot>,
  ): Promise<Book> {
    const rpc = new RpcClient(endpoints, { quorum });
    const [root, chain, block] = await Promise.all([given, rpc.chain(), rpc.finalBlock()]);
    if (chain.id !== root.chainId || !equal(chain.genesis.hash, root.genesisHash)) {
      throw new Unavailable("the endpoints serve another chain than the pinned trust root's", "ledger.genesis");
    }
    const newest = (name: string): ContractRange => {
      const found = rangesOf(root, name).at(-1);
      if (found === undefined) throw new Unavailable("the trust root names no contracts of tenders", "ledger.tenders");
      return found;
    };
    const { book, proceedings, registry } = NAMES;
    return new Book(rpc, root, block, {
      book: newest(book),
      proceedings: newest(proceedings),
      registry: newest(registry),
    });
  }

  /** True if a single endpoint is believed. */
  get oneVoice(): boolean {
    return this.rpc.quorum < 2;
  }

  /** The TenderBook, 0x hexadecimal. */
  get book(): string {
    return hex0x(this.ranges.book.address);
  }

  /** The KeyHolderRegistry, 0x hexadecimal. */
  get registry(): string {
    return hex0x(this.ranges.registry.address);
  }

  /** Where messages about that envelope belong. */
  place(tender: number, lot: number, envelope: number): Place {
    return { genesis: this.root.genesisHash, book: this.ranges.book.address, tender, lot, envelope };
  }

  /** A tender, or null if there is none of that number. */
  async tender(number: number): Promise<TenderState | null> {
    const data = await this.call("book", "tenderOf(uint64)", number);
    if (data === null) return null;
    const word = (at: number): number => data.number(32 * at, 64);
    const state = { lots: word(1), envelopes: word(2), amendments: word(4), deadline: word(5), openAt: word(6) };
    return { ...state, ceremony: word(8), graceUsed: word(12) === 1 };
  }

  /** Phase of a lot, by the contract's number; null if there is no such lot. */
  async phase(tender: number, lot: number): Promise<number | null> {
    return (await this.call("book", "lotOf(uint64,uint32)", tender, lot))?.number(0, 8) ?? null;
  }

  /** The live set that the contract holds. */
  async heldSet(tender: number, lot: number, envelope: number): Promise<HeldSet> {
    const data = await this.call("book", "liveSetOf(uint64,uint32,uint8)", tender, lot, envelope);
    if (data === null) throw new YinxinError("there is no such lot or envelope", "release.place");
    return { digest: data.word(0), count: data.number(64, 32) };
  }

  /** A ceremony, or null if there is none of that number. */
  async plan(ceremony: number): Promise<Plan | null> {
    const data = await this.call("registry", "planOf(uint64)", ceremony);
    const key = await this.call("registry", "publicKeyOf(uint64)", ceremony);
    if (data === null || key === null) return null;
    return {
      book: hex0x(data.word(32).subarray(12)),
      tender: data.number(64, 64),
      roster: hex0x(data.word(128)),
      usableUntil: data.number(320, 64),
      active: key.bytes(key.offset(0, 0)).length > 0,
    };
  }

  /** A ceremony's whole state and story, or null if there is none of that number. */
  async told(ceremony: number): Promise<Told | null> {
    const asked = ["planOf", "membersOf", "publicKeyOf", "eligible"].map((name): Call => {
      return this.calling("registry", `${name}(uint64)`, ceremony);
    });
    const answers = await this.rpc.readAt(this.block, asked).catch(revertedIsNull);
    if (answers === null) return null;
    const [plan, members, key, eligible] = answers;
    const logs = await this.logs("registry", [Object.values(TOPICS).map(hex0x), topicOf(ceremony)]);
    return {
      plan: bytesFrom(plan),
      members: bytesFrom(members),
      key: bytesFrom(key),
      eligible: bytesFrom(eligible),
      logs,
      time: this.block.time,
    };
  }

  /** The bids of an envelope that are live, from every event of bids. What they come to is to be held to {@link heldSet}. */
  async liveSet(
    tender: number,
    lot: number,
    envelope: number,
  ): Promise<LiveSet & { readonly bids: readonly CommittedBid[] }> {
    const bids = new Map<number, CommittedBid & { readonly live: boolean }>();
    const { committed, withdrawn, revealed, reviewed } = EVENTS;
    const kinds = [committed, withdrawn, revealed, ...(envelope === 2 ? [reviewed] : [])].map(hex0x);
    for (const log of await this.logs("book", [kinds, topicOf(tender), topicOf(lot)])) {
      const [kind] = log.topics;
      const read = new AbiReader(log.data);
      if (kind !== undefined && equal(kind, committed)) {
        const bid = committedBid(log, read);
        bids.set(bid.place, { ...bid, live: true });
        continue;
      }
      const isReview = kind !== undefined && equal(kind, reviewed);
      const places = isReview ? dropped(read) : [read.number(0, 32)];
      for (const place of places) {
        const bid = bids.get(place);
        if (bid === undefined) throw new Unavailable("an event of a bid that was never there", "ledger.event");
        bids.set(place, { ...bid, live: false });
      }
    }
    const live = [...bids.values()].filter((bid) => bid.live).sort((left, right) => left.place - right.place);
    return { place: this.place(tender, lot, envelope), bids: live };
  }

  /** Custodians that state that every live file of the envelope is there, 0x hexadecimal; the contract knows them. */
  async custodians(tender: number, lot: number, envelope: number): Promise<string[]> {
    const topics = [[hex0x(EVENTS.attested)], topicOf(tender), topicOf(lot), topicOf(envelope)];
    const found = await this.logs("proceedings", topics);
    return [...new Set(found.map((log) => hex0x(new AbiReader(log.data).word(0).subarray(12))))];
  }

  /** Papers on record of a lot, oldest first; of the whole tender for lot 0. */
  async recorded(tender: number, lot: number): Promise<Recorded[]> {
    const found = await this.logs("proceedings", [[hex0x(EVENTS.recorded)], topicOf(tender), topicOf(lot)]);
    return found.map(({ topics, data }) => {
      const kind = fromUtf8(topics[3]?.filter((byte) => byte !== 0) ?? new Uint8Array());
      return { kind: kind ?? "", digest: hex0x(new AbiReader(data).word(0)) };
    });
  }

  /** How many roll calls of a ceremony stand on the ledger. */
  async rollCalls(ceremony: number): Promise<number> {
    return (await this.logs("registry", [[hex0x(EVENTS.rollCalled)], topicOf(ceremony)])).length;
  }

  /** SHA-256 of the notice in force, 0x hexadecimal. */
  async noticeDigest(tender: number, amendments: number): Promise<string> {
    const found = await this.logs("book", [[hex0x(EVENTS.published), hex0x(EVENTS.amended)], topicOf(tender)]);
    const last = found.at(-1);
    if (last === undefined || found.length !== amendments + 1) {
      throw new Unavailable("the notices' events are not those that the contract counts", "ledger.event");
    }
    const read = new AbiReader(last.data);
    return hex0x(found.length === 1 ? read.word(32) : read.word(0));
  }

  private async call(
    contract: keyof typeof NAMES,
    signature: string,
    ...values: readonly number[]
  ): Promise<AbiReader | null> {
    const answers = await this.rpc
      .readAt(this.block, [this.calling(contract, signature, ...values)])
      .catch(revertedIsNull);
    return answers && new AbiReader(bytesFrom(answers[0]));
  }

  private calling(contract: keyof typeof NAMES, signature: string, ...values: readonly number[]): Call {
    const to = hex0x(this.ranges[contract].address);
    const data = hex0x(callData(signature, ...values.map((one) => padLeft(bigEndian(one, 8), 32))));
    return ["eth_call", [{ to, data }]];
  }

  private async logs(contract: keyof typeof NAMES, topics: readonly (string | string[])[]): Promise<Log[]> {
    const reader = new LogReader(this.rpc, [this.ranges[contract]]);
    const found = await reader.read((log) => log, topics, 0, this.block.number);
    return found.map(({ event }) => event);
  }
}

/** There is nothing of that number. */
function revertedIsNull(error: unknown): null {
  if (error instanceof Reverted) return null;
  throw error;
}

function committedBid(log: Log, read: AbiReader): CommittedBid {
  // place, commitment hash, the commitment's 13 words, custodian
  const struct = concat(...Array.from({ length: 13 }, (_, at) => read.word(64 + 32 * at)));
  const commitment = read.word(32);
  const bidder = read.word(64 + 64).subarray(12);
  const named = log.topics[3]?.subarray(12);
  const right = equal(keccak256(concat(keccak256(utf8(COMMITMENT)), struct)), commitment);
  if (!right || named === undefined || !equal(named, bidder)) {
    throw new Unavailable("a commitment that is not what its event says", "ledger.event");
  }
  const [digest, formRoot] = [read.word(64 + 32 * 7), read.word(64 + 32 * 9)];
  const first = { digest, size: read.number(64 + 32 * 8, 64), formRoot };
  return { place: read.number(0, 32), bidder, version: read.number(64 + 96, 32), commitment, first };
}

function dropped(read: AbiReader): number[] {
  return read.items(read.offset(32, 0), 1).map((at) => fromBigEndian(read.word(at)));
}

function topic(signature: string): Uint8Array {
  return keccak256(utf8(signature));
}
