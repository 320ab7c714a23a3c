/** Rows of a list that waits, and the root by which its release names all of them (RFC 9162 over their canonical JSON). */
import { concat, sha256, utf8 } from "../verify/bytes.ts";
import { canonical, hasExactly, isObject, type Json, type JsonObject } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { leafHash } from "../verify/merkle.ts";

/** One certificate as it would be issued. */
export interface Row {
  readonly identifier: string;
  readonly number: string;
  readonly version: string;
  readonly notBefore: number;
  readonly expires: number | null;
  readonly fields: JsonObject;
  readonly predecessor: string | null;
}

const MEMBERS = ["identifier", "number", "version", "notBefore", "expires", "fields", "predecessor"];
const NODE = Uint8Array.of(1);

/** A row of exactly its seven members. Throws InvalidInput `decide.row`. */
export function rowOf(value: Json | undefined): Row {
  if (!isObject(value) || !hasExactly(value, MEMBERS) || !isObject(value.fields)) throw bad();
  const { identifier, number, version, notBefore, expires = null, fields, predecessor = null } = value;
  const texts = [identifier, number, version, ...(predecessor === null ? [] : [predecessor])];
  const times = [notBefore, ...(expires === null ? [] : [expires])];
  if (texts.some((one) => typeof one !== "string") || times.some((one) => !Number.isSafeInteger(one))) throw bad();
  return { identifier, number, version, notBefore, expires, fields, predecessor } as Row;
}

/** Takes rows in order and keeps no more of them than the tree's right edge, so that a list of any length fits. */
export class RowsRoot {
  size = 0;
  private edge: Uint8Array[] = [];

  /** Adds the next row. */
  add(row: Row): void {
    let node = leafHash(utf8(canonical({ ...row })));
    for (let bits = this.size; bits % 2 === 1; bits = Math.floor(bits / 2)) {
      node = sha256(concat(NODE, this.edge.pop() ?? new Uint8Array(0), node));
    }
    this.edge.push(node);
    this.size += 1;
  }

  /** The root over all rows so far; SHA-256 of nothing for none. */
  get root(): Uint8Array {
    let node: Uint8Array | null = null;
    for (const left of [...this.edge].reverse()) node = node === null ? left : sha256(concat(NODE, left, node));
    return node ?? sha256(new Uint8Array(0));
  }
}

function bad(): InvalidInput {
  return new InvalidInput("a row that is not what a row must be", "decide.row");
}
