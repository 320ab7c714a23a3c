/**
 * Requests to the addresses that a verifier was configured with, and to no other: no cookies, no redirects, no referrer,
 * a deadline for everything, bounded replies, typed faults.
 */
import { Unavailable } from "./errors.ts";

/** One request. */
export interface Asked {
  readonly method: "GET" | "POST";
  /** JSON text, for POST. */
  readonly body?: string;
  /** Milliseconds for everything. */
  readonly timeout: number;
  /** Bytes of the largest reply read. */
  readonly limit: number;
  /** Shown as `Authorization: Bearer`; none if empty. */
  readonly token?: string;
}

/** What came back; `status` is of HTTP. */
export interface Reply {
  readonly status: number;
  readonly data: Uint8Array;
}

/** How a request is made: `fetch`, unless a test or a page has a reason to do otherwise. */
export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

/** Make one request. Throws Unavailable: no answer in time, too large, or the connection failed. */
export async function request(address: string, asked: Asked, fetch: Fetch = globalThis.fetch): Promise<Reply> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (asked.body !== undefined) headers["Content-Type"] = "application/json";
  if (asked.token) headers.Authorization = `Bearer ${asked.token}`;
  try {
    const reply = await fetch(address, {
      method: asked.method,
      headers,
      ...(asked.body === undefined ? {} : { body: asked.body }),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(asked.timeout),
    });
    return { status: reply.status, data: await bounded(reply, asked.limit, address) };
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    const late = error instanceof DOMException && error.name === "TimeoutError";
    throw new Unavailable(`${address}: ${late ? "no answer in time" : "no connection"}`, "http.unreachable");
  }
}

async function bounded(reply: Response, limit: number, address: string): Promise<Uint8Array> {
  const reader = reply.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw new Unavailable(`${address}: reply larger than ${limit} bytes`, "http.size");
    }
    chunks.push(value);
  }
  const data = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    data.set(chunk, at);
    at += chunk.length;
  }
  return data;
}
