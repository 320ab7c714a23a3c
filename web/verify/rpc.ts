/**
 * JSON-RPC to one or more endpoints of the same chain, in batches, read at one final block with a quorum. Nothing an
 * endpoint says is believed because it says so: several are asked and compared.
 */
import { fromUtf8, hex0x, unhex } from "./bytes.ts";
import { isList, isObject, type Json, type JsonObject } from "./canonical.ts";
import { InvalidInput, Unavailable, YinxinError } from "./errors.ts";
import type { BlockRef } from "./facts.ts";
import { type Fetch, request } from "./http.ts";
import { blockOf } from "./nodeblocks.ts";

/** A method and its parameters. */
export type Call = readonly [method: string, params: readonly Json[]];

/** Which block counts as final: the node's own tag, its newest block, or that many confirmations below it. */
export type Finality = "finalized" | "latest" | number;

/** How endpoints are asked; each member has a default. */
export interface RpcOptions {
  /** How many endpoints must agree. */
  readonly quorum?: number;
  readonly finality?: Finality;
  /** Milliseconds for one exchange with one endpoint. */
  readonly timeout?: number;
  readonly fetch?: Fetch;
}

const REPLY_LIMIT = 64 * 2 ** 20;
const BATCH = 50; // as many as a service answers at once

/** A contract refused the call. */
export class Reverted extends YinxinError {
  constructor(
    message: string,
    readonly data: Uint8Array,
  ) {
    super(message, "rpc.reverted");
  }
}

/** What one endpoint said: results in order, an error in its place; or why there are none. */
interface Said {
  readonly endpoint: string;
  readonly results: readonly (Json | YinxinError)[] | Unavailable;
}

/** Asks the endpoints; see the file's head. */
export class RpcClient {
  readonly endpoints: readonly string[];
  readonly quorum: number;
  private readonly finality: Finality;
  private readonly timeout: number;
  private readonly fetch: Fetch | undefined;

  /** Throws InvalidInput: no endpoint, an address of another kind, or a quorum that cannot be reached. */
  constructor(endpoints: readonly string[], options: RpcOptions = {}) {
    this.endpoints = [...new Set(endpoints)];
    this.quorum = options.quorum ?? 1;
    this.finality = options.finality ?? "finalized";
    this.timeout = options.timeout ?? 10_000;
    this.fetch = options.fetch;
    const bad = this.endpoints.find((one) => !/^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/.test(one));
    if (bad !== undefined) throw new InvalidInput(`${bad}: no address of an endpoint`, "rpc.address");
    if (this.endpoints.length === 0 || this.quorum < 1 || this.quorum > this.endpoints.length) {
      const why = `a quorum of ${this.quorum} cannot be reached with ${this.endpoints.length} different endpoint(s)`;
      throw new InvalidInput(why, "rpc.quorum");
    }
  }

  /** Results at the first endpoint that answers: for what proves itself, such as a block by its hash. */
  async first(calls: readonly Call[]): Promise<Json[]> {
    let last: Unavailable | null = null;
    for (const endpoint of this.endpoints) {
      const said = await this.ask(endpoint, calls);
      if (said.results instanceof Unavailable) last = said.results;
      else return said.results.map(raised);
    }
    throw last ?? new Unavailable("no endpoint", "rpc.quorum");
  }

  /** Results equal at no fewer than `quorum` endpoints, one by one. Throws Reverted or Unavailable. */
  async agree(calls: readonly Call[], shaped: (result: Json) => Json = (result) => result): Promise<Json[]> {
    const said = await this.all(calls);
    return calls.map(([method], at) => raised(this.agreed(said, at, method, shaped)));
  }

  /** Results of state reads at one block, named by its hash (EIP-1898), on which a quorum agrees. */
  readAt(block: BlockRef, calls: readonly Call[]): Promise<Json[]> {
    const where = { blockHash: hex0x(block.hash), requireCanonical: true };
    return this.agree(calls.map(([method, params]) => [method, [...params, where]]));
  }

