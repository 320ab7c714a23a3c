/** BureauRegistry's answers at one block. */
import { AbiReader, callData, selector } from "./abi.ts";
import { equal, hex0x, utf8 } from "./bytes.ts";
import type { Json } from "./canonical.ts";
import { Unavailable } from "./errors.ts";
import { bureauOf, isName, textOf } from "./events.ts";
import type { BlockRef, BureauFacts, KeyFacts, Period } from "./facts.ts";
import { bytesFrom, type Call, Reverted, type RpcClient } from "./rpc.ts";

/** Names of the contract's enumeration `Purpose`, in its order. */
const PURPOSES = ["credential", "seal", "anchor"];
const UNKNOWN_BUREAU = selector("UnknownBureau(bytes18)");
const UNKNOWN_KEY = selector("UnknownKey(bytes18,bytes32)");

/** Reads one BureauRegistry at one block; remembers nothing. */
export class RegistryReader {
  private readonly to: string;

  constructor(
    private readonly rpc: RpcClient,
    address: Uint8Array,
    private readonly block: BlockRef,
  ) {
    this.to = hex0x(address);
  }

  /** Facts of a bureau with all accreditations and suspensions, or null. Two exchanges. */
  async bureau(uscc: string): Promise<BureauFacts | null> {
    const code = codeOf(uscc);
    if (code === null) return null;
    const calls = ["bureau(bytes18)", "suspensions(bytes18)", "lanes(bytes18)"].map((name) => callData(name, code));
    const answers = await this.unlessUnknown(calls);
    const [view, spans, named] = answers ?? [];
    if (view === undefined || spans === undefined || named === undefined) return null;
    const lanes = named.items(named.offset(0, 0), 1).map((at) => named.word(at));
    const periods = await this.read(lanes.map((lane) => callData("accreditations(bytes18,bytes32)", code, lane)));
    const at = view.offset(0, 0);
    const successor = view.left(at + 128, 18);
    return {
      uscc,
      name: view.text(view.offset(at, at)),
      metadataDigest: view.word(at + 32),
      registeredAt: view.number(at + 64, 64),
      suspensions: periodsOf(spans),
      accreditations: new Map(lanes.map((lane, place) => [textOf(lane), periodsOf(present(periods[place]))])),
      successor: successor.every((byte) => byte === 0) ? null : bureauOf(successor),
    };
  }

  /** Facts of a key by its thumbprint or by the first 8 bytes of it, or null. */
  async key(uscc: string, thumbprint: Uint8Array): Promise<KeyFacts | null> {
    const code = codeOf(uscc);
    if (code === null) return null;
    let whole = thumbprint;
    if (thumbprint.length === 8) {
      const [found] = await this.read([callData("thumbprintOf(bytes18,bytes8)", code, thumbprint)]);
      whole = present(found).word(0);
      if (whole.every((byte) => byte === 0)) return null;
      if (!equal(whole.subarray(0, 8), thumbprint)) {
        throw new Unavailable("the registry named a key with another prefix", "ledger.answer");
      }
    }
    const [answer] = (await this.unlessUnknown([callData("key(bytes18,bytes32)", code, whole)])) ?? [];
    if (answer === undefined) return null;
    const at = answer.offset(0, 0);
    const purpose = PURPOSES[answer.number(at, 8)];
    if (purpose === undefined) throw new Unavailable("unknown purpose of a key", "ledger.answer");
    return {
      thumbprint: whole,
      purpose,
      publicKey: answer.bytes(answer.offset(at + 128, at)),
      valid: { since: answer.number(at + 32, 64), until: answer.number(at + 64, 64) || null },
      compromisedSince: answer.number(at + 96, 64) || null,
    };
  }

  /** The answers, or null if the contract says that bureau or key is unknown to it. */
  private async unlessUnknown(calls: readonly Uint8Array[]): Promise<AbiReader[] | null> {
    try {
      return await this.read(calls);
    } catch (error) {
      if (!(error instanceof Reverted)) throw error;
      const named = error.data.subarray(0, 4);
      if (equal(named, UNKNOWN_BUREAU) || equal(named, UNKNOWN_KEY)) return null;
      throw error;
    }
  }

  private async read(calls: readonly Uint8Array[]): Promise<AbiReader[]> {
    if (calls.length === 0) return [];
    const sent = calls.map((data): Call => ["eth_call", [{ to: this.to, data: hex0x(data) }]]);
    return (await this.rpc.readAt(this.block, sent)).map((answer: Json) => new AbiReader(bytesFrom(answer)));
  }
}

function codeOf(uscc: string): Uint8Array | null {
  return uscc.length === 18 && isName(uscc) ? utf8(uscc) : null;
}

function periodsOf(answer: AbiReader): Period[] {
  return answer
    .items(answer.offset(0, 0), 2)
    .map((at) => ({ since: answer.number(at, 64), until: answer.number(at + 32, 64) || null }));
}

function present(answer: AbiReader | undefined): AbiReader {
  if (answer === undefined) throw new Unavailable("an answer is missing", "ledger.answer");
  return answer;
}
