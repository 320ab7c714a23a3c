/** A bidder's room in Node: the browser's storage, workers that seal nothing, and a chain that takes what the test says. */
import type { Custodian, Notice, Rule } from "../../../web/bid/notice.ts";
import { Room, type Setting } from "../../../web/bid/room.ts";
import type { Acceptance, Entry, TenderFacts, TenderLedger } from "../../../web/bid/tender.ts";
import type { HashAnswer, HashQuestion, SealAnswer, SealQuestion } from "../../../web/seal/messages.ts";
import { hex0x, sha256 } from "../../../web/verify/bytes.ts";
import type { TrustRoot } from "../../../web/verify/trustroot.ts";
import { store } from "./storage.ts";

/** Within the ceiling. */
export const PRICE = "99.00";

/** What every sealing comes to. */
export const DIGEST = new Uint8Array(32).fill(7);

const START = 1_800_000_000;
const WORDS = { zh: "甲", en: "one" };
const BOOK = `0x${"11".repeat(20)}`;

/** One tender with one bidder, at one final block. */
export class Chain {
  block = { number: 10, time: START, hash: new Uint8Array(32) };
  private readonly taken = new Map<string, number>();
  private readonly withdrawn = new Set<number>();
  private standing: Entry = { version: 0, place: 0, live: false, moved: false };

  /** Seconds go by. */
  pass(seconds: number): void {
    this.block = { ...this.block, number: this.block.number + 1, time: this.block.time + seconds };
  }

  /** A commitment, by its hash, in a block of its own. */
  accept(hash: string, version: number): void {
    this.pass(1);
    this.taken.set(hash, this.block.number);
    this.standing = { version, place: 1, live: true, moved: false };
  }

  withdraw(): void {
    this.pass(1);
    this.standing = { ...this.standing, version: this.standing.version + 1, live: false };
    this.withdrawn.add(this.standing.version);
  }

  async withdrawal(_tender: number, _lot: number, _bidder: string, version: number): Promise<Acceptance | null> {
    const taken = this.withdrawn.has(version);
    return taken ? { block: this.block.number, blockHash: hex0x(this.block.hash), transaction: hex0x(DIGEST) } : null;
  }

  async refresh(): Promise<void> {}

  async facts(): Promise<TenderFacts> {
    const times = { deadline: START + 10_000, openAt: START + 20_000 };
    const { block } = this;
    return {
      block,
      ...times,
      bidding: true,
      notice: DIGEST,
      openingKey: new Uint8Array(96),
      phase: 1,
      objectUntil: null,
    };
  }

  async entry(): Promise<Entry> {
    return this.standing;
  }

  async committed(_tender: number, _lot: number, _bidder: string, hash: Uint8Array): Promise<number | null> {
    return this.taken.get(hex0x(hash)) ?? null;
  }

  async acceptance(_tender: number, _lot: number, _bidder: string, hash: Uint8Array): Promise<Acceptance | null> {
    const block = this.taken.get(hex0x(hash));
    return block === undefined ? null : { block, blockHash: hex0x(this.block.hash), transaction: hex0x(hash) };
  }
}

/** A sealing that waits for its end. */
interface Waiting {
  readonly name: string;
  finish(): void;
  stop(): void;
}

/** Sealings that were begun, in order. */
class Workers {
  private readonly begun: Waiting[] = [];
  private readonly wanted: ((one: Waiting) => void)[] = [];

  tell(one: Waiting): void {
    const waiting = this.wanted.shift();
    if (waiting === undefined) this.begun.push(one);
    else waiting(one);
  }

  /** The next one that was begun. */
  next(): Promise<Waiting> {
    const one = this.begun.shift();
    return one === undefined ? new Promise((resolve) => this.wanted.push(resolve)) : Promise.resolve(one);
  }
}

export const workers = new Workers();

/** As the page sees a worker: takes digests in earnest, and seals when the test says so. */
class SealingWorker {
  onmessage: ((event: { data: HashAnswer | SealAnswer }) => void) | null = null;

  postMessage(question: HashQuestion | SealQuestion | MessagePort): void {
    if (question instanceof MessagePort) return; // the worker that encrypts
    if ("file" in question) void this.digest(question);
    else if (question.kind === "stop") this.answer({ kind: "stopped" });
    else if (question.kind === "check") this.answer({ kind: "sealed", digest: DIGEST, size: 1 });
    else {
      const finish = () => this.answer({ kind: "sealed", digest: DIGEST, size: 1 });
      workers.tell({ name: question.plan.name, finish, stop: () => this.answer({ kind: "stopped" }) });
    }
  }

  terminate(): void {}

  private async digest({ id, file }: HashQuestion): Promise<void> {
    this.answer({ id, digest: sha256(new Uint8Array(await file.arrayBuffer())) });
  }

  private answer(data: HashAnswer | SealAnswer): void {
    queueMicrotask(() => this.onmessage?.({ data }));
  }
}

const browser = {
  navigator: { storage: { persist: async () => true } },
  Worker: SealingWorker,
};
for (const [name, value] of Object.entries(browser))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

/** Documents for each envelope, chosen anew. */
export function documents(envelopes = 1): Map<number, File[]> {
  const numbers = Array.from({ length: envelopes }, (_, at) => at + 1);
  return new Map(numbers.map((number) => [number, [new File([`document ${number}`], "a.pdf")]]));
}

/** Opens the rooms made here. */
export const PASSPHRASE = "long enough, and nobody's";

/** What may be otherwise than usual. */
interface Otherwise {
  readonly chain?: Chain;
  readonly envelopes?: number;
  readonly rule?: boolean;
  readonly custodians?: readonly Custodian[];
  readonly root?: Partial<TrustRoot>;
}

/** A room with a statement and a price; the notice names no custodian. */
export async function rooms(otherwise: Otherwise = {}): Promise<Room> {
  const { chain = new Chain(), envelopes = 1, rule = false, custodians = [], root = {} } = otherwise;
  const licence: Rule = {
    name: "licence",
    label: WORDS,
    certificateType: "11100000MB0143028R001",
    fields: [],
    holder: "company",
    required: true,
  };
  const price = { name: "price", label: WORDS, unit: "CNY", least: "1", most: null, choices: [], required: true };
  const notice: Notice = {
    digest: DIGEST,
    chainId: 1,
    genesis: DIGEST,
    book: new Uint8Array(20).fill(0x11),
    tender: 1,
    title: WORDS,
    lots: [{ number: 1, title: WORDS, ceiling: { amount: "100.00", currency: "CNY" } }],
    envelopes: Array.from({ length: envelopes }, (_, at) => ({
      number: at + 1,
      recipients: { officer: DIGEST, supervisor: DIGEST },
      form: at + 1 === envelopes ? [{ ...price, kind: "money" as const }] : [],
    })),
    rules: rule ? [licence] : [],
    guarantee: false,
    price: "price",
    openingKey: new Uint8Array(96),
    custodians,
  };
  const setting: Setting = {
    notice,
    root: { genesisHash: DIGEST, chainId: 1, ...root } as unknown as TrustRoot,
    ledger: chain as unknown as TenderLedger,
    scripts: { seal: "/assets/seal.js", cipher: "/assets/cipher.js", hash: "/assets/hash.js" },
    book: BOOK,
    lot: 1,
  };
  store.rows.clear();
  const room = await Room.begin(setting, PASSPHRASE);
  await room.keep({ statement: { format: "yinxin-bidder-1" }, forms: { [envelopes]: { price: PRICE } } });
  return room;
}
