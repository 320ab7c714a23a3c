/**
 * The chain as a trust source: facts read at one final block by a quorum of endpoints.
 *
 * Rules it keeps, by number (as chain/ledger/reader.py):
 *
 * 1. Nothing is read before chain id and genesis hash equal the trust root's.
 * 2. Contract state is read at the hash of one final block; {@link Ledger.refresh} moves to a newer one.
 * 3. An event counts only from the address and in the blocks that the trust root names.
 * 4. An event's time is its block's, from a header whose fields give the block's hash.
 * 5. Heads close the gaps: a list's newest event must carry the head that the contract shows at that block, and histories
 *    must link without a gap from the first to that head.
 */
import { AbiReader, callData } from "./abi.ts";
import { equal, hex, hex0x, utf8, ZEROS } from "./bytes.ts";
import { Unavailable } from "./errors.ts";
import {
  ANCHORED,
  decodeAnchored,
  decodeStatusAnchored,
  isName,
  laneHeadAfter,
  placed,
  STATUS_ANCHORED,
  statusHeadAfter,
  word,
} from "./events.ts";
import type { AnchorFacts, BlockRef, BureauFacts, KeyFacts, StatusFacts, TrustSource } from "./facts.ts";
import { LogReader, topicOf } from "./logs.ts";
import { RegistryReader } from "./registry.ts";
import { bytesFrom, RpcClient, type RpcOptions } from "./rpc.ts";
import { ANCHOR_LOG, contractAt, REGISTRY, rangesOf, type TrustRoot } from "./trustroot.ts";

/**
 * Open the chain: make sure that the endpoints serve the one the trust root names, and find the newest final block.
 *
 * @param endpoints addresses of JSON-RPC, such as the service's own `https://host/v1/ledger-calls` or a node's gateway.
 *
 * Throws Unavailable: another chain, or too few endpoints answered; InvalidInput: an address of another kind.
 */
export async function openLedger(
  endpoints: readonly string[],
  root: TrustRoot,
  options: RpcOptions = {},
): Promise<Ledger> {
  const rpc = new RpcClient(endpoints, options);
  const [chain, block] = await Promise.all([rpc.chain(), rpc.finalBlock()]);
  if (chain.id !== root.chainId) {
    throw new Unavailable(
      `the endpoints serve chain ${chain.id}, the trust root names chain ${root.chainId}`,
      "ledger.chain_id",
    );
  }
  if (!equal(chain.genesis.hash, root.genesisHash)) {
    throw new Unavailable("another chain uses the same chain id: its genesis block differs", "ledger.genesis");
  }
  return new Ledger(rpc, root, block);
}

/** A live chain; made by {@link openLedger}. */
export class Ledger implements TrustSource {
  readonly expires = null;
  private readonly logs: LogReader;
  private readonly anchors = new Map<string, Promise<AnchorFacts | null>>();
  private readonly histories = new Map<string, readonly StatusFacts[]>();
  private state: State;

  constructor(
    private readonly rpc: RpcClient,
    private readonly root: TrustRoot,
    block: BlockRef,
  ) {
    this.logs = new LogReader(rpc, rangesOf(root, ANCHOR_LOG));
    this.state = this.stateAt(block);
  }

  get block(): BlockRef {
    return this.state.block;
  }

  get describes(): string {
    const count = this.rpc.endpoints.length;
    const ends = count === 1 ? "1 endpoint" : `${count} endpoints, ${this.rpc.quorum} of them agreeing`;
    return `chain ${this.root.chainId} at block ${this.block.number}, ${ends}`;
  }

  /** Move to the newest final block; what cannot change is kept. Throws Unavailable: nothing has moved. */
  async refresh(): Promise<void> {
    const block = await this.rpc.finalBlock();
    if (equal(block.hash, this.block.hash)) return;
    if (block.number <= this.block.number) {
      const why = `the final block went from ${this.block.number} back to ${block.number}`;
      throw new Unavailable(why, "ledger.rewound");
    }
    this.state = this.stateAt(block);
  }

