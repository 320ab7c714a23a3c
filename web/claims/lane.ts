/**
 * The lane `$claims` of one bureau, read once and then asked about bindings: `chain/claims/lane.py` in TypeScript. Manifests
 * come from anybody; what they say counts only if it leads to the anchored root. What is missing makes an answer open.
 */
import { equal, hex, padLeft } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import { type AnchorFacts, type BlockRef, type KeyFacts, type Later, usable } from "../verify/facts.ts";
import { treeRoot } from "../verify/merkle.ts";
import { type Binding, bindingLeaf, CLAIMS_LANE } from "./binding.ts";

/** The chain, as far as a lane needs it; {@link Ledger} of web/verify is one. */
export interface LaneSource {
  readonly block: BlockRef;
  key(uscc: string, thumbprint: Uint8Array): Later<KeyFacts | null>;
  /** Every anchor of a lane, oldest first, linked without a gap up to the head at {@link block}. */
  lane(uscc: string, lane: string): Promise<readonly AnchorFacts[]>;
}

/** One leaf that counts. */
export interface Entry {
  readonly document: Uint8Array;
  readonly anchor: AnchorFacts;
}

/** What a lane says as of its block. */
export interface LaneReading {
  readonly bureau: string;
  readonly block: BlockRef;
  /** By the tag in hexadecimal, oldest anchor first. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  /** Why something may be missing here, or null if nothing can be. */
  readonly doubt: string | null;
}

/** Reads a bureau's lane of claims. `rows` gives what an anchor is made of. */
export async function readLane(
  source: LaneSource,
  bureau: string,
  rows: (facts: AnchorFacts) => Promise<readonly Uint8Array[]>,
): Promise<LaneReading> {
  const entries = new Map<string, Entry[]>();
  const reading = { bureau, block: source.block, entries };
  let doubt: string | null = null;
  try {
    for (const anchor of await source.lane(bureau, CLAIMS_LANE)) {
      const key = await source.key(bureau, padLeft(anchor.key, 32));
      if (key === null || key.purpose !== "anchor" || !usable(key, anchor.block.time)) continue;
      try {
        for (const row of checked(await rows(anchor), anchor)) {
          const tag = hex(row.subarray(0, 32));
          entries.set(tag, [...(entries.get(tag) ?? []), { document: row.subarray(32, 64), anchor }]);
        }
      } catch (error) {
        if (!(error instanceof YinxinError)) throw error;
        doubt ??= error.message.slice(0, 200);
      }
    }
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    doubt = error.message.slice(0, 200);
  }
  return { ...reading, doubt };
}

function checked(rows: readonly Uint8Array[], anchor: AnchorFacts): readonly Uint8Array[] {
  const root = treeRoot(rows.map(bindingLeaf));
  if (rows.length !== anchor.size || rows.length === 0 || !equal(root, anchor.root)) {
    throw new YinxinError(`the manifest of anchor ${anchor.sequence} does not lead to its root`, "claim.manifest");
  }
  return rows;
}

/** Whether a binding is in force: `since` is its anchor; `none`: the bureau has not anchored it. */
export type Standing =
  | { readonly state: "bound"; readonly since: AnchorFacts }
  | { readonly state: "ended"; readonly until: AnchorFacts }
  | { readonly state: "none" }
  | { readonly state: "open"; readonly fault: string };

/** How a binding stands as of the lane's block (docs/formats/binding.md, "In force as of block B"). */
export function standing(binding: Binding, lane: LaneReading): Standing {
  if (binding.bureau !== lane.bureau) return { state: "none" };
  const ended = lane.entries.get(hex(binding.end))?.[0];
  const found = lane.entries.get(hex(binding.tag))?.find((entry) => equal(entry.document, binding.digest));
  // An end that is seen is an end, whatever else could not be read.
  if (ended !== undefined) return { state: "ended", until: ended.anchor };
  if (found === undefined) return lane.doubt === null ? { state: "none" } : { state: "open", fault: lane.doubt };
  if (lane.doubt !== null) return { state: "open", fault: lane.doubt };
  return { state: "bound", since: found.anchor };
}
