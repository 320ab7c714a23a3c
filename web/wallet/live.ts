/**
 * A live code: the answer to one request, signed anew by the device every half minute as long as it is shown, so that a
 * picture of it is worth nothing a minute later. What was shown, and to whom, is noted on the device, sealed.
 */
import { framesOf } from "../claims/frames.ts";
import type { ShowingRequest } from "../claims/request.ts";
import { MAX_AGE, makeShowing, presented } from "../claims/showing.ts";
import { now } from "../ui/times.ts";
import type { Label } from "../verify/types.ts";
import { type Card, credentialOf } from "./cards.ts";
import { actingDevice } from "./claiming.ts";
import { labelsOf } from "./labels.ts";
import * as locker from "./locker.ts";

/** Seconds after which a code is signed anew: what is scanned at the last moment still has half a minute to be read. */
const RENEWED = MAX_AGE / 2;

/** Seconds after which a code that nobody scans goes away. */
const PATIENCE = 300;

/** Milliseconds that one of its codes is shown. */
const BEAT = 260;

/** One thing that was shown. */
export interface Shown {
  readonly at: number;
  readonly type: { readonly code: string; readonly zh: string | null; readonly en: string | null };
  readonly bureau: string;
  readonly name: string;
  readonly purpose: string;
  readonly aud: string;
  readonly fields: readonly string[];
  /** What the fields were called; entries of earlier releases have none. */
  readonly labels?: readonly Label[];
}

/** What the page is told. */
export interface Watcher {
  /** A fresh answer, and the texts of its codes. */
  fresh(text: string, frames: readonly string[]): void;
  /** The next of the codes is to be shown, and how many seconds this answer still has. */
  beat(frame: number, seconds: number): void;
  /** It is over: the locker closed, or nobody scanned it. */
  over(): void;
}

/** Runs one live code until it is stopped. */
export class Live {
  private timer: ReturnType<typeof setInterval> | undefined;
  private awake: Promise<WakeLockSentinel | null> | undefined;
  private frames: readonly string[] = [];
  private madeAt = 0;
  private frame = 0;
  private readonly began = now();

  constructor(
    readonly card: Card,
    readonly request: ShowingRequest,
    readonly fields: ReadonlySet<string>,
    private readonly watcher: Watcher,
  ) {}

  /** Signs the first answer, notes the showing, and goes on by itself. Throws LockerFault. */
  async start(): Promise<void> {
    await this.renew();
    await note(this);
    this.timer = setInterval(() => void this.tick(), BEAT);
    // The screen stays lit while it is held out, where the browser allows it.
    this.awake = "wakeLock" in navigator ? navigator.wakeLock.request("screen").catch(() => null) : undefined;
  }

  /** Ends it. */
  stop(): void {
    clearInterval(this.timer);
    void this.awake?.then((lock) => lock?.release());
  }

  private async tick(): Promise<void> {
    if (!locker.isOpen() || now() - this.began > PATIENCE) {
      this.stop();
      this.watcher.over();
      return;
    }
    const age = now() - this.madeAt;
    if (age >= RENEWED) await this.renew();
    this.frame = (this.frame + 1) % this.frames.length;
    this.watcher.beat(this.frame, Math.max(0, RENEWED - (now() - this.madeAt)));
  }

  private async renew(): Promise<void> {
    const at = now();
    this.madeAt = at; // before anything is waited for: the next beat must not begin another
    const acting = await actingDevice(this.card);
    if (acting === null || this.card.credential === null) throw new Error("this device does not act for the card");
    const shown = presented(this.card.credential, this.fields);
    const text = await makeShowing(this.request, shown, acting.binding, acting.device, at);
    this.frames = framesOf(text);
    this.frame = 0;
    this.watcher.fresh(text, this.frames);
  }
}

async function note({ card, request, fields }: Live): Promise<void> {
  const { certificate } = card;
  const entry: Shown = {
    at: now(),
    type: certificate.type,
    bureau: certificate.bureau.name ?? certificate.bureau.uscc,
    name: request.name,
    purpose: request.purpose,
    aud: request.aud,
    fields: [...fields],
    labels: labelsOf(card).filter((one) => fields.has(one.name)),
  };
  await keepShown(entry);
}

/** Notes that something was shown. Throws LockerFault. */
export async function keepShown(entry: Shown): Promise<void> {
  const apart = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  await locker.put(`shown/${String(entry.at).padStart(12, "0")}-${apart}`, entry);
}

/** What was shown on this device, newest first. Throws LockerFault. */
export async function allShown(): Promise<readonly Shown[]> {
  return (await locker.all<Shown>("shown/")).reverse();
}

/** Forgets all of it. */
export async function forgetShown(): Promise<void> {
  await locker.dropAll("shown/");
}

/** Cards that can answer a request: bound to this device, and of the type asked for. */
export function answering(cards: readonly Card[], request: ShowingRequest): readonly Card[] {
  return cards.filter((card) => {
    const type = credentialOf(card)?.claims.certificateType;
    return card.acting?.state === "bound" && (request.type === "" || request.type === type);
  });
}
