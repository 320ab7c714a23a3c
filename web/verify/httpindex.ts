/**
 * A service of Yinxin as an index: places of stamps and credentials, status lists, bundles. Never trusted: what it says
 * is checked against the ledger.
 */
import { fromUtf8, hex0x, unhex0x, utf8 } from "./bytes.ts";
import { canonical, isList, isObject, type Json } from "./canonical.ts";
import { InvalidInput, Unavailable } from "./errors.ts";
import type { EvidenceIndex, LeafPlace, TypeDocument, TypeIndex } from "./facts.ts";
import { type Fetch, request } from "./http.ts";
import { isWhole } from "./names.ts";

const PLACE_LIMIT = 64 * 1024;
const LIST_LIMIT = 4 * 2 ** 20;
const BUNDLE_LIMIT = 512 * 1024;
const TYPES_LIMIT = 4 * 2 ** 20;

/** How a service is asked. */
export interface IndexOptions {
  /** Milliseconds for one question. */
  readonly timeout?: number;
  /** API token for those who may look certificates up by identifier; without one, {@link HttpIndex.bundle} says null. */
  readonly token?: string;
  readonly fetch?: Fetch;
}

/** `GET <base>/v1/stamps/0x…`, `/v1/credentials/0x…`, `/v1/status-lists/0x…`, `POST /v1/bundles`, `GET …/definitions`. */
export class HttpIndex implements EvidenceIndex, TypeIndex {
  private readonly base: string;

  /** @param base address of the service, without its `/v1`; the page's own origin for the scanner. */
  constructor(
    base: string,
    private readonly options: IndexOptions = {},
  ) {
    if (!/^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/.test(base)) {
      throw new InvalidInput(`${base}: no address of a service`, "index.address");
    }
    this.base = base.replace(/\/+$/, "");
  }

  byStamp(stampDigest: Uint8Array): Promise<LeafPlace | null> {
    return this.place(`/v1/stamps/${hex0x(stampDigest)}`);
  }

  byJwt(jwtDigest: Uint8Array): Promise<LeafPlace | null> {
    return this.place(`/v1/credentials/${hex0x(jwtDigest)}`);
  }

  statusList(digest: Uint8Array): Promise<Uint8Array | null> {
    return this.get(`/v1/status-lists/${hex0x(digest)}`, LIST_LIMIT);
  }

  /** The identifier goes into the body: addresses end up in logs. */
  async bundle(identifier: string): Promise<Uint8Array | null> {
    if (!this.options.token) return null;
    return this.ask("/v1/bundles", BUNDLE_LIMIT, canonical({ identifier }));
  }

  async definitions(uscc: string, code: string): Promise<readonly TypeDocument[]> {
    const path = `/v1/bureaus/${encodeURIComponent(uscc)}/types/${encodeURIComponent(code)}/definitions`;
    const data = await this.get(path, TYPES_LIMIT);
    return data === null ? [] : this.read(data, documentsOf);
  }

  private get(path: string, limit: number): Promise<Uint8Array | null> {
    return this.ask(path, limit, undefined);
  }

  private async ask(path: string, limit: number, body: string | undefined): Promise<Uint8Array | null> {
    const { timeout = 10_000, token = "", fetch } = this.options;
    const method = body === undefined ? "GET" : "POST";
    const asked = { method, timeout, limit, token, ...(body === undefined ? {} : { body }) } as const;
    const { status, data } = await request(this.base + path, asked, fetch);
    if (status === 404) return null;
    if (status !== 200) throw new Unavailable(`service ${this.base}: it answered ${status}`, "index.unavailable");
    return data;
  }

  private async place(path: string): Promise<LeafPlace | null> {
    const data = await this.get(path, PLACE_LIMIT);
    return data === null ? null : this.read(data, placeOf);
  }

  private read<T>(data: Uint8Array, reader: (value: Json) => T): T {
    try {
      return reader(JSON.parse(fromUtf8(data) ?? "") as Json);
    } catch (error) {
      if (!(error instanceof InvalidInput || error instanceof SyntaxError)) throw error;
      throw new Unavailable(`service ${this.base}: its answer is not of the form agreed`, "index.form");
    }
  }
}

function documentsOf(value: Json): readonly TypeDocument[] {
  if (!isObject(value) || !isList(value.items)) throw new InvalidInput("no list", "index.form");
  return value.items.map((one) => {
    if (!isObject(one) || !isWhole(one.sequence) || typeof one.document !== "string") {
      throw new InvalidInput("no definition", "index.form");
    }
    return { sequence: one.sequence, document: utf8(one.document) };
  });
}

function placeOf(value: Json): LeafPlace {
  if (!isObject(value)) throw new InvalidInput("no object", "index.form");
  const { bureau, lane, sequence, index, size, path } = value;
  if (typeof bureau !== "string" || typeof lane !== "string" || !isList(path)) throw new InvalidInput("", "index.form");
  if (!isWhole(sequence) || !isWhole(index) || !isWhole(size)) throw new InvalidInput("no number", "index.form");
  return {
    bureau,
    lane,
    sequence,
    parts: {
      jwt: unhex0x(value.jwtDigest, "jwtDigest", 32),
      stamp: unhex0x(value.stampDigest, "stampDigest", 32),
      record: unhex0x(value.recordDigest, "recordDigest", 32),
    },
    index,
    size,
    path: path.map((node) => unhex0x(node, "path", 32)),
  };
}