  /** Chain id on which all reachable endpoints agree, and the hash of block 0 with a quorum. */
  async chain(): Promise<{ readonly id: number; readonly genesis: BlockRef }> {
    const said = await this.all([
      ["eth_chainId", []],
      ["eth_getBlockByNumber", ["0x0", false]],
    ]);
    const id = raised(this.agreed(said, 0, "eth_chainId", (result) => result, 1));
    return { id: quantity(id), genesis: this.oneBlock(said, 1, 0) };
  }

  /** The highest block that is final at no fewer than `quorum` endpoints, all naming the same hash. */
  async finalBlock(): Promise<BlockRef> {
    const tag = this.finality === "finalized" ? "finalized" : "latest";
    const below = typeof this.finality === "number" ? this.finality : 0;
    const named = new Map<string, BlockRef>();
    const lost: string[] = [];
    for (const { endpoint, results } of await this.all([["eth_getBlockByNumber", [tag, false]]])) {
      const block = results instanceof Unavailable ? null : maybeBlock(results[0]);
      if (block !== null && block.number >= below) named.set(endpoint, block);
      else lost.push(results instanceof Unavailable ? results.message : `${endpoint} (no ${tag} block)`);
    }
    if (named.size < this.quorum) {
      const why = `${named.size} of ${this.endpoints.length} endpoints name a final block, ${this.quorum} are needed`;
      throw new Unavailable(`${why}: ${lost.join("; ")}`, "rpc.quorum");
    }
    const heights = [...named.values()].map((block) => block.number - below).sort((left, right) => right - left);
    const height = heights[this.quorum - 1] ?? 0;
    const able = [...named].filter(([, block]) => block.number - below >= height);
    const [[, one] = [undefined, undefined]] = able;
    if (one?.number === height && able.every(([, block]) => hex0x(block.hash) === hex0x(one.hash))) return one;
    const names = able.map(([endpoint]) => endpoint);
    return this.oneBlock(
      await this.all([["eth_getBlockByNumber", [`0x${height.toString(16)}`, false]]], names),
      0,
      height,
    );
  }

  /** The block at a height, on whose hash at least `quorum` endpoints agree and nobody disagrees. */
  private oneBlock(said: readonly Said[], at: number, number: number): BlockRef {
    const found = new Map<string, { block: BlockRef; count: number }>();
    for (const { results } of said) {
      const block = results instanceof Unavailable ? null : maybeBlock(results[at]);
      if (block === null || block.number !== number) continue;
      const count = found.get(hex0x(block.hash))?.count ?? 0;
      found.set(hex0x(block.hash), { block, count: count + 1 });
    }
    if (found.size > 1) throw new Unavailable(`endpoints disagree on block ${number}`, "rpc.disagree");
    const [only] = found.values();
    if (only !== undefined && only.count >= this.quorum) return only.block;
    throw new Unavailable(`fewer than ${this.quorum} endpoints know block ${number}`, "rpc.quorum");
  }

  /** The one result that at least `quorum` endpoints gave. A revert is a result like any other. */
  private agreed(
    said: readonly Said[],
    at: number,
    what: string,
    shaped: (result: Json) => Json,
    quorum = this.quorum,
  ): Json | YinxinError {
    const groups = new Map<string, { result: Json | YinxinError; who: string[] }>();
    const silent: string[] = [];
    let failure: YinxinError | null = null;
    for (const { endpoint, results } of said) {
      const one = results instanceof Unavailable ? results : (results[at] ?? null);
      if (one instanceof YinxinError && !(one instanceof Reverted)) {
        silent.push(one.message);
        if (!(results instanceof Unavailable)) failure ??= one;
        continue;
      }
      const result = one instanceof Reverted ? one : shaped(one);
      const key = result instanceof Reverted ? `reverted ${hex0x(result.data)}` : sorted(result);
      const group = groups.get(key) ?? { result, who: [] };
      group.who.push(endpoint);
      groups.set(key, group);
    }
    const enough = [...groups.values()].filter(({ who }) => who.length >= quorum);
    if (enough.length === 1 && enough[0] !== undefined) return enough[0].result;
    if (groups.size > 1) throw new Unavailable(`endpoints disagree on ${what}`, "rpc.disagree");
    if (failure !== null && silent.length === said.length) return failure;
    const count = [...groups.values()].reduce((sum, { who }) => sum + who.length, 0);
    throw new Unavailable(
      `${count} of ${said.length} endpoints answered ${what}, ${quorum} are needed: ${silent.join("; ")}`,
      "rpc.quorum",
    );
  }

