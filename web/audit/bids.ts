/** A6: each act of a bidder is signed by whom it must be; custodians signed for the files, and looked at them again. */
import {
  type Commitment,
  custodianOf,
  type Domain,
  moveHash,
  signerOf,
  type Withdrawal,
  withdrawalHash,
} from "../bid/acts.ts";
import { AbiReader, selector } from "../verify/abi.ts";
import { b64url, equal, unhex0x } from "../verify/bytes.ts";
import { isList, isObject, readCanonical } from "../verify/canonical.ts";
import { Unavailable, YinxinError } from "../verify/errors.ts";
import { eventIn, named, type TenderCase, within } from "./case.ts";
import { numberIn, type TenderEvent, textIn } from "./events.ts";
import { isHere } from "./papers.ts";
import { Broken, Missing, type Subject } from "./report.ts";
import type { Closing, Lot } from "./story.ts";

const STRUCT = "(uint64,uint32,address,uint32,address,uint64,bytes32,bytes32,uint64,bytes32,bytes32,uint64,bytes32)";
const SUBMIT = { selector: selector(`submit(${STRUCT},bytes,bytes)`), words: 13, signatures: 2 };
const WITHDRAW = {
  selector: selector("withdraw(uint64,uint32,address,uint32,uint64,bytes)"),
  words: 5,
  signatures: 1,
};
const MOVE = {
  selector: selector("move(uint64,uint32,address,address,uint32,uint64,bytes,bytes)"),
  words: 6,
  signatures: 2,
};
const STATEMENT = "format genesis book tender lot envelope custodian liveSet count files".split(" ").sort().join(" ");
const FILE = "commitment digest size state".split(" ").sort().join(" ");
const STATES = ["kept", "missing", "damaged", "elsewhere"];
const LARGEST = 16 * 2 ** 20;

interface SignedCall {
  /** Numbers of the arguments of fixed size; other words are Infinity. */
  number(at: number): number;
  readonly signatures: readonly Uint8Array[];
}

/** Signatures of every act, then the custodians' statements. Services hand these out once the lot is open: until then none is missed. */
export async function auditBids(audited: TenderCase): Promise<void> {
  const acts: Readonly<Record<string, (audited: TenderCase, event: TenderEvent, subject: Subject) => Promise<void>>> = {
    BidCommitted: committed,
    BidWithdrawn: withdrawn,
    BidMoved: moved,
  };
  for (const event of audited.story.events) {
    const look = acts[event.name];
    if (look === undefined) continue;
    const place = within(audited.lot(numberIn(event, "lot")), `place ${numberIn(event, "place")}`);
    audited.report.about(place.name);
    await look(audited, event, eventIn(place, event));
  }
  for (const lot of audited.story.lots.values()) {
    for (const { envelope, custodian, digest } of lot.custody) {
      const closing = lot.closings.get(envelope);
      if (closing === undefined || (!lot.openings.has(envelope) && !(await isThere(audited, digest)))) continue;
      await statement(audited, lot, envelope, closing, custodian, digest);
    }
  }
}

async function isThere({ board }: TenderCase, digest: string): Promise<boolean> {
  try {
    await board.get(digest);
    return true;
  } catch (error) {
    if (error instanceof Missing) return false;
    if (error instanceof YinxinError) return true; // told by the look itself
    throw error;
  }
}

function domainOf({ ledger }: TenderCase): Domain {
  return { chainId: ledger.chainId, book: ledger.book };
}

async function committed(audited: TenderCase, event: TenderEvent, subject: Subject): Promise<void> {
  const { report, story } = audited;
  const call = await report.looking("A601", subject, () => callOf(audited, event, SUBMIT));
  if (call === null) return;
  const [byBidder, byCustodian] = call.signatures;
  if (byBidder === undefined || byCustodian === undefined) return;
  const hash = unhex0x(textIn(event, "commitmentHash"), "commitmentHash", 32);
  const signer = signerOf(domainOf(audited), hash, byBidder);
  report.holds("A601", subject, signer === event.values.bidder, "the bidder's key did not sign this commitment");
  const keeper = custodianOf(domainOf(audited), hash, byCustodian);
  const right = keeper !== null && keeper === event.values.custodian && story.custodians.includes(keeper);
  report.holds("A602", subject, right, "no custodian of the notice signed that the files are stored");
}

