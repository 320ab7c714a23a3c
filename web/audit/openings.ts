/** A7: closing and opening: the live set, the key holders' signature over it, the published keys. */
import { isSigned, type OpeningKeys, readKeys } from "../bid/published.ts";
import { type LiveBid as Identified, identityOf, liveSetMessage, type Place } from "../holding/messages.ts";
import { equal, hex0x, unhex0x } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import { recordsOf, type TenderCase, within } from "./case.ts";
import { textIn } from "./events.ts";
import { Broken, type Subject } from "./report.ts";
import type { Closing, LiveBid, Lot } from "./story.ts";
import { chained } from "./telling.ts";

/** One closed envelope; its keys, if it is opened and they can be had, go into the case. */
export async function auditOpening(audited: TenderCase, lot: Lot, envelope: number): Promise<void> {
  const { report } = audited;
  const [subject, closing] = [audited.lot(lot.number, envelope), lot.closings.get(envelope)];
  if (closing === undefined) return;
  report.about(subject.name);
  const right = chained(closing.bids) === closing.digest;
  report.holds("A701", subject, right, "the commitments give another live set");
  const opened = lot.openings.get(envelope);
  if (opened === undefined) return;
  const place = placeOf(audited, lot, envelope);
  const key = audited.openingKey ?? new Uint8Array();
  const at = within(subject, `EnvelopeOpened in block ${opened.event.block.number}`, {
    block: opened.event.block.number,
  });
  await report.looking("A702", at, () => {
    const message = liveSetMessage(place, closing.bids.length, unhex0x(closing.digest, "live set", 32));
    if (!isSigned(unhex0x(opened.signature, "signature", 48), message, key))
      throw new Broken("the signature shown at the opening is not over this live set");
  });
  const digest = await rightKeys(audited, lot, envelope, closing, key);
  const keyed = within(subject, "keys");
  if (digest !== null && digest !== opened.keys) {
    const words = "whoever opened named keys that are not these; the officer recorded the right ones";
    report.note("A703", { ...keyed, paper: opened.keys }, words);
  }
  const used = digest ?? opened.keys;
  const data = await audited.paper("A703", keyed, used);
  if (data === null) return;
  await report.looking("A703", { ...keyed, paper: used, name: `${keyed.name} (${used})` }, () => {
    const keys = readKeys(data);
    checkPlace(keys, key, place, closing);
    const wrong = wrongKeys(audited, keys, key, place, closing, subject);
    if (hex0x(keys.live.signature) !== opened.signature)
      throw new Broken("they hold another signature over the live set than the ledger");
    for (const number of wrong) report.holds("A704", within(subject, `place ${number}`, { paper: used }), false, WRONG);
    report.count("A704", keys.bids.length - wrong.length);
    audited.keys.set(`${lot.number}/${envelope}`, keys);
  });
}

const WRONG = "its key is not the key holders' signature over it";

/** Where messages about an envelope belong. */
export function placeOf({ ledger, story }: TenderCase, { number }: Lot, envelope: number): Place {
  const [genesis, book] = [unhex0x(ledger.genesis, "genesis", 32), unhex0x(ledger.book, "book", 20)];
  return { genesis, book, tender: story.number, lot: number, envelope };
}

/** A live bid under the identity that it was sealed to. */
export function identified({ place, commitment, digest }: LiveBid): Identified {
  const bidder = unhex0x(commitment.bidder, "bidder", 20);
  return { place, bidder, version: commitment.version, commitment: unhex0x(digest, "commitment", 32) };
}

/** Digests under which the keys of an envelope may lie: the opening's own, then what the officer recorded. */
export function namedKeys(lot: Lot, envelope: number): string[] {
  const recorded = recordsOf(lot, `keys-${envelope}`).map((event) => textIn(event, "digest"));
  return [lot.openings.get(envelope)?.keys ?? "", ...recorded];
}

/** The first of the named papers of which every key is right; null if there is none, or only one is named. */
async function rightKeys(
  audited: TenderCase,
  lot: Lot,
  envelope: number,
  closing: Closing,
  key: Uint8Array,
): Promise<string | null> {
  const digests = namedKeys(lot, envelope);
  if (digests.length < 2) return null;
  const place = placeOf(audited, lot, envelope);
  for (const digest of digests) {
    try {
      const keys = readKeys(await audited.board.get(digest));
      checkPlace(keys, key, place, closing);
      if (wrongKeys(audited, keys, key, place, closing, null).length === 0) return digest;
    } catch (error) {
      if (!(error instanceof YinxinError)) throw error;
    }
  }
  return null;
}

/** Throws Broken for keys of another place, another opening key, or other bids than the live ones. */
function checkPlace(keys: OpeningKeys, key: Uint8Array, place: Place, { digest, bids }: Closing): void {
  const { genesis, book, tender, lot, envelope } = place;
  const here = equal(keys.genesis, genesis) && equal(keys.book, book) && keys.tender === tender && keys.lot === lot;
  if (!here || keys.envelope !== envelope) throw new Broken("place: keys of another tender, lot or envelope");
  if (!equal(keys.openingKey, key)) throw new Broken("openingKey: another opening key than the notice's");
  const same = bids.every(({ place: number, digest: hash }, at) => {
    const one = keys.bids[at];
    return one?.place === number && hex0x(one.commitment) === hash;
  });
  if (hex0x(keys.live.digest) !== digest || keys.bids.length !== bids.length || !same)
    throw new Broken("bids: other bids than the live ones");
}

/** Places of the bids whose key is not right, each by one pairing; 0 for the live set's own signature. */
function wrongKeys(
  { report }: TenderCase,
  keys: OpeningKeys,
  key: Uint8Array,
  place: Place,
  { digest, bids }: Closing,
  told: Subject | null,
): number[] {
  const message = liveSetMessage(place, bids.length, unhex0x(digest, "live set", 32));
  const wrong = isSigned(keys.live.signature, message, key) ? [] : [0];
  for (const [at, bid] of bids.entries()) {
    if (told !== null) report.about(`${told.name}, place ${bid.place}`);
    const signature = keys.bids[at]?.signature ?? new Uint8Array();
    if (!isSigned(signature, identityOf(place, identified(bid)), key)) wrong.push(bid.place);
  }
  return wrong;
}
