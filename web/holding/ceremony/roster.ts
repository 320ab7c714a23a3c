/** Who is invited to a ceremony, and what the key will be for (chain/sealing/ceremony/roster.py). Only conveners write it. */
import { checkRecipient } from "../../seal/box.ts";
import { hex, sha256, unhex0x } from "../../verify/bytes.ts";
import { hasExactly, isList, isObject, member, readCanonical } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { readScope, type Scope } from "../share.ts";
import { someBytes } from "./wire.ts";

/** One invited key holder: account (20 bytes) and X25519 key of the card (32 bytes). */
export interface Member {
  readonly address: Uint8Array;
  readonly key: Uint8Array;
}

/** The invited, in the order of their numbers from 1. */
export interface Roster {
  readonly scope: Scope;
  /** t, how many open together. */
  readonly threshold: number;
  readonly members: readonly Member[];
  /** SHA-256 of the roster: the ceremony's name in every message. */
  readonly digest: Uint8Array;
}

const MOST = 100;

/** A roster, whose every rule is checked. Throws InvalidInput. */
export function readRoster(data: Uint8Array): Roster {
  const value = readCanonical(data, "roster", 2 ** 20);
  if (!isObject(value) || member(value, "format") !== "yinxin-roster-1") {
    throw new InvalidInput("not a message of the form yinxin-roster-1", "ceremony.format");
  }
  if (!hasExactly(value, ["format", "scope", "threshold", "members"]) || !isList(value.members)) {
    throw new InvalidInput("members are scope, threshold, members", "ceremony.members");
  }
  const members = value.members.map((one, at): Member => {
    const field = `members[${at + 1}]`;
    if (!isObject(one) || !hasExactly(one, ["address", "key"])) {
      throw new InvalidInput(`${field}: address and key`, "ceremony.members");
    }
    const address = unhex0x(one.address, `${field}.address`, 20);
    return { address, key: checkRecipient(someBytes(one.key, 32, `${field}.key`), `${field}.key`) };
  });
  const { threshold } = value;
  if (typeof threshold !== "number" || threshold < 2) {
    throw new InvalidInput("one key holder alone never opens: at least 2", "ceremony.threshold");
  }
  if (members.length < 2 * threshold - 1 || members.length > MOST) {
    throw new InvalidInput(`${2 * threshold - 1} to ${MOST} members`, "ceremony.members");
  }
  for (const part of ["address", "key"] as const) {
    if (new Set(members.map((one) => hex(one[part]))).size !== members.length) {
      throw new InvalidInput(`two members have one ${part}`, "ceremony.members");
    }
  }
  return { scope: readScope(value.scope), threshold, members, digest: sha256(data) };
}

/** The member of that number. Throws InvalidInput. */
export function memberAt(roster: Roster, number: number): Member {
  const found = roster.members[number - 1];
  if (found === undefined) throw new InvalidInput(`1 to ${roster.members.length}`, "ceremony.number");
  return found;
}
