/** A file taken apart into its objects, with no byte left over: docs/formats/pdf.md, rules 3 to 8. */
import {
  broken,
  type Dictionary,
  isDictionary,
  isNamed,
  matchAt,
  Name,
  Real,
  Reference,
  readValue,
  skipSpace,
  type Value,
} from "./values.ts";

const MAX_OBJECTS = 4096;
const HEADER = "%PDF-1.7\n";
const END = /startxref\n([0-9]{1,10})\n%%EOF\n?$/;
const SECTION = /xref\n0 ([1-9][0-9]{0,4})\n/y;
const ENTRY = /([0-9]{10}) 00000 n(?:\r\n| \n)/y;
const FREE = /0000000000 65535 f(?:\r\n| \n)/y;
const BEGIN = /([1-9][0-9]{0,4}) 0 obj/y;
const STREAM = /stream\r?\n/y;
const STREAM_END = /(?:\r\n|\r|\n)?endstream/y;
const LINES = /(?:^|[\r\n])(startxref|%%EOF)(?=[\r\n]|$)/g;
const COMMENT = /%[\x80-\xff]{4,8}(?:\r\n|\n|\r)/y;
// With these names a page could act, or change by itself.
const ACTING = new Set(
  "JavaScript JS Launch XFA RichMedia AA OpenAction GoToR GoToE SubmitForm ImportData Rendition Movie Sound 3D Hide".split(
    " ",
  ),
).add("FileAttachment");

/** One object: its value, the bytes of its stream or null, and where it stands in the file. */
export interface PdfObject {
  readonly value: Value;
  readonly stream: string | null;
  readonly start: number;
  readonly end: number;
}

/** A file taken apart: its objects by number, and the trailer's dictionary. */
export interface Taken {
  readonly objects: ReadonlyMap<number, PdfObject>;
  readonly trailer: Dictionary;
}

/** Every object of a file, one character a byte. Throws InvalidInput `pdf.form`; says which rule is broken. */
export function takeApart(file: string): Taken {
  if (!file.startsWith(HEADER)) throw broken("the first line is not %PDF-1.7");
  const tail = Math.max(0, file.length - 64);
  const end = END.exec(file.slice(tail));
  if (end === null) throw broken("it does not end in startxref and %%EOF");
  const ends = [...file.matchAll(LINES)].map((found) => found[1]);
  if (ends.join(" ") !== "startxref %%EOF") throw broken("it was continued after its end (incremental update)");
  const table = Number(end[1]);
  const [places, behind] = readTable(file, table);
  const trailer = readTrailer(file, behind, tail + end.index, places.size + 1);
  const objects = new Map<number, PdfObject>();
  let reached = HEADER.length + (matchAt(COMMENT, file, HEADER.length)?.[0].length ?? 0);
  for (const [number, place] of [...places].sort(([, left], [, right]) => left - right)) {
    if (skipSpace(file, reached) !== place) {
      throw broken(`something stands between the objects, before object ${number}`);
    }
    const found = readObject(file, place, number);
    objects.set(number, found);
    reached = found.end;
  }
  if (skipSpace(file, reached) !== table) throw broken("something stands between the objects and their table");
  for (const one of objects.values()) checkPassive(one);
  return { objects, trailer };
}

/** The value itself, or the one it refers to; a reference to nothing is refused. */
export function follow(taken: Taken, value: Value | undefined): Value | undefined {
  if (!(value instanceof Reference)) return value;
  const found = taken.objects.get(value.number);
  if (found === undefined) throw broken(`a reference to object ${value.number}, which is not there`);
  return found.value;
}

/** All dictionaries in a value, itself included. */
export function everyDictionary(value: Value): Dictionary[] {
  return everyValue(value).filter(isDictionary);
}

function everyValue(value: Value): Value[] {
  const found: Value[] = [value];
  for (const one of found) {
    const inside = isDictionary(one) ? one.values() : Array.isArray(one) ? (one as readonly Value[]) : [];
    for (const value of inside) found.push(value);
  }
  return found;
}

function readTable(file: string, start: number): [Map<number, number>, number] {
  const head = matchAt(SECTION, file, start);
  if (head === null) throw broken("the cross-reference table is of another kind");
  const count = Number(head[1]);
  if (count > MAX_OBJECTS) throw broken(`more than ${MAX_OBJECTS} objects`);
  let at = start + head[0].length;
  const free = matchAt(FREE, file, at);
  if (free === null) throw broken("entry 0 of the cross-reference table is not the free one");
  at += free[0].length;
  const places = new Map<number, number>();
  for (let number = 1; number < count; number++) {
    const entry = matchAt(ENTRY, file, at);
    if (entry === null) throw broken(`entry ${number} of the cross-reference table has another form`);
    places.set(number, Number(entry[1]));
    at += entry[0].length;
  }
  return [places, at];
}

function readTrailer(file: string, start: number, end: number, size: number): Dictionary {
  if (!file.startsWith("trailer", start)) throw broken("there is no trailer behind the cross-reference table");
  const [value, at] = readValue(file, skipSpace(file, start + "trailer".length));
  if (!isDictionary(value) || skipSpace(file, at) !== end) throw broken("the trailer has another form");
  const told = value.get("Size");
  if ((told instanceof Real ? told.value : told) !== size || !(value.get("Root") instanceof Reference)) {
    throw broken("the trailer names no root, or another size");
  }
  for (const key of ["Prev", "XRefStm", "Encrypt"]) {
    if (value.has(key)) throw broken(`the trailer has ${key}`);
  }
  return value;
}

function readObject(file: string, place: number, number: number): PdfObject {
  const begin = matchAt(BEGIN, file, place);
  if (begin === null || Number(begin[1]) !== number) throw broken(`object ${number} is not where the table says`);
  const [value, behind] = readValue(file, skipSpace(file, place + begin[0].length));
  let at = skipSpace(file, behind);
  let stream: string | null = null;
  const opened = matchAt(STREAM, file, at);
  if (opened !== null) {
    const length = isDictionary(value) ? value.get("Length") : undefined;
    if (!isDictionary(value) || typeof length !== "number" || length < 0 || length > file.length) {
      throw broken(`the stream of object ${number} has no direct length`);
    }
    const first = at + opened[0].length;
    stream = file.slice(first, first + length);
    const closed = matchAt(STREAM_END, file, first + length);
    if (closed === null) throw broken(`the stream of object ${number} does not end where it says`);
    at = skipSpace(file, first + length + closed[0].length);
    const type = value.get("Type");
    if (isNamed(type, "ObjStm") || isNamed(type, "XRef") || value.has("F")) {
      throw broken(`object ${number} hides objects, or lies in another file`);
    }
  }
  if (!file.startsWith("endobj", at)) throw broken(`object ${number} has no end`);
  return { value, stream, start: place, end: at + "endobj".length };
}

function checkPassive(one: PdfObject): void {
  for (const value of everyValue(one.value)) {
    const names = isDictionary(value) ? [...value.keys()] : value instanceof Name ? [value.text] : [];
    const acting = names.find((name) => ACTING.has(name));
    if (acting !== undefined) throw broken(`it holds ${acting}, which could act or change the page`);
  }
}
