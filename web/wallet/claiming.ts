/**
 * Making this device the holder's: the claim by the activation code, its way to the bureau, and the binding that comes of it,
 * which is believed only once the ledger shows it.
 */
import { type Binding, makeUnbind, parseBinding } from "../claims/binding.ts";
import { claimDigest, makeClaim } from "../claims/claim.ts";
import { compressed, type Device, deviceOf } from "../claims/device.ts";
import { readLane, type Standing, standing } from "../claims/lane.ts";
import { blobsOf, rowsOf } from "../claims/manifest.ts";
import type { Trust } from "../scan/trust.ts";
import { now } from "../ui/times.ts";
import { b64url, equal, fromUtf8, hex0x, unb64url, utf8 } from "../verify/bytes.ts";
import { isObject, type Json } from "../verify/canonical.ts";
import { YinxinError } from "../verify/errors.ts";
import { type Asked, request } from "../verify/http.ts";
import { Ledger } from "../verify/ledger.ts";
import { type Card, type Cards, credentialOf, keyName } from "./cards.ts";
import * as locker from "./locker.ts";
import type { Notice } from "./state.ts";

const PATIENCE = 10_000;
const LARGEST = 64 * 1024;

/** What the service says of a claim; `silent`: nothing. */
export type Progress =
  | { readonly state: "waiting" }
  | { readonly state: "complete"; readonly binding: string }
  | { readonly state: "refused"; readonly code: string }
  | { readonly state: "unknown" }
  | { readonly state: "silent" };

/** Whether this card's certificate can be claimed here: its credential discloses the identifier. */
export function claimable(card: Card): boolean {
  return credentialOf(card)?.claims.identifier != null;
}

/**
 * Makes a claim with a fresh device key, which is stored sealed.
 * @param code as typed. Throws InvalidInput if it is mistyped; then no key is made.
 */
export async function claim(card: Card, code: string, cards: Cards, state: "sent" | "saved"): Promise<Card> {
  const credential = credentialOf(card);
  const identifier = credential?.claims.identifier ?? null;
  if (credential === null || identifier === null) throw new Error("this card cannot be claimed");
  const name = keyName(card.id);
  const publicKey = await compressed(await locker.makeKey(name));
  const device = await deviceIn(card.id, publicKey);
  const content = {
    bureau: credential.claims.bureau,
    identifier,
    time: now(),
    nonce: crypto.getRandomValues(new Uint8Array(16)),
  };
  const made = await makeClaim(code, content, device);
  const acting = { claim: made, at: now(), key: b64url(publicKey), state, binding: null, block: null };
  return cards.put({ ...card, acting });
}

/** The device whose key lies in the locker for a card. */
async function deviceIn(id: number, publicKey: Uint8Array): Promise<Device> {
  const privateKey = await locker.useKey(keyName(id));
  if (privateKey === null) throw new Error("this device has no key for the card");
  return deviceOf(privateKey, publicKey);
}

/** The device that acts for a card's holder, with its binding; null where none is bound here. */
export async function actingDevice(card: Card): Promise<{ device: Device; binding: string } | null> {
  const { acting } = card;
  if (acting?.binding == null || acting.state !== "bound") return null;
  return { device: await deviceIn(card.id, unb64url(acting.key, "key")), binding: acting.binding };
}

/** Sends the claim to the bureau's service, or asks how far it is. */
export async function send(card: Card): Promise<Progress> {
  const { acting } = card;
  if (acting === null) return { state: "unknown" };
  return told(`/v1/bureaus/${card.certificate.bureau.uscc}/claims`, acting.claim);
}

/** Asks how far the claim is; one that the service does not know is sent again by {@link send}. */
export async function progress(card: Card): Promise<Progress> {
  const { acting } = card;
  if (acting === null) return { state: "unknown" };
  const digest = hex0x(claimDigest(acting.claim));
  return told(`/v1/bureaus/${card.certificate.bureau.uscc}/claims/${digest}`, null);
}

async function told(path: string, body: string | null): Promise<Progress> {
  const shared = { timeout: PATIENCE, limit: LARGEST };
  const asked: Asked = body === null ? { method: "GET", ...shared } : { method: "POST", body, ...shared };
  try {
    const { status, data } = await request(`${location.origin}${path}`, asked);
    const answer = JSON.parse(fromUtf8(data) ?? "") as Json;
    if (!isObject(answer)) return { state: "silent" };
    if (status === 404) return { state: "unknown" };
    if (status === 429 || status >= 500) return { state: "silent" };
    if (status >= 400) return { state: "refused", code: String(answer.code) };
    if (answer.state === "refused") return { state: "refused", code: String(answer.code) };
    if (answer.state !== "complete" || typeof answer.binding !== "string") return { state: "waiting" };
    return { state: "complete", binding: fromUtf8(unb64url(answer.binding, "binding")) ?? "" };
  } catch (error) {
    if (!(error instanceof YinxinError || error instanceof SyntaxError)) throw error;
    return { state: "silent" };
  }
}

/** What is wrong with a binding for this card, or null: it must be for this certificate, this claim and this device's key. */
export function unfit(card: Card, document: string): Notice["key"] | null {
  const credential = credentialOf(card);
  const { acting } = card;
  let binding: Binding;
  try {
    binding = parseBinding(utf8(document));
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    return "bind.notBinding";
  }
  if (credential === null || acting === null) return "bind.otherDevice";
  if (!equal(binding.certificate, credential.jwtDigest) || binding.bureau !== credential.claims.bureau) {
    return "bind.otherCertificate";
  }
  const mine = equal(binding.key, unb64url(acting.key, "key")) && equal(binding.claim, claimDigest(acting.claim));
  return mine ? null : "bind.otherDevice";
}

/** How the binding stands on the ledger now. */
export async function ask(document: string, trust: Trust): Promise<Standing> {
  const binding = parseBinding(utf8(document));
  const { sources } = await trust.basis();
  if (!(sources.trust instanceof Ledger)) return { state: "open", fault: "no ledger" };
  const blobs = blobsOf(location.origin);
  return standing(binding, await readLane(sources.trust, binding.bureau, (anchor) => rowsOf(anchor, blobs)));
}

/** Takes a binding in, if it is this device's, as the ledger has it. */
export async function takeIn(card: Card, document: string, trust: Trust, cards: Cards): Promise<[Card, Notice]> {
  const wrong = unfit(card, document);
  if (wrong !== null || card.acting === null) return [card, { tone: "bad", key: wrong ?? "bind.otherDevice" }];
  const found = await ask(document, trust);
  if (found.state === "none") return [card, { tone: "bad", key: "bind.notAnchored" }];
  if (found.state === "open") return [card, { tone: "care", key: "bind.open" }];
  const state = found.state;
  const block = (found.state === "bound" ? found.since : found.until).block.number;
  const put = await cards.put({ ...card, acting: { ...card.acting, state, binding: document, block } });
  return [put, state === "bound" ? { tone: "good", key: "bind.done" } : { tone: "care", key: "bind.ended" }];
}

/** Gives the binding up, signed by the device; the service's answer. The card stays bound until the ledger shows the end. */
export async function giveUp(card: Card): Promise<Progress> {
  const acting = await actingDevice(card);
  if (acting === null) return { state: "unknown" };
  const statement = await makeUnbind(parseBinding(utf8(acting.binding)), acting.device, now());
  return told(`/v1/bureaus/${card.certificate.bureau.uscc}/binding-ends`, statement);
}
