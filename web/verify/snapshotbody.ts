/** What a trust snapshot says, read from its canonical JSON document (docs/formats/trust-snapshot.md). Pure. */
import { sha256, unb64url, unhex0x, utf8 } from "./bytes.ts";
import { canonical, hasExactly, isList, isObject, type Json, type JsonObject } from "./canonical.ts";
import { InvalidInput } from "./errors.ts";
import type { BlockRef, BureauFacts, KeyFacts, Period, StatusFacts } from "./facts.ts";
import { isWhole } from "./names.ts";
import type { ShardRef } from "./shard.ts";

const FORMAT = "yinxin-snapshot-1";
const PURPOSES = ["credential", "seal", "anchor"];

/** What the witnesses sign. */
export interface SnapshotBody {
  /** 1, 2, 3 …; a verifier refuses one older than it has seen. */
  readonly version: number;
  /** Digest of the trust root it was made under, 32 bytes. */
  readonly trustRoot: Uint8Array;
  /** The final block it describes. */
  readonly block: BlockRef;
  readonly madeAt: number;
  /** After this time it proves issue only, never present status. */
  readonly expires: number;
  readonly bureaus: ReadonlyMap<string, BureauFacts>;
  readonly keys: ReadonlyMap<string, readonly KeyFacts[]>;
  /** The newest state of every status list, with its token. */
  readonly lists: readonly { readonly facts: StatusFacts; readonly token: Uint8Array }[];
  readonly shards: readonly ShardRef[];
  /** SHA-256 of the canonical JSON. */
  readonly digest: Uint8Array;
}

/** Read plain data; a member missing, unknown or odd is refused. */
export function readBody(value: Json | undefined): SnapshotBody {
  const top = object(value, ["format", "version", "trustRoot", "block", "madeAt", "expires", ...LISTS]);
  if (top.format !== FORMAT) throw bad("format", `not a ${FORMAT}`);
  const read = list(top.bureaus).map(readBureau);
  const lists = list(top.statusLists).map(readList);
  const shards = list(top.shards).map(readShard);
  ordered(
    "bureaus",
    read.map(({ facts }) => [facts.uscc]),
  );
  ordered(
    "statusLists",
    lists.map(({ facts }) => [facts.bureau, facts.list]),
  );
  ordered(
    "shards",
    shards.map((shard) => [shard.bureau, shard.lane]),
  );
  const body = {
    version: whole(top.version),
    trustRoot: unb64url(top.trustRoot, "trustRoot"),
    block: readBlock(top.block),
    madeAt: whole(top.madeAt),
    expires: whole(top.expires),
    bureaus: new Map(read.map(({ facts }) => [facts.uscc, facts])),
    keys: new Map(read.map(({ facts, keys }) => [facts.uscc, keys])),
    lists,
    shards,
    digest: sha256(utf8(canonical(top))),
  };
  if (body.version < 1 || body.block.time > body.expires || body.expires <= body.madeAt) {
    throw bad("expires", "version or times make no sense");
  }
  return body;
}

const LISTS = ["bureaus", "statusLists", "shards"];

function readBureau(value: Json): { facts: BureauFacts; keys: readonly KeyFacts[] } {
  const names = [
    "uscc",
    "name",
    "metadataDigest",
    "registeredAt",
    "suspensions",
    "accreditations",
    "successor",
    "keys",
  ];
  const one = object(value, names);
  if (!isObject(one.accreditations)) throw bad("accreditations", "not an object");
  const lanes = Object.entries(one.accreditations).map(([lane, spans]) => [lane, readPeriods(spans)] as const);
  const facts = {
    uscc: text(one.uscc),
    name: text(one.name),
    metadataDigest: unb64url(one.metadataDigest, "metadataDigest"),
    registeredAt: whole(one.registeredAt),
    suspensions: readPeriods(one.suspensions),
    accreditations: new Map(lanes),
    successor: one.successor === null ? null : text(one.successor),
  };
  return { facts, keys: list(one.keys).map(readKey) };
}

function readKey(value: Json): KeyFacts {
  const one = object(value, ["thumbprint", "purpose", "publicKey", "from", "until", "compromisedSince"]);
  const purpose = text(one.purpose);
  if (!PURPOSES.includes(purpose)) throw bad("purpose", "not known here");
  return {
    thumbprint: unhex0x(one.thumbprint, "thumbprint", 32),
    purpose,
    publicKey: unb64url(one.publicKey, "publicKey"),
    valid: { since: whole(one.from), until: maybe(one.until) },
    compromisedSince: maybe(one.compromisedSince),
  };
}

function readList(value: Json): { facts: StatusFacts; token: Uint8Array } {
  const one = object(value, ["bureau", "list", "previousHead", "head", "key", "block", "transaction", "token"]);
  const token = utf8(text(one.token));
  const facts = {
    bureau: text(one.bureau),
    list: text(one.list),
    previousHead: unhex0x(one.previousHead, "previousHead", 32),
    head: unhex0x(one.head, "head", 32),
    digest: sha256(token),
    key: unhex0x(one.key, "key", 20),
    block: readBlock(one.block),
    transaction: unhex0x(one.transaction, "transaction", 32),
  };
  return { facts, token };
}

function readShard(value: Json): ShardRef {
  const one = object(value, ["bureau", "lane", "anchors", "stamps", "size", "sha256"]);
  return {
    bureau: text(one.bureau),
    lane: text(one.lane),
    anchors: whole(one.anchors),
    stamps: whole(one.stamps),
    size: whole(one.size),
    sha256: unb64url(one.sha256, "sha256"),
  };
}

function readBlock(value: Json | undefined): BlockRef {
  const one = object(value, ["number", "hash", "time"]);
  return { number: whole(one.number), hash: unhex0x(one.hash, "hash", 32), time: whole(one.time) };
}

function readPeriods(value: Json | undefined): Period[] {
  return list(value).map((span) => {
    const [since, until, ...more] = list(span);
    if (more.length > 0 || until === undefined) throw bad("period", "not a pair");
    return { since: whole(since), until: maybe(until) };
  });
}

function ordered(what: string, names: readonly (readonly string[])[]): void {
  const before = (left: readonly string[], right: readonly string[]): boolean => {
    const at = left.findIndex((part, place) => part !== right[place]);
    return at >= 0 && (left[at] ?? "") < (right[at] ?? "");
  };
  const wrong = names.some((name, at) => at > 0 && !before(names[at - 1] ?? [], name));
  if (wrong) throw bad(what, "out of order or doubled");
}

function object(value: Json | undefined, names: readonly string[]): JsonObject {
  if (!isObject(value) || !hasExactly(value, names)) throw bad("form", `members must be exactly ${names.join(", ")}`);
  return value;
}

function list(value: Json | undefined): readonly Json[] {
  if (!isList(value)) throw bad("form", "a list was expected");
  return value;
}

function text(value: Json | undefined): string {
  if (typeof value !== "string") throw bad("form", "text was expected");
  return value;
}

function whole(value: Json | undefined): number {
  if (!isWhole(value)) throw bad("form", "a whole number was expected");
  return value;
}

function maybe(value: Json | undefined): number | null {
  return value === null ? null : whole(value);
}

function bad(field: string, why: string): InvalidInput {
  return new InvalidInput(`snapshot: ${field}: ${why}`, `snapshot.${field}`);
}