  private all(calls: readonly Call[], only: readonly string[] = this.endpoints): Promise<Said[]> {
    return Promise.all(only.map((endpoint) => this.ask(endpoint, calls)));
  }

  private async ask(endpoint: string, calls: readonly Call[]): Promise<Said> {
    const results: (Json | YinxinError)[] = [];
    try {
      for (let start = 0; start < calls.length; start += BATCH) {
        results.push(...(await this.exchange(endpoint, calls.slice(start, start + BATCH))));
      }
      return { endpoint, results };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return { endpoint, results: error };
    }
  }

  private async exchange(endpoint: string, calls: readonly Call[]): Promise<(Json | YinxinError)[]> {
    const sent = calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
    const asked = { method: "POST", body: JSON.stringify(sent), timeout: this.timeout, limit: REPLY_LIMIT } as const;
    const { data } = await request(endpoint, asked, this.fetch);
    let reply: Json;
    try {
      reply = JSON.parse(fromUtf8(data) ?? "") as Json;
    } catch {
      throw new Unavailable(`${endpoint}: not JSON`, "rpc.form");
    }
    const out = new Map<number, Json | YinxinError>();
    for (const item of isList(reply) ? reply : []) {
      const id = isObject(item) ? item.id : null;
      if (!isObject(item) || typeof id !== "number" || out.has(id) || sent[id] === undefined) break;
      out.set(
        id,
        item.error === undefined || item.error === null ? (item.result ?? null) : failureOf(endpoint, item.error),
      );
    }
    if (out.size !== calls.length) {
      throw new Unavailable(`${endpoint}: the reply does not answer what was asked`, "rpc.form");
    }
    return calls.map((_, id) => out.get(id) ?? null);
  }
}

/** A number from 0x hexadecimal; throws Unavailable for anything else. */
export function quantity(value: Json | undefined): number {
  const found = typeof value === "string" && /^0x[0-9a-fA-F]{1,64}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(found)) throw new Unavailable("an endpoint sent what is no number", "rpc.form");
  return found;
}

/** Bytes from 0x hexadecimal; throws Unavailable for anything else. */
export function bytesFrom(value: Json | undefined, size?: number): Uint8Array {
  if (typeof value !== "string" || !/^0x(?:[0-9a-fA-F]{2})*$/.test(value)) {
    throw new Unavailable("an endpoint sent what are no bytes", "rpc.form");
  }
  const data = unhex(value.slice(2).toLowerCase());
  if (size !== undefined && data.length !== size) {
    throw new Unavailable(`an endpoint sent ${data.length} bytes instead of ${size}`, "rpc.form");
  }
  return data;
}

function maybeBlock(value: Json | YinxinError | undefined): BlockRef | null {
  if (value === undefined || value instanceof YinxinError || !isObject(value)) return null;
  return blockOf(value);
}

function raised(result: Json | YinxinError): Json {
  if (result instanceof YinxinError) throw result;
  return result;
}

function sorted(value: Json): string {
  return JSON.stringify(value, (_, item: Json) => {
    if (!isObject(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

function failureOf(endpoint: string, error: Json): YinxinError {
  const parts: JsonObject = isObject(error) ? error : {};
  const message = String(parts.message ?? "an error").slice(0, 300);
  if (parts.code !== 3 && !message.toLowerCase().includes("revert")) {
    return new Unavailable(`${endpoint}: ${message}`, "rpc.error");
  }
  const inner = isObject(parts.data) ? parts.data.data : parts.data;
  const isHex = typeof inner === "string" && /^0x(?:[0-9a-fA-F]{2})*$/.test(inner);
  return new Reverted(message, isHex ? bytesFrom(inner) : new Uint8Array(0));
}
