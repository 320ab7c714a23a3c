/** Who sits on a committee: accounts and boxes before the award, names after it (chain/evaluation/committee/members.py). */
import { b64url, hex0x, sha256 } from "../../verify/bytes.ts";
import type { JsonObject } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { hexIn, listIn, lotIn, type NamedLot, PLACE, paperOf, rawIn, rowsIn, textOf, wholeIn } from "../forms.ts";
import { ascends } from "./draw.ts";
import { type Expert, readExpert } from "./pool.ts";

/** One seat; account as 0x text, box as base64url; `place` in the pool, null for a representative of the procuring entity. */
export interface Member {
  readonly seat: number;
  readonly account: string;
  readonly box: string;
  readonly place: number | null;
}

/** A committee; digests as 0x text. */
export interface Committee extends NamedLot {
  readonly digest: string;
  readonly number: number;
  readonly pool: string;
  /** SHA-256 of every result it rests on, in order. */
  readonly drawn: readonly string[];
  readonly members: readonly Member[];
}

/** Who sat there, shown after the award. */
export interface Names extends NamedLot {
  /** SHA-256 of the newest committee's paper. */
  readonly committee: string;
  readonly experts: readonly { readonly place: number; readonly line: Expert }[];
  readonly owners: readonly { readonly account: string; readonly name: string }[];
}

const MOST = 200;

/** A committee's paper; whether it follows from the draws is not checked. Throws InvalidInput. */
export function readCommittee(data: Uint8Array): Committee {
  const value = paperOf(data, "yinxin-committee-1", [...PLACE, "number", "pool", "drawn", "members"]);
  const members = rowsIn(value, "members", ["seat", "account", "box", "kind", "place"], MOST).map(memberOf);
  if (!ascends(members.map(({ seat }) => seat))) throw bad("members.seat");
  for (const field of ["account", "box"] as const)
    if (new Set(members.map((one) => one[field])).size !== members.length) throw bad(`members.${field}`);
  return {
    ...lotIn(value),
    digest: hex0x(sha256(data)),
    number: wholeIn(value, "number", 1),
    pool: hexIn(value, "pool", 32),
    drawn: listIn(value, "drawn").map((one) => hexIn({ drawn: one }, "drawn", 32)),
    members,
  };
}

/** The names of a committee; lines are not compared with the pool. Throws InvalidInput. */
export function readNames(data: Uint8Array): Names {
  const value = paperOf(data, "yinxin-committee-names-1", [...PLACE, "committee", "experts", "owners"]);
  const experts = rowsIn(value, "experts", ["place", "line"]).map((one) => ({
    place: wholeIn(one, "place", 0),
    line: readExpert(one.line),
  }));
  const owners = rowsIn(value, "owners", ["account", "name"], MOST).map((one) => ({
    account: hexIn(one, "account", 20),
    name: textOf(one, "name", MOST),
  }));
  if (!ascends(experts.map(({ place }) => place))) throw bad("experts.place");
  return { ...lotIn(value), committee: hexIn(value, "committee", 32), experts, owners };
}

/** Those who were drawn. */
export function expertsOf({ members }: Committee): Member[] {
  return members.filter(({ place }) => place !== null);
}

/** Representatives of the procuring entity. */
export function ownersOf({ members }: Committee): Member[] {
  return members.filter(({ place }) => place === null);
}

/** True for the same members in the same seats. */
export function sameMembers(left: readonly Member[], right: readonly Member[]): boolean {
  const text = (all: readonly Member[]): string =>
    all.map(({ seat, account, box, place }) => [seat, account, box, place].join()).join(";");
  return text(left) === text(right);
}

function memberOf(value: JsonObject): Member {
  const { kind } = value;
  if (kind !== "expert" && kind !== "owner") throw bad("members.kind");
  if ((value.place === null) !== (kind === "owner")) throw bad("members.place");
  return {
    seat: wholeIn(value, "seat", 1),
    account: hexIn(value, "account", 20),
    box: b64url(rawIn(value, "box", 32)),
    place: value.place === null ? null : wholeIn(value, "place", 0),
  };
}

function bad(field: string): InvalidInput {
  return new InvalidInput(`${field}: not what it must be`, "committee.paper");
}
