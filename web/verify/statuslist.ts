/**
 * Status lists: four bits a certificate, in a signed Token Status List, JWT form (docs/formats/status-list.md). A token
 * counts only if its SHA-256 is what the bureau anchored.
 */
import { byteAt, fromUtf8, sha256, unb64url, unhex0x } from "./bytes.ts";
import { hasExactly, isObject, type Json, readCanonical } from "./canonical.ts";
import { InvalidInput } from "./errors.ts";
import { inflate } from "./inflate.ts";
import { type CompactJws, readCompact } from "./jws.ts";
import { checkBureau, checkTimes, ISSUER_PREFIX, isWhole, MAX_STATUS_INDEX, readStatusUri } from "./names.ts";
import type { Verdict } from "./verdicts.ts";

/** The actor who signs in place of a bureau that no longer can. */
export const AUTHORITY = "authority";

const MAX_TOKEN = 4 * 2 ** 20;
const LEAST_SIZE = 131_072;
const LONGEST_TTL = 31_622_400;

/** Every state of an entry but 0 (valid), with the verdict it means; names as in the findings `status.…`. */
export const STATES: Readonly<Record<number, { readonly name: string; readonly verdict: Verdict } | undefined>> = {
  1: { name: "revoked", verdict: "REVOKED" },
  2: { name: "suspended", verdict: "SUSPENDED" },
  3: { name: "superseded", verdict: "SUPERSEDED" },
  11: { name: "cancelled", verdict: "CANCELLED" },
  12: { name: "lapsed", verdict: "LAPSED" },
  13: { name: "transferred", verdict: "TRANSFERRED" },
  14: { name: "penalty", verdict: "REVOKED" },
  15: { name: "other", verdict: "CANCELLED" },
};

/** A status list token whose form was checked. Its signature was not. */
export interface ParsedStatusToken {
  /** SHA-256 of its bytes, what is anchored. */
  readonly digest: Uint8Array;
  /** USCC of the bureau the list belongs to. */
  readonly bureau: string;
  readonly list: string;
  /** USCC of the bureau that signed, usually the same, or {@link AUTHORITY}. */
  readonly actor: string;
  /** Head of the list's chain that this state follows, 32 bytes; zeros for the first. */
  readonly previousHead: Uint8Array;
  /** Number of entries. */
  readonly size: number;
  /** Two entries a byte, index 0 in the low half of the first. */
  readonly packed: Uint8Array;
  readonly jws: CompactJws;
}

/** Check the form of a token and unpack its entries; an entry with an unknown state is refused. */
export function parseStatusToken(data: Uint8Array): ParsedStatusToken {
  if (data.length > MAX_TOKEN) throw new InvalidInput("status token: too long", "status_token.size");
  const text = fromUtf8(data);
  if (text === null) throw new InvalidInput("status token: not text", "status_token.form");
  const jws = readCompact(text, "statuslist+jwt", "status_token");
  const payload = readCanonical(jws.payload, "status token", 16 * 2 ** 20);
  if (!isObject(payload) || !hasExactly(payload, ["iat", "iss", "previous_head", "status_list", "sub", "ttl"])) {
    throw new InvalidInput("status token: claims are missing or unknown", "status_token.claims");
  }
  const { bureau, list } = readStatusUri(payload.sub);
  checkTimes(payload.iat, null);
  if (!isWhole(payload.ttl) || payload.ttl === 0 || payload.ttl > LONGEST_TTL) {
    throw new InvalidInput("status token: ttl", "status_token.claims");
  }
  const inner = payload.status_list;
  if (!isObject(inner) || !hasExactly(inner, ["bits", "lst"]) || inner.bits !== 4) {
    throw new InvalidInput("status token: status_list must hold bits 4 and lst", "status_token.claims");
  }
  return {
    digest: sha256(data),
    bureau,
    list,
    actor: readActor(payload.iss),
    previousHead: unhex0x(payload.previous_head, "previous_head", 32),
    ...unpacked(inflate(unb64url(inner.lst, "lst"), (MAX_STATUS_INDEX + 1) / 2)),
    jws,
  };
}

/** State of one entry, 0 to 15; null outside the list. */
export function stateOf(token: ParsedStatusToken, index: number): number | null {
  if (index < 0 || index >= token.size) return null;
  return (byteAt(token.packed, index >> 1) >> (4 * (index & 1))) & 15;
}

function unpacked(packed: Uint8Array): { size: number; packed: Uint8Array } {
  const size = packed.length * 2;
  if (size < LEAST_SIZE) throw new InvalidInput(`a list of ${size} entries`, "status_list.size");
  const known = (state: number) => state === 0 || STATES[state] !== undefined;
  const fits = Array.from({ length: 256 }, (_, byte) => known(byte & 15) && known(byte >> 4));
  if (!packed.every((byte) => fits[byte])) {
    throw new InvalidInput("an entry holds a status not known here", "status_list.status");
  }
  return { size, packed };
}

function readActor(urn: Json | undefined): string {
  if (urn === "urn:yinxin:authority") return AUTHORITY;
  if (typeof urn !== "string" || !urn.startsWith(ISSUER_PREFIX)) {
    throw new InvalidInput("status token: iss", "status_token.claims");
  }
  return checkBureau(urn.slice(ISSUER_PREFIX.length));
}
