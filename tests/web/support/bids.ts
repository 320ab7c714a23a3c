/** The sealed bid of the golden vectors, taken apart for tests. */

import { readIdentity } from "../../../web/seal/identity.ts";
import { type Layout, layOut } from "../../../web/seal/layout.ts";
import type { BidKeys, Secrets } from "../../../web/seal/locks.ts";
import { readManifest } from "../../../web/seal/manifest.ts";
import type { Committed } from "../../../web/seal/opening.ts";
import { unhex, utf8 } from "../../../web/verify/bytes.ts";
import type { JsonObject } from "../../../web/verify/canonical.ts";
import { vector } from "./files.ts";

type Party = { readonly private: string; readonly public: string };

/** The file tests/vectors/sealing.json, as far as bids go. */
export type Vectors = {
  readonly lockOne: { readonly key: string; readonly cases: readonly Record<string, string>[] };
  readonly pairing: { readonly left: string; readonly right: string; readonly bytes: string };
  readonly notPoints: { readonly g1: readonly string[]; readonly g2: readonly string[] };
  readonly boxes: readonly Record<"label" | "context" | "private" | "public" | "content" | "box", string>[];
  readonly padding: readonly (readonly [number, number])[];
  readonly bid: {
    readonly identity: JsonObject;
    readonly openingKey: string;
    readonly officer: Party;
    readonly supervisor: Party;
    readonly random: Record<"fileKey" | "nonce" | "k2" | "sigma", string> & { readonly salts: readonly string[] };
    readonly documents: readonly { readonly name: string; readonly content: string }[];
    readonly manifest: string;
    readonly leaves: readonly string[];
    readonly formRoot: string;
    readonly signature: string;
    readonly size: number;
    readonly digest: string;
    readonly file: string;
  };
  readonly faults: readonly { readonly place: number; readonly byte: number; readonly fault: string }[];
};

/** The vectors. */
export const VECTORS = vector<Vectors>("sealing");
const { bid } = VECTORS;

/** The sealed file. */
export const FILE = new Uint8Array(Buffer.from(bid.file, "base64"));

/** What is public of it. */
export const COMMITTED: Committed = {
  identity: readIdentity(bid.identity),
  openingKey: unhex(bid.openingKey),
  recipients: { officer: unhex(bid.officer.public), supervisor: unhex(bid.supervisor.public) },
  digest: unhex(bid.digest),
  size: bid.size,
  formRoot: unhex(bid.formRoot),
};

/** What opens it. */
export const KEYS: BidKeys = { signature: unhex(bid.signature), k2: unhex(bid.random.k2) };

/** All that was random in it. */
export const SECRETS: Secrets = {
  fileKey: unhex(bid.random.fileKey),
  nonce: unhex(bid.random.nonce),
  k2: unhex(bid.random.k2),
  sigma: unhex(bid.random.sigma),
};

/** Its documents. */
export const DOCUMENTS: readonly Blob[] = bid.documents.map(
  ({ content }) => new Blob([new Uint8Array(Buffer.from(content, "hex"))]),
);

/** The file as it is to be made again. */
export function layoutOfVector(): Layout {
  return layOut(readManifest(utf8(bid.manifest)), COMMITTED.openingKey, COMMITTED.recipients, SECRETS);
}
