/** What the verifier rests on, as this page reaches it. */
import { b64url } from "../verify/bytes.ts";
import { type ChainProofs, type EvidenceIndex, type TrustSource, Unavailable } from "../verify/index.ts";
import { RootProofs } from "../verify/rootproofs.ts";
import { readTrustRoot, type TrustRoot } from "../verify/trustroot.ts";

export type { TrustRoot };
export { b64url, readTrustRoot };
export type LedgerSource = TrustSource;
export type SnapshotSource = TrustSource & { readonly version: number };

export function proofsOf(root: TrustRoot): ChainProofs {
  return new RootProofs(root);
}
export async function fetchRoot(signal: AbortSignal): Promise<Uint8Array> {
  const answer = await fetch("/v1/trust-root", { signal, cache: "no-store" });
  if (!answer.ok) throw new Unavailable("no trust root", "trust.root");
  return new Uint8Array(await answer.arrayBuffer());
}
export async function fetchSnapshot(): Promise<Uint8Array> {
  const answer = await fetch("/v1/trust-snapshot", { cache: "no-store" });
  if (!answer.ok) throw new Unavailable("no snapshot", "snapshot.none");
  return new Uint8Array(await answer.arrayBuffer());
}
export async function openLedger(
  _root: TrustRoot,
  _before: LedgerSource | null,
  _signal: AbortSignal,
): Promise<LedgerSource> {
  throw new Unavailable("not built", "x");
}
export async function openSnapshot(_data: Uint8Array, _root: TrustRoot): Promise<SnapshotSource> {
  throw new Unavailable("not built", "x");
}
export function indexFor(_trust: TrustSource): EvidenceIndex {
  throw new Unavailable("not built", "x");
}
export function nothing(): TrustSource {
  const no = (): never => {
    throw new Unavailable("the ledger cannot be reached, and there is no snapshot", "ledger.none");
  };
  return {
    block: { number: 0, hash: new Uint8Array(32), time: 0 },
    expires: null,
    describes: "nothing",
    bureau: no,
    key: no,
    anchor: no,
    statusHead: no,
    statusHistory: no,
    stampAnchor: no,
  };
}
