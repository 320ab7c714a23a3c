/** Values of a PDF (ISO 32000-1 section 7.3), read strictly: what two readers might take differently is refused. */
import { InvalidInput } from "../errors.ts";

const MAX_DEPTH = 32;
const END = "(?![!-$&'*-.0-;=?-Z\\\\^-z|~])";
const SPACE = /[\0\t\n\f\r ]*/y;
const REFERENCE = new RegExp(`([1-9][0-9]{0,4}) 0 R${END}`, "y");
const NUMBER = new RegExp(`[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)${END}`, "y");
const NAME = /\/([!-$&'*-.0-;=?-Z\\^-z|~]{0,127})/y;
const WORD = new RegExp(`(true|false|null)${END}`, "y");
const HEX = /<([0-9A-Fa-f]*)>/y;

/** A name, without its slash, escapes decoded. */
export class Name {
  constructor(readonly text: string) {}
}

/** A reference to an object by its number. */
export class Reference {
  constructor(readonly number: number) {}
}

/** A string in brackets, as written. */
export class Text {
  constructor(readonly text: string) {}
}

/** A string written in hexadecimal, and where its `<` stands and its `>` has ended in the file. */
export class HexString {
  constructor(
    readonly digits: string,
    readonly start: number,
    readonly end: number,
  ) {}
}

/** A number with a point; whole numbers are plain. */
export class Real {
  constructor(readonly value: number) {}
}

/** A dictionary: names to values. */
export type Dictionary = ReadonlyMap<string, Value>;

export type Value =
  | null
  | boolean
  | number
  | Real
  | Name
  | Text
  | HexString
  | Reference
  | readonly Value[]
  | Dictionary;

/** The fault of a file that has not the form of a sealed certificate. */
export function broken(what: string): InvalidInput {
  return new InvalidInput(`PDF: ${what}`, "pdf.form");
}

/** What `pattern`, which is sticky, finds at a place. */
export function matchAt(pattern: RegExp, file: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(file);
}

/** The place of the next byte that is not white space. */
export function skipSpace(file: string, at: number): number {
  return at + (matchAt(SPACE, file, at)?.[0].length ?? 0);
}

/** True if the value is the name of that text. */
export function isNamed(value: Value | undefined, text: string): boolean {
  return value instanceof Name && value.text === text;
}

/** True for a dictionary. */
export function isDictionary(value: Value | undefined): value is Dictionary {
  return value instanceof Map;
}

/** The value at `at` of a file, one character a byte, and the place behind it. Throws InvalidInput `pdf.form`. */
export function readValue(file: string, at: number, depth = 0): [Value, number] {
  if (depth > MAX_DEPTH) throw broken("values lie too deep in each other");
  if (file.startsWith("<<", at)) return readDictionary(file, at + 2, depth);
  const first = file.charAt(at);
  if (first === "[") return readArray(file, at + 1, depth);
  if (first === "/") {
    const [name, end] = readName(file, at);
    return [new Name(name), end];
  }
  if (first === "(") return readString(file, at);
  if (first === "<") {
    const found = matchAt(HEX, file, at);
    if (found === null) throw broken("a hexadecimal string of another form");
    const end = at + found[0].length;
    return [new HexString(found[1] ?? "", at, end), end];
  }
  const reference = matchAt(REFERENCE, file, at);
  if (reference !== null) return [new Reference(Number(reference[1])), at + reference[0].length];
  const number = matchAt(NUMBER, file, at)?.[0];
  if (number !== undefined) {
    if (number.length > 32) throw broken("a number of more than 32 characters");
    const value = Number(number);
    return [number.includes(".") ? new Real(value) : value, at + number.length];
  }
  const word = matchAt(WORD, file, at)?.[1];
  if (word === undefined) throw broken("something that is no value");
  return [word === "null" ? null : word === "true", at + word.length];
}

function readName(file: string, at: number): [string, number] {
  const written = matchAt(NAME, file, at)?.[1] ?? "";
  const text = written.replace(/#([0-9A-Fa-f]{2})?/g, (_, digits: string | undefined) => {
    if (digits === undefined) throw broken("a name with half an escape");
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    if (/[0-9A-Za-z]/.test(character)) throw broken("a name that hides a letter");
    return character;
  });
  return [text, at + 1 + written.length];
}

function readDictionary(file: string, start: number, depth: number): [Dictionary, number] {
  const found = new Map<string, Value>();
  let at = start;
  for (;;) {
    at = skipSpace(file, at);
    if (file.startsWith(">>", at)) return [found, at + 2];
    if (file.charAt(at) !== "/") throw broken("a dictionary of another form");
    const [key, behind] = readName(file, at);
    if (found.has(key)) throw broken("a dictionary with an entry twice");
    const [value, end] = readValue(file, skipSpace(file, behind), depth + 1);
    found.set(key, value);
    at = end;
  }
}

function readArray(file: string, start: number, depth: number): [Value[], number] {
  const found: Value[] = [];
  let at = start;
  for (;;) {
    at = skipSpace(file, at);
    if (file.charAt(at) === "]") return [found, at + 1];
    const [value, end] = readValue(file, at, depth + 1);
    found.push(value);
    at = end;
  }
}

function readString(file: string, start: number): [Text, number] {
  let deep = 0;
  for (let at = start; at < file.length; at++) {
    const character = file.charAt(at);
    if (character === "\\")
      at += 1; // and what it escapes
    else if (character === "(") deep += 1;
    else if (character === ")") {
      deep -= 1;
      if (deep === 0) return [new Text(file.slice(start + 1, at)), at + 1];
    }
  }
  throw broken("a string without an end");
}
