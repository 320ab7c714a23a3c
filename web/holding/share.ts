/**
 * A key holder's share, from the encrypted files that `yinxin keyholder` keeps or backs up (docs/formats/key-holders.md), and
 * what it signs. A share signs for its own ledger, book and tender only.
 */
import { open as openSealed } from "../keys/chacha.ts";
import { openKeyFile } from "../keys/keyfile.ts";
import { hashToG1, readScalar } from "../seal/curve.ts";
import { b64url, fromUtf8, hex0x, unb64url, unhex0x, utf8 } from "../verify/bytes.ts";
import {
  canonical,
  hasExactly,
  isList,
  isObject,
  type Json,
  type JsonObject,
  member,
  readCanonical,
  readCanonicalText,
} from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { identityOf, type LiveSet, liveDigest, liveSetMessage } from "./messages.ts";

/** Where a share may sign. */
export interface Scope {
  readonly genesis: string;
  readonly book: string;
  readonly kind: "tender" | "term";
  readonly number: number;
}

/** A share; `secret` is secret. */
export interface KeyShare {
  /** Number of the ceremony on its ledger. */
  readonly number: number;
  /** The KeyHolderRegistry in which the number counts, 0x hexadecimal. */
  readonly registry: string;
  readonly scope: Scope;
  /** Digest of the ceremony's roster, 0x hexadecimal. */
  readonly ceremony: string;
  readonly keyHolder: number;
  readonly secret: Uint8Array;
}

/** What the ceremony itself gives, without the number that it has on a ledger. */
export type BareShare = Omit<KeyShare, "number" | "registry">;

/** What may be told of it. */
export type PublicShare = Omit<KeyShare, "secret">;

/** A share's file and the key file that opens it, both encrypted. */
export interface Pair {
  readonly number: number;
  readonly share: string;
  readonly key: string;
}

const KEPT = ["ceremony", "format", "genesis", "nonce", "registry", "sealed"];

/**
 * Puts files of a home, or the two files of a backup, together.
 * @param texts the files' texts, in any order
 * @throws InvalidInput `share.files`: no share, or nothing that opens it
 */
export function pairsOf(texts: readonly string[]): Pair[] {
  const shares = new Map<number, string>();
  const keys = new Map<number, string>();
  const loose: string[] = [];
  for (const text of texts) {
    const value = parsed(text);
    const format = member(value, "format");
    if (format === "yinxin-kept-share-1") shares.set(numberOf(value), text.trim());
    else if (format === "yinxin-key-1" && member(value, "kind") === "secret") loose.push(text);
    else if (format === "yinxin-share-backup-1") taken(member(value, "shares"), shares);
    else if (format === "yinxin-share-secrets-1") taken(member(value, "secrets"), keys);
  }
  const [only] = shares.keys();
  const [key] = loose;
  if (shares.size === 1 && loose.length === 1 && only !== undefined && key !== undefined) keys.set(only, key);
  const pairs = [...shares].flatMap(([number, share]) => {
    const found = keys.get(number);
    return found === undefined ? [] : [{ number, share, key: found }];
  });
  if (pairs.length === 0) throw new InvalidInput("no share with what opens it", "share.files");
  return pairs;
}

/** Opens a share. Throws InvalidInput `keyfile.passphrase`, `share.form`. scrypt takes a second: call it in a worker. */
export async function openShare(pair: Pair, passphrase: string): Promise<KeyShare> {
  const value = readCanonicalText(pair.share, "kept share");
  if (!isObject(value) || !hasExactly(value, KEPT)) throw form("members");
  const { ceremony, genesis, registry } = value;
  if (typeof genesis !== "string" || typeof registry !== "string" || typeof ceremony !== "number") throw form("place");
  const name = `ceremony-${ceremony}-${registry.slice(2, 10)}-${genesis.slice(2, 10)}-share`;
  const key = await openKeyFile(pair.key, passphrase, name);
  if (key.kind !== "secret") throw form("key");
  const bound = utf8(canonical({ format: "yinxin-kept-share-1", ceremony, genesis, registry }));
  let plain: Uint8Array;
  try {
    plain = openSealed(key.data, unb64url(value.nonce, "nonce"), unb64url(value.sealed, "sealed"), bound);
  } catch {
    throw form("it is damaged, or does not belong to this key file");
  }
  return { ...readShare(plain), number: ceremony, registry };
}