async function withdrawn(audited: TenderCase, event: TenderEvent, subject: Subject): Promise<void> {
  await audited.report.looking("A603", subject, async () => {
    const call = await callOf(audited, event, WITHDRAW);
    const hash = withdrawalHash(actOf(audited, event, call.number(4)));
    if (signerOf(domainOf(audited), hash, call.signatures[0] ?? new Uint8Array()) !== event.values.by)
      throw new Broken("neither the bidder nor the recovery address signed the withdrawal");
  });
}

async function moved(audited: TenderCase, event: TenderEvent, subject: Subject): Promise<void> {
  await audited.report.looking("A603", subject, async () => {
    const call = await callOf(audited, event, MOVE);
    const successor = textIn(event, "successor");
    const hash = moveHash({ ...actOf(audited, event, call.number(5)), successor });
    const bid = audited.story.lots.get(numberIn(event, "lot"))?.bids[numberIn(event, "place") - 1];
    const signers = call.signatures.map((one) => signerOf(domainOf(audited), hash, one));
    if (signers[0] !== bid?.recovery || signers[1] !== successor)
      throw new Broken("recovery address and successor did not both sign the move");
  });
}

function actOf({ story }: TenderCase, event: TenderEvent, notAfter: number): Withdrawal {
  const [lot, version] = [numberIn(event, "lot"), numberIn(event, "version")];
  return { tender: story.number, lot, bidder: textIn(event, "bidder"), version, notAfter };
}

/** The call in an input. Nothing in it is believed: a signature counts if it is over the hash of what the event says. */
async function callOf({ ledger }: TenderCase, event: TenderEvent, form: typeof SUBMIT): Promise<SignedCall> {
  const input = await ledger.inputOf(event.transaction);
  if (input === null) throw new Missing("no endpoint gives the transaction's input out");
  if (!equal(input.subarray(0, 4), form.selector))
    throw new Missing("the transaction calls the book by another contract");
  const data = new AbiReader(input.slice(4));
  const places = Array.from({ length: form.signatures }, (_, at) => 32 * (form.words + at));
  return {
    number: (at) => data.number(32 * at, 64),
    signatures: places.map((at) => {
      try {
        return data.bytes(data.offset(at, 0));
      } catch (error) {
        if (error instanceof Unavailable) return new Uint8Array();
        throw error;
      }
    }),
  };
}

async function statement(
  audited: TenderCase,
  lot: Lot,
  envelope: number,
  closing: Closing,
  custodian: string,
  digest: string,
): Promise<void> {
  const subject = within(audited.lot(lot.number, envelope), `custody statement of ${custodian}`);
  const data = await audited.paper("A604", subject, digest);
  if (data === null) return;
  await audited.report.looking("A604", named(subject, digest), () => {
    const value = readCanonical(data, "custody statement", LARGEST);
    if (!isObject(value) || value.format !== "yinxin-custody-1" || Object.keys(value).sort().join(" ") !== STATEMENT)
      throw new Broken("custody statement: format has another form");
    const files = isList(value.files) ? value.files.filter(isObject) : [];
    if (!isList(value.files) || files.length !== value.files.length || value.count !== files.length)
      throw new Broken("custody statement: count has another form");
    if (!isHere(audited, value, lot) || value.envelope !== envelope || value.custodian !== custodian)
      throw new Broken("it is of another place or custodian");
    const same = (at: number): boolean => {
      const [one, bid] = [files[at], closing.bids[at]];
      if (one === undefined || bid === undefined) return false;
      const { file, size } = fileOf(bid.commitment, envelope);
      const right = one.commitment === bid.digest && one.digest === b64url(unhex0x(file, "file", 32));
      return right && one.size === size && Object.keys(one).sort().join(" ") === FILE;
    };
    const all = files.length === closing.bids.length && files.every((_, at) => same(at));
    if (value.liveSet !== closing.digest || !all) throw new Broken("it is over other files than the live ones");
    for (const [at, one] of files.entries()) {
      if (!STATES.includes(String(one.state))) throw new Broken("custody statement: state has another form");
      if (one.state !== "kept" && one.state !== "elsewhere") {
        const where = within(subject, `place ${closing.bids[at]?.place}`, { paper: digest });
        audited.report.note("A605", where, `the custodian says that the file is ${one.state}`);
      }
    }
  });
}

/** An envelope's file as a commitment names it; digests as 0x text. */
export function fileOf(commitment: Commitment, envelope: number): { file: string; size: number; form: string } {
  const { file1, size1, form1, file2, size2, form2 } = commitment;
  return envelope === 1 ? { file: file1, size: size1, form: form1 } : { file: file2, size: size2, form: form2 };
}
