/** A custodian over HTTP (docs/formats/custody.md). What it acknowledged is not sent again, and nothing that it says is believed. */
import { recover } from "../keys/secp.ts";
import { messageDigest } from "../keys/typed.ts";
import { b64url, base64, equal, hex0x, sha256, unhex0x } from "../verify/bytes.ts";
import { canonical, isList, isObject, type Json, type JsonObject } from "../verify/canonical.ts";
import { InvalidInput, Unavailable, YinxinError } from "../verify/errors.ts";
import { type Commitment, commitmentHash, custodianOf, type Domain, type Withdrawal, withdrawalHash } from "./acts.ts";
import type { Custodian } from "./notice.ts";

/** How far something is that a custodian was asked to send. */
export interface Relayed {
  readonly state: "signed" | "pending" | "final" | "refused";
  readonly code: string | null;
  readonly detail: string | null;
}

/** A custodian's word for a commitment's files, and how far it brought it. */
export interface Custodied extends Relayed {
  /** 65 bytes as 0x text. */
  readonly custody: string;
}

/** Told how many bytes the custodian has, and how many there are. */
export type Told = (done: number, all: number) => void;

const TRIES = 4;
const LARGEST_PART = 64 * 2 ** 20;

/** Brings a sealed file; after a stop only what is missing is sent. Throws YinxinError; `custody.stopped` if `stopped` says so. */
export async function upload(
  custodian: Custodian,
  tender: number,
  file: Blob,
  digest: Uint8Array,
  told: Told = () => {},
  stopped: () => boolean = () => false,
): Promise<void> {
  const wanted = { tender, digest: b64url(digest), size: file.size };
  for (let round = 0; round < 3; round++) {
    const begun = await ask(custodian, "POST", "/custody/uploads", wanted);
    const { number, partSize, received } = uploadOf(begun);
    const bytes = () =>
      [...received].reduce((sum, part) => sum + Math.min(partSize, file.size - (part - 1) * partSize), 0);
    told(bytes(), file.size);
    if (begun.complete === true) return;
    for (let part = 1; part <= Math.ceil(file.size / partSize); part++) {
      if (received.has(part)) continue;
      if (stopped()) throw new YinxinError("stopped", "custody.stopped");
      const data = new Uint8Array(await file.slice((part - 1) * partSize, part * partSize).arrayBuffer());
      await sendPart(custodian, wanted, number, part, data);
      received.add(part);
      told(bytes(), file.size);
    }
    if ((await ask(custodian, "GET", `/custody/uploads/${number}`)).complete === true) return;
  }
  throw new InvalidInput("the custodian does not come to the file's digest", "custody.digest");
}

/** Has the files signed for and the commitment sent to the ledger. Throws InvalidInput if another signed than the notice names. */
export async function commit(
  custodian: Custodian,
  domain: Domain,
  commitment: Commitment,
  signature: string,
  relay: boolean,
): Promise<Custodied> {
  const answer = await ask(custodian, "POST", "/custody/commitments", {
    commitment: { ...commitment },
    signature,
    relay,
  });
  const hash = commitmentHash(commitment);
  const custody = unhex0x(answer.custody, "custody", 65);
  if (custodianOf(domain, hash, custody) !== custodian.account) {
    throw new InvalidInput("another account signed for the files than the notice names", "custody.signature");
  }
  return { ...relayedOf(answer, hash), custody: hex0x(custody) };
}

/** Has a signed withdrawal sent. */
export async function withdraw(custodian: Custodian, withdrawal: Withdrawal, signature: string): Promise<Relayed> {
  const answer = await ask(custodian, "POST", "/custody/withdrawals", { ...withdrawal, signature });
  return relayedOf(answer, withdrawalHash(withdrawal));
}

/** Bytes a second that a probe of random bytes took, which nobody will ever commit to; null if it did not answer rightly. */
export async function probe(custodian: Custodian, tender: number): Promise<number | null> {
  const data = new Uint8Array(256 * 1024);
  for (let at = 0; at < data.length; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
  try {
    const health = await ask(custodian, "GET", "/health");
    if (health.custodian !== custodian.account) return null;
    const began = performance.now();
    await upload(custodian, tender, new Blob([data]), sha256(data));
    return (data.length * 1000) / (performance.now() - began);
  } catch {
    return null;
  }
}

type Wanted = { readonly tender: number; readonly digest: string; readonly size: number };

async function sendPart(
  custodian: Custodian,
  wanted: Wanted,
  number: string,
  part: number,
  data: Uint8Array,
): Promise<void> {
  const digest = sha256(data);
  const answer = await ask(custodian, "PUT", `/custody/uploads/${number}/parts/${part}`, data, {
    "Content-Type": "application/octet-stream",
    "Content-Digest": `sha-256=:${base64(digest)}:`,
  });
  const said = canonical({
    format: "yinxin-part-receipt-1",
    custodian: custodian.account,
    tender: wanted.tender,
    file: wanted.digest,
    size: wanted.size,
    part,
    digest: b64url(digest),
  });
  if (recover(messageDigest(said), unhex0x(answer.receipt, "receipt", 65)) !== custodian.account) {
    throw new InvalidInput(`the receipt of part ${part} is not the custodian's`, "custody.receipt");
  }
}

/** One exchange, tried again while nobody answers. Throws YinxinError with the custodian's own code where it refuses. */
async function ask(
  custodian: Custodian,
  method: string,
  path: string,
  body?: Json | Uint8Array,
  headers: Record<string, string> = { "Content-Type": "application/json" },
): Promise<JsonObject> {
  for (let tried = 1; ; tried++) {
    try {
      const response = await fetch(`${custodian.url}${path}`, {
        method,
        credentials: "omit",
        referrerPolicy: "no-referrer",
        redirect: "error",
        ...(body === undefined
          ? {}
          : { headers, body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
      });
      const answer = (await response.json()) as Json;
      if (!isObject(answer)) throw new InvalidInput("the custodian's answer is no object", "custody.answer");
      if (response.ok) return answer;
      if (response.status < 500 && response.status !== 429) {
        throw new YinxinError(String(answer.detail ?? response.statusText), String(answer.code ?? "custody.refused"));
      }
    } catch (error) {
      if (error instanceof YinxinError) throw error;
    }
    if (tried === TRIES) throw new Unavailable(`${custodian.name} does not answer`, "custody.unreachable");
    await new Promise((resolve) => setTimeout(resolve, 400 * 2 ** tried));
  }
}

function uploadOf(state: JsonObject): { number: string; partSize: number; received: Set<number> } {
  const { upload: number, partSize, received } = state;
  const named = typeof number === "string" && /^[A-Za-z0-9]+$/.test(number);
  if (!named || typeof partSize !== "number" || partSize < 1 || partSize > LARGEST_PART || !isList(received)) {
    throw new InvalidInput("the custodian's answer names no upload", "custody.answer");
  }
  return { number, partSize, received: new Set(received.filter((one) => typeof one === "number")) };
}

function relayedOf(answer: JsonObject, hash: Uint8Array): Relayed {
  const { state } = answer;
  const known = state === "signed" || state === "pending" || state === "final" || state === "refused";
  if (!known || !equal(unhex0x(answer.hash, "hash", 32), hash)) {
    throw new InvalidInput("the custodian's answer is about something else", "custody.answer");
  }
  const text = (value: Json | undefined) => (typeof value === "string" ? value : null);
  return { state, code: text(answer.code), detail: text(answer.detail) };
}
