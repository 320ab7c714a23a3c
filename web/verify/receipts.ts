/**
 * Block headers and receipt proofs: an event is in a block, checked without asking any node.
 *
 * Sources: Ethereum Yellow Paper section 4.3; EIP-1559, 4895, 4844, 4788, 7685 (header fields), 2718 and 658 (typed
 * receipts, status).
 */
import { byteAt, keccak256 } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";
import type { Log } from "./events.ts";
import type { BlockRef } from "./facts.ts";
import { asBytes, asInteger, asList, decode } from "./rlp.ts";
import { entryAt } from "./trie.ts";

/** Name and kind of a header's fields in order: a fixed size, null for an integer, -1 for bytes of any length. */
export const HEADER_FIELDS: readonly (readonly [name: string, kind: number | null])[] = [
  ["parentHash", 32],
  ["sha3Uncles", 32],
  ["miner", 20],
  ["stateRoot", 32],
  ["transactionsRoot", 32],
  ["receiptsRoot", 32],
  ["logsBloom", 256],
  ["difficulty", null],
  ["number", null],
  ["gasLimit", null],
  ["gasUsed", null],
  ["timestamp", null],
  ["extraData", -1],
  ["mixHash", 32],
  ["nonce", 8],
  ["baseFeePerGas", null],
  ["withdrawalsRoot", 32],
  ["blobGasUsed", null],
  ["excessBlobGas", null],
  ["parentBeaconBlockRoot", 32],
  ["requestsHash", 32],
];

/** Fields that every header has. */
export const LEAST_FIELDS = 15;

const MAX_HEADER = 16_384;
const MAX_RECEIPT = 2 ** 24;
const RECEIPTS_ROOT = 5;
const NUMBER = 8;
const TIME = 11;

/** What a block header says; the hash is its Keccak-256. */
export interface Header {
  readonly block: BlockRef;
  readonly receiptsRoot: Uint8Array;
}

/** Read a header up to the fork Prague. */
export function parseHeader(data: Uint8Array): Header {
  const what = "block header";
  if (data.length > MAX_HEADER) throw new InvalidInput("block header: too long", "proof.header");
  const items = asList(decode(data, what), what);
  if (items.length < LEAST_FIELDS || items.length > HEADER_FIELDS.length) {
    throw new InvalidInput(`block header: ${items.length} fields`, "proof.header");
  }
  for (const [at, item] of items.entries()) {
    const [name = "", kind = null] = HEADER_FIELDS[at] ?? [];
    if (kind === null) asInteger(item, `${what}: ${name}`);
    else asBytes(item, `${what}: ${name}`, kind < 0 ? undefined : kind);
  }
  const number = asInteger(items[NUMBER], what);
  const time = asInteger(items[TIME], what);
  if (!Number.isSafeInteger(number) || !Number.isSafeInteger(time)) {
    throw new InvalidInput("block header: number or time out of range", "proof.header");
  }
  return { block: { number, hash: keccak256(data), time }, receiptsRoot: asBytes(items[RECEIPTS_ROOT], what, 32) };
}

/** The logs of the receipt that `nodes` prove to be number `index` under `receiptsRoot`; none if it was reverted. */
export function provenLogs(receiptsRoot: Uint8Array, index: number, nodes: readonly Uint8Array[]): readonly Log[] {
  if (nodes.reduce((size, node) => size + node.length, 0) > MAX_RECEIPT) {
    throw new InvalidInput("receipt proof: too long", "proof.receipt");
  }
  return readReceipt(entryAt(receiptsRoot, index, nodes));
}

function readReceipt(data: Uint8Array): readonly Log[] {
  const what = "receipt";
  if (data[0] === 0) throw new InvalidInput("receipt: type 0 is written without a type", "proof.receipt");
  const plain = data.length > 0 && byteAt(data, 0) < 0x80 ? data.subarray(1) : data;
  const fields = asList(decode(plain, what), what);
  if (fields.length !== 4) throw new InvalidInput(`receipt: ${fields.length} fields`, "proof.receipt");
  const status = asInteger(fields[0], what);
  if (status > 1) throw new InvalidInput("receipt: an unknown status", "proof.receipt");
  asInteger(fields[1], what);
  asBytes(fields[2], what, 256);
  const logs = asList(fields[3], what).map((entry) => {
    const parts = asList(entry, what);
    if (parts.length !== 3) throw new InvalidInput("receipt: a log has three parts", "proof.receipt");
    const topics = asList(parts[1], what).map((topic) => asBytes(topic, what, 32));
    return { address: asBytes(parts[0], what, 20), topics, data: asBytes(parts[2], what) };
  });
  return status === 1 ? logs : [];
}
