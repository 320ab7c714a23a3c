/**
 * AnchorLog's events as they lie in logs, and the chained heads they extend. Solidity's ABI: words of 32 bytes; `bytes18`
 * and names stand left in their word, numbers and addresses right; whatever is left of a word must be zero.
 */
import { bigEndian, concat, equal, fromBigEndian, hex, keccak256, utf8 } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";
import type { AnchorFacts, BlockRef, StatusFacts } from "./facts.ts";

/** First topic of an `Anchored` event. */
export const ANCHORED = keccak256(utf8("Anchored(bytes18,bytes32,uint64,bytes32,uint32,bytes32,bytes32,address)"));

/** First topic of a `StatusAnchored` event. */
export const STATUS_ANCHORED = keccak256(utf8("StatusAnchored(bytes18,bytes32,bytes32,bytes32,bytes32,address)"));

/** One log of a receipt: the contract that wrote it (20 bytes), its topics, the rest. */
export interface Log {
  readonly address: Uint8Array;
  readonly topics: readonly Uint8Array[];
  readonly data: Uint8Array;
}

/** An `Anchored` event; its members as in AnchorFacts. */
export type Anchored = Omit<AnchorFacts, "block" | "transaction">;

/** A `StatusAnchored` event; its members as in StatusFacts. */
export type StatusAnchored = Omit<StatusFacts, "block" | "transaction">;

/** The lane's head after an anchor, from the head before it and the block's time. */
export function laneHeadAfter(event: Anchored, previous: Uint8Array, time: number): Uint8Array {
  const { bureau, lane, sequence, root, size, manifestDigest } = event;
  const numbers = [number(sequence), root, number(size), manifestDigest, number(time)];
  return keccak256(concat(previous, word(bureau), word(lane), ...numbers));
}

/** The list's head after a status change, from its parts and the block's time. */
export function statusHeadAfter(event: StatusAnchored, time: number): Uint8Array {
  return keccak256(concat(event.previousHead, word(event.bureau), word(event.list), event.digest, number(time)));
}

/** True if the head of a status fact is what its parts and its block's time give. */
export function recomputes(facts: StatusFacts): boolean {
  if (!isName(facts.list) || facts.bureau.length !== 18 || !isName(facts.bureau)) return false;
  return equal(facts.head, statusHeadAfter(facts, facts.block.time));
}

/** True for names that a contract would ever have taken: 1 to 32 ASCII characters. */
export function isName(text: string): boolean {
  const codes = Array.from(text, (character) => character.charCodeAt(0));
  return codes.length > 0 && codes.length <= 32 && codes.every((code) => code > 0 && code < 128);
}

/** ASCII text of 1 to 32 characters, left in a 32-byte word. */
export function word(text: string): Uint8Array {
  if (!isName(text)) throw new InvalidInput("no name of 1 to 32 ASCII characters", "ledger.name");
  return concat(utf8(text), new Uint8Array(32 - text.length));
}

/** Inverse of {@link word}; also takes a bare `bytes18`. */
export function textOf(value: Uint8Array): string {
  let end = value.length;
  while (end > 0 && value[end - 1] === 0) end -= 1;
  const raw = value.subarray(0, end);
  if (raw.length === 0 || !raw.every((byte) => byte >= 0x21 && byte <= 0x7e)) {
    throw new InvalidInput(`${hex(value)} is no ASCII name`, "ledger.name");
  }
  return String.fromCharCode(...raw);
}

/** USCC from a `bytes18` or its word. */
export function bureauOf(value: Uint8Array): string {
  const text = textOf(value);
  if (text.length !== 18) throw new InvalidInput("bureau: not 18 characters", "ledger.bureau");
  return text;
}

/** The event, or null if the log is another event or another contract's. Throws InvalidInput if malformed. */
export function decodeAnchored(log: Log, contract: Uint8Array): Anchored | null {
  const words = wordsOf(log, contract, ANCHORED, 4, 5);
  if (words === null) return null;
  const [root, size, manifestDigest, head, key] = words;
  const [, bureau, lane, sequence] = log.topics;
  return {
    bureau: bureauOf(at(bureau)),
    lane: textOf(at(lane)),
    sequence: bounded(at(sequence), 8),
    root: at(root),
    size: bounded(at(size), 4),
    manifestDigest: at(manifestDigest),
    head: at(head),
    key: addressOf(at(key)),
  };
}

/** As {@link decodeAnchored} for `StatusAnchored`. */
export function decodeStatusAnchored(log: Log, contract: Uint8Array): StatusAnchored | null {
  const words = wordsOf(log, contract, STATUS_ANCHORED, 3, 4);
  if (words === null) return null;
  const [previousHead, head, digest, key] = words;
  const [, bureau, list] = log.topics;
  return {
    bureau: bureauOf(at(bureau)),
    list: textOf(at(list)),
    previousHead: at(previousHead),
    head: at(head),
    digest: at(digest),
    key: addressOf(at(key)),
  };
}

/** With the place where it happened. */
export function placed<T extends object>(
  event: T,
  block: BlockRef,
  transaction: Uint8Array,
): T & { block: BlockRef; transaction: Uint8Array } {
  return { ...event, block, transaction };
}

function wordsOf(
  log: Log,
  contract: Uint8Array,
  topic: Uint8Array,
  topics: number,
  words: number,
): Uint8Array[] | null {
  const [first] = log.topics;
  if (!equal(log.address, contract) || first === undefined || !equal(first, topic)) return null;
  if (log.topics.length !== topics || log.data.length !== 32 * words) {
    throw new InvalidInput("event with another number of topics or words", "ledger.event");
  }
  return Array.from({ length: words }, (_, place) => log.data.slice(32 * place, 32 * place + 32));
}

function at(value: Uint8Array | undefined): Uint8Array {
  if (value === undefined || value.length !== 32) throw new InvalidInput("event with a word missing", "ledger.event");
  return value;
}

function number(value: number): Uint8Array {
  return bigEndian(value, 32);
}

function bounded(value: Uint8Array, size: number): number {
  if (value.subarray(0, 32 - size).some((byte) => byte !== 0)) {
    throw new InvalidInput(`a number beyond ${8 * size} bits`, "ledger.event");
  }
  return fromBigEndian(value);
}

function addressOf(value: Uint8Array): Uint8Array {
  if (value.subarray(0, 12).some((byte) => byte !== 0)) {
    throw new InvalidInput("key: an address with filled padding", "ledger.event");
  }
  return value.slice(12);
}
