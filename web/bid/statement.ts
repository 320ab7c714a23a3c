/** The organisation statement `yinxin-bidder-1` of one company, signed by its device's key or an agent's (docs/formats/bidder.md). */
import { b64url, concat, equal, fromUtf8, hex0x, sha256, unb64url, utf8 } from "../verify/bytes.ts";
import { canonical, isObject, type JsonObject, member, readCanonical } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { pointOf, verifyEs256 } from "../verify/es256.ts";
import { CODE, certificateOf, type Held, NAME, present } from "./shown.ts";

/** Where a bidder bids, by which two fresh addresses (0x text). */
export interface Place {
  readonly genesis: string;
  readonly book: string;
  readonly tender: number;
  readonly lot: number;
  readonly bidder: string;
  readonly recovery: string;
}

/** A P-256 key that signs: SHA-256 of what it is given, r ‖ s, low s. */
export interface DeviceKey {
  /** Compressed point, 33 bytes. */
  readonly publicKey: Uint8Array;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

const FORMAT = "yinxin-bidder-1";
const TAG = concat(utf8("yinxin-bidder-signature-v1"), Uint8Array.of(0));
const LARGEST = 16 * 1024;
const LICENCE = "11100000MB0143028R001";
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Which company acts, by which papers; before it is signed. */
export interface Papers {
  readonly licence: Held;
  readonly binding: Uint8Array;
  readonly mandate: Uint8Array | null;
}

/** The key that must sign: the agent's under a mandate, else the bound device's. Throws InvalidInput for papers that do not fit. */
export function signerOf({ licence, binding, mandate }: Papers, place: Place): Uint8Array {
  const bound = paper(binding, "yinxin-binding-1", "binding");
  if (licence.type !== LICENCE) throw bad("licence", "not a business licence");
  if (member(bound, "certificate") !== certificateOf(licence.text)) throw bad("binding", "is of another certificate");
  if (mandate === null) return unb64url(bound.key, "key");
  const under = paper(mandate, "yinxin-mandate-1", "mandate");
  const fits =
    under.genesis === place.genesis &&
    under.book === place.book &&
    under.tender === place.tender &&
    under.company === codeOf(licence) &&
    under.binding === b64url(sha256(binding));
  if (!fits) throw bad("mandate", "is for another tender, company or binding");
  const agent = under.agent;
  return unb64url(isObject(agent) ? agent.key : null, "agent.key");
}

/** The statement, signed: what stands in the manifest of every envelope. Throws InvalidInput. */
export async function state(place: Place, papers: Papers, key: DeviceKey): Promise<JsonObject> {
  if (!equal(key.publicKey, signerOf(papers, place))) throw bad("key", "another key than the one that must sign");
  const { licence, binding, mandate } = papers;
  const shown = present(licence, [NAME, CODE]);
  const code = codeOf(licence);
  const where = { ...place } as unknown as JsonObject;
  const mark = {
    role: "bidder",
    code,
    certificate: certificateOf(shown),
    binding: b64url(sha256(binding)),
    mandate: mandate === null ? null : b64url(sha256(mandate)),
  };
  const content = concat(TAG, utf8(canonical({ format: FORMAT, place: where, agreement: null, parties: [mark] })));
  const signature = lowS(await key.sign(content));
  if (!verifyEs256(key.publicKey, sha256(content), signature)) throw bad("signature", "does not check");
  const text = (data: Uint8Array) => fromUtf8(data) ?? "";
  const party = {
    role: "bidder",
    code,
    licence: shown,
    binding: text(binding),
    mandate: mandate === null ? null : text(mandate),
    signature: b64url(signature),
  };
  return { format: FORMAT, place: where, agreement: null, parties: [party] };
}

/** A key from PKCS #8, which the browser keeps and does not hand out. */
export async function deviceKey(pkcs8: Uint8Array<ArrayBuffer>): Promise<DeviceKey> {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const whole = await crypto.subtle.importKey("pkcs8", pkcs8, curve, true, ["sign"]);
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", whole);
  const held = await crypto.subtle.importKey("pkcs8", pkcs8, curve, false, ["sign"]);
  const [left, right] = [unb64url(x, "x"), unb64url(y, "y")];
  const publicKey = concat(Uint8Array.of(2 + ((right.at(-1) ?? 0) & 1)), left);
  pointOf(publicKey);
  return {
    publicKey,
    sign: async (data) =>
      new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, held, new Uint8Array(data))),
  };
}

function codeOf(licence: Held): string {
  const code = licence.fields.get(CODE);
  if (typeof code !== "string") throw bad("licence", "does not disclose its holder's code");
  return code;
}

function lowS(signature: Uint8Array): Uint8Array {
  const s = BigInt(hex0x(signature.subarray(32)));
  if (s <= ORDER / 2n) return signature;
  const low = (ORDER - s).toString(16).padStart(64, "0");
  return concat(
    signature.subarray(0, 32),
    Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(low.slice(2 * at, 2 * at + 2), 16)),
  );
}

function paper(data: Uint8Array, format: string, what: string): JsonObject {
  const value = readCanonical(data, what, LARGEST);
  if (!isObject(value) || value.format !== format) throw bad(what, `only ${format} is known`);
  return value;
}

function bad(field: string, why: string): InvalidInput {
  return new InvalidInput(`${field}: ${why}`, `statement.${field}`);
}
