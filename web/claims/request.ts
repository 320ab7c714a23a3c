/**
 * What somebody asks a holder to show (`yinxin-showing-request-1`), and the requests of one checker that are still open, each
 * to be answered once. Its digest is the nonce of every showing that answers it.
 */
import { b64url, equal, hex, sha256, unb64url, utf8 } from "../verify/bytes.ts";
import { canonical, lengthOf } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { moment, raw, readMembers, text, textOf } from "./members.ts";
import { type Showing, staleness, texts } from "./showing.ts";

/** Seconds that a request may be answered. */
export const REQUEST_AGE = 600;

/** Characters of a name and of a purpose. */
export const MOST_NAME = 100;

/** As {@link MOST_NAME}. */
export const MOST_PURPOSE = 200;

const FORMAT = "yinxin-showing-request-1";
const MOST_FIELDS = 96;
const MEMBERS = ["aud", "fields", "name", "nonce", "purpose", "time", "type"];
const LINK = "#ask=";

/** One request. */
export interface ShowingRequest {
  /** Canonical text. */
  readonly text: string;
  /** SHA-256 of it. */
  readonly digest: Uint8Array;
  /** Where it will be checked: an origin. */
  readonly aud: string;
  /** Who asks, in their own words; nobody vouches for it. */
  readonly name: string;
  readonly purpose: string;
  /** Code of the certificate type asked for; empty: any. */
  readonly type: string;
  /** Names of the fields asked for; the holder decides. */
  readonly fields: readonly string[];
  /** The asker's clock, seconds. */
  readonly time: number;
}

/** Make a request. Throws InvalidInput: a text is empty or too long. */
export function makeRequest(
  asked: Pick<ShowingRequest, "aud" | "name" | "purpose" | "type" | "fields" | "time">,
): ShowingRequest {
  const nonce = b64url(crypto.getRandomValues(new Uint8Array(16)));
  const { aud, name, purpose, type, fields, time } = asked;
  return parseRequest(utf8(canonical({ format: FORMAT, aud, name, purpose, type, fields, nonce, time })));
}

/** Read a request. Throws InvalidInput. */
export function parseRequest(data: Uint8Array): ShowingRequest {
  const value = readMembers(data, FORMAT, MEMBERS, "request");
  const fields = texts(value.fields);
  if (fields === null || fields.some((one) => lengthOf(one) < 1 || lengthOf(one) > 64)) {
    throw new InvalidInput("request: a field without a name", "showing.fields");
  }
  if (fields.length > MOST_FIELDS || new Set(fields).size !== fields.length) {
    throw new InvalidInput("request: too many fields, or one twice", "showing.fields");
  }
  raw(value.nonce, 16, "nonce");
  const type = text(value.type, "type");
  if (lengthOf(type) > 32) throw new InvalidInput("request: no type code", "showing.type");
  return {
    text: textOf(data, "request"),
    digest: sha256(data),
    aud: bounded(value.aud, "aud", 200),
    name: bounded(value.name, "name", MOST_NAME),
    purpose: bounded(value.purpose, "purpose", MOST_PURPOSE),
    type,
    fields,
    time: moment(value.time),
  };
}

function bounded(value: Parameters<typeof text>[0], field: string, most: number): string {
  const found = text(value, field);
  if (found === "" || lengthOf(found) > most) {
    throw new InvalidInput(`request: ${field} has 1 to ${most} characters`, "showing.text");
  }
  return found;
}

/** The link that a request travels in: what stands behind the # is sent to no server. */
export function linkOf(request: ShowingRequest): string {
  return `${request.aud}/wallet${LINK}${b64url(utf8(request.text))}`;
}

/** The request in a link, in what stands behind its #, or in its own text; null if it is none. Throws InvalidInput if broken. */
export function requestIn(shown: string): ShowingRequest | null {
  const plain = shown.trim();
  if (plain.startsWith("{") && plain.includes(`"format":"${FORMAT}"`)) return parseRequest(utf8(plain));
  const at = `#${plain}`.startsWith(LINK) ? 0 : plain.indexOf(LINK) + 1;
  if (at === 0 && !`#${plain}`.startsWith(LINK)) return null;
  return parseRequest(unb64url(plain.slice(at + LINK.length - 1), "request"));
}

/** Why a showing is refused; it says nothing about the certificate. */
export type Refusal = "replayed" | "other_request" | "other_place" | "request_expired" | "expired" | "clock";

/** Requests of one checker that may still be answered, each once; what it has forgotten is refused, never taken twice. */
export class OpenRequests {
  private readonly open = new Map<string, ShowingRequest>();
  private readonly answered = new Set<string>();

  /** A request was shown to a holder. */
  add(request: ShowingRequest): void {
    this.open.set(hex(request.digest), request);
  }

  /** The request that a showing answers, answered from then on; or why it is refused, which leaves the request open. */
  take(showing: Showing, at: number): ShowingRequest | Refusal {
    const name = hex(showing.nonce);
    if (this.answered.has(name)) return "replayed";
    const request = this.open.get(name);
    if (request === undefined || !equal(request.digest, showing.nonce)) return "other_request";
    if (showing.aud !== request.aud) return "other_place";
    if (at - request.time > REQUEST_AGE) return "request_expired";
    const stale = staleness(showing, at);
    if (stale !== null) return stale;
    this.open.delete(name);
    this.answered.add(name);
    return request;
  }
}
