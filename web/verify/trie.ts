/**
 * Merkle Patricia tries of a block's receipts (Ethereum Yellow Paper, appendix D): checking one entry. Nodes shorter than
 * 32 bytes, which would be embedded in their parent, cannot occur: every receipt carries a bloom filter of 256 bytes.
 */
import { byteAt, equal, keccak256 } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";
import { asBytes, asList, decode, encode, encodeInteger } from "./rlp.ts";

const WHAT = "receipt proof";

/**
 * The entry that `nodes` prove to stand at `index` under `root`. Exactly the nodes on the way are allowed, in order, so a
 * proof has one form.
 */
export function entryAt(root: Uint8Array, index: number, nodes: readonly Uint8Array[]): Uint8Array {
  if (index < 0 || index >= 2 ** 32 || nodes.length === 0 || nodes.length > 16) {
    throw bad("index or number of nodes out of range");
  }
  const key = nibbles(encode(encodeInteger(index)));
  let depth = 0;
  let reference = root;
  for (const [position, raw] of nodes.entries()) {
    if (!equal(keccak256(raw), reference)) throw bad(`node ${position} is not the one its parent names`);
    const node = asList(decode(raw, WHAT), WHAT);
    if (node.length === 17) {
      const nibble = key[depth];
      if (nibble === undefined) throw bad("the path ends inside the trie");
      reference = asBytes(node[nibble], WHAT, 32);
      depth += 1;
      continue;
    }
    if (node.length !== 2) throw bad("a node has 2 or 17 items");
    const { path, leaf } = unpacked(asBytes(node[0], WHAT));
    if (!path.every((nibble, at) => nibble === key[depth + at]) || (!leaf && path.length === 0)) {
      throw bad("another entry than the one asked for");
    }
    depth += path.length;
    if (leaf) {
      if (depth !== key.length) throw bad("the entry lies elsewhere");
      if (position !== nodes.length - 1) throw bad("nodes left over");
      return asBytes(node[1], WHAT);
    }
    reference = asBytes(node[1], WHAT, 32);
  }
  throw bad("a node is missing");
}

function nibbles(key: Uint8Array): number[] {
  return [...key].flatMap((byte) => [byte >> 4, byte & 15]);
}

function unpacked(packed: Uint8Array): { path: number[]; leaf: boolean } {
  const half = nibbles(packed);
  const flag = half[0] ?? 4;
  if (flag > 3 || (flag % 2 === 0 && byteAt(packed, 0) % 16 !== 0)) throw bad("a path is not in its one form");
  return { path: half.slice(flag % 2 === 1 ? 1 : 2), leaf: flag >= 2 };
}

function bad(why: string): InvalidInput {
  return new InvalidInput(`receipt proof: ${why}`, "proof.receipt");
}
