/**
 * The checker's side of a showing: requests that this page made, and what holders' devices answer. A showing that is not fresh, or
 * answers nothing that was asked here, is refused without a verdict: that says nothing about the certificate.
 */
import { type LaneReading, readLane } from "../claims/lane.ts";
import { blobsOf, rowsOf } from "../claims/manifest.ts";
import { makeRequest, OpenRequests, type ShowingRequest } from "../claims/request.ts";
import { holderStep, parseShowing, type Showing, withHolder } from "../claims/showing.ts";
import { now } from "../ui/times.ts";
import { hex, utf8 } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import type { AnchorFacts } from "../verify/facts.ts";
import { type Sources, type Verification, verifyCredential } from "../verify/index.ts";
import { Ledger } from "../verify/ledger.ts";
import { ReadingFault } from "./reading.ts";

/** What a clerk asks for. */
export type Wish = Pick<ShowingRequest, "name" | "purpose" | "type" | "fields">;

/** Requests and answers of one open page. */
export class Showings {
  private readonly requests = new OpenRequests();
  private readonly rows = new Map<string, Promise<readonly Uint8Array[]>>();

  /** A request for holders to answer, each once. Throws InvalidInput: a text is empty or too long. */
  ask(wish: Wish): ShowingRequest {
    const request = makeRequest({ ...wish, aud: location.origin, time: now() });
    this.requests.add(request);
    return request;
  }

  /** Checks what a device shows: the certificate like any other, and who shows it. Throws ReadingFault: refused. */
  async check(text: string, sources: Sources): Promise<Verification> {
    let showing: Showing;
    try {
      showing = parseShowing(utf8(text));
    } catch (error) {
      if (!(error instanceof YinxinError)) throw error;
      throw new ReadingFault("showingBroken");
    }
    const taken = this.requests.take(showing, now());
    if (typeof taken === "string") throw new ReadingFault(`showing_${taken}`);
    const found = await verifyCredential(showing.shown, sources, { at: now() });
    return withHolder(found, holderStep(showing, await this.lane(sources, showing.credential.claims.bureau)));
  }

  private async lane(sources: Sources, bureau: string): Promise<LaneReading> {
    const { trust } = sources;
    if (trust instanceof Ledger) return readLane(trust, bureau, (anchor) => this.made(anchor));
    return {
      bureau,
      block: trust.block,
      entries: new Map(),
      doubt: "a trust snapshot does not carry the lane of claims",
    };
  }

  /** What an anchor is made of never changes, so it is asked for once. */
  private made(anchor: AnchorFacts): Promise<readonly Uint8Array[]> {
    const name = hex(anchor.manifestDigest);
    const known = this.rows.get(name);
    if (known !== undefined) return known;
    const asked = rowsOf(anchor, blobsOf(location.origin));
    this.rows.set(name, asked);
    asked.catch(() => this.rows.delete(name));
    return asked;
  }
}
