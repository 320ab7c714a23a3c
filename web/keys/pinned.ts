/** The ledger for which this device signs: by the trust root that it pinned, the same as the page at /verify checks by. */
import { get, set } from "../scan/storage.ts";
import { call } from "../ui/service.ts";
import { hex0x } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";
import { readTrustRoot, type TrustRoot } from "../verify/trustroot.ts";

/** The trust root pinned on this device. */
export interface Pinned {
  readonly root: TrustRoot;
  /** It was pinned just now. */
  readonly fresh: boolean;
}

/**
 * The trust root of this device; the service's, if there is none yet (trust on first use).
 * @throws InvalidInput `trust.other`: the service gives another one than the pinned
 */
export async function pinnedRoot(): Promise<Pinned> {
  const served = await bytesOf("/v1/trust-root");
  const kept = await get<Uint8Array>("public", "trust-root");
  if (kept === undefined) {
    const root = readTrustRoot(served);
    await set("public", "trust-root", served);
    return { root, fresh: true };
  }
  const root = readTrustRoot(kept);
  if (hex0x(readTrustRoot(served).digest) !== hex0x(root.digest)) {
    throw new InvalidInput("the service gives another trust root", "trust.other");
  }
  return { root, fresh: false };
}

/** Bytes of an answer of the page's own service. Throws Refusal. */
export async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await call(path, { cache: "no-store" })).arrayBuffer());
}
