/** What the server tells the page, and what it asks for from then on. */

import { bytesOf } from "../keys/pinned.ts";
import { call, post } from "../ui/service.ts";
import { isList, isObject, type Json, type JsonObject, member } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { type Asked, holdRows, readRequest } from "./request.ts";
import type { Row } from "./rows.ts";

/** In the page's `#data`. */
export interface Given {
  readonly bureau: string;
  /** Such as `batch-12`. */
  readonly reference: string;
  /** Address of the worker that holds keys. */
  readonly worker: string;
}

/** A request with all its rows, every one of them held to what is signed. */
export interface Whole {
  readonly asked: Asked;
  readonly rows: readonly Row[];
}

/** A decision as the service shows it. */
export interface Ruling {
  readonly address: string;
  readonly state: string;
  readonly message: string;
  readonly have: number;
  readonly needed: number;
}

const pathOf = (given: Given): string => `/v1/bureaus/${given.bureau}/approvals/${given.reference}`;

/**
 * Fetches the request and all its rows, and holds them to each other.
 * @param progress how many rows were read, of how many
 * @throws InvalidInput `decide.…`, `canonical.…`: what was handed out is not what it says it is
 */
export async function wholeRequest(from: Given, progress: (count: number, size: number) => void): Promise<Whole> {
  const data = await bytesOf(`${pathOf(from)}/content`);
  const said = await objectFrom(pathOf(from));
  const asked = readRequest(data);
  if (said.digest !== asked.digest) throw new InvalidInput("digest and content disagree", "decide.digest");
  const { list } = asked;
  if (list === null) return { asked, rows: [] };
  if (list.size === list.shown.length) return { asked, rows: list.shown };
  return { asked, rows: await holdRows(list, pagesOf(from), (count) => progress(count, list.size)) };
}

async function* pagesOf(from: Given): AsyncIterable<readonly Json[]> {
  let cursor: Json | undefined = "";
  while (typeof cursor === "string") {
    const more: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: JsonObject = await objectFrom(`${pathOf(from)}/drafts?limit=500${more}`);
    const items = member(page, "items");
    if (!isList(items)) throw new InvalidInput("a page without rows", "decide.rows");
    yield items;
    cursor = member(page, "next");
  }
}

/** Hands a signed decision in. Throws Refusal. */
export async function handIn(to: Given, decision: JsonObject): Promise<Ruling> {
  return rulingOf(await post<JsonObject>(`${pathOf(to)}/decisions`, decision));
}

/** What became of the decisions on a request so far. Throws Refusal. */
export async function rulingsOn(from: Given, digest: string): Promise<Ruling[]> {
  const found = member(await objectFrom(`/v1/bureaus/${from.bureau}/decisions/${digest}`), "items");
  return isList(found) ? found.filter(isObject).map(rulingOf) : [];
}

async function objectFrom(path: string): Promise<JsonObject> {
  const value = (await (await call(path, { cache: "no-store" })).json()) as Json;
  if (!isObject(value)) throw new InvalidInput("an answer that is no object", "decide.form");
  return value;
}

function rulingOf(value: JsonObject): Ruling {
  const { address, state, message, have, needed } = value;
  return {
    address: String(address ?? ""),
    state: String(state ?? ""),
    message: typeof message === "string" ? message : "",
    have: typeof have === "number" ? have : 0,
    needed: typeof needed === "number" ? needed : 0,
  };
}
