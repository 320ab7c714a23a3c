/** The service as a member's worker meets it: papers, the board, signed transactions handed on (docs/adr/0025). */
import { call, Refusal } from "../../ui/service.ts";
import { b64url, unb64url } from "../../verify/bytes.ts";
import { canonical, isObject, type Json, type JsonObject, member } from "../../verify/canonical.ts";
import { Refused, Unavailable, YinxinError } from "../../verify/errors.ts";

/** A member's account at the newest final block. */
export interface MemberAccount {
  /** How many of its transactions are counted: the next one's number. */
  readonly count: number;
  /** What a unit of gas costs at most, and of it for who makes the block; wei. */
  readonly fee: bigint;
  readonly tip: bigint;
}

/** What a member needs of its service. Nothing it gives is believed but the account's count and fee. */
export interface Door {
  /** Bytes of the papers that the boards have of a ceremony. Which paper it is, its digest says. */
  papers(ceremony: number): Promise<Uint8Array[]>;
  /** Puts a deal on the boards. */
  put(ceremony: number, deal: Uint8Array): Promise<void>;
  /** Leaves a confirmation on the boards. */
  post(ceremony: number, member: number, confirmation: Uint8Array): Promise<void>;
  /** How an account stands. Throws Refused `holding.stranger` if another one is signed in. */
  account(ceremony: number, address: string): Promise<MemberAccount>;
  /** Hands a signed transaction (0x hexadecimal) to the ledger. */
  hand(ceremony: number, raw: string): Promise<void>;
}

/** The service that gave the page. Each method throws YinxinError with the service's code, or `service.silent`. */
export const pageDoor: Door = {
  papers: async (ceremony) => {
    const { roster = null, deals = null } = await read(ceremony, "papers");
    const texts = [roster, ...(isObject(deals) ? Object.values(deals) : [])];
    return texts.filter((one) => one !== null).map((one) => unb64url(one, "paper"));
  },
  put: (ceremony, deal) => send(ceremony, "deals", { deal: b64url(deal) }),
  post: (ceremony, number, confirmation) => {
    return send(ceremony, "confirmations", { member: number, confirmation: b64url(confirmation) });
  },
  account: async (ceremony, address) => {
    const found = await read(ceremony, "account");
    // Whoever is signed in is not whose key file is open: the service hands on the signed-in account's acts alone.
    if (member(found, "address") !== address) throw new Refused("holding.stranger", { ceremony });
    const [count, fee, tip] = ["count", "fee", "tip"].map((name) => member(found, name));
    const amounts = [fee, tip].every((one) => typeof one === "string" && /^\d{1,30}$/.test(one));
    if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0 || !amounts) {
      throw new Unavailable("no account's count and fee", "service.form");
    }
    return { count, fee: BigInt(String(fee)), tip: BigInt(String(tip)) };
  },
  hand: (ceremony, raw) => send(ceremony, "acts", { transaction: raw }),
};

async function read(ceremony: number, what: string): Promise<JsonObject> {
  const found = await asked(async () => (await call(at(ceremony, what), { cache: "no-store" })).json());
  if (!isObject(found as Json)) throw new Unavailable("not what was asked for", "service.form");
  return found as JsonObject;
}

async function send(ceremony: number, what: string, body: JsonObject): Promise<void> {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  await asked(() => call(at(ceremony, what), { method: "POST", headers, body: canonical(body) }));
}

function at(ceremony: number, what: string): string {
  return `/v1/ceremonies/${ceremony}/${what}`;
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) throw new YinxinError(error.problem.detail, error.problem.code);
    throw new Unavailable("the service does not answer", "service.silent");
  }
}
