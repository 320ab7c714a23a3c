/** The opening form: every scored figure, salted, under one RFC 9162 root that stands in the bid's commitment. */
import { b64url, compare, concat, sha256, unb64url, utf8 } from "../verify/bytes.ts";
import { canonical, hasExactly, isList, isObject, type Json, type JsonObject } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { isIncluded, leafHash } from "../verify/merkle.ts";

/** One line of the form; `salt` is 32 random bytes. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly salt: Uint8Array;
}

/** A figure that is shown, with its place: anyone with the form's root checks it. `path`: leaf side first. */
export interface Disclosure {
  readonly figure: Figure;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

const TAG = concat(utf8("yinxin-form-1"), Uint8Array.of(0));
const NODE = Uint8Array.of(1);
const SALT = 32;
const MOST = 10_000;

/** A new form with fresh salts, in order of the names. Throws InvalidInput. */
export function formOf(values: Readonly<Record<string, string>>, salt = freshSalt): Figure[] {
  const names = Object.keys(values).sort((left, right) => compare(utf8(left), utf8(right)));
  return readForm(names.map((name) => figureAsJson({ name, value: values[name] ?? "", salt: salt() })));
}

function freshSalt(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SALT));
}

/** From a manifest. Throws InvalidInput. */
export function readForm(items: Json | undefined): Figure[] {
  if (!isList(items) || items.length > MOST) throw bad("form", `a list of at most ${MOST} figures`);
  const figures = items.map((item, at) => figure(item, `form[${at}]`));
  for (let at = 1; at < figures.length; at++) {
    const [before, after] = [figures[at - 1], figures[at]];
    if (before === undefined || after === undefined || compare(utf8(before.name), utf8(after.name)) >= 0) {
      throw bad("form", "names ascending, each once");
    }
  }
  return figures;
}

/** As it stands in a manifest and in a disclosure. */
export function figureAsJson({ name, value, salt }: Figure): JsonObject {
  return { name, salt: b64url(salt), value };
}

/** A figure's leaf hash in the form of the bid with this identity digest. */
export function figureLeaf(one: Figure, identity: Uint8Array): Uint8Array {
  return leafHash(concat(TAG, identity, utf8(canonical(figureAsJson(one)))));
}

/** Root for the commitment; SHA-256 of nothing for a form without figures. */
export function formRoot(figures: readonly Figure[], identity: Uint8Array): Uint8Array {
  return rootOver(figures.map((one) => figureLeaf(one, identity)));
}

/** True if the figure stands in the form with this root, of the bid with this identity digest. */
export function proves({ figure, index, size, path }: Disclosure, root: Uint8Array, identity: Uint8Array): boolean {
  return isIncluded(figureLeaf(figure, identity), index, size, path, root);
}

/** A disclosure as it is published; the proof is not checked yet. Throws InvalidInput. */
export function readDisclosure(value: Json | undefined): Disclosure {
  if (!isObject(value) || !hasExactly(value, ["figure", "index", "size", "path"]))
    throw bad("disclosure", "its members");
  const { index, size, path } = value;
  if (typeof index !== "number" || typeof size !== "number" || !isList(path) || path.length > 64) {
    throw bad("disclosure", "index and size are numbers, path a list");
  }
  return {
    figure: figure(value.figure ?? null, "figure"),
    index,
    size,
    path: path.map((one) => unb64url(one, "path")),
  };
}

function rootOver(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return first;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(concat(NODE, rootOver(leaves.slice(0, half)), rootOver(leaves.slice(half))));
}

function figure(item: Json, field: string): Figure {
  if (!isObject(item) || !hasExactly(item, ["name", "salt", "value"])) throw bad(field, "name, salt, value");
  const { name, value, salt } = item;
  if (typeof name !== "string" || name === "" || utf8(name).length > 200) throw bad(`${field}.name`, "1 to 200 bytes");
  if (typeof value !== "string" || utf8(value).length > 4096)
    throw bad(`${field}.value`, "text of at most 4,096 bytes");
  const raw = unb64url(salt, `${field}.salt`);
  if (raw.length !== SALT) throw bad(`${field}.salt`, `${SALT} bytes`);
  return { name, value, salt: raw };
}

function bad(field: string, rule: string): InvalidInput {
  return new InvalidInput(`${field}: ${rule}`, "bid.form");
}
