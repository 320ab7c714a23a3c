/**
 * A member's acts, each exactly once: signed, kept, and only then sent (as chain/ledger/sender.py does). A page that was closed sends the
 * same bytes again; a second transaction for an act is signed only once the chain shows that the first one came to nothing, or was given
 * a number that leaves a gap.
 */
import { signDigest } from "../../keys/secp.ts";
import { signedTransaction, type Transaction, transactionDigest } from "../../keys/typed.ts";
import { hex0x, unhex0x } from "../../verify/bytes.ts";
import { Refused, Unavailable } from "../../verify/errors.ts";
import { asInteger, asList, decode } from "../../verify/rlp.ts";
import type { Keeping, SentAct } from "./keeping.ts";

/** The ledger as a sender meets it. */
export interface Chain {
  readonly chainId: number;
  /** What a unit of gas costs at most, wei; 0 on a ledger that asks nothing. */
  readonly fee: bigint;
  /** Of it for who makes the block, wei. */
  readonly tip: bigint;
  /** How many transactions of the account the newest final block has counted. */
  count(): Promise<number>;
  /** Hands a signed transaction on. The same again does no harm. Throws if it is refused, or nobody answers. */
  send(act: SentAct): Promise<void>;
  /** Looks anew; true if the ledger has what the act says. */
  stands(): Promise<boolean>;
  /** Waits until there may be a newer final block; false if that is taking too long. */
  pause(): Promise<boolean>;
}

/** One act. */
export interface Act {
  /** Names it: the same act has the same label, another one another label. */
  readonly label: string;
  /** Call data. */
  readonly data: Uint8Array;
  readonly gas: number;
}

/**
 * Sends one act that the ledger has not, and waits until its transaction is final and a fresh look finds what it says.
 * @param secret the account's key, 32 bytes
 * @param store of what is kept; done before anything is sent
 * @throws Refused `sender.label`: it was sent before with other content
 * @throws Unavailable `sender.waiting`: it is sent, and not final yet; `sender.nothing`: it is final, and came to nothing, such as one
 *   that was too late; calling again does no harm
 */
export async function sendOnce(
  act: Act,
  keeping: Keeping,
  secret: Uint8Array,
  chain: Chain,
  store: (keeping: Keeping) => Promise<void>,
): Promise<void> {
  const counted = await chain.count();
  const known = keeping.sent(act.label);
  if (known !== null && known.data !== hex0x(act.data)) throw new Refused("sender.label");
  // Counted since the ledger was looked at, perhaps: then it is said.
  if (known !== null && known.nonce < counted && (await chain.stands())) return;
  let changed = false;
  const sign = (content: Omit<SentAct, "raw">, gas: number): void => {
    changed = true;
    keeping.noteSent({ ...content, raw: signed(content, gas, keeping, secret, chain) });
  };
  // Numbers follow each other from the counted ones on. A count that was wrong once leaves a gap behind which nothing is ever taken.
  let free = counted;
  for (const one of keeping.sentFrom(counted)) {
    if (one.nonce !== free) sign({ ...one, nonce: free }, gasOf(one.raw));
    free += 1;
  }
  // Counted, and the ledger has not what it says: it was refused there, or another transaction took its number.
  if (known === null || known.nonce < counted) sign({ label: act.label, nonce: free, data: hex0x(act.data) }, act.gas);
  if (changed) await store(keeping);
  const open = keeping.sent(act.label)?.nonce ?? free;
  // Those before it, too: a number that is left open holds up all that follow.
  for (const one of keeping.sentFrom(counted)) await chain.send(one);
  while ((await chain.count()) <= open) {
    if (!(await chain.pause())) throw new Unavailable("sent, and not final yet", "sender.waiting");
  }
  if (!(await chain.stands())) throw new Unavailable("final, and it came to nothing", "sender.nothing");
}

/** The transaction, as a node takes it. */
function signed(
  { nonce, data }: Omit<SentAct, "raw">,
  gas: number,
  keeping: Keeping,
  secret: Uint8Array,
  chain: Chain,
): string {
  const transaction: Transaction = {
    chainId: chain.chainId,
    nonce,
    maxPriorityFeePerGas: chain.tip,
    maxFeePerGas: chain.fee,
    gas,
    to: keeping.owner.registry,
    value: 0n,
    data: unhex0x(data, "data"),
  };
  return hex0x(signedTransaction(transaction, signDigest(transactionDigest(transaction), secret)));
}

/** What a kept transaction may use. */
function gasOf(raw: string): number {
  return asInteger(asList(decode(unhex0x(raw, "raw").subarray(1), "transaction"), "transaction")[4], "gas");
}
