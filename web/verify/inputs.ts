/**
 * What people hold out to be checked: recognised by its content, never by its name, and never trusted. The host of an
 * address is ignored: where a code points proves nothing.
 */
import { ask } from "./asking.ts";
import { MAX_BUNDLE } from "./bundle.ts";
import { equal, fromUtf8, utf8 } from "./bytes.ts";
import { MAX_CREDENTIAL } from "./credential.ts";
import { InvalidInput, YinxinError } from "./errors.ts";
import { ROOT, wrongPart } from "./identifiers.ts";
import { verifyPaper } from "./paper/judging.ts";
import { isOurs, MAX_PDF } from "./paper/sealed.ts";
import type { Input, Options, PictureReader, Sources } from "./sources.ts";
import { fromDigits } from "./stamp.ts";
import type { Verification } from "./verdicts.ts";
import { notFound, verifyBundle, verifyCredential, verifyStamp } from "./verifier.ts";

/** Bytes of the largest input looked at (a picture, a PDF). */
export const MAX_INPUT = 32 * 2 ** 20;

const MAX_LINE = 4096;
const LEAST_DIGITS = 100;
const DIGITS = /^(?:[\x21-\x7e]{0,200}#)?([0-9]{100,2500})$/;
const CREDENTIAL = /^[A-Za-z0-9_.-]{20,}~\S*$/;
const BUNDLE_MARK = '"format":"yinxin-bundle-';
const BUNDLE_SIGNS = /yinxin-bundle-|"credential"\s*:/;
const OTHERS: readonly (readonly [start: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 3, 4], "an archive (ZIP, OFD or Office file), which this page does not read"],
  [[0x47, 0x49, 0x46, 0x38], "a GIF picture; save it as PNG or JPEG"],
  [[0x42, 0x4d], "a BMP picture; save it as PNG or JPEG"],
  [[0x49, 0x49, 0x2a, 0], "a TIFF picture; save it as PNG or JPEG"],
  [[0x4d, 0x4d, 0, 0x2a], "a TIFF picture; save it as PNG or JPEG"],
  [[0x3c], "a drawing (SVG) or a web page; give a PNG or JPEG picture of the code"],
];

/** What an input turned out to be. */
export type Recognised =
  | { readonly kind: "bundle"; readonly data: Uint8Array }
  | { readonly kind: "pdf"; readonly data: Uint8Array }
  | { readonly kind: "stamp"; readonly data: Uint8Array }
  | { readonly kind: "credential"; readonly text: string }
  | { readonly kind: "identifier"; readonly text: string };

/**
 * Tell what an input is. Throws InvalidInput `input.unsupported` with the exact reason; nothing that is refused here has
 * been judged.
 */
export async function recognise(input: Input, readStamps: PictureReader | null): Promise<Recognised> {
  const data = typeof input === "string" ? utf8(input) : input;
  if (data.length > MAX_INPUT) throw unsupported(`larger than ${MAX_INPUT} bytes`);
  if (isPicture(data)) return { kind: "stamp", data: await stampOf(data, readStamps) };
  if (begins(data, [0x25, 0x50, 0x44, 0x46, 0x2d])) return paperOf(data);
  for (const [start, what] of OTHERS) {
    if (begins(data, start)) throw unsupported(what);
  }
  const text = fromUtf8(data)?.replace(/^\ufeff/, "") ?? null;
  const beginning = latin1(data.subarray(0, MAX_BUNDLE));
  if (beginning.includes(BUNDLE_MARK)) return { kind: "bundle", data };
  if (data[0] === 0x7b) {
    if (!BUNDLE_SIGNS.test(beginning)) throw unsupported("JSON, but no evidence bundle");
    return { kind: "bundle", data };
  }
  if (data.length > MAX_CREDENTIAL + 2) throw unsupported("a large file that is neither a bundle nor a picture");
  if (text === null) throw unsupported("not text, and no kind of file known here");
  return ofText(trimmed(text));
}

/**
 * Recognise an input and check it: the one entrance for pages. What cannot be recognised, or is not found, is UNKNOWN;
 * what cannot be told CANNOT_CHECK; never an exception for what somebody showed.
 */
export async function check(input: Input, sources: Sources, options: Options): Promise<Verification> {
  let found: Recognised;
  let mistyped: string | null = null;
  try {
    found = await recognise(input, sources.readStamps ?? null);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    mistyped = error.message.slice(0, 300);
    const foreign = foreignIdentifier(input);
    if (foreign === null) return notFound("form.not_readable", { fault: mistyped });
    found = { kind: "identifier", text: foreign };
  }
  if (found.kind === "bundle") return verifyBundle(found.data, sources, options);
  if (found.kind === "pdf") return verifyPaper(found.data, sources, options);
  if (found.kind === "stamp") return verifyStamp(found.data, sources, options);
  if (found.kind === "credential") return verifyCredential(found.text, sources, options);
  return checkIdentifier(found.text, mistyped, sources, options);
}

