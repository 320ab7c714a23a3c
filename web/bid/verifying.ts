/**
 * After the deadline: the own bid, from what the room keeps, against what the ledger, the opening record and the published keys say.
 * No DOM. Of the service only bytes are taken whose SHA-256 stands on the ledger.
 */

import { formRoot } from "../seal/form.ts";
import { identityDigest } from "../seal/identity.ts";
import { digestsOf } from "../seal/job.ts";
import { unlock } from "../seal/locks.ts";
import { type Manifest, readManifest } from "../seal/manifest.ts";
import { headerOf } from "../seal/opening.ts";
import { equal, hex0x, sha256, unb64url, unhex0x } from "../verify/bytes.ts";
import { InvalidInput, Unavailable, YinxinError } from "../verify/errors.ts";
import { commitmentHash } from "./acts.ts";
import type { Envelope } from "./notice.ts";
import { type Comparison, compare } from "./own.ts";
import { keyOf } from "./published.ts";
import { type OpeningRecord, readRecord } from "./record.ts";
import type { KeptEnvelope, KeptVersion, Room } from "./room.ts";
import type { Entry, Openings, TenderFacts } from "./tender.ts";

/** One thing that was looked at. `null`: it could not be looked at; `code` says why, or what is wrong. */
export interface Look {
  readonly what: "file" | "root" | "key" | "lock" | "record";
  readonly good: boolean | null;
  readonly code: string;
}

/** How an envelope stands: not opened yet, without a record yet, left shut by the technical result, or looked at. */
export interface Looked {
  readonly envelope: number;
  readonly standing: "shut" | "unrecorded" | "dropped" | "looked";
  readonly looks: readonly Look[];
  readonly comparison: Comparison | null;
  /** SHA-256 of the record, and the block that has it. */
  readonly record: { readonly digest: Uint8Array; readonly block: number } | null;
}

/** The own bid after the deadline. `none`: no bid of this room was accepted; `newer`, `moved`: another room or home has what counts. */
export interface Own {
  readonly facts: TenderFacts;
  readonly standing: "none" | "withdrawn" | "newer" | "moved" | "live";
  readonly version: KeptVersion | null;
  readonly envelopes: readonly Looked[];
}

/** True if something is not as it was sealed. */
export function differs({ envelopes }: Own): boolean {
  return envelopes.some(
    ({ looks, comparison }) => looks.some(({ good }) => good === false) || comparison?.faults.length,
  );
}

/** Looks at everything that is there by now. Throws YinxinError where ledger or service do not answer. */
export async function verifyOwn(room: Room): Promise<Own> {
  const { facts, entry } = await room.look();
  const version = await lastAccepted(room);
  const standing = standingOf(version, entry);
  if (standing !== "live" || version === null) return { facts, standing, version, envelopes: [] };
  const { ledger, notice, lot } = room.setting;
  const openings = await ledger.openings(notice.tender, lot);
  const envelopes: Looked[] = [];
  for (const one of notice.envelopes) envelopes.push(await lookAt(room, version, one, entry, openings));
  return { facts, standing, version, envelopes };
}

/** The newest version of this room that the ledger accepted. */
export async function lastAccepted(room: Room): Promise<KeptVersion | null> {
  const { version, past, place } = room.kept;
  for (const one of [...(version === null ? [] : [version]), ...past.slice().reverse()]) {
    if (one.act === null) continue;
    const hash = commitmentHash(one.act.commitment);
    if ((await room.setting.ledger.committed(place.tender, place.lot, place.bidder, hash)) !== null) return one;
  }
  return null;
}

/** Whether there is a bid to compare, and whether it is this room's. `entry`: what the ledger has of its address. */
export function standingOf(version: KeptVersion | null, { live, moved, version: last }: Entry): Own["standing"] {
  if (moved) return "moved";
  if (last > (version?.version ?? 0)) return live ? "newer" : version === null ? "none" : "withdrawn";
  return version === null ? "none" : live ? "live" : "withdrawn";
}

async function lookAt(
  room: Room,
  version: KeptVersion,
  envelope: Envelope,
  entry: Entry,
  openings: Openings,
): Promise<Looked> {
  const { number } = envelope;
  const blank = { envelope: number, looks: [], comparison: null, record: null };
  if (number === 2 && openings.dropped.includes(entry.place)) return { ...blank, standing: "dropped" };
  const named = openings.keys.get(number);
  if (named === undefined) return { ...blank, standing: "shut" };
  const own = ownOf(version, number);
  const file = await fileLook(room, own);
  const looks: Look[] = [file.look, rootLook(own), ...(await keyLooks(room, own, envelope, named, file.file))];
  const found = await recordOf(room, number, openings);
  if (found === null) return { ...blank, standing: "unrecorded", looks };
  const { record, digest, block } = found;
  const read: Look = { what: "record", good: record !== null, code: record === null ? "record.form" : "" };
  const comparison =
    record === null
      ? null
      : compare(
          record,
          own.hash,
          own.root,
          own.manifest,
          envelope.form.map(({ name }) => name),
        );
  return { envelope: number, standing: "looked", looks: [...looks, read], comparison, record: { digest, block } };
}

