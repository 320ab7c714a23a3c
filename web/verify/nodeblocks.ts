/** Blocks as a node sends them, believed only as far as their fields give the hash they name. */
import { equal, keccak256, unhex } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { InvalidInput } from "./errors.ts";
import type { BlockRef } from "./facts.ts";
import { HEADER_FIELDS, LEAST_FIELDS, parseHeader } from "./receipts.ts";
import { decode, encode, encodeInteger, type Item } from "./rlp.ts";

const EXTRA = 12;

/** The block, its time included, or null if its fields do not give its hash. */
export function blockOf(block: JsonObject): BlockRef | null {
  try {
    const raw = headerOf(block);
    return raw === null ? null : parseHeader(raw).block;
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

/**
 * RLP of the header whose Keccak-256 is the block's hash, or null. Networks under QBFT hash the header without the
 * validators' commit seals and the round; that form is recognised.
 */
function headerOf(block: JsonObject): Uint8Array | null {
  const items: Uint8Array[] = [];
  for (const [at, [name, kind]] of HEADER_FIELDS.entries()) {
    const value = block[name];
    if (at >= LEAST_FIELDS && (value === undefined || value === null)) break;
    const item = fieldOf(value, kind === null);
    if (item === null) return null;
    items.push(item);
  }
  const named = fieldOf(block.hash, false);
  if (named === null) return null;
  const raw = encode(items);
  if (equal(keccak256(raw), named)) return raw;
  const bare = withoutSeals(items[EXTRA] ?? new Uint8Array(0));
  if (bare === null) return null;
  items[EXTRA] = bare;
  const other = encode(items);
  return equal(keccak256(other), named) ? other : null;
}

function fieldOf(value: unknown, isNumber: boolean): Uint8Array | null {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]*$/.test(value)) return null;
  if (isNumber) return value.length > 2 && value.length <= 66 ? encodeInteger(BigInt(value)) : null;
  return value.length % 2 === 0 ? unhex(value.slice(2).toLowerCase()) : null;
}

/** QBFT extra data (vanity, validators, vote, round, seals) as it is hashed on chain: round 0, no seals. */
function withoutSeals(extra: Uint8Array): Uint8Array | null {
  let parts: Item;
  try {
    parts = decode(extra, "extra data");
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
  return Array.isArray(parts) && parts.length === 5 ? encode([...parts.slice(0, 3), new Uint8Array(0), []]) : null;
}