/** A typed identifier shows no document. What a stranger's bundle fails to prove says nothing about it. */
async function checkIdentifier(
  identifier: string,
  mistyped: string | null,
  sources: Sources,
  options: Options,
): Promise<Verification> {
  const { index = null, services = [] } = sources;
  let fault: string | null = null;
  let disproved = false;
  for (const service of index === null ? services : [index, ...services]) {
    const answer = await ask(() => service.bundle(identifier));
    fault ??= answer.fault;
    if (answer.value === null) continue;
    const found = await verifyBundle(answer.value, sources, options);
    if (found.authentic !== false && found.certificate?.identifier === identifier) return found;
    disproved = true;
  }
  if (disproved) return notFound("form.found_false", { identifier });
  if (fault !== null) return notFound("form.not_asked", { identifier, fault });
  if (mistyped !== null) return notFound("form.not_readable", { fault: mistyped });
  return notFound("form.not_found", { identifier });
}

function ofText(text: string): Recognised {
  if (text === "") throw unsupported("empty");
  if (CREDENTIAL.test(text)) return { kind: "credential", text };
  if (text.length > MAX_LINE) throw unsupported("a long text of no known kind");
  const plain = text.normalize("NFKC"); // a Chinese input method types full-width digits
  const digits = DIGITS.exec(plain)?.[1];
  if (digits !== undefined && digits.length >= LEAST_DIGITS) return { kind: "stamp", data: stampOfDigits(digits) };
  if (plain.startsWith(ROOT)) {
    const identifier = plain.toUpperCase();
    const wrong = wrongPart(identifier);
    if (wrong !== null) throw unsupported(`an identifier, but its ${wrong} is wrong`);
    return { kind: "identifier", text: identifier };
  }
  throw unsupported("no bundle, SD-JWT, scanned digits or identifier");
}

function stampOfDigits(digits: string): Uint8Array {
  try {
    return fromDigits(digits);
  } catch (error) {
    throw unsupported(`digits, but ${error instanceof InvalidInput ? error.message : "not of a stamp"}`);
  }
}

function paperOf(data: Uint8Array): Recognised {
  if (!isOurs(data)) {
    throw unsupported("a PDF without an evidence bundle; scan the QR code printed on it, or give a picture of it");
  }
  if (data.length > MAX_PDF) throw unsupported(`a PDF of more than ${MAX_PDF} bytes`);
  return { kind: "pdf", data };
}

async function stampOf(picture: Uint8Array, readStamps: PictureReader | null): Promise<Uint8Array> {
  if (readStamps === null) throw unsupported("a picture, and no reader of pictures is at hand");
  let stamps: readonly Uint8Array[];
  try {
    stamps = await readStamps(picture);
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    throw unsupported(`a picture, but ${error.message}`);
  }
  const [first, ...more] = stamps;
  if (first === undefined) throw unsupported("a picture in which no certificate's QR code can be read");
  const others = more.filter((one) => !equal(one, first)).length;
  if (others > 0) throw unsupported(`a picture with ${others + 1} different certificates; check them one by one`);
  return first;
}

/** An identifier that breaks only what is warned of in imported ones; it is looked up before it is called wrong. */
function foreignIdentifier(input: Input): string | null {
  const text = typeof input === "string" ? input : input.length > MAX_LINE ? null : fromUtf8(input);
  if (text === null || text.length > MAX_LINE) return null;
  const plain = trimmed(text.replace(/^\ufeff/, ""))
    .normalize("NFKC")
    .toUpperCase();
  return wrongPart(plain) === "form" ? null : plain;
}

/** Without blanks at both ends; by hand, since a pattern for it takes quadratic time on a long run of blanks. */
function trimmed(text: string): string {
  const isBlank = (at: number) => " \t\r\n".includes(text.charAt(at));
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return text.slice(start, end);
}

function isPicture(data: Uint8Array): boolean {
  const webp = begins(data, [0x52, 0x49, 0x46, 0x46]) && begins(data.subarray(8), [0x57, 0x45, 0x42, 0x50]);
  return webp || begins(data, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) || begins(data, [0xff, 0xd8, 0xff]);
}

function begins(data: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, at) => data[at] === byte);
}

/** One character a byte, so that signs in ASCII are found whatever stands between them. */
function latin1(data: Uint8Array): string {
  let text = "";
  for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
  return text;
}

function unsupported(reason: string): InvalidInput {
  return new InvalidInput(`cannot be checked: ${reason}`, "input.unsupported");
}