/** What this room has of an envelope, and what was signed of it. */
interface OwnEnvelope {
  readonly kept: KeptEnvelope;
  readonly manifest: Manifest;
  /** Of the commitment. */
  readonly hash: Uint8Array;
  readonly digest: Uint8Array;
  readonly root: Uint8Array;
}

function ownOf({ act, envelopes }: KeptVersion, number: number): OwnEnvelope {
  const kept = envelopes.find((one) => one.number === number);
  if (kept === undefined || act === null) throw new InvalidInput("was not sealed here", "bidroom.nothing");
  const { commitment } = act;
  const [digest, root] = number === 1 ? [commitment.file1, commitment.form1] : [commitment.file2, commitment.form2];
  return {
    kept,
    manifest: readManifest(unb64url(kept.manifest, "manifest")),
    hash: commitmentHash(commitment),
    digest: unhex0x(digest, "file", 32),
    root: unhex0x(root, "form", 32),
  };
}

/** The sealed file on this device, if it is the one that was signed: its bytes are hashed anew. */
async function fileLook(room: Room, { kept, digest }: OwnEnvelope): Promise<{ look: Look; file: File | null }> {
  const signed = kept.digest !== null && equal(unhex0x(kept.digest, "digest", 32), digest);
  if (!signed) return { look: { what: "file", good: false, code: "file.signed" }, file: null };
  const file = await sealedFile(kept.name);
  if (file === null) return { look: { what: "file", good: null, code: "file.away" }, file: null };
  const [found] = await digestsOf(room.setting.scripts, [file]);
  // A later version that was sealed and never signed lies under the same name: nothing is wrong with the bid then.
  if (found === undefined || !equal(found, digest))
    return { look: { what: "file", good: null, code: "file.other" }, file: null };
  return { look: { what: "file", good: true, code: "" }, file };
}

/** A sealed file among the browser's own, or null. */
export async function sealedFile(name: string): Promise<File | null> {
  try {
    const folder = await navigator.storage.getDirectory();
    return await (await folder.getFileHandle(name)).getFile();
  } catch {
    return null;
  }
}

/** The root is made again from the figures and salts that were kept. */
function rootLook({ manifest, root }: OwnEnvelope): Look {
  const good = equal(formRoot(manifest.form, identityDigest(manifest.identity)), root);
  return { what: "root", good, code: good ? "" : "root.other" };
}

/** The published key of this bid; and whether the sealed file at hand opens with it and the secret of lock 2. */
async function keyLooks(
  room: Room,
  { kept, manifest, hash }: OwnEnvelope,
  { recipients }: Envelope,
  named: readonly Uint8Array[],
  file: File | null,
): Promise<Look[]> {
  const { openingKey } = room.setting.notice;
  let signature: Uint8Array | null = null;
  let code = "keys.away";
  for (const digest of named) {
    const data = await paperOf(room, digest);
    if (data === null) continue;
    try {
      signature = keyOf(data, manifest.identity, openingKey, hash);
      break;
    } catch (error) {
      if (!(error instanceof YinxinError)) throw error;
      code = error.code.startsWith("keys.") ? error.code : "keys.form";
    }
  }
  if (signature === null) return [{ what: "key", good: code === "keys.away" ? null : false, code }];
  const key: Look = { what: "key", good: true, code: "" };
  if (file === null) return [key];
  try {
    const k2 = unb64url(kept.secrets.k2, "k2");
    unlock(await headerOf(file), manifest.identity, openingKey, recipients, { signature, k2 });
    return [key, { what: "lock", good: true, code: "" }];
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    return [key, { what: "lock", good: false, code: error.code }];
  }
}

/** The newest record of that envelope in this place; null while there is none. One that cannot be read has no `record`. */
async function recordOf(room: Room, envelope: number, { records }: Openings) {
  const { place } = room.kept;
  let unread: { record: OpeningRecord | null; digest: Uint8Array; block: number } | null = null;
  for (const { digest, block } of records.slice().reverse()) {
    const data = await paperOf(room, digest);
    if (data === null) throw new Unavailable("the service does not have the record yet", "bidroom.paper");
    try {
      const record = readRecord(data);
      const here =
        hex0x(record.genesis) === place.genesis &&
        hex0x(record.book) === place.book &&
        record.tender === place.tender &&
        record.lot === place.lot;
      if (here && record.envelope === envelope) return { record, digest, block };
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      unread ??= { record: null, digest, block };
    }
  }
  return unread;
}

/** A paper by its digest, believed because it has it; null if the service does not give it out (yet), or gives something else. */
async function paperOf(room: Room, digest: Uint8Array): Promise<Uint8Array | null> {
  const path = `/v1/tenders/${room.kept.place.tender}/papers/${hex0x(digest)}`;
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: "omit", redirect: "error" });
  } catch {
    throw new Unavailable("the service does not answer", "bidroom.service");
  }
  if (!answer.ok) return null;
  const data = new Uint8Array(await answer.arrayBuffer());
  return equal(sha256(data), digest) ? data : null;
}
