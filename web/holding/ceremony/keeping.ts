/**
 * What a key holder keeps on the device, for one registry and account: card keys, seeds, shares, and what was sent. All of it is one value that
 * rests sealed ({@link BOX}); here it is in clear, so only a worker has it. A card serves one ceremony (chain/tenders/holding/card_keys.py).
 */
import { x25519 } from "@noble/curves/ed25519.js";
import type { BoxKind } from "../../keys/passbox.ts";
import { b64url, equal, fromUtf8, unb64url, utf8 } from "../../verify/bytes.ts";
import { hasExactly, isList, isObject, type Json, type JsonObject } from "../../verify/canonical.ts";
import { InvalidInput, Refused } from "../../verify/errors.ts";
import { type BareShare, readShare, shareBytes } from "../share.ts";
import { newSeed } from "./deal.ts";

/** Where it rests. */
export const BOX: BoxKind = { format: "yinxin-holder-box-1", database: "yinxin-holder" };

/** Whose it is; 0x hexadecimal. */
export interface Owner {
  readonly genesis: string;
  readonly registry: string;
  readonly account: string;
}

/** What belongs to one ceremony; all but `number`, `saved` and `shown` is secret. */
interface Part {
  readonly number: number;
  /** X25519 key to which the others deal. */
  readonly card: Uint8Array;
  seed: Uint8Array | null;
  share: BareShare | null;
  /** The share is in a file of its owner's. */
  saved: boolean;
  /** Members to whom a share was shown, or is about to be: ascending. */
  shown: readonly number[];
}

/** A signed transaction, kept before it is sent. */
export interface SentAct {
  /** Names the act: the same act has the same label. */
  readonly label: string;
  readonly nonce: number;
  /** 0x hexadecimal. */
  readonly data: string;
  /** As a node takes it, 0x hexadecimal. */
  readonly raw: string;
}

const FORMAT = "yinxin-holder-1";
const MEMBERS = ["account", "acts", "card", "ceremonies", "format", "genesis", "registry"];

/** The name of an owner's box in the browser's storage. */
export function boxNameOf(owner: Owner): string {
  return `${owner.genesis} ${owner.registry} ${owner.account}`;
}

/** What is kept, for one owner. Every change is to be stored before anything is said that follows from it. */
export class Keeping {
  private constructor(
    readonly owner: Owner,
    private open: Uint8Array | null,
    private readonly parts: Map<number, Part>,
    private readonly acts: Map<string, SentAct>,
  ) {}

  /** Nothing yet. */
  static fresh(owner: Owner): Keeping {
    return new Keeping(owner, null, new Map(), new Map());
  }

  /** Inverse of {@link value}. Throws InvalidInput `kept.form`; `kept.other`: another owner's. */
  static read(value: Json, owner: Owner): Keeping {
    if (!isObject(value) || !hasExactly(value, MEMBERS) || value.format !== FORMAT) throw form();
    const { genesis, registry, account } = owner;
    if (value.genesis !== genesis || value.registry !== registry || value.account !== account) {
      throw new InvalidInput("kept for another account or registry", "kept.other");
    }
    if (!isList(value.ceremonies) || !isList(value.acts)) throw form();
    const parts = value.ceremonies.map(partOf).map((one) => [one.number, one] as const);
    const acts = value.acts.map(actOf).map((one) => [one.label, one] as const);
    return new Keeping(owner, secretOf(value.card), new Map(parts), new Map(acts));
  }

  /** As it is sealed. */
  value(): JsonObject {
    const ceremonies = [...this.parts.values()].map((one) => ({
      number: one.number,
      card: b64url(one.card),
      seed: one.seed && b64url(one.seed),
      share: one.share && fromUtf8(shareBytes(one.share)),
      saved: one.saved,
      shown: [...one.shown],
    }));
    const acts = [...this.acts.values()].map((one) => ({ ...one }));
    return { format: FORMAT, ...this.owner, card: this.open && b64url(this.open), ceremonies, acts };
  }

  /** Public key for the next card: the same one until a ceremony uses it. */
  openCard(): Uint8Array {
    this.open ??= x25519.utils.randomSecretKey();
    return x25519.getPublicKey(this.open);
  }

