/** A sealed certificate read: its bundle, and what its one signature says. docs/formats/pdf.md, rules 1, 2, 9 and 10. */
import { byteAt, concat, sha256, unhex } from "../bytes.ts";
import { type ReadCms, readCms } from "./cms.ts";
import { everyDictionary, follow, type PdfObject, type Taken, takeApart } from "./objects.ts";
import { broken, type Dictionary, HexString, isDictionary, isNamed, Reference, Text, type Value } from "./values.ts";

/** Bytes of the largest PDF looked at. */
export const MAX_PDF = 4 * 2 ** 20;

const MARK = "yinxin-bundle"; // stands in every PDF that is meant to be one of ours
const BUNDLE_NAME = "yinxin-bundle.json";
const BUNDLE_SIGN = '"format":"yinxin-bundle-';
const MAX_CONTENTS = 32_768;
const WHEN = /^D:([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/;

/** A PDF of the right form. Whether it is genuine is for `signs(cms, signed)` and the registry to say. */
export interface SealedPaper {
  /** Bytes of the embedded evidence bundle, not looked into. */
  readonly bundle: Uint8Array;
  /** When the sealer says it was sealed, seconds since 1970 UTC. */
  readonly sealedAt: number;
  readonly cms: ReadCms;
  /** SHA-256 over the signed bytes as they stand in the file. */
  readonly signed: Uint8Array;
}

/** Does this file claim to be a sealed certificate? Only then is a deviation a fault of it. */
export function isOurs(data: Uint8Array): boolean {
  return latin1(data.subarray(0, MAX_PDF)).includes(MARK);
}

/** Read a sealed certificate. Throws InvalidInput `pdf.form`; says what is not as it must be. */
export function readSealed(data: Uint8Array): SealedPaper {
  if (data.length > MAX_PDF) throw broken(`larger than ${MAX_PDF} bytes`);
  const file = latin1(data);
  const taken = takeApart(file);
  const [signature, owner] = signatureIn(taken);
  const sealedAt = momentOf(signature.get("M"));
  const { contents, signed } = rangesOf(data, signature, owner);
  return { bundle: bytesOf(bundleIn(file, taken)), sealedAt, cms: readCms(contents), signed };
}

/** The dictionary with a byte range: one in the file, an object of its own. */
function signatureIn(taken: Taken): [Dictionary, PdfObject] {
  const found = [...taken.objects.values()].flatMap((owner) =>
    everyDictionary(owner.value)
      .filter((each) => each.has("ByteRange"))
      .map((each): [Dictionary, PdfObject] => [each, owner]),
  );
  const [first, ...more] = found;
  if (first === undefined) throw broken("it is not signed");
  if (more.length > 0) throw broken(`it has ${found.length} signatures; a sealed certificate has one`);
  const [dictionary, owner] = first;
  if (dictionary !== owner.value || owner.stream !== null) throw broken("its signature is no object of its own");
  if (!isNamed(dictionary.get("Type"), "Sig") || !isNamed(dictionary.get("SubFilter"), "ETSI.CAdES.detached")) {
    throw broken("its signature is of another kind than ETSI.CAdES.detached");
  }
  return first;
}

/** DER of the signature, and SHA-256 of all that it is over: everything but its own hexadecimal string. */
function rangesOf(
  data: Uint8Array,
  signature: Dictionary,
  owner: PdfObject,
): { contents: Uint8Array; signed: Uint8Array } {
  const written = signature.get("Contents");
  const range = signature.get("ByteRange");
  if (!(written instanceof HexString) || written.digits === "" || written.digits.length > MAX_CONTENTS) {
    throw broken("the signature's Contents are no hexadecimal string, or too long");
  }
  if (written.start <= owner.start || written.end >= owner.end) throw broken("the signature's Contents lie elsewhere");
  const wanted = [0, written.start, written.end, data.length - written.end];
  const told = Array.isArray(range) ? (range as readonly Value[]) : [];
  if (told.length !== 4 || wanted.some((number, at) => told[at] !== number)) {
    throw broken("the signature does not cover the whole file");
  }
  if (written.digits.length % 2 !== 0) throw broken("the signature's Contents have half a byte");
  const padded = unhex(written.digits.toLowerCase());
  const size = derSize(padded);
  if (padded.subarray(size).some((byte) => byte !== 0)) {
    throw broken("something stands behind the signature in its Contents");
  }
  const signed = sha256(concat(data.subarray(0, written.start), data.subarray(written.end)));
  return { contents: padded.slice(0, size), signed };
}

/** Bytes of the one DER value at the beginning, header and all. */
function derSize(data: Uint8Array): number {
  if (data.length < 4 || data[0] !== 0x30) throw broken("the signature's Contents are no DER sequence");
  const first = byteAt(data, 1);
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  if (octets < 1 || octets > 3) throw broken("the signature's Contents have no DER length");
  const size = 2 + octets + data.subarray(2, 2 + octets).reduce((value, byte) => value * 256 + byte, 0);
  if (size > data.length) throw broken("the signature is cut off");
  return size;
}

function momentOf(value: Value | undefined): number {
  const found = value instanceof Text ? WHEN.exec(value.text) : null;
  if (found === null) throw broken("the signature does not say when it was made, as D:YYYYMMDDHHmmSSZ");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const again = date.toISOString().replace(/[-T:]/g, "").slice(0, 14);
  if (year < 1 || again !== found.slice(1).join("")) {
    throw broken("the signature was made at a moment that does not exist");
  }
  return date.getTime() / 1000;
}

function bundleIn(file: string, taken: Taken): string {
  const every = [...taken.objects].flatMap(([number, one]) =>
    everyDictionary(one.value).map((each) => ({ number, one, each })),
  );
  const embedded = every.filter(({ each }) => isNamed(each.get("Type"), "EmbeddedFile"));
  const files = new Set(embedded.map(({ number }) => number));
  const [{ number, one } = { number: 0, one: undefined }] = embedded;
  if (one === undefined) throw broken("no evidence bundle is embedded");
  if (files.size > 1) throw broken(`it has ${files.size} embedded files; a sealed certificate has one`);
  const { value, stream } = one;
  if (stream === null || !isDictionary(value) || !isNamed(value.get("Type"), "EmbeddedFile") || value.has("Filter")) {
    throw broken("the embedded bundle is no stream, or not plain");
  }
  const specifications = every.filter(({ each }) => each.has("EF"));
  const [specification, ...more] = specifications;
  if (specification === undefined || more.length > 0) {
    throw broken(`it has ${specifications.length} file specifications; a sealed certificate has one`);
  }
  const { each, number: where } = specification;
  const inner = follow(taken, each.get("EF"));
  const names = ["F", "UF"];
  if (!isDictionary(inner) || inner.size !== 2 || !names.every((name) => refersTo(inner.get(name), number))) {
    throw broken("the file specification names another file than the one embedded");
  }
  if (!names.every((name) => isText(each.get(name), BUNDLE_NAME))) {
    throw broken("the embedded file has another name than yinxin-bundle.json");
  }
  const root = follow(taken, taken.trailer.get("Root"));
  const associated = isDictionary(root) ? follow(taken, root.get("AF")) : undefined;
  const [only, ...others] = Array.isArray(associated) ? (associated as readonly Value[]) : [];
  if (others.length > 0 || !(refersTo(only, where) || only === each)) {
    throw broken("the embedded bundle is not associated with the document (AF)");
  }
  if (file.split(BUNDLE_SIGN).length !== 2 || !stream.includes(BUNDLE_SIGN)) {
    throw broken("it holds more than one evidence bundle, or none where it must be");
  }
  return stream;
}

function refersTo(value: Value | undefined, number: number): boolean {
  return value instanceof Reference && value.number === number;
}

function isText(value: Value | undefined, text: string): boolean {
  return value instanceof Text && value.text === text;
}

/** One character a byte, so that places in the text are places in the file. */
function latin1(data: Uint8Array): string {
  let text = "";
  for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
  return text;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
