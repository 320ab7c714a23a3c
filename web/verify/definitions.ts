/**
 * What a bureau's own types call their fields, proven: a definition counts once its leaf is the root of an anchor in the
 * bureau's lane `$types`, made by a key of the bureau that counted then (docs/catalogue.md, "What is on the ledger").
 *
 * Definitions give names and labels. No verdict rests on one: whoever keeps it back takes the labels away and nothing else.
 */
import { concat, equal, padLeft, sha256, utf8 } from "./bytes.ts";
import { isList, isObject, type Json, type JsonObject, member, readCanonical } from "./canonical.ts";
import { InvalidInput, Unavailable } from "./errors.ts";
import { type AnchorFacts, type TrustSource, type TypeIndex, usable } from "./facts.ts";
import type { Label, TypeLabels } from "./types.ts";

/** Lane of a bureau's definitions. */
export const TYPES_LANE = "$types";

const FORMAT = "yinxin-certificate-type-1";
const TAG = concat(Uint8Array.of(0), utf8("yinxin-type-v1"));
const LARGEST = 256 * 1024;
const LONGEST_LABEL = 500;

/** One version of a type, and where it stands. */
export interface ProvenType {
  readonly labels: TypeLabels;
  readonly version: number;
  /** Number in the lane. */
  readonly sequence: number;
  /** Height of the anchor's block. */
  readonly block: number;
}

/** SHA-256(0x00 ‖ "yinxin-type-v1" ‖ SHA-256(document)), 32 bytes. */
export function typeLeaf(documentDigest: Uint8Array): Uint8Array {
  return sha256(concat(TAG, documentDigest));
}

/**
 * The definitions that the index gives and the ledger confirms, in any order; what is not confirmed is left out.
 *
 * Throws Unavailable: the index or the ledger does not answer, or the source (a snapshot) does not hold that lane.
 */
export async function provenTypes(
  bureau: string,
  code: string,
  trust: TrustSource,
  index: TypeIndex,
): Promise<readonly ProvenType[]> {
  if (trust.expires !== null) throw new Unavailable("a snapshot holds no definitions of types", "types.snapshot");
  const found: ProvenType[] = [];
  for (const { sequence, document } of await index.definitions(bureau, code)) {
    const anchor = await trust.anchor(bureau, TYPES_LANE, sequence);
    if (anchor === null || !(await isProof(bureau, anchor, sequence, document, trust))) continue;
    const read = readDefinition(document, code);
    if (read !== null) found.push({ ...read, sequence, block: anchor.block.number });
  }
  return found;
}

async function isProof(
  bureau: string,
  anchor: AnchorFacts,
  sequence: number,
  document: Uint8Array,
  trust: TrustSource,
): Promise<boolean> {
  const isThere = anchor.bureau === bureau && anchor.lane === TYPES_LANE && anchor.sequence === sequence;
  if (!isThere || anchor.size !== 1 || !equal(anchor.root, typeLeaf(sha256(document)))) return false;
  const key = await trust.key(bureau, padLeft(anchor.key, 32));
  return key !== null && key.purpose === "anchor" && usable(key, anchor.block.time);
}

/**
 * The version a certificate was most likely made by: the newest anchored no later than the certificate was.
 *
 * @param block height of the certificate's anchor; null: not known, the newest counts.
 */
export function versionAt(proven: readonly ProvenType[], block: number | null): TypeLabels | null {
  let best: ProvenType | null = null;
  for (const one of proven) {
    if (block !== null && one.block > block) continue;
    // Of two documents of one version the first anchored counts, as for whoever rebuilds a register.
    const goesBefore =
      best === null || one.version > best.version || (one.version === best.version && one.sequence < best.sequence);
    if (goesBefore) best = one;
  }
  return best?.labels ?? null;
}

/** Names and labels of a definition; null if it is none, or of another type. */
export function readDefinition(document: Uint8Array, code: string): { labels: TypeLabels; version: number } | null {
  try {
    const value = readCanonical(document, "type definition", LARGEST);
    if (!isObject(value) || value.format !== FORMAT || value.code !== code) return null;
    const { version, fields } = value;
    if (typeof version !== "number" || version < 1 || !isList(fields)) return null;
    const derived = member(value, "derived") ?? [];
    if (!isList(derived)) return null;
    const labels = { code, ...named(value), fields: fields.map(labelled), derived: derived.map(labelled) };
    return { labels, version };
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

function labelled(value: Json): Label {
  if (!isObject(value)) throw new InvalidInput("no object", "catalogue.format");
  return { name: text(value, "name"), ...named(value) };
}

function named(value: JsonObject): { zh: string; en: string } {
  return { zh: text(value, "zh"), en: text(value, "en") };
}

function text(value: JsonObject, name: string): string {
  const found = member(value, name);
  if (typeof found !== "string" || found === "" || found.length > LONGEST_LABEL) {
    throw new InvalidInput(`${name}: a text of 1 to ${LONGEST_LABEL} characters`, "catalogue.format");
  }
  return found;
}
