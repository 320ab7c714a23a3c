/** The pool of experts, committed to line by line without a name (docs/formats/draw.md, chain/evaluation/pool.py). */
import { b64url, compare, concat, hex0x, sha256, utf8 } from "../../verify/bytes.ts";
import { canonical, hasExactly, isObject, type Json, type JsonObject } from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";
import { leafHash } from "../../verify/merkle.ts";
import { hexIn, paperOf, rawIn, rowsIn, textOf } from "../forms.ts";

/** What is public of one expert; account as 0x text, the rest as it stands in the paper. */
export interface PoolLine {
  /** 32 bytes, base64url. */
  readonly leaf: string;
  readonly specialty: string;
  readonly account: string;
  /** X25519 key, base64url. */
  readonly box: string;
}

/** A pool: SHA-256 of its paper, and a line an expert. */
export interface Pool {
  readonly digest: string;
  readonly lines: readonly PoolLine[];
}

/** An expert's own line, as it is shown after the award. */
export interface Expert extends PoolLine {
  readonly employer: string;
}

const LARGEST = 32 * 2 ** 20;
const LONGEST = 200;
const MOST = 100_000;
const OF_EXPERT = ["number", "name", "employer", "specialty", "account", "box", "salt"];

/** A pool's paper. Throws InvalidInput. */
export function readPool(data: Uint8Array): Pool {
  const value = paperOf(data, "yinxin-expert-pool-1", ["experts"], LARGEST);
  const rows = rowsIn(value, "experts", ["leaf", "specialty", "account", "box"], MOST);
  const leaves = rows.map((one) => rawIn(one, "leaf", 32));
  if (rows.length === 0 || leaves.some((one, at) => at > 0 && compare(leaves[at - 1] ?? one, one) >= 0))
    throw bad("leaves ascend, each once");
  const lines = rows.map((one, at) => ({
    leaf: b64url(leaves[at] ?? new Uint8Array()),
    specialty: trimmed(one, "specialty"),
    account: hexIn(one, "account", 20),
    box: b64url(rawIn(one, "box", 32)),
  }));
  for (const field of ["account", "box"] as const)
    if (new Set(lines.map((one) => one[field])).size !== lines.length) throw bad(`${field}: each once`);
  return { digest: hex0x(sha256(data)), lines };
}

/** An expert's line with its leaf. Throws InvalidInput. */
export function readExpert(value: Json | undefined): Expert {
  if (!isObject(value) || !hasExactly(value, OF_EXPERT)) throw bad(`members are ${OF_EXPERT.join(", ")}`);
  for (const field of ["number", "name"]) trimmed(value, field);
  const employer = value.employer === "" ? "" : trimmed(value, "employer");
  rawIn(value, "salt", 32);
  const [account, box] = [hexIn(value, "account", 20), b64url(rawIn(value, "box", 32))];
  const leaf = leafHash(concat(utf8("yinxin-expert-1\0"), utf8(canonical(value))));
  return { leaf: b64url(leaf), specialty: trimmed(value, "specialty"), account, box, employer };
}

/** True if that is the public part of the expert's line. */
export function isOf(line: PoolLine | undefined, { leaf, specialty, account, box }: PoolLine): boolean {
  return line?.leaf === leaf && line.specialty === specialty && line.account === account && line.box === box;
}

function trimmed(value: JsonObject, name: string): string {
  const found = textOf(value, name, LONGEST);
  if (found !== found.trim()) throw bad(`${name}: no blank at its ends`);
  return found;
}

function bad(rule: string): InvalidInput {
  return new InvalidInput(`pool: ${rule}`, "pool.form");
}
