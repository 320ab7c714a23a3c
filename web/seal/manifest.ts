/** The manifest: what stands first in a sealed bid and says what follows (docs/formats/sealed-bid.md, "Manifest"). */
import { b64url, concat, unb64url, utf8 } from "../verify/bytes.ts";
import {
  canonical,
  hasExactly,
  isList,
  isObject,
  type Json,
  type JsonObject,
  readCanonical,
} from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { type Figure, figureAsJson, readForm } from "./form.ts";
import { type BidIdentity, identityAsJson, readIdentity } from "./identity.ts";

/** First bytes of the plaintext. */
export const TAG = utf8("yinxin-bid-1\n");

/** Longest manifest, in bytes. */
export const LARGEST = 4 * 2 ** 20;

const FORMAT = "yinxin-bid-1";
const MEMBERS = ["documents", "form", "format", "guarantee", "identity", "organisation", "presentations"];
const MOST_DOCUMENTS = 10_000;
const LARGEST_DOCUMENT = 2 ** 40;
const DEEPEST = 32;

/** One document: a plain file name, its media type, bytes, SHA-256. */
export interface Document {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly digest: Uint8Array;
}

/** What a sealed bid says of itself. */
export interface Manifest {
  readonly identity: BidIdentity;
  readonly organisation: JsonObject;
  readonly form: readonly Figure[];
  readonly documents: readonly Document[];
  readonly presentations: readonly string[];
  readonly guarantee: string | null;
}

/** Canonical JSON. Throws InvalidInput if a reader would refuse it. */
export function writeManifest(manifest: Manifest): Uint8Array {
  const { identity, organisation, form, documents, presentations, guarantee } = manifest;
  const value: JsonObject = {
    format: FORMAT,
    identity: identityAsJson(identity),
    organisation,
    form: form.map(figureAsJson),
    documents: documents.map(({ name, mediaType, size, digest }) => ({
      name,
      mediaType,
      size,
      digest: b64url(digest),
    })),
    presentations,
    guarantee,
  };
  const data = utf8(canonical(value));
  readManifest(data);
  return data;
}

/** A manifest in its one form. Throws InvalidInput naming the member at fault. */
export function readManifest(data: Uint8Array): Manifest {
  const value = readCanonical(data, "manifest", LARGEST);
  if (!isObject(value) || value.format !== FORMAT) throw bad("format", `only ${FORMAT} is known`);
  if (!hasExactly(value, MEMBERS)) throw bad("manifest", `members are ${MEMBERS.join(", ")}`);
  const { organisation, presentations, guarantee } = value;
  if (organisation === undefined || !isObject(organisation) || !isFlat(organisation)) {
    throw bad("organisation", `an object, nested at most ${DEEPEST} levels`);
  }
  if (!isList(presentations)) throw bad("presentations", "a list of texts");
  const texts = presentations.map((one) => {
    if (typeof one !== "string") throw bad("presentations", "a list of texts");
    return one;
  });
  if (guarantee === undefined || (guarantee !== null && typeof guarantee !== "string"))
    throw bad("guarantee", "a text or null");
  return {
    identity: readIdentity(value.identity),
    organisation,
    form: readForm(value.form),
    documents: readDocuments(value.documents),
    presentations: texts,
    guarantee,
  };
}

/** Throws InvalidInput unless `name` is a file name that every system takes as nothing else. */
export function checkName(name: string): void {
  const size = utf8(name).length;
  if (size === 0 || size > 200 || name.startsWith(".") || /[. ]$/.test(name) || name !== name.trim()) {
    throw bad("name", "a file name of 1 to 200 bytes, no dot or blank at its ends");
  }
  if (/[/\\:*?"<>|]|\p{Cc}|\p{Cf}|\p{Cs}|\p{Co}/u.test(name)) {
    throw bad("name", 'a file name without control characters and / \\ : * ? " < > |');
  }
  if (name.normalize("NFC") !== name) throw bad("name", "in Unicode's form NFC");
}

/** The head of the plaintext: tag, length, manifest. */
export function headOf(manifest: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, manifest.length);
  return concat(TAG, length, manifest);
}

function readDocuments(items: Json | undefined): Document[] {
  if (!isList(items) || items.length > MOST_DOCUMENTS) throw bad("documents", `a list of at most ${MOST_DOCUMENTS}`);
  const documents = items.map((item, at) => readDocument(item, `documents[${at}]`));
  if (new Set(documents.map(({ name }) => caseless(name))).size !== documents.length) {
    throw bad("documents", "each name once, without regard to case");
  }
  return documents;
}

/** Unicode's full case folding, as far as two names are the same: character by character, for a final sigma is one too. */
export function caseless(name: string): string {
  return [...name].map((char) => (char === "ı" ? char : char.toLowerCase().toUpperCase().toLowerCase())).join("");
}

function readDocument(item: Json, field: string): Document {
  if (!isObject(item) || !hasExactly(item, ["name", "mediaType", "size", "digest"]))
    throw bad(field, "name, mediaType, size, digest");
  const { name, mediaType, size, digest } = item;
  if (typeof name !== "string" || typeof mediaType !== "string") throw bad(field, "name and mediaType are text");
  checkName(name);
  if (!/^[\x21-\x7e]{1,100}$/.test(mediaType)) throw bad(`${field}.mediaType`, "1 to 100 visible ASCII characters");
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0 || size > LARGEST_DOCUMENT)
    throw bad(`${field}.size`, "0 to 2^40");
  const raw = unb64url(digest, `${field}.digest`);
  if (raw.length !== 32) throw bad(`${field}.digest`, "32 bytes");
  return { name, mediaType, size, digest: raw };
}

function isFlat(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; depth < DEEPEST; depth++) {
    level = level.flatMap((one) => (isList(one) ? one : isObject(one) ? Object.values(one) : []));
    level = level.filter((one) => isList(one) || isObject(one));
    if (level.length === 0) return true;
  }
  return false;
}

function bad(field: string, rule: string): InvalidInput {
  return new InvalidInput(`${field}: ${rule}`, "bid.manifest");
}
