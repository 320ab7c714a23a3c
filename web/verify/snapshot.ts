/**
 * A trust snapshot as a trust source: facts without any network. The file is the signed document in one line, then the
 * shards (docs/formats/trust-snapshot.md):
 *
 *     {"signatures":[{"signature":…,"witness":…}],"snapshot":{…}}\n<shard><shard>…
 */
import { concat, equal, hex, unb64url, utf8 } from "./bytes.ts";
import { hasExactly, isList, isObject, type Json, readCanonical } from "./canonical.ts";
import { rfc3339 } from "./certificate.ts";
import { verifyEd25519 } from "./checkpoint.ts";
import { InvalidInput, Unavailable } from "./errors.ts";
import { isName, recomputes } from "./events.ts";
import type { AnchorFacts, BlockRef, BureauFacts, EvidenceIndex, KeyFacts, StatusFacts, TrustSource } from "./facts.ts";
import { Shard, WIDTH } from "./shard.ts";
import { readBody, type SnapshotBody } from "./snapshotbody.ts";
import type { TrustRoot } from "./trustroot.ts";

const MAX_DOCUMENT = 256 * 2 ** 20;
const SKEW = 300; // seconds by which the device's clock may be behind the snapshot
const LINE_FEED = 0x0a;

/** The newest snapshot a device has seen under one trust root: keep it where the page keeps things. */
export interface SeenSnapshot {
  readonly version: number;
  /** Hexadecimal digest of its document. */
  readonly digest: string;
  /** Hexadecimal digest of the trust root it was made under. */
  readonly trustRoot: string;
}

/**
 * Read and check a snapshot's file.
 *
 * @param root the pinned trust root.
 * @param now the device's time, seconds.
 * @param seen what {@link SnapshotSource.seen} said of the newest one before; null accepts any version.
 *
 * Throws InvalidInput if any byte is wrong, it was made under another trust root, too few witnesses signed, it is older
 * than one seen before, or the device's clock is before it.
 */
export function openSnapshot(
  data: Uint8Array,
  root: TrustRoot,
  now: number,
  seen: SeenSnapshot | null,
): SnapshotSource {
  const end = data.indexOf(LINE_FEED);
  if (end < 0) throw bad("form", "not a snapshot");
  const value = readCanonical(data.subarray(0, end), "snapshot", MAX_DOCUMENT);
  if (!isObject(value) || !hasExactly(value, ["signatures", "snapshot"])) throw bad("form", "not a snapshot");
  const body = readBody(value.snapshot);
  if (!equal(body.trustRoot, root.digest)) {
    throw bad("trust_root", "made under another trust root than the pinned one");
  }
  const signers = checkSignatures(value.signatures, body, root);
  const shards: Shard[] = [];
  let at = end + 1;
  for (const ref of body.shards) {
    shards.push(new Shard(ref, data.subarray(at, at + ref.size), body.block.number));
    at += ref.size;
  }
  if (at !== data.length) throw bad("form", "cut short, or bytes left over");
  for (const { facts } of body.lists) {
    if (facts.block.number > body.block.number || !recomputes(facts)) {
      throw bad("list", `status list ${facts.list} of ${facts.bureau}: its head does not follow from its parts`);
    }
  }
  if (now + SKEW < Math.max(body.block.time, body.madeAt)) {
    throw bad("clock", `the device's clock says ${rfc3339(now)}, before this was made (${rfc3339(body.madeAt)})`);
  }
  const source = new SnapshotSource(body, shards, signers, root);
  if (seen !== null && seen.trustRoot === source.seen.trustRoot) {
    const older = body.version < seen.version;
    if (older || (body.version === seen.version && source.seen.digest !== seen.digest)) {
      throw bad("older", `snapshot ${body.version} is ${older ? "older than" : "not"} the one seen before`);
    }
  }
  return source;
}

