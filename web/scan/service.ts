/** What the page asks the service for besides evidence: a session for a clerk, and a bundle by identifier. */

/** Milliseconds after which the service counts as silent. */
const PATIENCE = 10_000;

/** The service said no, or nothing. */
export class ServiceFault extends Error {
  constructor(readonly kind: "silent" | "refused" | "missing" | "wrong") {
    super(`service: ${kind}`);
  }
}

/** A clerk who is signed in; the token lives in this object and nowhere else. */
export class Session {
  private constructor(
    /** Name of the account. */
    readonly name: string,
    private readonly token: string,
  ) {}

  /** Signs in. Throws ServiceFault (`wrong`, `silent`). */
  static async open(name: string, password: string): Promise<Session> {
    const answer = await post("/v1/sessions", { name, password }, null);
    if (answer.status !== 201) throw new ServiceFault(answer.status >= 500 ? "silent" : "wrong");
    const body = (await answer.json()) as { token: string };
    return new Session(name, body.token);
  }

  /** The bundle with this identifier, to be verified like any other. Throws ServiceFault. */
  async bundle(identifier: string): Promise<string> {
    const answer = await post("/v1/bundles", { identifier }, this.token);
    if (answer.status === 404 || answer.status === 422) throw new ServiceFault("missing");
    if (answer.status === 401 || answer.status === 403) throw new ServiceFault("refused");
    if (!answer.ok) throw new ServiceFault("silent");
    return answer.text();
  }

  /** Ends the session at the service, too; a service that does not answer lets it run out by itself. */
  async close(): Promise<void> {
    const headers = { Authorization: `Bearer ${this.token}` };
    await fetch("/v1/sessions/current", { method: "DELETE", headers, cache: "no-store" }).catch(() => undefined);
  }
}

async function post(path: string, body: unknown, token: string | null): Promise<Response> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  try {
    return await fetch(path, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new ServiceFault("silent");
  }
}
