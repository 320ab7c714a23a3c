/** The ledger behind an audit: the pinned trust root's contracts, read at one final block on which all endpoints agree. */

import { g2FromLedger } from "../seal/curve.ts";
import { AbiReader, callData } from "../verify/abi.ts";
import { bigEndian, equal, hex0x, padLeft, unhex0x } from "../verify/bytes.ts";
import { isObject, type Json } from "../verify/canonical.ts";
import { Unavailable } from "../verify/errors.ts";
import { bureauOf } from "../verify/events.ts";
import type { BlockRef } from "../verify/facts.ts";
import type { Fetch } from "../verify/http.ts";
import { LogReader, topicOf } from "../verify/logs.ts";
import { blockOf } from "../verify/nodeblocks.ts";
import { bytesFrom, type Call, Reverted, RpcClient } from "../verify/rpc.ts";
import { type ContractRange, rangesOf, type TrustRoot } from "../verify/trustroot.ts";
import { eventOf, type PlacedLog, type TenderEvent } from "./events.ts";
import type { AuditLedger, Header, HeldEntry, HeldLot, HeldSet, HeldTender } from "./ports.ts";

const PATIENCE = 30_000; // milliseconds for one exchange
const PROBES = 15; // blocks asked for in one exchange: each exchange leaves a sixteenth of the span
const CONTRACTS = { book: "TenderBook", proceedings: "TenderProceedings", registry: "KeyHolderRegistry" } as const;
type Contract = keyof typeof CONTRACTS;

/** One tender on the ledger. */
export class RpcTender implements AuditLedger {
  private constructor(
    private readonly rpc: RpcClient,
    private readonly each: readonly RpcClient[],
    private readonly root: TrustRoot,
    private readonly number: number,
    readonly block: BlockRef,
    private readonly ranges: Readonly<Record<Contract, ContractRange>>,
  ) {}

  /**
   * Opens it. Every endpoint must answer, and the same: whoever names an endpoint wants to hear when it contradicts another.
   * Throws Unavailable: another chain, no answer, a contradiction, or no contracts of tenders.
   */
  static async open(
    endpoints: readonly string[],
    root: TrustRoot,
    tender: number,
    fetch: Fetch = globalThis.fetch,
  ): Promise<RpcTender> {
    const rpc = new RpcClient(endpoints, { quorum: new Set(endpoints).size, timeout: PATIENCE, fetch });
    const [chain, block] = await Promise.all([rpc.chain(), rpc.finalBlock()]);
    if (chain.id !== root.chainId || !equal(chain.genesis.hash, root.genesisHash))
      throw new Unavailable("an endpoint serves another chain than the trust root names", "ledger.genesis");
    const newest = (name: Contract): ContractRange => {
      const found = rangesOf(root, CONTRACTS[name]).at(-1);
      if (found === undefined) throw new Unavailable("the trust root names no contracts of tenders", "ledger.tenders");
      return found;
    };
    const ranges = { book: newest("book"), proceedings: newest("proceedings"), registry: newest("registry") };
    // The reader's own endpoints, named last, are asked first where one answer is enough.
    const each = [...endpoints].reverse().map((one) => new RpcClient([one], { timeout: PATIENCE, fetch }));
    return new RpcTender(rpc, each, root, tender, block, ranges);
  }

  get chainId(): number {
    return this.root.chainId;
  }

  get genesis(): string {
    return hex0x(this.root.genesisHash);
  }

  get book(): string {
    return hex0x(this.ranges.book.address);
  }

  async events(): Promise<readonly TenderEvent[]> {
    const found: TenderEvent[] = [];
    const decode = (log: { address: Uint8Array; topics: readonly Uint8Array[]; data: Uint8Array }) => log;
    for (const contract of ["book", "proceedings"] as const) {
      const reader = new LogReader(this.rpc, [this.ranges[contract]]);
      for (const one of await reader.read(decode, [null, topicOf(this.number)], 0, this.block.number)) {
        const { event, block, transaction, index } = one;
        const log: PlacedLog = { ...event, block, transaction, index };
        const read = eventOf(log);
        if (read !== null) found.push(read);
      }
    }
    return found.sort((left, right) => left.block.number - right.block.number || left.index - right.index);
  }

  async tender(): Promise<HeldTender | null> {
    const data = await this.call("book", "tenderOf(uint64)", whole(this.number));
    if (data === null) return null;
    const word = (at: number): number => data.number(32 * at, 64);
    const bureau = data.left(0, 18);
    return {
      bureau: bureau.some(Boolean) ? bureauOf(bureau) : "",
      lots: word(1),
      envelopes: word(2),
      minimumBids: word(3),
      amendments: word(4),
      deadline: word(5),
      openAt: word(6),
      settledAt: word(7),
      ceremony: word(8),
      supervisor: hex0x(data.word(32 * 9).subarray(12)),
      standstill: word(10),
      complaintPeriod: word(11),
      graceUsed: word(12) === 1,
      cancelled: word(13) === 1,
    };
  }

