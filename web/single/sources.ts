/** What a check rests on, as the person at the page chose it. */
import {
  HttpIndex,
  type Ledger,
  NoLedger,
  openLedger,
  RootProofs,
  type SnapshotSource,
  type Sources,
  type TrustRoot,
  YinxinError,
} from "../verify/index.ts";

/** The choice: a snapshot, or addresses. */
export interface Chosen {
  readonly root: TrustRoot;
  readonly snapshot: SnapshotSource | null;
  readonly endpoints: readonly string[];
  readonly quorum: number;
  /** Base address of an index service; empty for none. */
  readonly service: string;
}

let open: { readonly name: string; readonly ledger: Ledger } | null = null;

/** The sources. A ledger that cannot be read leaves everything open that rests on it; it accuses nobody. */
export async function sourcesOf(chosen: Chosen, now: number): Promise<Sources> {
  const proofs = new RootProofs(chosen.root);
  if (chosen.snapshot !== null) return { trust: chosen.snapshot, index: chosen.snapshot, proofs };
  try {
    const index = chosen.service === "" ? null : new HttpIndex(chosen.service);
    return { trust: await ledgerOf(chosen), index, proofs };
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    return { trust: new NoLedger(error.message, now), proofs };
  }
}

async function ledgerOf({ root, endpoints, quorum }: Chosen): Promise<Ledger> {
  const name = [...endpoints, quorum, root.digest].join(" ");
  if (open?.name === name) {
    await open.ledger.refresh();
    return open.ledger;
  }
  const ledger = await openLedger(endpoints, root, { quorum });
  open = { name, ledger };
  return ledger;
}
