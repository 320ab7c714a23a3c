/** Events of a contract over the blocks in which each of its deployments counts, and the blocks they lie in. */
import { equal, hex0x } from "./bytes.ts";
import { isList, isObject, type Json } from "./canonical.ts";
import { Unavailable } from "./errors.ts";
import type { Log } from "./events.ts";
import type { BlockRef } from "./facts.ts";
import { blockOf } from "./nodeblocks.ts";
import { bytesFrom, quantity, type RpcClient } from "./rpc.ts";
import type { ContractRange } from "./trustroot.ts";

/** An event with the block it lies in and its transaction's hash. */
export interface Found<T> {
  readonly event: T;
  readonly block: BlockRef;
  readonly transaction: Uint8Array;
  /** Of the log in its block. */
  readonly index: number;
}

const LOG_KEYS = ["address", "data", "blockNumber", "blockHash", "transactionHash", "transactionIndex", "logIndex"];

/** Reads events and remembers blocks, whose facts never change under their hash. */
export class LogReader {
  private readonly blocks = new Map<string, BlockRef>();

  constructor(
    private readonly rpc: RpcClient,
    private readonly ranges: readonly ContractRange[],
  ) {}

  /** Events of a kind up to block `to`, in order, each placed in its block. */
  async read<T>(
    decode: (log: Log, contract: Uint8Array) => T | null,
    topics: readonly Json[],
    from: number,
    to: number,
  ): Promise<Found<T>[]> {
    const found: { event: T; number: number; hash: Uint8Array; transaction: Uint8Array; index: number }[] = [];
    for (const contract of this.ranges) {
      const start = Math.max(from, contract.fromBlock);
      const end = contract.untilBlock === null ? to : Math.min(to, contract.untilBlock - 1);
      for (const entry of await this.span(hex0x(contract.address), topics, start, end)) {
        const log = {
          address: bytesFrom(entry.address, 20),
          topics: (isList(entry.topics) ? entry.topics : []).map((topic) => bytesFrom(topic, 32)),
          data: bytesFrom(entry.data),
        };
        const event = decode(log, contract.address);
        const number = quantity(entry.blockNumber);
        if (event === null || number < start || number > end) {
          throw new Unavailable("the node sent an event that was not asked for", "ledger.event");
        }
        const hash = bytesFrom(entry.blockHash, 32);
        const [transaction, index] = [bytesFrom(entry.transactionHash, 32), quantity(entry.logIndex)];
        found.push({ event, number, hash, transaction, index });
      }
    }
    await this.fetch(found.map(({ hash }) => hash));
    return found.map(({ event, number, hash, transaction, index }) => {
      const block = this.blocks.get(hex0x(hash));
      if (block === undefined || block.number !== number) {
        throw new Unavailable(`events name another block for number ${number}`, "ledger.block");
      }
      return { event, block, transaction, index };
    });
  }

  /** Logs of a closed span of blocks, equal at a quorum of endpoints; a span refused as too large is halved. */
  private async span(
    address: string,
    topics: readonly Json[],
    from: number,
    to: number,
  ): Promise<{ readonly [name: string]: Json }[]> {
    if (from > to) return [];
    const filter = { address: [address], topics, fromBlock: quantityOf(from), toBlock: quantityOf(to) };
    try {
      const [logs = null] = await this.rpc.agree([["eth_getLogs", [filter]]], canonicalLogs);
      return isList(logs) ? logs.filter(isObject) : [];
    } catch (error) {
      if (!(error instanceof Unavailable) || error.code !== "rpc.error" || from === to) throw error;
      const middle = Math.floor((from + to) / 2);
      const before = await this.span(address, topics, from, middle);
      return [...before, ...(await this.span(address, topics, middle + 1, to))];
    }
  }

  /** Learn blocks by their hashes, each from a header that gives the hash asked for. */
  private async fetch(hashes: readonly Uint8Array[]): Promise<void> {
    const missing = [...new Set(hashes.map(hex0x))].filter((hash) => !this.blocks.has(hash)).sort();
    if (missing.length === 0) return;
    const answers = await this.rpc.first(missing.map((hash) => ["eth_getBlockByHash", [hash, false]]));
    missing.forEach((hash, at) => {
      const answer = answers[at];
      const block = isObject(answer) ? blockOf(answer) : null;
      if (block === null || !equal(block.hash, bytesFrom(hash))) {
        throw new Unavailable(`the endpoint does not know block ${hash}`, "ledger.block");
      }
      this.blocks.set(hash, block);
    });
  }
}

/** A number as an indexed topic. */
export function topicOf(number: number): string {
  return `0x${number.toString(16).padStart(64, "0")}`;
}

function quantityOf(number: number): string {
  return `0x${number.toString(16)}`;
}

/** Logs with the keys every client has, in lower case and in the order of the chain. */
function canonicalLogs(logs: Json): Json {
  if (!isList(logs)) throw new Unavailable("an endpoint sent no logs", "rpc.form");
  const out = logs.map((log) => {
    if (!isObject(log) || !isList(log.topics)) throw new Unavailable("an endpoint sent no logs", "rpc.form");
    const plain = LOG_KEYS.map((key) => [key, String(log[key]).toLowerCase()] as const);
    return { ...Object.fromEntries(plain), topics: log.topics.map((topic) => String(topic).toLowerCase()) };
  });
  const place = (log: { readonly [name: string]: Json }) =>
    [quantity(log.blockNumber), quantity(log.logIndex)] as const;
  return out.sort((left, right) => {
    const [a, b] = [place(left), place(right)];
    return a[0] - b[0] || a[1] - b[1];
  });
}
