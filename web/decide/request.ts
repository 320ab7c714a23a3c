/**
 * What a person decides on, read from the request's own bytes: nothing that the service says beside them is shown or signed. Its
 * SHA-256 is what a decision names (docs/formats/decision.md).
 */
import { equal, hex0x, sha256, unb64url } from "../verify/bytes.ts";
import {
  hasExactly,
  isList,
  isObject,
  type Json,
  type JsonObject,
  member,
  readCanonical,
} from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { type Row, RowsRoot, rowOf } from "./rows.ts";

/** Kinds that wait for a person. */
export type Kind = "release" | "status" | "type" | "unbind" | "retention";

/** A list, as its release names it. */
export interface List {
  /** Rows of the whole list. */
  readonly size: number;
  /** 32 bytes: root over all rows. */
  readonly root: Uint8Array;
  /** The rows inside the request: all of them, or the first few of a long list. */
  readonly shown: readonly Row[];
}

/** A request. */
export interface Asked {
  /** 0x hexadecimal: SHA-256 of its bytes. */
  readonly digest: string;
  readonly bureau: string;
  readonly kind: Kind;
  readonly body: JsonObject;
  /** Of a release; null of every other kind. */
  readonly list: List | null;
}

const KINDS: readonly string[] = ["release", "status", "type", "unbind", "retention"];
const LIMIT = 64 * 2 ** 20;

/**
 * Reads a request.
 * @throws InvalidInput `decide.form`: not a request that waits for people; `decide.rows`: rows and digest disagree
 */
export function readRequest(data: Uint8Array): Asked {
  const value = readCanonical(data, "request", LIMIT);
  if (!isObject(value) || !hasExactly(value, ["format", "kind", "bureau", "body"])) throw form("members");
  const { format, kind, bureau, body } = value;
  if (format !== "yinxin-desk-2" || typeof kind !== "string" || !KINDS.includes(kind)) throw form("kind");
  if (typeof bureau !== "string" || !isObject(body)) throw form("bureau");
  const list = kind === "release" ? listOf(body) : null;
  return { digest: hex0x(sha256(data)), bureau, kind: kind as Kind, body, list };
}

function listOf(body: JsonObject): List {
  const drafts = member(body, "drafts");
  if (!isList(drafts)) throw form("drafts");
  const shown = drafts.map(rowOf);
  const root = unb64url(member(body, "rowsDigest"), "rowsDigest");
  const size = member(body, "size");
  if (!Object.hasOwn(body, "part")) {
    if (size !== undefined || !equal(rootOfAll(shown), root)) throw rows("the list is not the one its digest names");
    return { size: shown.length, root, shown };
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size <= shown.length) throw form("size");
  return { size, root, shown };
}

function rootOfAll(all: readonly Row[]): Uint8Array {
  const tree = new RowsRoot();
  for (const row of all) tree.add(row);
  return tree.root;
}

/**
 * Reads all rows of a long list, page by page, and holds them to the root and to the rows shown.
 * @param pages each page's `items`, in order
 * @param told called with how many rows were read so far
 * @throws InvalidInput `decide.rows`: they are not the rows that the request names
 */
export async function holdRows(
  list: List,
  pages: AsyncIterable<readonly Json[]>,
  told: (count: number) => void,
): Promise<Row[]> {
  const tree = new RowsRoot();
  const all: Row[] = [];
  for await (const page of pages) {
    for (const item of page) {
      const row = rowOf(item);
      tree.add(row);
      all.push(row);
      if (tree.size > list.size) throw rows("more rows than the request speaks of");
    }
    told(tree.size);
  }
  if (tree.size !== list.size) throw rows(`${tree.size} rows, the request speaks of ${list.size}`);
  const first = rootOfAll(all.slice(0, list.shown.length));
  if (!equal(first, rootOfAll(list.shown))) throw rows("the first rows are not those that the request shows");
  if (!equal(tree.root, list.root)) throw rows("the rows are not those whose digest the request names");
  return all;
}

function form(what: string): InvalidInput {
  return new InvalidInput(`not a request that a person decides on: ${what}`, "decide.form");
}

function rows(why: string): InvalidInput {
  return new InvalidInput(why, "decide.rows");
}
