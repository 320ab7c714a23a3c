/**
 * The evidence bundle: one certificate with everything that proves it, in one canonical JSON file
 * (docs/formats/evidence-bundle.md). This module knows the shape; that every value is true is checked by the rules.
 */
import { unb64url, unhex0x } from "./bytes.ts";
import { hasExactly, isList, isObject, type Json, type JsonObject, lengthOf, readCanonical } from "./canonical.ts";
import { InvalidInput } from "./errors.ts";
import type { LeafPlace, ShownCheckpoint } from "./facts.ts";
import { isWhole } from "./names.ts";

/** Bytes of a whole bundle. */
export const MAX_BUNDLE = 512 * 1024;

const FORMAT = "yinxin-bundle-1";
const MAX_CREDENTIAL = 128 * 1024;
const MAX_STAMP = 1024;
const MAX_HEADER = 4 * 1024;
const MAX_NODE = 64 * 1024;
const MAX_NODES = 16;
const MAX_NOTE = 16 * 1024;
const MAX_PATH = 63;
const MEMBERS = ["anchor", "chain", "checkpoint", "credential", "format", "inclusion", "leaf", "stamp"];

/** What proves that a transaction stands in a block. Nothing here has been checked. */
export interface ShownEvidence {
  /** RLP of the block's header. */
  readonly header: Uint8Array;
  /** 0-based place of the transaction in the block. */
  readonly receiptIndex: number;
  /** RLP nodes of the receipts trie from the root to that receipt. */
  readonly receiptProof: readonly Uint8Array[];
  readonly checkpoint: ShownCheckpoint | null;
}

/** One certificate with its evidence. Nothing here has been checked. */
export interface EvidenceBundle extends ShownEvidence {
  readonly credential: string;
  readonly stamp: Uint8Array;
  readonly place: LeafPlace;
}

/** Read a bundle's shape; refuses every form but the canonical one. */
export function readBundle(data: Uint8Array): EvidenceBundle {
  const value = readCanonical(data, "bundle", MAX_BUNDLE);
  if (!isObject(value)) throw fault("bundle", "not an object");
  const version = Object.hasOwn(value, "format") ? value.format : null;
  if (version !== FORMAT) {
    if (typeof version === "string" && version.startsWith("yinxin-bundle-")) {
      throw new InvalidInput("bundle: of a version not known here", "bundle.version");
    }
    throw fault("format", "not an evidence bundle");
  }
  const top = object(value, "bundle", MEMBERS);
  const leaf = object(top.leaf, "leaf", ["jwt", "record", "stamp"]);
  const inclusion = object(top.inclusion, "inclusion", ["index", "path", "size"]);
  const anchor = object(top.anchor, "anchor", ["bureau", "lane", "sequence"]);
  const stamp = unb64url(text(top.stamp, "stamp", 2 * MAX_STAMP), "stamp");
  if (stamp.length === 0 || stamp.length > MAX_STAMP) throw fault("stamp", `${stamp.length} bytes`);
  return {
    credential: text(top.credential, "credential", MAX_CREDENTIAL),
    stamp,
    place: {
      bureau: text(anchor.bureau, "anchor.bureau", 18),
      lane: text(anchor.lane, "anchor.lane", 32),
      sequence: whole(anchor.sequence, "anchor.sequence", 1),
      parts: {
        jwt: digest(leaf.jwt, "leaf.jwt"),
        stamp: digest(leaf.stamp, "leaf.stamp"),
        record: digest(leaf.record, "leaf.record"),
      },
      index: whole(inclusion.index, "inclusion.index", 0),
      size: whole(inclusion.size, "inclusion.size", 1),
      path: path(inclusion.path, "inclusion.path"),
    },
    ...evidenceOf(top),
  };
}

/** The members `chain` and `checkpoint`, which a bid's receipt shares. Throws InvalidInput. */
export function evidenceOf(top: JsonObject): ShownEvidence {
  const chain = object(top.chain, "chain", ["header", "receipt"]);
  const receipt = object(chain.receipt, "chain.receipt", ["index", "proof"]);
  return {
    header: unhex0x(text(chain.header, "chain.header", 2 * MAX_HEADER + 2), "chain.header"),
    receiptIndex: whole(receipt.index, "chain.receipt.index", 0),
    receiptProof: list(receipt.proof, "chain.receipt.proof", MAX_NODES).map((node) =>
      unhex0x(text(node, "chain.receipt.proof", 2 * MAX_NODE + 2), "chain.receipt.proof"),
    ),
    checkpoint: checkpoint(top.checkpoint),
  };
}

function checkpoint(value: Json | undefined): ShownCheckpoint | null {
  if (value === null) return null;
  const found = object(value, "checkpoint", ["index", "note", "path"]);
  return {
    note: text(found.note, "checkpoint.note", MAX_NOTE),
    index: whole(found.index, "checkpoint.index", 0),
    path: path(found.path, "checkpoint.path"),
  };
}

function fault(field: string, message: string): InvalidInput {
  return new InvalidInput(`bundle: ${field}: ${message}`, "bundle.form");
}

function object(value: Json | undefined, field: string, names: readonly string[]): JsonObject {
  if (!isObject(value)) throw fault(field, "not an object");
  if (!hasExactly(value, names)) throw fault(field, `members must be exactly ${names.join(", ")}`);
  return value;
}

function text(value: Json | undefined, field: string, limit: number): string {
  if (typeof value !== "string" || value === "" || (value.length > limit && lengthOf(value) > limit)) {
    throw fault(field, `not text of 1 to ${limit} characters`);
  }
  return value;
}

function whole(value: Json | undefined, field: string, least: number): number {
  if (!isWhole(value) || value < least) throw fault(field, `not a whole number of at least ${least}`);
  return value;
}

function list(value: Json | undefined, field: string, limit: number): readonly Json[] {
  if (!isList(value) || value.length > limit) throw fault(field, `not a list of at most ${limit}`);
  return value;
}

function digest(value: Json | undefined, field: string): Uint8Array {
  const data = unb64url(text(value, field, 43), field);
  if (data.length !== 32) throw fault(field, "not 32 bytes");
  return data;
}

function path(value: Json | undefined, field: string): Uint8Array[] {
  return list(value, field, MAX_PATH).map((node) => digest(node, field));
}