  bureau(uscc: string): Promise<BureauFacts | null> {
    const { bureaus, registry } = this.state;
    return once(bureaus, uscc, () => registry.bureau(uscc));
  }

  key(uscc: string, thumbprint: Uint8Array): Promise<KeyFacts | null> {
    const { keys, registry } = this.state;
    return once(keys, `${uscc} ${hex(thumbprint)}`, () => registry.key(uscc, thumbprint));
  }

  /** The anchor at that place. Its root never changes, so it is asked for once; that there is none, may change. */
  async anchor(uscc: string, lane: string, sequence: number): Promise<AnchorFacts | null> {
    const place = `${uscc} ${lane} ${sequence}`;
    const found = await once(this.anchors, place, () => this.readAnchor(uscc, lane, sequence));
    if (found === null) this.anchors.delete(place);
    return found;
  }

  async statusHead(uscc: string, list: string): Promise<StatusFacts | null> {
    return (await this.statusHistory(uscc, list)).at(-1) ?? null;
  }

  statusHistory(uscc: string, list: string): Promise<readonly StatusFacts[]> {
    const { histories, block } = this.state;
    return once(histories, `${uscc} ${list}`, () => this.readHistory(uscc, list, block));
  }

  /** Every anchor of a lane, oldest first, linked without a gap up to the head at {@link block} (rule 5). */
  async lane(uscc: string, lane: string): Promise<readonly AnchorFacts[]> {
    const { block } = this.state;
    const topics = [hex0x(ANCHORED), hex0x(word(uscc)), hex0x(word(lane))];
    const [shown, found] = await Promise.all([
      this.shownLane(uscc, lane, block),
      this.logs.read(decodeAnchored, topics, 0, block.number),
    ]);
    let head: Uint8Array = ZEROS;
    let sequence = 0;
    for (const { event, block: where } of found) {
      if (event.sequence === 1 && equal(laneHeadAfter(event, ZEROS, where.time), event.head)) {
        head = ZEROS;
        sequence = 0;
      }
      const follows = event.sequence === sequence + 1 && equal(laneHeadAfter(event, head, where.time), event.head);
      if (!follows || event.bureau !== uscc || event.lane !== lane) throw laneGap(uscc, lane);
      ({ head, sequence } = event);
    }
    const newest = found.at(-1);
    const fresh = rangesOf(this.root, ANCHOR_LOG).at(-1)?.fromBlock ?? 0;
    // A contract that took over from another knows nothing of the lane until its first anchor there.
    const moved = shown.sequence === 0 && newest !== undefined && newest.block.number < fresh;
    if (!moved && (shown.sequence !== sequence || !equal(shown.head, head))) throw laneGap(uscc, lane);
    return found.map(({ event, block: where, transaction }) => placed(event, where, transaction));
  }

  /** Null: a chain holds no stamps; an index finds their places. */
  stampAnchor(): null {
    return null;
  }

  private stateAt(block: BlockRef): State {
    const registry = new RegistryReader(this.rpc, this.address(REGISTRY, block), block);
    return { block, registry, bureaus: new Map(), keys: new Map(), histories: new Map() };
  }

  private address(name: string, block: BlockRef): Uint8Array {
    const contract = contractAt(this.root, name, block.number);
    if (contract === null) {
      throw new Unavailable(`no ${name} counts in block ${block.number} by the trust root`, "ledger.contract");
    }
    return contract.address;
  }

