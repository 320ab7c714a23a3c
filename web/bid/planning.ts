/** What a version is made of: the plan of each envelope, by which the same documents make the same file again; the act. No DOM. */
import { formOf, formRoot } from "../seal/form.ts";
import { type BidIdentity, identityDigest } from "../seal/identity.ts";
import { drawSecrets } from "../seal/locks.ts";
import { writeManifest } from "../seal/manifest.ts";
import { b64url, hex0x, unb64url, unhex0x } from "../verify/bytes.ts";
import type { JsonObject } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { type Commitment, kindDigest } from "./acts.ts";
import type { Kept, KeptEnvelope, KeptVersion } from "./room.ts";
import type { Place } from "./statement.ts";
import type { TenderFacts } from "./tender.ts";

const GOOD_FOR = 600; // seconds for which an act may be accepted, as the command line's

/** A document, as far as a manifest names it. */
export interface Attachment {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** What the bid is made of, as it stood when the plan was begun. */
export interface Content extends Pick<Kept, "place" | "forms" | "certificates" | "guarantee"> {
  readonly statement: JsonObject;
}

/**
 * One envelope with fresh secrets. Throws InvalidInput for what a reader of the manifest would refuse.
 * @param digests SHA-256 of each document, in order
 */
export function planned(
  { place, forms, certificates, guarantee, statement }: Content,
  version: number,
  number: number,
  files: readonly Attachment[],
  digests: readonly Uint8Array[],
): KeptEnvelope {
  const identity: BidIdentity = {
    genesis: unhex0x(place.genesis, "genesis"),
    book: unhex0x(place.book, "book"),
    tender: place.tender,
    lot: place.lot,
    envelope: number,
    bidder: unhex0x(place.bidder, "bidder"),
    version,
  };
  const stated = Object.entries(forms[number] ?? {}).filter(([, value]) => value !== "");
  const form = formOf(Object.fromEntries(stated));
  const manifest = writeManifest({
    identity,
    organisation: statement,
    form,
    documents: files.map(({ name, type, size }, at) => ({
      name: name.normalize("NFC"),
      mediaType: type === "" ? "application/octet-stream" : type,
      size,
      digest: digests[at] ?? new Uint8Array(0),
    })),
    presentations: number === 1 ? certificates.map(({ text }) => text) : [],
    guarantee: number === 1 ? (guarantee?.text ?? null) : null,
  });
  const secrets = Object.fromEntries(Object.entries(drawSecrets()).map(([part, data]) => [part, b64url(data)]));
  return {
    number,
    name: `bid-${place.tender}-${place.lot}-${place.bidder.slice(2, 10)}-${number}.age`,
    manifest: b64url(manifest),
    secrets: secrets as KeptEnvelope["secrets"],
    root: hex0x(formRoot(form, identityDigest(identity))),
    digest: null,
    size: 0,
  };
}

/** The last second of the chain's clock at which the ledger accepts an act that is signed now. */
export function goodUntil({ block, deadline }: TenderFacts): number {
  return Math.min(block.time + GOOD_FOR, deadline);
}

/** What the bidder signs for a version, good until a second of the chain's clock. Throws InvalidInput `bidroom.unsealed`. */
export function commitmentOf(place: Place, version: KeptVersion, notAfter: number): Commitment {
  const [first, second] = version.envelopes;
  if (first?.digest == null || (second !== undefined && second.digest === null)) {
    throw new InvalidInput("not everything is sealed", "bidroom.unsealed");
  }
  const none = `0x${"0".repeat(64)}`;
  const kind = kindDigest(
    unhex0x(place.book, "book"),
    place.tender,
    place.lot,
    unhex0x(place.bidder, "bidder"),
    unb64url(version.salt, "salt"),
  );
  return {
    tender: place.tender,
    lot: place.lot,
    bidder: place.bidder,
    version: version.version,
    recovery: place.recovery,
    notAfter,
    kindDigest: hex0x(kind),
    file1: first.digest,
    size1: first.size,
    form1: first.root,
    file2: second?.digest ?? none,
    size2: second?.size ?? 0,
    form2: second?.root ?? none,
  };
}