  async lot(lot: number): Promise<HeldLot> {
    const place = [whole(this.number), whole(lot)];
    const view = known(await this.call("book", "lotOf(uint64,uint32)", ...place));
    const progress = known(await this.call("proceedings", "progressOf(uint64,uint32)", ...place));
    return {
      phase: view.number(0, 8),
      places: view.number(32, 32),
      since: view.number(64, 64),
      openCases: progress.number(0, 32),
      cases: progress.number(32, 32),
      rankings: progress.number(64, 32),
      awards: progress.number(96, 32),
    };
  }

  async liveSet(lot: number, envelope: number): Promise<HeldSet> {
    const place = [whole(this.number), whole(lot), whole(envelope)];
    const data = known(await this.call("book", "liveSetOf(uint64,uint32,uint8)", ...place));
    return { digest: hex0x(data.word(0)), count: data.number(64, 32) };
  }

  async entry(lot: number, bidder: string): Promise<HeldEntry> {
    const place = [whole(this.number), whole(lot), padLeft(unhex0x(bidder, "bidder", 20), 32)];
    const data = known(await this.call("book", "entryOf(uint64,uint32,address)", ...place));
    const recovery = hex0x(data.word(0).subarray(12));
    return { recovery, version: data.number(32, 32), place: data.number(64, 32), live: data.number(96, 8) === 1 };
  }

  async openingKey(ceremony: number): Promise<Uint8Array | null> {
    const data = await this.call("registry", "publicKeyOf(uint64)", whole(ceremony));
    const point = data === null ? new Uint8Array() : data.bytes(data.offset(0, 0));
    return point.length === 0 ? null : g2FromLedger(point);
  }

  async keyHolders(ceremony: number): Promise<readonly string[]> {
    const data = await this.call("registry", "membersOf(uint64)", whole(ceremony));
    return data === null ? [] : data.items(data.offset(0, 0), 1).map((at) => hex0x(data.word(at).subarray(12)));
  }

  async isOfficer(account: string): Promise<boolean> {
    const words = [whole(this.number), padLeft(unhex0x(account, "account", 20), 32)];
    return known(await this.call("book", "isOfficer(uint64,address)", ...words)).number(0, 8) === 1;
  }

  /** Found by halving the chain; each block is believed for the hash that its header gives. */
  async spanning(time: number): Promise<readonly [Header, Header] | null> {
    if (this.block.time <= time) return null;
    let [low, high] = [-1, this.block.number]; // times: low at most `time`, high above it
    while (high - low > 1) {
      const step = Math.max(1, Math.floor((high - low) / (PROBES + 1)));
      const probes: number[] = [];
      for (let at = low + step; at < high && probes.length < PROBES; at += step) probes.push(at);
      const found = await this.headers(probes);
      const later = found.findIndex((one) => one.time > time);
      if (later !== 0) low = probes[(later < 0 ? probes.length : later) - 1] ?? low;
      if (later >= 0) high = probes[later] ?? high;
    }
    if (low < 0) throw new Unavailable(`the chain began after ${time}`, "ledger.no_span");
    const [before, after] = await this.headers([low, high]);
    if (before === undefined || after === undefined) throw odd();
    const follows = after.parent === hex0x(before.hash) && after.number === before.number + 1;
    if (!follows || before.time > time || after.time <= time) throw odd();
    return [before, after];
  }

  async inputOf(transaction: string): Promise<Uint8Array | null> {
    for (const one of this.each) {
      const [found = null] = await one.first([["eth_getTransactionByHash", [transaction]]]).catch(() => [null]);
      if (isObject(found)) return bytesFrom(found.input ?? found.data);
    }
    return null;
  }

  private async headers(numbers: readonly number[]): Promise<Header[]> {
    const asked = numbers.map((one): Call => ["eth_getBlockByNumber", [`0x${one.toString(16)}`, false]]);
    // Clients differ in what they tell beside the header: only what the hash covers is compared.
    const answers = await this.rpc.agree(asked, (answer): Json => {
      const block = isObject(answer) ? blockOf(answer) : null;
      if (block === null || !isObject(answer)) throw odd();
      const parent = String(answer.parentHash).toLowerCase();
      return { number: block.number, hash: hex0x(block.hash), time: block.time, parent };
    });
    return answers.map((answer, at) => {
      if (!isObject(answer) || answer.number !== numbers[at]) throw odd();
      const hash = unhex0x(answer.hash, "hash", 32);
      return { number: Number(answer.number), hash, time: Number(answer.time), parent: String(answer.parent) };
    });
  }

  private async call(
    contract: Contract,
    signature: string,
    ...words: readonly Uint8Array[]
  ): Promise<AbiReader | null> {
    const to = hex0x(this.ranges[contract].address);
    try {
      const data = hex0x(callData(signature, ...words));
      const [answer] = await this.rpc.readAt(this.block, [["eth_call", [{ to, data }]]]);
      return new AbiReader(bytesFrom(answer));
    } catch (error) {
      if (error instanceof Reverted) return null;
      throw error;
    }
  }
}

function whole(value: number): Uint8Array {
  return bigEndian(value, 32);
}

function known(answer: AbiReader | null): AbiReader {
  if (answer === null) throw new Unavailable("the contract knows no such lot", "ledger.answer");
  return answer;
}

function odd(): Unavailable {
  return new Unavailable("an endpoint sent blocks that do not follow each other", "ledger.block");
}
