/** A holder's certificates as the wallet keeps them, sealed in the locker. */
import { held, hold } from "../scan/keeping.ts";
import { readBundle } from "../verify/bundle.ts";
import { utf8 } from "../verify/bytes.ts";
import { type ParsedCredential, parseCredential } from "../verify/credential.ts";
import { YinxinError } from "../verify/errors.ts";
import type { Certificate, Input, Verdict, Verification } from "../verify/index.ts";
import { recognise } from "../verify/inputs.ts";
import { readSealed } from "../verify/paper/sealed.ts";
import * as locker from "./locker.ts";

/** What the last check said. */
export interface Checked {
  readonly verdict: Verdict;
  readonly at: number;
  readonly statusAsOf: number | null;
  readonly offline: boolean;
}

/** A claim on its way, and the device that came of it. */
export interface Acting {
  /** The claim, canonical text. */
  readonly claim: string;
  readonly at: number;
  /** The device's public key, base64url. */
  readonly key: string;
  /** `sent` to the service, or `saved` as a file; `bound` once the ledger shows it, `ended` once it shows the end. */
  readonly state: "sent" | "saved" | "bound" | "ended";
  /** The binding's document, or null while there is none. */
  readonly binding: string | null;
  /** Block of its anchor, or of its end. */
  readonly block: number | null;
}

/** One certificate. */
export interface Card {
  readonly id: number;
  readonly added: number;
  /** What was opened: a bundle or credential as text, or a PDF's bytes in base64 (see {@link held}). */
  readonly input: string;
  /** The credential with every disclosure that the holder has; null where only a printed code was opened. */
  readonly credential: string | null;
  readonly certificate: Certificate;
  readonly checked: Checked;
  readonly acting: Acting | null;
}

/** What a verified input becomes; null where it can not be kept, because nothing in it could be read. */
export async function cardOf(
  input: Input,
  found: Verification,
  at: number,
  offline: boolean,
): Promise<Omit<Card, "id"> | null> {
  if (found.certificate === null) return null;
  return {
    added: at,
    input: hold(input),
    credential: await credentialIn(input),
    certificate: found.certificate,
    checked: checkedOf(found, at, offline),
    acting: null,
  };
}

/** What a check said, for keeping. */
export function checkedOf(found: Verification, at: number, offline: boolean): Checked {
  return { verdict: found.verdict, at, statusAsOf: found.statusAsOf, offline };
}

/** The credential's parts, or null where there is none. */
export function credentialOf(card: Card): ParsedCredential | null {
  return card.credential === null ? null : parseCredential(card.credential);
}

/** The file to give away again: its name's ending, its kind, its bytes. */
export function fileOf(card: Card): { readonly ending: string; readonly kind: string; readonly data: Uint8Array } {
  const input = held(card.input);
  if (typeof input !== "string") return { ending: "pdf", kind: "application/pdf", data: input };
  if (input.startsWith("{")) return { ending: "json", kind: "application/json", data: utf8(input) };
  return { ending: "txt", kind: "text/plain", data: utf8(input) };
}

async function credentialIn(input: Input): Promise<string | null> {
  try {
    const found = await recognise(input, null);
    if (found.kind === "credential") return found.text;
    if (found.kind === "bundle") return readBundle(found.data).credential;
    return found.kind === "pdf" ? readBundle(readSealed(found.data).bundle).credential : null;
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    return null;
  }
}

/** The cards in the locker. */
export class Cards {
  private constructor(private cards: Card[]) {}

  /** All of them. Throws LockerFault. */
  static async open(): Promise<Cards> {
    return new Cards(await locker.all<Card>("card/"));
  }

  /** Newest first. */
  get newestFirst(): readonly Card[] {
    return [...this.cards].reverse();
  }

  /** The card with that number, or null. */
  get(id: number): Card | null {
    return this.cards.find((card) => card.id === id) ?? null;
  }

  /** Adds one; the same certificate again is the same card, with the newer check and whichever file discloses more. */
  async add(made: Omit<Card, "id">): Promise<{ readonly card: Card; readonly again: boolean }> {
    const same = this.cards.find((card) => card.input === made.input || isSame(card.credential, made.credential));
    if (same !== undefined) {
      const { checked } = made;
      const richer = (made.credential?.length ?? 0) > (same.credential?.length ?? 0);
      const { input, credential, certificate } = richer || same.input === made.input ? made : same;
      return { card: await this.put({ ...same, input, credential, certificate, checked }), again: true };
    }
    // By the clock, so that two open pages do not give the same number twice.
    const id = Math.max((this.cards.at(-1)?.id ?? 0) + 1, Date.now());
    const card = { ...made, id };
    this.cards.push(card);
    return { card: await this.put(card), again: false };
  }

  /** Puts a newer state in the place of a card. */
  async put(card: Card): Promise<Card> {
    this.cards = this.cards.map((one) => (one.id === card.id ? card : one));
    await locker.put(nameOf(card.id), card);
    return card;
  }

  /** Forgets one, and its device key. */
  async drop(id: number): Promise<void> {
    this.cards = this.cards.filter((card) => card.id !== id);
    await locker.drop(nameOf(id));
    await locker.drop(keyName(id));
  }
}

/** Where the device key of a card lies. */
export function keyName(id: number): string {
  return `key/${String(id).padStart(15, "0")}`;
}

function nameOf(id: number): string {
  return `card/${String(id).padStart(15, "0")}`;
}

/** Two texts of one credential, whatever they disclose: the part that the bureau signed is the same. */
function isSame(left: string | null, right: string | null): boolean {
  return left !== null && right !== null && left.split("~")[0] === right.split("~")[0];
}
