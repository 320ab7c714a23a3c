/** What is signed: a yes or a no to one request, for one ledger (docs/formats/decision.md). */
import type { Signer } from "../keys/signer.ts";
import type { TypedData } from "../keys/typed.ts";
import { hex0x } from "../verify/bytes.ts";
import { type JsonObject, lengthOf } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { ANCHOR_LOG, rangesOf, type TrustRoot } from "../verify/trustroot.ts";

/** For which ledger it counts. */
export interface Domain {
  readonly chainId: number;
  /** The AnchorLog in use, 0x hexadecimal. */
  readonly contract: string;
}

/** What the person says. Times in seconds. */
export interface Said {
  readonly bureau: string;
  readonly request: string;
  readonly approve: boolean;
  readonly reason: string;
  readonly at: number;
  readonly notAfter: number;
}

/** Characters of a reason. */
export const MOST_REASON = 2000;
/** Seconds for which a decision holds. */
export const VALID_FOR = 86_400;

/** The domain, from a trust root: no server chooses it. */
export function domainOf(root: TrustRoot): Domain {
  const newest = rangesOf(root, ANCHOR_LOG).at(-1);
  if (newest === undefined) throw new InvalidInput("the trust root names no AnchorLog", "decide.ledger");
  return { chainId: root.chainId, contract: hex0x(newest.address) };
}

/** What a wallet is handed. */
export function typedDecision(said: Said, domain: Domain): TypedData {
  return {
    types: {
      EIP712Domain: [
        { name: "name", type: "string" },
        { name: "version", type: "string" },
        { name: "chainId", type: "uint256" },
        { name: "verifyingContract", type: "address" },
      ],
      Decision: [
        { name: "bureau", type: "string" },
        { name: "request", type: "bytes32" },
        { name: "approve", type: "bool" },
        { name: "reason", type: "string" },
        { name: "at", type: "uint64" },
        { name: "notAfter", type: "uint64" },
      ],
    },
    primaryType: "Decision",
    domain: { name: "Yinxin Decision", version: "1", chainId: domain.chainId, verifyingContract: domain.contract },
    message: { ...said },
  };
}

/**
 * The signed decision, as a desk takes it.
 * @throws InvalidInput `decide.reason`: a no without a reason, or too long a reason; and what the signer throws
 */
export async function signDecision(said: Said, domain: Domain, signer: Signer): Promise<JsonObject> {
  if (!said.approve && said.reason.trim() === "") throw new InvalidInput("a no needs a reason", "decide.reason");
  if (lengthOf(said.reason) > MOST_REASON) throw new InvalidInput("the reason is too long", "decide.reason");
  const signature = await signer.signTypedData(typedDecision(said, domain));
  return { format: "yinxin-decision-1", ...said, address: signer.address, signature };
}
