/**
 * One key holder at work, in the page's worker: the account's key, what is kept, and what follows from both in each round. To the page goes
 * nothing but what everybody may know, and files that are encrypted. As chain/tenders/holding/rounds.py, with a service for an outside.
 */
import { addressOf, signDigest } from "../../keys/secp.ts";
import { equal, hex0x, sha256 } from "../../verify/bytes.ts";
import { Refused, YinxinError } from "../../verify/errors.ts";
import { openShare, pairsOf, shareBytes } from "../share.ts";
import { type Backup, backUp } from "./backup.ts";
import { answerCall, complainCall, confirmCall, dealCall } from "./calls.ts";
import { cardDigest, cardText } from "./cards.ts";
import type { Keeping } from "./keeping.ts";
import { type Chain, sendOnce } from "./outbox.ts";
import type { Papers } from "./reading.ts";
import { goOn, type Ports } from "./rounds.ts";
import type { Door, MemberAccount } from "./service.ts";
import { type Shown, shown } from "./shown.ts";
import type { Ceremony } from "./state.ts";

/** What lies outside. */
export interface Outside {
  readonly chainId: number;
  readonly door: Door;
  /** The ceremony at the newest final block. Throws as {@link ceremonyIn} does. */
  look(number: number, papers: Papers): Promise<Ceremony>;
  /** Seals and stores what is kept. */
  store(keeping: Keeping): Promise<void>;
  /** Waits about as long as a block takes. */
  pause(): Promise<void>;
  /** This device's clock, seconds. */
  now(): number;
}

/** Of a deal, a complaint or an answer, and of a confirmation: more than the registry was ever seen to use. */
const GAS = { word: 150_000, confirm: 700_000 } as const;
/** How often a sender looks whether its transaction is final before it says that it still waits. */
const PATIENCE = 60;

/** See the file's head. */
export class Holder {
  /** Papers that were seen here, by digest (0x hexadecimal): what a board loses is not lost here. */
  private readonly seen = new Map<string, Uint8Array>();
  private onBoard: ReadonlySet<string> = new Set();

  /**
   * @param secret the account's key, 32 bytes
   * @param passphrase that of its file: what is backed up is under the same one, as in a home
   * @throws Refused `holding.account`: what is kept is another account's
   */
  constructor(
    private readonly secret: Uint8Array,
    private readonly passphrase: string,
    private readonly keeping: Keeping,
    private readonly outside: Outside,
  ) {
    if (keeping.owner.account !== addressOf(secret)) throw new Refused("holding.account");
  }

  /** The card for the next ceremony, as `yinxin keyholder join` writes it. Its key is stored before this returns. */
  async card(name: string): Promise<string> {
    const { account: address } = this.keeping.owner;
    const key = this.keeping.openCard();
    const signature = signDigest(cardDigest(address, key, name), this.secret);
    await this.outside.store(this.keeping);
    return cardText({ address, key, name, signature });
  }

  /** Does what is due now, once; calling again does no harm. Throws as {@link goOn} and the service do. */
  async goOn(number: number): Promise<Shown> {
    const papers = await this.outside.door.papers(number);
    for (const data of papers) this.seen.set(hex0x(sha256(data)), data);
    this.onBoard = new Set(papers.map((data) => hex0x(sha256(data))));
    const ceremony = await this.outside.look(number, (digest) => this.seen.get(digest));
    const report = await goOn(ceremony, this.keeping, this.portsOf(number));
    return shown(ceremony, report, this.keeping.isSaved(number));
  }

  /** The two files of the share, both encrypted. scrypt takes seconds. Throws Refused `holding.no_share`. */
  backUp(number: number, cost?: Parameters<typeof backUp>[3]): Backup {
    return backUp(this.keeping, [number], this.passphrase, cost);
  }

  /**
   * Reads the files that the key holder saved, and notes that the share is in them; only then is it confirmed.
   * @throws Refused `holding.other_backup`: they hold another share; InvalidInput as {@link pairsOf} and {@link openShare}
   */
  async checkSaved(number: number, texts: readonly string[]): Promise<void> {
    const kept = this.keeping.share(number);
    if (kept === null) throw new Refused("holding.no_share");
    const pair = pairsOf(texts).find((one) => one.number === number);
    const found = pair && (await openShare(pair, this.passphrase));
    const registry = found?.registry === this.keeping.owner.registry;
    if (found === undefined || !registry || !equal(shareBytes(found), shareBytes(kept))) {
      throw new Refused("holding.other_backup");
    }
    this.keeping.markSaved(number);
    await this.outside.store(this.keeping);
  }

  private portsOf(number: number): Ports {
    const { door } = this.outside;
    const act = (what: string, data: Uint8Array, gas: number = GAS.word): Promise<void> => {
      return this.send(number, `${number} ${what}`, data, gas);
    };
    return {
      now: () => this.outside.now(),
      store: (keeping) => this.outside.store(keeping),
      put: (data) => door.put(number, data),
      spread: (data) => this.spread(number, data),
      post: (_, member, confirmation) => door.post(number, member, confirmation),
      deal: (_, digest) => act("deal", dealCall(number, digest)),
      complain: (_, accused, word) => act(`complain ${accused}`, complainCall(number, accused, word)),
      answer: (_, complainer, word) => act(`answer ${complainer}`, answerCall(number, complainer, word)),
      // A member may confirm another outcome than before: that is another act.
      confirm: (_, outcome) => {
        const data = confirmCall(number, outcome);
        return act(`confirm ${hex0x(sha256(data))}`, data, GAS.confirm);
      },
    };
  }

  private async send(number: number, label: string, data: Uint8Array, gas: number): Promise<void> {
    const { door, chainId } = this.outside;
    const account = (): Promise<MemberAccount> => door.account(number, this.keeping.owner.account);
    const { fee, tip } = await account();
    let looks = 0;
    const chain: Chain = {
      ...{ chainId, fee, tip },
      count: async () => (await account()).count,
      // Acts of other ceremonies may still be open, each with a ceremony's number before its name.
      send: (act) => door.hand(Number.parseInt(act.label, 10), act.raw),
      pause: async () => {
        await this.outside.pause();
        looks += 1;
        return looks < PATIENCE;
      },
    };
    await sendOnce({ label, data, gas }, this.keeping, this.secret, chain, (keeping) => this.outside.store(keeping));
  }

  /** What is on the service's boards anyway is not sent there; a board that refuses stops nobody. */
  private async spread(number: number, data: Uint8Array): Promise<void> {
    if (this.onBoard.has(hex0x(sha256(data)))) return;
    try {
      await this.outside.door.put(number, data);
    } catch (error) {
      if (!(error instanceof YinxinError)) throw error;
    }
  }
}