  /**
   * The ceremony uses the card with that public key, and no other one may.
   * @throws Refused `holding.card_used`: another ceremony has used it; `holding.other_key`: it is not kept here
   */
  bind(number: number, key: Uint8Array): void {
    const fits = (secret: Uint8Array | null): boolean => secret !== null && equal(x25519.getPublicKey(secret), key);
    const used = [...this.parts.values()].find((one) => one.number !== number && fits(one.card));
    if (used !== undefined) throw new Refused("holding.card_used", { ceremony: used.number });
    const own = this.parts.get(number);
    if (own !== undefined && fits(own.card)) return;
    if (own !== undefined || this.open === null || !fits(this.open)) throw new Refused("holding.other_key");
    this.parts.set(number, { number, card: this.open, seed: null, share: null, saved: false, shown: [] });
    this.open = null;
  }

  /** The key of the card that the ceremony has used, 32 bytes. */
  cardKey(number: number): Uint8Array {
    return this.part(number).card;
  }

  /** True once the seed was made. */
  hasSeed(number: number): boolean {
    return (this.parts.get(number)?.seed ?? null) !== null;
  }

  /** The member's seed for that ceremony, made when first asked for. */
  seed(number: number): Uint8Array {
    const part = this.part(number);
    part.seed ??= newSeed();
    return part.seed;
  }

  /** Members to whom a share of the own deal was shown, whatever became of it: ascending. */
  shown(number: number): readonly number[] {
    return this.parts.get(number)?.shown ?? [];
  }

  /** Shares are shown to those members, too. */
  noteShown(number: number, members: Iterable<number>): void {
    const part = this.part(number);
    part.shown = [...new Set([...part.shown, ...members])].sort((left, right) => left - right);
  }

  /** The share, or null. */
  share(number: number): BareShare | null {
    return this.parts.get(number)?.share ?? null;
  }

  /**
   * Keeps a share; true if it is another than before. One that was kept makes room only if it `may`, and then the new one is in no file.
   * @throws Refused `holding.share`: another one is kept, and may not make room
   */
  keep(number: number, share: BareShare, may = false): boolean {
    const part = this.part(number);
    if (part.share !== null && equal(shareBytes(part.share), shareBytes(share))) return false;
    if (part.share !== null && !may) throw new Refused("holding.share");
    part.share = share;
    part.saved = false;
    return true;
  }

  /** True if the share is in a file of its owner's, too. */
  isSaved(number: number): boolean {
    return this.parts.get(number)?.saved ?? false;
  }

  /** Its owner has the share in a file. */
  markSaved(number: number): void {
    if (this.share(number) === null) throw new Refused("holding.no_share");
    this.part(number).saved = true;
  }

  /** The newest transaction of that act, or null. */
  sent(label: string): SentAct | null {
    return this.acts.get(label) ?? null;
  }

  /** Keeps a transaction of an act, in the place of one that came to nothing. */
  noteSent(act: SentAct): void {
    this.acts.set(act.label, act);
  }

  /** Transactions with numbers from `counted` on, in their order. */
  sentFrom(counted: number): SentAct[] {
    const open = [...this.acts.values()].filter((one) => one.nonce >= counted);
    return open.sort((left, right) => left.nonce - right.nonce);
  }

  private part(number: number): Part {
    const found = this.parts.get(number);
    if (found === undefined) throw new Refused("holding.other_key");
    return found;
  }
}

function partOf(value: Json): Part {
  if (!isObject(value) || !hasExactly(value, ["card", "number", "saved", "seed", "share", "shown"])) throw form();
  const { number, saved, share, shown } = value;
  const card = secretOf(value.card);
  const text = share === null || typeof share === "string";
  if (typeof number !== "number" || typeof saved !== "boolean" || card === null || !text || !isList(shown))
    throw form();
  const members = shown.filter((one) => typeof one === "number");
  if (members.length < shown.length) throw form();
  const kept = share === null ? null : readShare(utf8(share));
  return { number, card, seed: secretOf(value.seed), share: kept, saved, shown: members };
}

function actOf(value: Json): SentAct {
  if (!isObject(value) || !hasExactly(value, ["data", "label", "nonce", "raw"])) throw form();
  const { label, nonce, data, raw } = value;
  const texts = typeof label === "string" && typeof data === "string" && typeof raw === "string";
  if (!texts || typeof nonce !== "number") throw form();
  return { label, nonce, data, raw };
}

function secretOf(value: Json | undefined): Uint8Array | null {
  if (value === null) return null;
  const secret = unb64url(value, "secret");
  if (secret.length !== 32) throw form();
  return secret;
}

function form(): InvalidInput {
  return new InvalidInput("not what a key holder's page keeps", "kept.form");
}
