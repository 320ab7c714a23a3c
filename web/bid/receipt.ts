/**
 * A receipt that stands alone (`yinxin-bid-receipt-1`, docs/formats/bid-receipt.md): made of what this room signed and of what the
 * service gives out about the ledger, and judged here before it is handed on. No DOM.
 */
import { type ShownEvidence, evidenceOf as shown } from "../verify/bundle.ts";
import { b64url, equal, hex0x, unhex0x } from "../verify/bytes.ts";
import { canonical, type Json, type JsonObject } from "../verify/canonical.ts";
import { InvalidInput, Unavailable } from "../verify/errors.ts";
import type { Log } from "../verify/events.ts";
import type { BlockRef } from "../verify/facts.ts";
import { parseHeader, provenLogs } from "../verify/receipts.ts";
import { RootProofs } from "../verify/rootproofs.ts";
import type { TrustRoot } from "../verify/trustroot.ts";
import { commitmentHash, custodianOf, type Domain } from "./acts.ts";
import { commit } from "./custodian.ts";
import type { KeptVersion, KeptWithdrawal, Room } from "./room.ts";
import { type Acceptance, committedIn, withdrawnIn } from "./tender.ts";

/** A receipt of any act. All but the witnesses' word is proved by then. */
export interface Proof {
  /** The file: canonical JSON. */
  readonly text: string;
  readonly block: BlockRef;
  /** Who vouch for the block; none: `fault` says why not, in English. */
  readonly witnesses: readonly string[];
  readonly fault: string;
}

/** The receipt of a bid. */
export interface Receipt extends Proof {
  readonly version: KeptVersion;
  readonly custodian: string;
}

/** The receipt of a withdrawal. */
export interface WithdrawalReceipt extends Proof {
  readonly withdrawal: KeptWithdrawal;
}

/** Asks for a transaction's evidence: canonical members `chain` and `checkpoint`. Throws Unavailable. */
export type Evidence = (transaction: string) => Promise<JsonObject>;

/**
 * The receipt of a version that the ledger accepted; null if it did not. Throws InvalidInput `receipt.evidence` if what was given
 * out does not show that, `receipt.custody` if the custodian's signature cannot be had; or a fault of ledger or service.
 */
export async function receiptOf(room: Room, version: KeptVersion, evidence: Evidence): Promise<Receipt | null> {
  const { root, ledger } = room.setting;
  const { act } = version;
  if (act === null) return null;
  const { tender, lot, bidder } = room.kept.place;
  const accepted = await ledger.acceptance(tender, lot, bidder, commitmentHash(act.commitment));
  if (accepted === null) return null;
  const { chain = null, checkpoint = null } = await evidence(accepted.transaction);
  const given = read({ chain, checkpoint });
  const hash = commitmentHash(act.commitment);
  const { block, event } = proven(given, room.domain(), accepted, (log) => {
    const one = committedIn(log);
    return one !== null && equal(one.hash, hash) ? one : null;
  });
  const whole = await custodied(room, version, event.custodian);
  const text = written(root, room.act(whole), chain, checkpoint);
  return { text, version: whole, block, custodian: event.custodian, ...vouched(root, given, block) };
}

/** The newest withdrawal of this room that the ledger accepted, and how; null if it signed none, or none was. */
export async function lastWithdrawn(
  room: Room,
): Promise<{ readonly withdrawal: KeptWithdrawal; readonly accepted: Acceptance } | null> {
  const { withdrawal: last, withdrawn = [] } = room.kept;
  for (const withdrawal of [...withdrawn, ...(last === undefined ? [] : [last])].reverse()) {
    const { tender, lot, bidder, version } = withdrawal;
    const accepted = await room.setting.ledger.withdrawal(tender, lot, bidder, version);
    if (accepted !== null) return { withdrawal, accepted };
  }
  return null;
}

