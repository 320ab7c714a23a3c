/** Calls of a page's own program to its own service, as whoever is signed in. */

/** What the service says when it refuses (RFC 9457); detail and fix are in the page's language, since the page asks. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly fix?: string;
}

/** The service refused. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/**
 * Calls `/v1/…` with the session's cookie. The header says that a page asks; without it the cookie does not count.
 * @param path beginning with `/v1/`
 * @param init as for `fetch`
 * @throws Refusal if the service answers with an error; TypeError if it does not answer at all
 */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("X-Yinxin-Page", "1");
  const response = await fetch(path, { ...init, headers, credentials: "same-origin", redirect: "error" });
  if (response.ok) return response;
  throw new Refusal(await problemOf(response));
}

/** Sends JSON and reads JSON; the key makes sure that it is done once, however often it is sent. */
export async function post<T>(path: string, body: unknown, key: string = crypto.randomUUID()): Promise<T> {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  const response = await call(path, { method: "POST", headers, body: JSON.stringify(body) });
  return (await response.json()) as T;
}

/** What the server put into the page for its program: the content of `<script type="application/json" id="data">`. */
export function dataOf<T>(id = "data"): T {
  const text = document.getElementById(id)?.textContent;
  if (text === null || text === undefined) throw new Error(`the page has no #${id}`);
  return JSON.parse(text) as T;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return { ...((await response.json()) as Problem), status: response.status };
  } catch {
    return { status: response.status, code: "unknown", detail: response.statusText };
  }
}