/** As it is kept, always encrypted: canonical JSON, the command's. */
export function shareBytes(share: BareShare): Uint8Array {
  const { genesis, book, kind, number } = share.scope;
  const { ceremony, keyHolder } = share;
  const scope = { genesis, book, kind, number };
  return utf8(canonical({ format: "yinxin-key-share-1", scope, ceremony, keyHolder, secret: b64url(share.secret) }));
}

/** Inverse of {@link shareBytes}. Throws InvalidInput. */
export function readShare(data: Uint8Array): BareShare {
  const value = readCanonical(data, "key share", 4096);
  const members = ["format", "scope", "ceremony", "keyHolder", "secret"];
  if (!isObject(value) || !hasExactly(value, members) || value.format !== "yinxin-key-share-1") throw form("share");
  const { keyHolder } = value;
  if (typeof keyHolder !== "number" || !Number.isSafeInteger(keyHolder) || keyHolder < 1) throw form("keyHolder");
  const secret = unb64url(value.secret, "secret");
  readScalar(secret, "secret");
  const ceremony = hex0x(unhex0x(value.ceremony, "ceremony", 32));
  return { scope: readScope(value.scope), ceremony, keyHolder, secret };
}

/** Where a key counts, as messages of a ceremony and shares have it. Throws InvalidInput. */
export function readScope(value: Json | undefined): Scope {
  if (!isObject(value) || !hasExactly(value, ["genesis", "book", "kind", "number"])) throw form("scope");
  const { kind, number } = value;
  if ((kind !== "tender" && kind !== "term") || typeof number !== "number" || number < 1) throw form("scope");
  const genesis = hex0x(unhex0x(value.genesis, "genesis", 32));
  return { genesis, book: hex0x(unhex0x(value.book, "book", 20)), kind, number };
}

/** True if a share of that scope may sign for a tender of a book. */
export function covers(scope: Scope, genesis: Uint8Array, book: Uint8Array, tender: number): boolean {
  const same = scope.genesis === hex0x(genesis) && scope.book === hex0x(book);
  return same && (scope.kind === "term" || scope.number === tender);
}

/** A partial signature over a digest of 32 bytes: 48 bytes. */
export function partial(secret: Uint8Array, digest: Uint8Array): Uint8Array {
  return hashToG1(digest).multiply(readScalar(secret, "secret")).toBytes(true);
}

/**
 * The key holder's one message at an opening, as `yinxin keyholder release` makes it (`yinxin-release-1`).
 * @throws InvalidInput `share.scope`: the share is another tender's, book's or ledger's
 */
export function makeRelease(share: KeyShare, set: LiveSet): JsonObject {
  const { place, bids } = set;
  if (!covers(share.scope, place.genesis, place.book, place.tender)) {
    throw new InvalidInput("this share was made for another ledger, book or tender", "share.scope");
  }
  const message = liveSetMessage(place, bids.length, liveDigest(bids));
  return {
    format: "yinxin-release-1",
    keyHolder: share.keyHolder,
    message: hex0x(message),
    liveSet: b64url(partial(share.secret, message)),
    bids: bids.map((bid) => b64url(partial(share.secret, identityOf(place, bid)))),
  };
}

function taken(list: Json | undefined, into: Map<number, string>): void {
  if (!isList(list)) throw form("backup");
  for (const one of list) {
    const file = isObject(one) ? fromUtf8(unb64url(member(one, "file"), "file")) : null;
    if (!isObject(one) || file === null) throw form("backup");
    into.set(numberOf(one), file);
  }
}

function numberOf(value: JsonObject): number {
  const found = member(value, "ceremony");
  if (typeof found !== "number" || !Number.isSafeInteger(found) || found < 1) throw form("ceremony");
  return found;
}

function parsed(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new InvalidInput("not a file of a key holder's home", "share.files");
}

function form(what: string): InvalidInput {
  return new InvalidInput(`not a share: ${what}`, "share.form");
}
