/** What a key holder comes to sign: an opening, a roll call, a draw. Each says what it is about, signs, and tells what came of it. */
import { call } from "../ui/service.ts";
import { now } from "../ui/times.ts";
import { hex0x } from "../verify/bytes.ts";
import { canonical, type JsonObject } from "../verify/canonical.ts";
import { k } from "../words/keyroom.ts";
import type { Book } from "./book.ts";
import { readyDraws, type WaitingDraw } from "./draws.ts";
import type { HeldShare } from "./held.ts";
import { ready } from "./ready.ts";
import { type Roll, readyRoll } from "./roll.ts";
import { drawFacts, readyFacts, rollFacts, rollStands } from "./view.ts";

/** In the page's `#data`. */
export interface Given {
  readonly task: "release" | "roll" | "draw";
  readonly tender: number;
  readonly lot: number;
  readonly envelope: number;
  readonly worker: string;
}

/** One message that was signed. */
export interface Message {
  /** As a file. */
  readonly name: string;
  readonly value: JsonObject;
}

/** What would be signed, after every check. */
export interface Offer {
  /** Which messages: the same text only for the same ones. */
  readonly about: string;
  readonly heading: string;
  readonly facts: readonly HTMLElement[];
  /** What to know before. */
  readonly care: string;
  sign(): Promise<readonly Message[]>;
}

/** What the page is for. */
export interface Task {
  /** Nothing is signed before the opening. */
  readonly timed: boolean;
  /** Throws NotYet, or what the service says. */
  prepare(open: () => Promise<Book>, held: HeldShare): Promise<Offer>;
  /** Sends what was signed; what the key holder is told. */
  send(
    messages: readonly Message[],
    held: HeldShare,
  ): Promise<{ readonly said: string; readonly more: HTMLElement | null }>;
}

/** The task that the page names. */
export function taskOf(given: Given): Task {
  return { release: opening, roll: rollCall, draw: draws }[given.task](given);
}

function opening(given: Given): Task {
  const { tender, lot, envelope } = given;
  return {
    timed: true,
    prepare: async (open, held) => {
      const found = await ready(await open(), held.share, given, now());
      const name = `release-${tender}-${lot}-${envelope}-holder-${held.share.keyHolder}.json`;
      return {
        about: hex0x(found.digest),
        heading: k("holding.youSign"),
        facts: [readyFacts(found, held.share)],
        care: k("holding.forEver"),
        sign: async () => [{ name, value: await held.release(found.set) }],
      };
    },
    send: async (messages) => {
      const path = `/v1/tenders/${tender}/lots/${lot}/envelopes/${envelope}/releases`;
      await sendAll(path, messages);
      const bids = messages[0]?.value.bids;
      const count = 1 + (Array.isArray(bids) ? bids.length : 0);
      return { said: k("holding.sent", { count }), more: null };
    },
  };
}

function rollCall({ tender }: Given): Task {
  return {
    timed: false,
    prepare: async (open, held) => {
      const roll = await readyRoll(open, held.share, tender);
      const { keyHolder } = held.share;
      const name = `roll-call-${roll.ceremony}-${roll.counter}-holder-${keyHolder}.json`;
      return {
        about: `${roll.ceremony}/${roll.counter}`,
        heading: k("roll.youSign"),
        facts: [rollFacts(roll, keyHolder)],
        care: k("roll.opensNothing"),
        sign: async () => [{ name, value: await held.present(roll.counter) }],
      };
    },
    send: async (messages, held) => {
      const [answer] = await sendAll(`/v1/tenders/${tender}/roll-call`, messages);
      const roll = (await (answer as Response).json()) as Roll;
      return { said: k("roll.sent"), more: rollStands(roll, held.share.keyHolder) };
    },
  };
}

function draws(given: Given): Task {
  const { tender, lot } = given;
  return {
    timed: true,
    prepare: async (open, held) => {
      const found = await readyDraws(open, held.share, given, now());
      const named = ({ kind, counter }: WaitingDraw): string =>
        `draw-${tender}-${lot}-${kind}-${counter}-holder-${held.share.keyHolder}.json`;
      return {
        about: found.waiting.map(({ kind, counter, subject }) => `${kind} ${counter} ${hex0x(subject)}`).join(),
        heading: k("draw.youSign"),
        facts: drawFacts(found, given, held.share),
        care: k("draw.nobodyChooses"),
        sign: () => Promise.all(found.waiting.map(async (one) => ({ name: named(one), value: await held.draw(one) }))),
      };
    },
    send: async (messages) => {
      await sendAll(`/v1/tenders/${tender}/lots/${lot}/draw-shares`, messages);
      return { said: k("draw.sent", { count: messages.length }), more: null };
    },
  };
}

async function sendAll(path: string, messages: readonly Message[]): Promise<Response[]> {
  const answers: Response[] = [];
  for (const { value } of messages) {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
    answers.push(await call(path, { method: "POST", headers, body: canonical(value) }));
  }
  return answers;
}
