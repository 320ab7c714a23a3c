/** Papers as the page's own service hands them out. Each is believed only because it has the digest that was asked for. */
import { hex0x, sha256 } from "../verify/bytes.ts";
import { Unavailable } from "../verify/errors.ts";
import type { AuditBoard } from "./ports.ts";
import { Broken, Missing } from "./report.ts";

/** How an address is asked. */
export type Ask = (path: string) => Promise<Response>;

/** The board of one tender. Remembers what was right. */
export class ServiceBoard implements AuditBoard {
  private readonly known = new Map<string, Uint8Array>();

  constructor(
    private readonly origin: string,
    private readonly tender: number,
    private readonly ask: Ask,
  ) {}

  async get(digest: string): Promise<Uint8Array> {
    const kept = this.known.get(digest);
    if (kept !== undefined) return kept;
    let answer: Response;
    try {
      answer = await this.ask(`${this.origin}/v1/tenders/${this.tender}/papers/${digest}`);
    } catch {
      throw new Unavailable("the service does not answer", "audit.service");
    }
    if (answer.status === 404) throw new Missing("the service does not hand this paper out");
    if (!answer.ok) throw new Unavailable(`the service answers ${answer.status}`, "audit.service");
    const data = new Uint8Array(await answer.arrayBuffer());
    if (hex0x(sha256(data)) !== digest)
      throw new Broken(`the service hands out other bytes, of the digest ${hex0x(sha256(data))}`);
    this.known.set(digest, data);
    return data;
  }
}
