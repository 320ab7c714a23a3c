/** From a request to a live code: the page's state while a holder decides, and what the buttons do. */
import type { ShowingRequest } from "../claims/request.ts";
import type { Child } from "../ui/dom.ts";
import type { Card, Cards } from "./cards.ts";
import { answering, Live } from "./live.ts";
import { LockerFault } from "./locker.ts";
import type { Notice } from "./state.ts";
import { askedPage, type Choice, firstChoice } from "./view/asked.ts";
import { LiveScreen, livePage } from "./view/live.ts";

/** What the page is told. */
export interface Told {
  /** Draw anew: another state of the same page. */
  draw(): void;
  /** The live code is on the screen now. */
  live(): void;
  /** It is over. */
  done(notice: Notice): void;
  /** Another notice on the page as it is. */
  say(notice: Notice): void;
}

/** One request, from being read until its code is off the screen. */
export class ShowActions {
  private readonly cards: readonly Card[];
  private choice: Choice | null;
  private running: Live | null = null;
  private readonly screen = new LiveScreen();

  constructor(
    private readonly request: ShowingRequest,
    cards: Cards,
    private readonly told: Told,
  ) {
    this.cards = answering(cards.newestFirst, request);
    const [first] = this.cards;
    this.choice = first === undefined ? null : firstChoice(first, request);
  }

  /** The page while the holder decides. */
  asked(): Child[] {
    return askedPage(this.request, this.cards, this.choice, {
      choose: (card) => {
        this.choice = firstChoice(card, this.request);
        this.told.draw();
      },
      agree: () => void this.agree(),
      refuse: () => this.told.done({ tone: "good", key: "asked.refused" }),
    });
  }

  /** The page with the live code. */
  live(): Child[] {
    if (this.choice === null) return [];
    return [
      livePage(this.choice.card, this.request.name, this.choice.fields, this.screen, {
        copy: () => {
          navigator.clipboard.writeText(this.screen.answer).then(
            () => this.told.say({ tone: "good", key: "live.copied" }),
            () => this.told.say({ tone: "bad", key: "live.notCopied" }),
          );
        },
        stop: () => this.end({ tone: "good", key: "live.stopped" }),
      }),
    ];
  }

  /** Takes the code off the screen. */
  stop(): void {
    this.running?.stop();
    this.running = null;
  }

  private async agree(): Promise<void> {
    const { choice, screen } = this;
    if (choice === null || this.running !== null) return;
    this.running = new Live(choice.card, this.request, choice.fields, {
      fresh: (text, frames) => screen.fresh(text, frames),
      beat: (frame, seconds) => screen.beat(frame, seconds),
      over: () => this.end({ tone: "care", key: "live.over" }),
    });
    try {
      await this.running.start();
      this.told.live();
    } catch (error) {
      if (!(error instanceof LockerFault)) throw error;
    }
  }

  private end(notice: Notice): void {
    this.stop();
    this.told.done(notice);
  }
}