/** Names of the witnesses that signed, at least the trust root's threshold. */
function checkSignatures(value: Json | undefined, body: SnapshotBody, root: TrustRoot): string[] {
  if (!isList(value)) throw bad("form", "signatures are no list");
  const message = concat(utf8("yinxin-snapshot-1\n"), body.digest);
  const names: string[] = [];
  for (const entry of value) {
    if (!isObject(entry) || !hasExactly(entry, ["signature", "witness"]))
      throw bad("form", "a signature of another form");
    const witness = root.witnesses.find((one) => one.name === entry.witness);
    if (witness === undefined) throw bad("form", "signed by no witness of the trust root");
    if ((names.at(-1) ?? "") >= witness.name) throw bad("form", "signatures are not ordered by name, each once");
    if (!verifyEd25519(witness.key, message, unb64url(entry.signature, "signature"))) {
      throw bad("form", `the signature of ${witness.name} is wrong`);
    }
    names.push(witness.name);
  }
  if (root.threshold < 1 || names.length < root.threshold) {
    throw bad(
      "witnesses",
      `signed by ${names.length} witnesses, the trust root asks for ${Math.max(1, root.threshold)}`,
    );
  }
  return names;
}

/** A snapshot that enough witnesses signed; made by {@link openSnapshot}. Also the index of its status lists. */
export class SnapshotSource implements TrustSource, EvidenceIndex {
  readonly block: BlockRef;
  readonly expires: number;
  readonly madeAt: number;
  /** What to keep, so that no older snapshot is accepted later. */
  readonly seen: SeenSnapshot;
  readonly describes: string;
  private readonly anchors: ReadonlyMap<string, AnchorFacts>;

  constructor(
    private readonly body: SnapshotBody,
    private readonly shards: readonly Shard[],
    signers: readonly string[],
    root: TrustRoot,
  ) {
    this.block = body.block;
    this.expires = body.expires;
    this.madeAt = body.madeAt;
    this.seen = { version: body.version, digest: hex(body.digest), trustRoot: hex(root.digest) };
    const who = signers.length === 1 ? "1 witness" : `${signers.length} witnesses`;
    const what = `trust snapshot ${body.version} of chain ${root.chainId}`;
    this.describes = `${what} at block ${body.block.number}, signed by ${who}`;
    const all = shards.flatMap((shard) => shard.anchors());
    this.anchors = new Map(all.map((facts) => [placeOf(facts.bureau, facts.lane, facts.sequence), facts]));
  }

  bureau(uscc: string): BureauFacts | null {
    return this.body.bureaus.get(uscc) ?? null;
  }

  key(uscc: string, thumbprint: Uint8Array): KeyFacts | null {
    const isIt = (key: KeyFacts) =>
      equal(key.thumbprint, thumbprint) ||
      (thumbprint.length === 8 && key.purpose !== "anchor" && equal(key.thumbprint.subarray(0, 8), thumbprint));
    return this.body.keys.get(uscc)?.find(isIt) ?? null;
  }

  anchor(uscc: string, lane: string, sequence: number): AnchorFacts | null {
    return this.anchors.get(placeOf(uscc, lane, sequence)) ?? null;
  }

  statusHead(uscc: string, list: string): StatusFacts | null {
    return this.stateOf(uscc, list)?.facts ?? null;
  }

  statusHistory(uscc: string, list: string): readonly StatusFacts[] {
    const state = this.statusHead(uscc, list);
    if (state === null) return [];
    if (state.previousHead.some((byte) => byte !== 0)) {
      throw new Unavailable("a trust snapshot holds only the newest state of a status list", "snapshot.history");
    }
    return [state];
  }

  /** The oldest, if several batches list it: another bureau can repeat a stamp, but not before it is there. */
  stampAnchor(stampDigest: Uint8Array): AnchorFacts | null {
    const short = stampDigest.subarray(0, WIDTH);
    const found = this.shards.map((shard) => shard.find(short)).filter((facts) => facts !== null);
    return found.sort((left, right) => left.block.number - right.block.number)[0] ?? null;
  }

  /** Null: use {@link stampAnchor}. */
  byStamp(): null {
    return null;
  }

  /** Null: a snapshot holds no leaves. */
  byJwt(): null {
    return null;
  }

  statusList(digest: Uint8Array): Uint8Array | null {
    return this.body.lists.find(({ facts }) => equal(facts.digest, digest))?.token ?? null;
  }

  /** Null: a snapshot holds no bundles. */
  bundle(): null {
    return null;
  }

  private stateOf(uscc: string, list: string) {
    if (!isName(list)) return undefined;
    return this.body.lists.find(({ facts }) => facts.bureau === uscc && facts.list === list);
  }
}

function placeOf(bureau: string, lane: string, sequence: number): string {
  return `${bureau} ${lane} ${sequence}`;
}

function bad(field: string, why: string): InvalidInput {
  return new InvalidInput(`snapshot: ${why}`, `snapshot.${field}`);
}
