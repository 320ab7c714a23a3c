/**
 * One key holder at work, in the page's worker: the account's key, what is kept, and what follows from both in each round. To the page goes
 * nothing but what everybody may know, and files that are encrypted. As chain/tenders/holding/rounds.py, with a service for an outside.
 */
import { addressOf, signDigest } from "../../keys/secp.ts";
import { equal, hex0x, sha256 } from "../../verify/bytes.ts";
import { Refused, YinxinError } from "../../verify/errors.ts";
import { openShare, pairsOf, shareBytes } from "../share.ts";
import { type Backup, backUp } from "./backup.ts";
import { answerCall, complainCall, confirmCall, confirmGas, dealCall, WORD_GAS } from "./calls.ts";
import { cardDigest, cardText } from "./cards.ts";
import type { Words } from "./complaints.ts";
import type { Keeping } from "./keeping.ts";
import { type Act, type Chain, sendOnce } from "./outbox.ts";
import type { Papers } from "./reading.ts";
import { goOn, type Ports } from "./rounds.ts";
import type { Door, MemberAccount } from "./service.ts";
import { type Shown, shown } from "./shown.ts";
import { type Ceremony, sameOutcome } from "./state.ts";

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

/** How often a sender looks whether its transaction is final before it says that it still waits. */
const PATIENCE = 60;
/** How often it looks for what a final transaction says: the node that is asked may be some blocks behind the one that counted. */
const LOOKS = 5;

/** True if the ledger has what an act says. */
type Has = (ceremony: Ceremony) => boolean;

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
    const ceremony = await this.look(number);
    const report = await goOn(ceremony, this.keeping, this.portsOf(ceremony));
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

  private look(number: number): Promise<Ceremony> {
    return this.outside.look(number, (digest) => this.seen.get(digest));
  }

  private portsOf({ number, roster }: Ceremony): Ports {
    const { door } = this.outside;
    const me = roster.members.findIndex((one) => hex0x(one.address) === this.keeping.owner.account) + 1;
    const act = (what: string, data: Uint8Array, has: Has, gas = WORD_GAS): Promise<void> => {
      return this.send(number, { label: `${number} ${what}`, data, gas }, has);
    };
    const said = (words: ReadonlyMap<number, Words>, other: number): boolean => words.get(me)?.has(other) ?? false;
    return {
      now: () => this.outside.now(),
      store: (keeping) => this.outside.store(keeping),
      put: (data) => door.put(number, data),
      spread: (data) => this.spread(number, data),
      post: (_, member, confirmation) => door.post(number, member, confirmation),
      deal: (_, digest) => act("deal", dealCall(number, digest), ({ dealt }) => dealt.has(me)),
      complain: (_, accused, word) => {
        const data = complainCall(number, accused, word);
        return act(`complain ${accused}`, data, ({ complaints }) => said(complaints, accused));
      },
      answer: (_, complainer, word) => {
        const data = answerCall(number, complainer, word);
        return act(`answer ${complainer}`, data, ({ answers }) => said(answers, complainer));
      },
      // A member may confirm another outcome than before: that is another act.
      confirm: (_, outcome) => {
        const data = confirmCall(number, outcome);
        const has: Has = ({ confirmed }) => {
          const known = confirmed.get(me);
          return known !== undefined && sameOutcome(known, outcome);
        };
        return act(`confirm ${hex0x(sha256(data))}`, data, has, confirmGas(roster.members.length));
      },
    };
  }

  private async send(number: number, one: Act, has: Has): Promise<void> {
    const { door, chainId } = this.outside;
    const account = (): Promise<MemberAccount> => door.account(number, this.keeping.owner.account);
    const { fee, tip } = await account();
    let looks = 0;
    const chain: Chain = {
      ...{ chainId, fee, tip },
      count: async () => (await account()).count,
      // Acts of other ceremonies may still be open, each with a ceremony's number before its name.
      send: (act) => door.hand(Number.parseInt(act.label, 10), act.raw),
      stands: async () => {
        for (let look = 0; look < LOOKS; look++) {
          if (has(await this.look(number))) return true;
          await this.outside.pause();
        }
        return false;
      },
      pause: async () => {
        await this.outside.pause();
        looks += 1;
        return looks < PATIENCE;
      },
    };
    await sendOnce(one, this.keeping, this.secret, chain, (keeping) => this.outside.store(keeping));
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
