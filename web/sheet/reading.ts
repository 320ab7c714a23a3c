/**
 * Reading the bids, as `yinxin expert read` does: with the published keys and those granted to the expert's box each committed file
 * is opened in the worker, and what it states is compared with what the opening record read out.
 */

import { identityOf } from "../holding/messages.ts";
import { codeOf } from "../keys/faults.ts";
import { b64url, hex0x } from "../verify/bytes.ts";
import { Refused } from "../verify/errors.ts";
import type { HeldKeys, OpenedBid } from "./held.ts";
import { publishedKeys, type RecordedBid, type Scene } from "./scene.ts";

/** A bid as it could be read. */
export interface ReadBid {
  readonly place: number;
  readonly opened: OpenedBid | null;
  /** Code of what is wrong, or empty. */
  readonly problem: string;
  /** Names of figures that the record reads out otherwise than the bid states them. */
  readonly differs: readonly string[];
}

/** Opens every bid that the members judge, one after the other. Throws if the file with the keys does not open. */
export async function* readBids(scene: Scene, held: HeldKeys, file: Uint8Array): AsyncGenerator<ReadBid> {
  const granted = await held.grant(file);
  const signatures = await publishedKeys(scene);
  for (const bid of scene.bids) {
    try {
      yield { place: bid.place, problem: "", ...(await readOne(scene, held, bid, granted, signatures.get(bid.place))) };
    } catch (error) {
      yield { place: bid.place, opened: null, problem: codeOf(error), differs: [] };
    }
  }
}

async function readOne(
  scene: Scene,
  held: HeldKeys,
  bid: RecordedBid,
  granted: readonly string[],
  signature: Uint8Array | undefined,
): Promise<Pick<ReadBid, "opened" | "differs">> {
  const live = scene.live.find(({ place }) => place === bid.place);
  const envelope = scene.notice.envelopes.find(({ number }) => number === 1);
  if (live === undefined || envelope === undefined || signature === undefined) throw new Refused("sheet.unrecorded");
  if (!granted.includes(hex0x(identityOf(scene.messages, live)))) throw new Refused("sheet.granted");
  const { digest, size, formRoot } = live.first;
  const committed = {
    identity: { ...scene.messages, bidder: live.bidder, version: live.version },
    openingKey: scene.notice.openingKey,
    recipients: envelope.recipients,
    digest,
    size,
    formRoot,
  };
  const opened = await held.read(await sealedFile(scene, digest), committed, signature);
  return { opened, differs: differing(opened, bid, new Set(envelope.form.map(({ name }) => name))) };
}

/** Figures that the form names and either states, which the other states otherwise or not at all. */
export function differing(opened: OpenedBid, bid: RecordedBid, form: ReadonlySet<string>): string[] {
  const states = new Map(opened.manifest.form.map(({ name, value }) => [name, value] as const));
  const names = new Set([...[...states.keys()].filter((name) => form.has(name)), ...bid.figures.keys()]);
  return [...names].filter((name) => states.get(name) !== bid.figures.get(name)).sort();
}

async function sealedFile(scene: Scene, digest: Uint8Array): Promise<Blob> {
  for (const { url } of scene.notice.custodians) {
    const answer = await fetch(`${url}/custody/files/${b64url(digest)}`, { credentials: "omit", cache: "no-store" })
      .then((found) => (found.ok ? found.blob() : null))
      .catch(() => null);
    if (answer !== null) return answer;
  }
  throw new Refused("bid.missing_file");
}
