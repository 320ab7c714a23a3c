/** What the verifier rests on, as this page reaches it: the service's own door to the ledger, its index, its snapshot. */
import { request } from "../verify/http.ts";
import {
  b64urlOf,
  HttpIndex,
  type Ledger,
  NoLedger,
  openLedger,
  openSnapshot,
  readTrustRoot,
  type SeenSnapshot,
  SnapshotSource,
  type Sources,
  type TrustRoot,
  type TrustSource,
  type TypeIndex,
  Unavailable,
} from "../verify/index.ts";

export {
  b64urlOf,
  type Ledger,
  NoLedger,
  openSnapshot,
  readTrustRoot,
  type SeenSnapshot,
  SnapshotSource,
  type TrustRoot,
};

/** Bytes of the largest snapshot taken. */
const LARGEST = 256 * 2 ** 20;

/** Milliseconds for a snapshot, which may be large. */
const PATIENT = 120_000;

const origin = (): string => location.origin;

/** The ledger by this trust root; moves `before` to the newest final block, if it is of that root. Throws Unavailable. */
export async function newestLedger(root: TrustRoot, before: Ledger | null, timeout: number): Promise<Ledger> {
  if (before === null) return openLedger([`${origin()}/v1/ledger-calls`], root, { timeout });
  await before.refresh();
  return before;
}

/** The trust root that the service gives. Throws Unavailable. */
export async function fetchRoot(timeout: number): Promise<Uint8Array> {
  return get("/v1/trust-root", timeout, 2 ** 20);
}

/** The newest snapshot that the service has. Throws Unavailable. */
export async function fetchSnapshot(): Promise<Uint8Array> {
  return get("/v1/trust-snapshot", PATIENT, LARGEST);
}

/** Places and lists for a source: the snapshot has its own, the ledger needs an index, which is never trusted. */
export function indexFor(trust: TrustSource): NonNullable<Sources["index"]> {
  return trust instanceof SnapshotSource ? trust : new HttpIndex(origin());
}

/** Where definitions of bureaus' own types are asked for; each is checked against the ledger. */
export function typeIndex(): TypeIndex {
  return new HttpIndex(origin());
}

async function get(path: string, timeout: number, limit: number): Promise<Uint8Array> {
  const { status, data } = await request(`${origin()}${path}`, { method: "GET", timeout, limit });
  if (status !== 200) throw new Unavailable(`the service answered ${status}`, "service.answer");
  return data;
}
