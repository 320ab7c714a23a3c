/**
 * The opening record (docs/formats/opening-record.md), read as strictly as chain/tenders/opening/record.py reads it. What is read is
 * not believed yet: proofs and the place are the caller's to check.
 */
import { type FaultKind, partyOf } from "../seal/faults.ts";
import { type Disclosure, readDisclosure } from "../seal/form.ts";
import { hex0x, sha256, unb64url, unhex0x, utf8 } from "../verify/bytes.ts";
import {
  canonical,
  hasExactly,
  isList,
  isObject,
  type Json,
  type JsonObject,
  lengthOf,
  readCanonical,
} from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";

/** What became of a live bid. */
export type Outcome = "opened" | "revoked" | "withdrawn" | "undecided";

/** Who is said to stand behind a bid. */
export interface NamedOrganisation {
  readonly result: "valid" | "invalid" | "error";
  readonly code: string;
  readonly name: string;
  /** Code and name of each company, the leader first. */
  readonly members: readonly { readonly code: string; readonly name: string }[];
  readonly findings: readonly string[];
}

/** Why a bid does not open; `k2` where the evidence is published. */
export interface RecordedFault {
  readonly kind: FaultKind;
  readonly message: string;
  readonly evidence: JsonObject;
  readonly k2: Uint8Array | null;
}

/** One bid of the live set. `commitment` has 32 bytes; `bidder` (20 bytes) and `version` are those under which it was sealed. */
export interface RecordedBid {
  readonly place: number;
  readonly commitment: Uint8Array;
  readonly bidder: Uint8Array;
  readonly version: number;
  readonly outcome: Outcome;
  readonly organisation: NamedOrganisation | null;
  readonly figures: readonly Disclosure[];
  readonly fault: RecordedFault | null;
}

/** A case filed in the session, as 0x text: who, the paper, its answer or null if it goes on. */
export interface RecordedObjection {
  readonly number: number;
  readonly by: string;
  readonly paper: string;
  readonly answer: string | null;
}

/** A record of one envelope of one lot. */
export interface OpeningRecord {
  readonly genesis: Uint8Array;
  readonly book: Uint8Array;
  readonly tender: number;
  readonly lot: number;
  readonly envelope: number;
  /** SHA-256 of the notice in force. */
  readonly notice: Uint8Array;
  readonly openedAt: number;
  /** Digest of the live set. */
  readonly live: Uint8Array;
  readonly bids: readonly RecordedBid[];
  /** SHA-256 of the published keys. */
  readonly keys: Uint8Array;
  /** How many distinct ones stand behind the live bids, and how many the notice asks for. */
  readonly organisations: number;
  readonly minimum: number;
  readonly objections: readonly RecordedObjection[];
  /** Why there is no signature of the supervisor, or null. */
  readonly alone: string | null;
  /** The supervisor's signature over {@link content}, 65 bytes, or null. */
  readonly witness: Uint8Array | null;
  /** SHA-256 of the content. */
  readonly content: Uint8Array;
}

const FORMAT = "yinxin-opening-record-1";
const LARGEST = 16 * 2 ** 20;
const MOST = 10_000;
const CONTENT =
  "genesis book tender lot envelope notice openedAt liveSet keys keyHolders bids organisations minimum objections alone";
const BID = "place commitment bidder version outcome organisation figures fault";
const BY_PARTY = { bidder: "revoked", undecided: "undecided", storage: "withdrawn", key_holders: "withdrawn" } as const;

/** Reads a record. Throws InvalidInput (`record.form`) for anything but its one form. */
export function readRecord(data: Uint8Array): OpeningRecord {
  try {
    return read(data);
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidInput(error.message, "record.form");
    throw error;
  }
}

function read(data: Uint8Array): OpeningRecord {
  const paper = members(readCanonical(data, "record", LARGEST), "format content witness", "record");
  if (paper.format !== FORMAT) throw bad("format", `only ${FORMAT} is known`);
  const content = members(paper.content, CONTENT, "content");
  const live = members(content.liveSet, "digest count", "liveSet");
  const holders = members(content.keyHolders, "signed refused", "keyHolders");
  const bids = items(content.bids, "bids").map(bidOf);
  if (number(live.count, "liveSet.count", 0) !== bids.length) throw bad("bids", "one for each live bid");
  numbers(holders.signed, "keyHolders.signed");
  for (const one of items(holders.refused, "keyHolders.refused")) {
    const { keyHolder, places } = members(one, "keyHolder places", "keyHolders.refused");
    number(keyHolder, "keyHolder");
    numbers(places, "places", 0);
  }
  return {
    genesis: unhex0x(content.genesis, "genesis", 32),
    book: unhex0x(content.book, "book", 20),
    tender: number(content.tender, "tender"),
    lot: number(content.lot, "lot"),
    envelope: number(content.envelope, "envelope"),
    notice: unhex0x(content.notice, "notice", 32),
    openedAt: number(content.openedAt, "openedAt"),
    live: unhex0x(live.digest, "liveSet.digest", 32),
    keys: unhex0x(content.keys, "keys", 32),
    bids,
    organisations: number(content.organisations, "organisations", 0),
    minimum: number(content.minimum, "minimum"),
    objections: items(content.objections, "objections").map(objection),
    alone: content.alone === null ? null : text(content.alone, "alone"),
    witness: paper.witness === null ? null : raw(paper.witness, "witness", 65),
    content: sha256(utf8(canonical(content))),
  };
}

