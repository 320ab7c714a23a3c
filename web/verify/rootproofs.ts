/** Judges the chain evidence of a bundle against a pinned trust root. Pure: no node is asked. */
import { equal, ZEROS } from "./bytes.ts";
import { readCheckpoint, signedNames } from "./checkpoint.ts";
import { InvalidInput, Unavailable } from "./errors.ts";
import { decodeAnchored, placed } from "./events.ts";
import type { BlockRef, ChainProofs, LeafPlace, ProvenAnchor, ShownCheckpoint } from "./facts.ts";
import { isIncluded, leafHash } from "./merkle.ts";
import { parseHeader, provenLogs } from "./receipts.ts";
import { ANCHOR_LOG, contractAt, type TrustRoot } from "./trustroot.ts";

/** Checks anchors by header, receipt proof and witnessed checkpoint. */
export class RootProofs implements ChainProofs {
  constructor(private readonly root: TrustRoot) {}

  /** The anchor for `place` that the evidence proves, and the witnesses who vouch for its block; see ChainProofs. */
  proveAnchor(
    header: Uint8Array,
    receiptIndex: number,
    receiptProof: readonly Uint8Array[],
    checkpoint: ShownCheckpoint | null,
    place: LeafPlace,
  ): ProvenAnchor {
    const { block, receiptsRoot } = parseHeader(header);
    const logs = provenLogs(receiptsRoot, receiptIndex, receiptProof);
    const contract = contractAt(this.root, ANCHOR_LOG, block.number);
    if (contract === null) throw wrong(`no AnchorLog counts in block ${block.number}`);
    if (block.number === 0 && !equal(block.hash, this.root.genesisHash)) throw wrong("another genesis block");
    const shown = logs.map((log) => decodeAnchored(log, contract.address)).filter((event) => event !== null);
    const [event, ...more] = shown.filter(
      (one) => one.bureau === place.bureau && one.lane === place.lane && one.sequence === place.sequence,
    );
    if (event === undefined || more.length > 0) {
      throw wrong(`the receipt shows no anchor ${place.sequence} of ${place.bureau} in that lane`);
    }
    return {
      facts: placed(event, block, ZEROS),
      witnesses: checkpoint === null ? [] : this.vouching(checkpoint, block),
    };
  }

  /**
   * The witnesses who vouch for the block; none if they are fewer than the threshold. Throws InvalidInput: the checkpoint is
   * wrong, or of another block; Unavailable: the trust root does not name one of them.
   */
  vouching(checkpoint: ShownCheckpoint, block: BlockRef): readonly string[] {
    const known = this.root.witnesses.map((witness) => witness.name);
    const foreign = signedNames(checkpoint.note).filter((name) => !known.includes(name));
    if (foreign.length > 0 || known.length === 0) {
      throw new Unavailable(
        `the trust root does not name witness '${(foreign[0] ?? "").slice(0, 64)}'`,
        "checkpoint.unknown_witness",
      );
    }
    const { size, root, signers } = readCheckpoint(checkpoint.note, this.root);
    const { index, path } = checkpoint;
    if (index !== block.number || !isIncluded(leafHash(block.hash), index, size, path, root)) {
      throw wrong(`block ${block.number} is not in the checkpoint's tree at ${index}`);
    }
    return signers.length >= this.root.threshold ? signers : [];
  }
}

function wrong(why: string): InvalidInput {
  return new InvalidInput(why, "proof.anchor");
}