  private async readAnchor(uscc: string, lane: string, sequence: number): Promise<AnchorFacts | null> {
    if (!isName(uscc) || !isName(lane) || !Number.isSafeInteger(sequence) || sequence < 1) return null;
    const topics = [hex0x(ANCHORED), hex0x(word(uscc)), hex0x(word(lane)), [topicOf(sequence)]];
    // Of a retired and a successor log both may count; the older place keeps its name, and comes first.
    const [found] = await this.logs.read(decodeAnchored, topics, 0, this.block.number);
    if (found === undefined) return null;
    const facts = placed(found.event, found.block, found.transaction);
    const isIt = facts.bureau === uscc && facts.lane === lane && facts.sequence === sequence;
    if (!isIt) throw new Unavailable("the node sent an event that was not asked for", "ledger.event");
    return facts;
  }

  private async readHistory(uscc: string, list: string, block: BlockRef): Promise<readonly StatusFacts[]> {
    if (uscc.length !== 18 || !isName(uscc) || !isName(list)) return [];
    const name = `${uscc} ${list}`;
    const known = this.histories.get(name) ?? [];
    const shown = await this.shownHead(uscc, list, block);
    const last = known.at(-1);
    if (last !== undefined && equal(last.head, shown)) return known;
    const topics = [hex0x(STATUS_ANCHORED), hex0x(word(uscc)), hex0x(word(list))];
    const from = last === undefined ? 0 : last.block.number + 1;
    const found = await this.logs.read(decodeStatusAnchored, topics, from, block.number);
    const history = [...known];
    let head = last?.head ?? ZEROS;
    for (const { event, block: where, transaction } of found) {
      const starts = equal(event.previousHead, head) || equal(event.previousHead, ZEROS);
      if (!starts || !equal(statusHeadAfter(event, where.time), event.head)) throw gap(uscc, list);
      head = event.head;
      history.push(placed(event, where, transaction));
    }
    const newest = history.at(-1);
    const fresh = rangesOf(this.root, ANCHOR_LOG).at(-1)?.fromBlock ?? 0;
    const moved = equal(shown, ZEROS) && newest !== undefined && newest.block.number < fresh;
    if (!equal(shown, head) && !moved) throw gap(uscc, list);
    this.histories.set(name, history);
    return history;
  }

  private async shownLane(
    uscc: string,
    lane: string,
    block: BlockRef,
  ): Promise<{ sequence: number; head: Uint8Array }> {
    const data = hex0x(callData("laneHead(bytes18,bytes32)", utf8(uscc), word(lane)));
    const to = hex0x(this.address(ANCHOR_LOG, block));
    const [answer] = await this.rpc.readAt(block, [["eth_call", [{ to, data }]]]);
    const words = new AbiReader(bytesFrom(answer));
    return { sequence: words.number(0, 64), head: words.word(32) };
  }

  private async shownHead(uscc: string, list: string, block: BlockRef): Promise<Uint8Array> {
    const data = hex0x(callData("statusHead(bytes18,bytes32)", utf8(uscc), word(list)));
    const to = hex0x(this.address(ANCHOR_LOG, block));
    const [answer] = await this.rpc.readAt(block, [["eth_call", [{ to, data }]]]);
    return new AbiReader(bytesFrom(answer)).word(0);
  }
}

/** What was read at one block. */
interface State {
  readonly block: BlockRef;
  readonly registry: RegistryReader;
  readonly bureaus: Map<string, Promise<BureauFacts | null>>;
  readonly keys: Map<string, Promise<KeyFacts | null>>;
  readonly histories: Map<string, Promise<readonly StatusFacts[]>>;
}

/** Ask once, however many want to know; a fault is forgotten, so that it is asked again. */
function once<T>(known: Map<string, Promise<T>>, name: string, question: () => Promise<T>): Promise<T> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const answer = question();
  known.set(name, answer);
  answer.catch(() => known.delete(name));
  return answer;
}

function gap(uscc: string, list: string): Unavailable {
  return new Unavailable(`status list ${list} of ${uscc}: the chain of heads does not close`, "ledger.gap");
}

function laneGap(uscc: string, lane: string): Unavailable {
  return new Unavailable(`lane ${lane} of ${uscc}: the chain of heads does not close`, "ledger.gap");
}
