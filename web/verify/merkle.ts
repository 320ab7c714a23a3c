/** RFC 9162 trees: what a batch's root is made of, and whether a leaf stands under it. */
import { concat, equal, sha256, utf8 } from "./bytes.ts";
import type { LeafParts } from "./facts.ts";

const TAG = concat(Uint8Array.of(0), utf8("yinxin-leaf-v1"));
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256(0x00 ‖ "yinxin-leaf-v1" ‖ jwt ‖ stamp ‖ record), 32 bytes. Parts are of 32 bytes each. */
export function certificateLeaf(parts: LeafParts): Uint8Array {
  return sha256(concat(TAG, parts.jwt, parts.stamp, parts.record));
}

/** SHA-256(0x00 ‖ data) (RFC 9162 section 2.1.1). */
export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(concat(LEAF, data));
}

/**
 * The root that `path` leads to, or null if the path cannot belong to that place (RFC 9162 section 2.1.3.2). Its length
 * must be exactly what index and size demand.
 */
export function rootOf(leaf: Uint8Array, index: number, size: number, path: readonly Uint8Array[]): Uint8Array | null {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return null;
  if (path.length > 64 || leaf.length !== 32 || path.some((node) => node.length !== 32)) return null;
  let place = index;
  let last = size - 1;
  let node = leaf;
  for (const sibling of path) {
    if (last === 0) return null;
    if (place % 2 === 1) {
      node = sha256(concat(NODE, sibling, node));
    } else if (place === last) {
      // No sibling on these levels: the last node moves up until it is a right child.
      while (place % 2 === 0) {
        place = Math.floor(place / 2);
        last = Math.floor(last / 2);
      }
      node = sha256(concat(NODE, sibling, node));
    } else {
      node = sha256(concat(NODE, node, sibling));
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  // Levels that remain need no sibling only if we already stand on the leftmost node.
  return last === 0 ? node : null;
}

/** True if `leaf` is number `index` of the `size` leaves under `root`. */
export function isIncluded(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  const found = rootOf(leaf, index, size, path);
  return found !== null && equal(found, root);
}

/** The root over leaf hashes (RFC 9162 section 2.1.1): of none SHA-256 of nothing, else split at the largest power of two below. */
export function treeRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256(new Uint8Array());
  if (leaves.length === 1) return first;
  const half = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return sha256(concat(NODE, treeRoot(leaves.slice(0, half)), treeRoot(leaves.slice(half))));
}