/** The receipt of the newest withdrawal of this room that the ledger accepted; null if there is none. Throws as `receiptOf`. */
export async function withdrawalReceiptOf(room: Room, evidence: Evidence): Promise<WithdrawalReceipt | null> {
  const { root } = room.setting;
  const found = await lastWithdrawn(room);
  if (found === null) return null;
  const { withdrawal, accepted } = found;
  const { tender, lot, bidder, version } = withdrawal;
  const { chain = null, checkpoint = null } = await evidence(accepted.transaction);
  const given = read({ chain, checkpoint });
  const { block } = proven(given, room.domain(), accepted, (log) => {
    const one = withdrawnIn(log);
    const same = one?.tender === tender && one.lot === lot && one.bidder === bidder && one.version === version;
    return same ? one : null;
  });
  const text = written(root, room.withdrawalAct(withdrawal), chain, checkpoint);
  return { text, withdrawal, block, ...vouched(root, given, block) };
}

function written(root: TrustRoot, act: JsonObject | null, chain: Json, checkpoint: Json): string {
  return canonical({
    act: canonical(act),
    chain,
    checkpoint,
    format: "yinxin-bid-receipt-1",
    genesis: hex0x(root.genesisHash),
    trustRoot: b64url(root.digest),
  });
}

function read(members: JsonObject): ShownEvidence {
  try {
    return shown(members);
  } catch (error) {
    throw wrong(error);
  }
}

/** The block, and the book's own event of this very act in it: the one that the ledger showed this page. */
function proven<Event>(
  { header, receiptIndex, receiptProof }: ShownEvidence,
  domain: Domain,
  seen: Acceptance,
  told: (log: Log) => Event | null,
): { readonly block: BlockRef; readonly event: Event } {
  try {
    const { block, receiptsRoot } = parseHeader(header);
    const event = provenLogs(receiptsRoot, receiptIndex, receiptProof)
      .filter(({ address }) => hex0x(address) === domain.book)
      .map(told)
      .find((one): one is Event & {} => one !== null);
    if (event === undefined) throw new InvalidInput("the transaction did something else", "receipt.event");
    if (block.number !== seen.block || hex0x(block.hash) !== seen.blockHash) {
      throw new InvalidInput("another block than the ledger's", "receipt.block");
    }
    return { block, event };
  } catch (error) {
    throw wrong(error);
  }
}

/** The version with the signature of the custodian by whom the ledger took it; asked for again where none is kept, or another's. */
async function custodied(room: Room, version: KeptVersion, account: string): Promise<KeptVersion> {
  const { act, salt } = version;
  if (act === null) throw new InvalidInput("nothing is signed", "bidroom.nothing");
  const { commitment, signature } = act;
  const has = act.custody === null ? null : unhex0x(act.custody, "custody", 65);
  if (has !== null && custodianOf(room.domain(), commitmentHash(commitment), has) === account) return version;
  const keeper = room.setting.notice.custodians.find((one) => one.account === account);
  if (keeper === undefined) throw new InvalidInput("the notice names no such custodian", "receipt.custody");
  const { custody } = await commit(keeper, room.domain(), commitment, signature, false).catch(() => {
    throw new InvalidInput("the custodian does not sign again", "receipt.custody");
  });
  const whole = (one: KeptVersion): KeptVersion => (one.salt === salt ? { ...one, act: { ...act, custody } } : one);
  const now = room.kept;
  await room.keep({ version: now.version === null ? null : whole(now.version), past: now.past.map(whole) });
  return whole(version);
}

function vouched(root: TrustRoot, { checkpoint }: ShownEvidence, block: BlockRef): Pick<Proof, "witnesses" | "fault"> {
  if (checkpoint === null) return { witnesses: [], fault: "no witness has signed for this block" };
  try {
    const witnesses = new RootProofs(root).vouching(checkpoint, block);
    return { witnesses, fault: witnesses.length > 0 ? "" : "fewer witnesses signed than the trust root asks for" };
  } catch (error) {
    if (error instanceof Unavailable) return { witnesses: [], fault: error.message };
    throw wrong(error);
  }
}

function wrong(error: unknown): unknown {
  if (!(error instanceof InvalidInput)) return error;
  return new InvalidInput(`what the service gave out proves nothing: ${error.message}`, "receipt.evidence");
}
