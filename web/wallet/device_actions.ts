/** What the buttons about this device do: claim, ask, take a binding in, give it up. The page is told what came of it. */
import type { Trust } from "../scan/trust.ts";
import { download } from "../ui/download.ts";
import { utf8 } from "../verify/bytes.ts";
import type { Card, Cards } from "./cards.ts";
import { claim, giveUp, type Progress, progress, send, takeIn } from "./claiming.ts";
import { LockerFault } from "./locker.ts";
import type { Notice } from "./state.ts";
import { type BindingActions, codeDialog } from "./view/binding.ts";
import { sureDialog } from "./view/dialogs.ts";

/** Milliseconds between two questions while a claim is on its way and its card is shown. */
const EVERY = 3000;

/** What the page is told: show this card, with this notice; `busy`: something is under way. */
export interface Told {
  show(card: Card, notice: Notice | null): void;
  busy(): void;
  /** It went wrong in a way that nobody foresaw. */
  failed(): void;
  /** Whether this card is on the screen. */
  shown(id: number): boolean;
}

/** The actions of one open wallet. */
export class DeviceActions {
  private following: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly cards: Cards,
    private readonly trust: Trust,
    private readonly told: Told,
  ) {}

  /** For the buttons of a card. */
  of(card: Card): BindingActions {
    return {
      claim: () => codeDialog((code, how) => void this.guarded(() => this.claim(card, code, how))),
      ask: () => void this.guarded(() => this.ask(card)),
      saveClaim: () => this.save(card),
      takeIn: (file) => void this.guarded(async () => this.take(card, await file.text())),
      giveUp: () =>
        sureDialog("giveUp.heading", "giveUp.text", "giveUp.confirm", () => void this.guarded(() => this.giveUp(card))),
    };
  }

  /** Asks again by itself while a claim is on its way and its card is shown. */
  follow(id: number): void {
    clearTimeout(this.following);
    this.following = setTimeout(() => {
      const card = this.cards.get(id);
      if (card?.acting?.state !== "sent" || !this.told.shown(id)) return;
      void this.guarded(async () => {
        const found = await progress(card);
        if (!this.told.shown(id)) return;
        if (found.state === "complete" || found.state === "refused") await this.judge(card, found);
        else this.follow(id);
      });
    }, EVERY);
  }

  private async claim(card: Card, code: string, how: "sent" | "saved"): Promise<void> {
    this.told.busy();
    const made = await claim(card, code, this.cards, how);
    if (how === "sent") {
      const found = await send(made);
      if (found.state !== "waiting") return this.judge(made, found);
      this.told.show(made, { tone: "good", key: "bind.sent" });
      return this.follow(made.id);
    }
    this.save(made);
    this.told.show(made, { tone: "good", key: "bind.saved" });
  }

  private async ask(card: Card): Promise<void> {
    this.told.busy();
    if (card.acting?.binding != null) {
      const [now, notice] = await takeIn(card, card.acting.binding, this.trust, this.cards);
      return this.told.show(now, notice.key === "bind.done" ? { tone: "good", key: "bind.stillDone" } : notice);
    }
    let found = await progress(card);
    // The service never heard of it: it was saved as a file, or the network was away.
    if (found.state === "unknown") found = await send(card);
    await this.judge(card, found);
  }

  private async judge(card: Card, found: Progress): Promise<void> {
    if (found.state === "complete") return this.take(card, found.binding);
    if (found.state === "refused") {
      return this.told.show(await this.cards.put({ ...card, acting: null }), refusal(found.code));
    }
    const key = found.state === "waiting" ? "bind.stillWaiting" : "bind.silent";
    this.told.show(card, { tone: found.state === "waiting" ? "good" : "care", key });
    if (card.acting?.state === "sent") this.follow(card.id);
  }

  private async take(card: Card, document: string): Promise<void> {
    this.told.busy();
    const [now, notice] = await takeIn(card, document.trim(), this.trust, this.cards);
    this.told.show(now, notice);
    if (now.acting?.state === "sent") this.follow(now.id);
  }

  private async giveUp(card: Card): Promise<void> {
    this.told.busy();
    const found = await giveUp(card);
    const sent = found.state === "waiting" || found.state === "complete";
    this.told.show(card, sent ? { tone: "good", key: "giveUp.sent" } : { tone: "bad", key: "giveUp.failed" });
  }

  private save({ acting }: Card): void {
    if (acting !== null) download("claim.json", "application/json", utf8(acting.claim));
  }

  /** The locker may close while something is under way: then nothing is kept, and the page says so already. */
  private async guarded(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (error instanceof LockerFault) return;
      this.told.failed();
      throw error;
    }
  }
}

function refusal(code: string): Notice {
  if (code === "claim.status") return { tone: "bad", key: "bind.refusedStatus" };
  if (/^claim\.(no_)?code/.test(code)) return { tone: "bad", key: "bind.refusedCode" };
  return { tone: "bad", key: "bind.refused", values: { code } };
}
