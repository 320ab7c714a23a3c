/**
 * A member's acts, each exactly once: signed, kept, and only then sent (as chain/ledger/sender.py does). A page that was closed sends the
 * same bytes again; a second transaction for an act is signed only once the chain shows that the first one came to nothing.
 */
import { signDigest } from "../../keys/secp.ts";
import { signedTransaction, type Transaction, transactionDigest } from "../../keys/typed.ts";
import { hex0x } from "../../verify/bytes.ts";
import { Refused, Unavailable } from "../../verify/errors.ts";
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
 * Sends one act that the newest final block has not, and waits until its transaction is final. What came of it, a look at the ledger says.
 * @param secret the account's key, 32 bytes
 * @param store of what is kept; done before anything is sent
 * @throws Refused `sender.label`: it was sent before with other content
 * @throws Unavailable `sender.waiting`: it is sent, and not final yet; calling again does no harm
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
  // Counted, and the ledger has not what it says: it was refused there, or another transaction took its number.
  const open = known !== null && known.nonce >= counted ? known : signed(act, keeping, secret, chain, counted);
  if (open !== known) {
    keeping.noteSent(open);
    await store(keeping);
  }
  // Those before it, too: a number that is left open holds up all that follow.
  for (const one of keeping.sentFrom(counted)) await chain.send(one);
  while ((await chain.count()) <= open.nonce) {
    if (!(await chain.pause())) throw new Unavailable("sent, and not final yet", "sender.waiting");
  }
}

function signed(act: Act, keeping: Keeping, secret: Uint8Array, chain: Chain, counted: number): SentAct {
  const nonce = Math.max(counted, (keeping.sentFrom(counted).at(-1)?.nonce ?? -1) + 1);
  const transaction: Transaction = {
    chainId: chain.chainId,
    nonce,
    maxPriorityFeePerGas: chain.tip,
    maxFeePerGas: chain.fee,
    gas: act.gas,
    to: keeping.owner.registry,
    value: 0n,
    data: act.data,
  };
  const raw = hex0x(signedTransaction(transaction, signDigest(transactionDigest(transaction), secret)));
  return { label: act.label, nonce, data: hex0x(act.data), raw };
}