function bidOf(value: Json): RecordedBid {
  const one = members(value, BID, "bids");
  const fault = one.fault === null ? null : faultOf(one.fault);
  const outcome: Outcome = fault === null ? "opened" : BY_PARTY[fault.party];
  if (one.outcome !== outcome) throw bad("outcome", "what the fault says");
  if ((one.organisation === null) === (outcome === "opened")) throw bad("organisation", "of each bid that opened");
  return {
    place: number(one.place, "place"),
    commitment: unhex0x(one.commitment, "commitment", 32),
    bidder: unhex0x(one.bidder, "bidder", 20),
    version: number(one.version, "version"),
    outcome,
    organisation: one.organisation === null ? null : organisationOf(one.organisation),
    figures: items(one.figures, "figures").map(readDisclosure),
    fault,
  };
}

function organisationOf(value: Json | undefined): NamedOrganisation {
  const one = members(value, "result code name members findings", "organisation");
  const { result } = one;
  if (result !== "valid" && result !== "invalid" && result !== "error") throw bad("organisation.result", "a known one");
  const rows = items(one.members, "members", 20).map((row) => company(members(row, "code name", "members")));
  const findings = items(one.findings, "findings", 50).map((found) => words(found, "findings", 400));
  return { result, ...company(one), members: rows, findings };
}

function company({ code, name }: JsonObject): { code: string; name: string } {
  return { code: words(code, "code", 18), name: words(name, "name", 200) };
}

function faultOf(value: Json | undefined) {
  const one = members(value, "kind party message evidence k2", "fault");
  const party = typeof one.kind === "string" ? partyOf(one.kind) : null;
  if (party === null || one.party !== party || !isObject(one.evidence)) throw bad("fault", "the party of its kind");
  const k2 = one.k2 === null ? null : raw(one.k2, "fault.k2", 16);
  return {
    kind: one.kind as FaultKind,
    party,
    message: text(one.message, "fault.message"),
    evidence: one.evidence,
    k2,
  };
}

function objection(value: Json): RecordedObjection {
  const one = members(value, "number by paper answer", "objections");
  return {
    number: number(one.number, "number"),
    by: hex0x(unhex0x(one.by, "by", 20)),
    paper: hex0x(unhex0x(one.paper, "paper", 32)),
    answer: one.answer === null ? null : hex0x(unhex0x(one.answer, "answer", 32)),
  };
}

function members(value: Json | undefined, names: string, field: string): JsonObject {
  if (!isObject(value) || !hasExactly(value, names.split(" "))) throw bad(field, `members are ${names}`);
  return value;
}

function items(value: Json | undefined, field: string, most = MOST): readonly Json[] {
  if (!isList(value) || value.length > most) throw bad(field, `a list of at most ${most}`);
  return value;
}

function number(value: Json | undefined, field: string, least = 1): number {
  if (typeof value !== "number" || value < least) throw bad(field, `a number from ${least}`);
  return value;
}

function numbers(value: Json | undefined, field: string, least = 1): void {
  const all = items(value, field).map((one) => number(one, field, least));
  if (all.some((one, at) => at > 0 && one <= (all[at - 1] ?? 0))) throw bad(field, "ascending, each once");
}

function text(value: Json | undefined, field: string, most = 4000): string {
  if (typeof value !== "string" || value === "" || lengthOf(value) > most) throw bad(field, `1 to ${most} characters`);
  return value;
}

function words(value: Json | undefined, field: string, most: number): string {
  return value === "" ? "" : text(value, field, most);
}

function raw(value: Json | undefined, field: string, size: number): Uint8Array {
  const data = unb64url(value, field);
  if (data.length !== size) throw bad(field, `${size} bytes as base64url`);
  return data;
}

function bad(field: string, rule: string): InvalidInput {
  return new InvalidInput(`${field}: ${rule}`, "record.form");
}
