/**
 * Shards of a trust snapshot: the anchors of one lane and the stamps behind each, in binary
 * (docs/formats/trust-snapshot.md).
 */
import { compare, equal, fromBigEndian, sha256, ZEROS } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";
import { laneHeadAfter } from "./events.ts";
import type { AnchorFacts } from "./facts.ts";

/** Bytes of a stamp's digest that are kept: 128 bits. */
export const WIDTH = 16;

const RECORD = 240;

/** One shard as the signed document names it. */
export interface ShardRef {
  readonly bureau: string;
  readonly lane: string;
  readonly anchors: number;
  readonly stamps: number;
  readonly size: number;
  readonly sha256: Uint8Array;
}

interface Entry {
  readonly facts: AnchorFacts;
  /** Its stamps: the place of the first, and how many. */
  readonly first: number;
  readonly count: number;
}

/** One shard, checked: its digest, its form, its chain of heads, and no anchor beyond block `last`. */
export class Shard {
  private readonly entries: readonly Entry[];
  private readonly stamps: Uint8Array;

  constructor(ref: ShardRef, data: Uint8Array, last: number) {
    const bad = (why: string) =>
      new InvalidInput(`snapshot: shard ${ref.bureau} ${ref.lane}: ${why}`, "snapshot.shard");
    if (data.length !== ref.size || !equal(sha256(data), ref.sha256)) {
      throw bad("its bytes are not the ones that were signed");
    }
    if (ref.size !== RECORD * ref.anchors + WIDTH * ref.stamps) throw bad("its length does not fit its counts");
    this.stamps = data.subarray(RECORD * ref.anchors);
    const entries: Entry[] = [];
    let head: Uint8Array = ZEROS;
    let sequence = 0;
    let count = 0;
    for (let at = 0; at < ref.anchors; at++) {
      const entry = readEntry(ref, data.subarray(RECORD * at, RECORD * (at + 1)));
      const { facts } = entry;
      const follows = (before: Uint8Array) => equal(laneHeadAfter(facts, before, facts.block.time), facts.head);
      if (facts.sequence === 1 && follows(ZEROS)) {
        // The first of the lane, or of the contract that followed a retired one.
        head = ZEROS;
        sequence = 0;
      }
      if (entry.first !== count || facts.sequence !== sequence + 1 || !follows(head)) {
        throw bad(`anchor ${facts.sequence} does not follow from the one before`);
      }
      if (facts.block.number > last) throw bad(`anchor ${facts.sequence} lies beyond the snapshot's block`);
      head = facts.head;
      sequence = facts.sequence;
      count += entry.count;
      entries.push(entry);
    }
    if (count !== ref.stamps) throw bad("stamps that belong to no anchor");
    this.entries = entries;
  }

  /** Every anchor, in order. */
  anchors(): readonly AnchorFacts[] {
    return this.entries.map((entry) => entry.facts);
  }

  /** The anchor of the stamp whose digest begins with these 16 bytes, or null. */
  find(short: Uint8Array): AnchorFacts | null {
    for (const { facts, first, count } of this.entries) {
      let low = first;
      let high = first + count;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (compare(this.stamp(middle), short) < 0) low = middle + 1;
        else high = middle;
      }
      if (low < first + count && equal(this.stamp(low), short)) return facts;
    }
    return null;
  }

  private stamp(place: number): Uint8Array {
    return this.stamps.subarray(WIDTH * place, WIDTH * (place + 1));
  }
}

/** Sequence (8), root (32), leaves (4), manifest digest (32), head (32), key (20), block number (8), hash (32) and time
 * (8), transaction (32), where its stamps begin (8) and how many they are (8), 16 zero bytes. */
function readEntry(ref: ShardRef, record: Uint8Array): Entry {
  let at = 0;
  const bytes = (size: number) => {
    at += size;
    return record.slice(at - size, at);
  };
  const number = (size: number) => {
    const value = fromBigEndian(bytes(size));
    if (!Number.isSafeInteger(value)) throw new InvalidInput("snapshot: a number beyond 2^53", "snapshot.shard");
    return value;
  };
  const sequence = number(8);
  const root = bytes(32);
  const size = number(4);
  const [manifestDigest, head, key] = [bytes(32), bytes(32), bytes(20)];
  const block = { number: number(8), hash: bytes(32), time: number(8) };
  const transaction = bytes(32);
  const { bureau, lane } = ref;
  const facts = { bureau, lane, sequence, root, size, manifestDigest, head, key, block, transaction };
  return { facts, first: number(8), count: number(8) };
}
