/**
 * A bidder's room for one lot: what is kept, and every step from fresh keys to a bid on the ledger. No DOM. Nothing is believed that
 * the ledger does not say, nothing leaves but sealed files, and what was signed for the ledger.
 */
import { addressOf, freshSecret } from "../keys/secp.ts";
import { check, digestsOf, type Job, type Scripts, start, type Told } from "../seal/job.ts";
import type { Secrets } from "../seal/locks.ts";
import { readManifest } from "../seal/manifest.ts";
import type { Plan } from "../seal/messages.ts";
import type { SealedFile } from "../seal/sealing.ts";
import { b64url, equal, hex0x, unb64url, unhex0x } from "../verify/bytes.ts";
import type { JsonObject } from "../verify/canonical.ts";
import { InvalidInput, YinxinError } from "../verify/errors.ts";
import type { TrustRoot } from "../verify/trustroot.ts";
import { type Commitment, commitmentHash, type Domain, signStruct, type Withdrawal, withdrawalHash } from "./acts.ts";
import { lacks } from "./completeness.ts";
import * as custodians from "./custodian.ts";
import { Box, boxName } from "./kept.ts";
import type { Custodian, Notice } from "./notice.ts";
import { commitmentOf, goodUntil, planned } from "./planning.ts";
import type { Place } from "./statement.ts";
import type { Entry, TenderFacts, TenderLedger } from "./tender.ts";

/** One envelope of a version. `digest` once it is sealed. Everything in base64url, or as 0x text. */
export interface KeptEnvelope {
  readonly number: number;
  readonly name: string;
  readonly manifest: string;
  readonly secrets: { readonly [Part in keyof Secrets]: string };
  readonly root: string;
  readonly digest: string | null;
  readonly size: number;
}

/** A version that is sealed, or being sealed. */
export interface KeptVersion {
  readonly version: number;
  readonly notice: string;
  readonly salt: string;
  readonly envelopes: readonly KeptEnvelope[];
  readonly act: { readonly commitment: Commitment; readonly signature: string; readonly custody: string | null } | null;
  readonly block: number | null;
  /** True if what the bidder states was changed after it was signed: it is never signed again. */
  readonly outdated?: boolean;
}

/** A certificate that the bid shows. */
export interface KeptCertificate {
  readonly rule: string;
  readonly name: string;
  readonly text: string;
}

/** A withdrawal as it was signed. */
export interface KeptWithdrawal extends Withdrawal {
  readonly signature: string;
}

/** All that the room keeps, secret. */
export interface Kept {
  readonly format: "yinxin-bid-room-1";
  readonly place: Place;
  readonly fresh: string;
  readonly recovery: string;
  readonly statement: JsonObject | null;
  readonly forms: { readonly [envelope: string]: { readonly [name: string]: string } };
  readonly certificates: readonly KeptCertificate[];
  readonly guarantee: KeptCertificate | null;
  readonly version: KeptVersion | null;
  /** Versions that the ledger accepted before: their secrets prove that they were sealed rightly. */
  readonly past: readonly KeptVersion[];
  /** The last withdrawal that was signed here, accepted or not. */
  readonly withdrawal?: KeptWithdrawal;
  /** Those before it that the ledger accepted: the receipt is of the newest that it did. */
  readonly withdrawn?: readonly KeptWithdrawal[];
}

/** Where the room is: what the page was told and has checked. */
export interface Setting {
  readonly notice: Notice;
  readonly root: TrustRoot;
  readonly ledger: TenderLedger;
  readonly scripts: Scripts;
  readonly book: string;
  readonly lot: number;
}

const POLL = 1000;
const STATED = ["forms", "certificates", "guarantee", "statement"] as const; // what goes into a manifest

/** Documents that are attached, by envelope; another list is another choice. */
type Documents = ReadonlyMap<number, readonly File[]>;

/** Fresh keys for one lot. */
export function fresh({ root, book, notice, lot }: Setting): Kept {
  const [own, other] = [freshSecret(), freshSecret()];
  const place: Place = {
    genesis: hex0x(root.genesisHash),
    book,
    tender: notice.tender,
    lot,
    bidder: addressOf(own),
    recovery: addressOf(other),
  };
  const empty = { statement: null, forms: {}, certificates: [], guarantee: null, version: null, past: [] };
  return { format: "yinxin-bid-room-1", place, fresh: b64url(own), recovery: b64url(other), ...empty };
}

/** One bidder's room, unlocked. */
export class Room {
  private stored: Promise<void> = Promise.resolve();
  private busy = false;
  private running: { readonly number: number; readonly job: Job } | undefined;

  private constructor(
    readonly setting: Setting,
    private box: Box,
  ) {}

  /** A new one under a passphrase. */
  static async begin(setting: Setting, passphrase: string): Promise<Room> {
    lasting();
    const value = fresh(setting) as unknown as JsonObject;
    const room = new Room(setting, await Box.make(boxName(setting), passphrase, value));
    await room.box.store();
    return room;
  }

  /** One that was kept, on this device or in a file. Throws InvalidInput. */
  static async reopen(setting: Setting, passphrase: string, text: string): Promise<Room> {
    const room = new Room(setting, await Box.open(boxName(setting), passphrase, text));
    lasting();
    await room.box.store();
    return room;
  }

  get kept(): Kept {
    return this.box.value as unknown as Kept;
  }

  /** Keeps a change, at once. A version that was planned before it is forgotten, or is never signed again. */
  keep(change: Partial<Kept>): Promise<void> {
    const version = STATED.some((name) => name in change) ? this.overtaken() : this.kept.version;
    const box = this.box.holding({ ...this.kept, version, ...change } as unknown as JsonObject);
    this.box = box;
    if (this.kept.version === null) this.running?.job.stop();
    // One after the other: sealing takes a moment, and an older box must not be stored over a newer one. A write that
    // failed was told to whom it concerns; the next one holds all that it held.
    this.stored = this.stored.catch(() => {}).then(() => box.store());
    return this.stored;
  }

  /** Other documents were chosen for an envelope: what is sealed of it would not be what the bidder sees. */
  async documentsChanged(number: number): Promise<void> {
    const sealed = this.kept.version?.envelopes.some((one) => one.number === number && one.digest !== null) === true;
    if (sealed) await this.keep({ version: this.overtaken() });
    else if (this.running?.number === number) this.running.job.stop();
  }

  /** The box as a file: still sealed. */
  file(): Promise<string> {
    return this.box.sealed();
  }

  /** Where tender and bid stand now. */
  async look(): Promise<{ facts: TenderFacts; entry: Entry }> {
    const { ledger, notice, lot } = this.setting;
    await ledger.refresh();
    const [facts, entry] = await Promise.all([
      ledger.facts(notice.tender, lot),
      ledger.entry(notice.tender, lot, this.kept.place.bidder),
    ]);
    return { facts, entry };
  }

  /**
   * Makes the plan of the next version, with fresh secrets; what was sealed before and never committed is forgotten.
   * Throws YinxinError: `bidroom.busy`, `bidroom.incomplete`, `bidroom.changed` while it worked, and others.
   * @param documents by envelope, in order
   */
  plan(documents: Documents, told: Told): Promise<void> {
    return this.alone(async () => {
      const { notice, scripts } = this.setting;
      const { entry } = await this.look();
      const flying = this.mayStillCome();
      const seen = this.kept.version === null ? null : await this.accepted(); // what the ledger has goes into `past`
      if (seen === null && flying) throw new InvalidInput("what was signed may still be accepted", "bidroom.in_flight");
      const begun = this.kept;
      const { statement } = begun;
      if (statement === null) throw new InvalidInput("no organisation statement", "bidroom.statement");
      if (lacks(this, documents).length > 0) throw new InvalidInput("the bid is not complete", "bidroom.incomplete");
      const chosen = notice.envelopes.map(({ number }) => documents.get(number));
      const version = entry.version + 1;
      const envelopes: KeptEnvelope[] = [];
      for (const [at, { number }] of notice.envelopes.entries()) {
        const files = chosen[at] ?? [];
        const digests = await digestsOf(scripts, files, told);
        envelopes.push(planned({ ...begun, statement }, version, number, files, digests));
      }
      const same =
        STATED.every((name) => this.kept[name] === begun[name]) &&
        notice.envelopes.every(({ number }, at) => documents.get(number) === chosen[at]);
      if (!same) throw changed();
      const before = this.kept.version;
      const past = before?.block != null ? [...this.kept.past, before] : this.kept.past;
      const salt = b64url(crypto.getRandomValues(new Uint8Array(32)));
      await this.keep({
        past,
        version: { version, notice: hex0x(notice.digest), salt, envelopes, act: null, block: null },
      });
    });
  }

  /**
   * True if a signed act of the version at hand may still be accepted by the ledger. To be asked before `accepted`: the page moves
   * to newer blocks at any time, and what was found in none must not have come in between.
   */
  mayStillCome(): boolean {
    const { version } = this.kept;
    const { block } = this.setting.ledger;
    return version?.act != null && version.block === null && block.time <= version.act.commitment.notAfter;
  }

  /**
   * Seals what is planned, or goes on with it. The documents must be those that were planned.
   * Throws YinxinError: `bidroom.busy`, `bidroom.documents`, `bidroom.changed` while it worked, and others.
   * @param begun is given the job at hand, so that it can be stopped: the sealing of each envelope, then its check
   * @param told hears of the sealing
   * @param checking hears of the check
   * @param compared hears of the documents, while they are read to be compared with the plan
   * @returns false if it was stopped
   */
  seal(
    documents: Documents,
    begun: (job: Job) => void,
    told: Told,
    checking: Told = () => {},
    compared: Told = () => {},
  ): Promise<boolean> {
    return this.alone(async () => {
      const { scripts } = this.setting;
      const { salt, envelopes } = this.version();
      for (const { number, digest } of envelopes) {
        if (digest !== null) continue;
        const plan = this.planOf(number);
        const chosen = documents.get(number);
        // A digest counts for the plan that made it: not for a later one, and not once other documents are shown.
        const unchanged = (): void => {
          if (this.kept.version?.salt !== salt || documents.get(number) !== chosen) throw changed();
        };
        await this.checkDocuments(plan, chosen ?? [], compared);
        unchanged();
        const ended = async (job: Job): Promise<SealedFile | null> => {
          this.running = { number, job };
          begun(job);
          const made = await job.done;
          unchanged();
          return made;
        };
        const made = await ended(start(scripts, plan, chosen ?? [], told));
        if (made === null || (await ended(check(scripts, plan, made, checking))) === null) return false;
        const sealed = this.version().envelopes.map((one) =>
          one.number === number ? { ...one, digest: hex0x(made.digest), size: made.size } : one,
        );
        await this.keep({ version: { ...this.version(), envelopes: sealed } });
      }
      return true;
    });
  }

  /** Brings the sealed version to a custodian and the ledger; done once a final block shows it. Throws YinxinError. */
  submit(told: (what: string, done: number, all: number) => void): Promise<number> {
    return this.alone(async () => {
      const { facts, entry } = await this.look();
      const version = this.version();
      const flying = this.mayStillCome();
      const found = await this.standing();
      if (found !== null) return found;
      if (!equal(unhex0x(version.notice, "notice"), facts.notice))
        throw new InvalidInput("sealed for an older notice", "bidroom.older_notice");
      if (!facts.bidding) throw new InvalidInput("no bids are taken any more", "bidroom.closed");
      if (!flying) {
        if (version.version !== entry.version + 1)
          throw new InvalidInput("another version came between", "bidroom.version");
        await this.sign(facts);
      }
      return this.toCustodians(async (custodian) => {
        await this.bring(custodian, told);
        return this.untilFinal();
      });
    });
  }

  /** Takes the live bid back; what was sealed stays sealed for ever. */
  withdraw(): Promise<void> {
    return this.alone(async () => {
      const { facts, entry } = await this.look();
      const { tender, lot, bidder } = this.kept.place;
      if (!entry.live) throw new InvalidInput("there is no live bid", "bidroom.nothing");
      const version = entry.version + 1;
      const { withdrawal: last, withdrawn = [] } = this.kept;
      // One that may still be accepted is brought again: of two, nobody could say later which one was.
      const flying = last?.version === version && facts.block.time <= last.notAfter ? last : null;
      const act: Withdrawal = { tender, lot, bidder, version, notAfter: flying?.notAfter ?? goodUntil(facts) };
      const signature = flying?.signature ?? signStruct(this.domain(), withdrawalHash(act), this.secret());
      if (flying === null) {
        const stood = last && (await this.setting.ledger.withdrawal(tender, lot, bidder, last.version)) !== null;
        await this.keep({ withdrawal: { ...act, signature }, ...(stood ? { withdrawn: [...withdrawn, last] } : {}) });
      }
      return this.toCustodians(async (custodian) => {
        const { state, code, detail } = await custodians.withdraw(custodian, act, signature);
        if (state === "refused") throw new YinxinError(detail ?? "refused", code ?? "bidroom.refused");
        for (;;) {
          const now = await this.look();
          if (!now.entry.live && now.entry.version >= version) return;
          if (now.facts.block.time > act.notAfter) throw new InvalidInput("not accepted in time", "bidroom.late");
          await pause();
        }
      });
    });
  }

  /** The signed act of a version as the command line reads it (`yinxin-bid-act-1`), or null. */
  act(version: KeptVersion | null = this.kept.version): JsonObject | null {
    if (version?.act == null) return null;
    const { commitment, signature, custody } = version.act;
    const content = { commitment: { ...commitment }, signature, custody };
    return { ...this.domain(), format: "yinxin-bid-act-1", kind: "submit", content };
  }

  /** A signed withdrawal as the command line reads it. */
  withdrawalAct(withdrawal: KeptWithdrawal): JsonObject {
    return { ...this.domain(), format: "yinxin-bid-act-1", kind: "withdraw", content: { ...withdrawal } };
  }

  // ---------------------------------------------------------------- inside

  /** One step at a time: two at once would write over each other's version. */
  private async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.busy) throw new InvalidInput("another step is under way", "bidroom.busy");
    this.busy = true;
    try {
      return await work();
    } finally {
      this.busy = false;
      this.running = undefined;
    }
  }

  /** What becomes of the version at hand once something that it holds is changed. */
  private overtaken(): KeptVersion | null {
    const { version } = this.kept;
    if (version === null || version.block !== null) return version;
    // What was signed may stand on the ledger already, though nobody saw it: then its secrets are needed.
    return version.act === null ? null : { ...version, outdated: true };
  }

  /** To the first custodian of the notice with whom it works; throws what the first one said if it works with none. */
  private async toCustodians<T>(work: (custodian: Custodian) => Promise<T>): Promise<T> {
    let first: unknown;
    for (const custodian of this.setting.notice.custodians) {
      try {
        return await work(custodian);
      } catch (error) {
        // Too late, or overtaken: no other custodian can mend that.
        if (error instanceof YinxinError && /^bidroom\.(late|version)$/.test(error.code)) throw error;
        first ??= error;
      }
    }
    throw first ?? new InvalidInput("the notice names no custodian", "bidroom.custodian");
  }

  private version(): KeptVersion {
    const { version } = this.kept;
    if (version === null) throw new InvalidInput("nothing is planned", "bidroom.nothing");
    return version;
  }

  /** Where what the bidder signs counts. */
  domain(): Domain {
    return { chainId: this.setting.root.chainId, book: this.setting.book };
  }

  private secret(): Uint8Array {
    return unb64url(this.kept.fresh, "fresh");
  }

  private planOf(number: number): Plan {
    const { notice } = this.setting;
    const kept = this.version().envelopes.find((one) => one.number === number);
    const envelope = notice.envelopes.find((one) => one.number === number);
    if (kept === undefined || envelope === undefined) throw new InvalidInput("no such envelope", "bidroom.nothing");
    const secrets = Object.fromEntries(
      Object.entries(kept.secrets).map(([part, text]) => [part, unb64url(text, part)]),
    );
    return {
      name: kept.name,
      manifest: unb64url(kept.manifest, "manifest"),
      openingKey: notice.openingKey,
      recipients: envelope.recipients,
      secrets: secrets as unknown as Secrets,
    };
  }

  /** Before a byte is encrypted again under secrets that were used: are these the documents that were planned? */
  private async checkDocuments(plan: Plan, files: readonly File[], told: Told): Promise<void> {
    const { documents } = readManifest(plan.manifest);
    const digests = await digestsOf(this.setting.scripts, files, told);
    const same =
      documents.length === files.length &&
      documents.every(({ digest }, at) => equal(digest, digests[at] ?? new Uint8Array(0)));
    if (!same) throw new InvalidInput("other documents than those that were planned", "bidroom.documents");
  }

  private async sign(facts: TenderFacts): Promise<void> {
    const version = this.version();
    if (version.outdated === true) throw new InvalidInput("changed since it was sealed", "bidroom.version");
    const commitment = commitmentOf(this.kept.place, version, goodUntil(facts));
    const signature = signStruct(this.domain(), commitmentHash(commitment), this.secret());
    await this.keep({ version: { ...version, act: { commitment, signature, custody: null } } });
  }

  private async bring(custodian: Custodian, told: (what: string, done: number, all: number) => void): Promise<void> {
    const version = this.version();
    if (version.act === null) throw new InvalidInput("nothing is signed", "bidroom.nothing");
    const folder = await navigator.storage.getDirectory();
    for (const { name, digest } of version.envelopes) {
      const file = await sealedIn(folder, name);
      await custodians.upload(custodian, this.kept.place.tender, file, unhex0x(digest, "digest", 32), (done, all) =>
        told(custodian.name, done, all),
      );
    }
    const { commitment, signature } = version.act;
    const answer = await custodians.commit(custodian, this.domain(), commitment, signature, true);
    const now = this.version(); // it may be outdated meanwhile
    await this.keep({ version: { ...now, act: { ...version.act, custody: answer.custody } } });
    if (answer.state === "refused") throw new YinxinError(answer.detail ?? "refused", answer.code ?? "bidroom.refused");
  }

  private async untilFinal(): Promise<number> {
    for (;;) {
      const flying = this.mayStillCome();
      const found = await this.standing();
      if (found !== null) return found;
      if (!flying) throw new InvalidInput("not accepted in time; what stood before stands", "bidroom.late");
      await pause();
      await this.setting.ledger.refresh();
    }
  }

  /** The block of the version at hand if it is what stands; null if it was not accepted. Throws if another act came after it. */
  private async standing(): Promise<number | null> {
    const block = await this.accepted();
    if (block === null) return null;
    const { entry } = await this.look(); // only now, so that it is no older than what was accepted
    if (!entry.live || entry.version !== this.version().version)
      throw new InvalidInput("another act came after it", "bidroom.version");
    return block;
  }

  /** The block that shows the version at hand, kept once it is known. */
  private async accepted(): Promise<number | null> {
    const version = this.version();
    if (version.block !== null || version.act === null) return version.block;
    const { tender, lot, bidder } = this.kept.place;
    const block = await this.setting.ledger.committed(tender, lot, bidder, commitmentHash(version.act.commitment));
    if (block !== null) await this.keep({ version: { ...this.version(), block } });
    return block;
  }
}

async function sealedIn(folder: FileSystemDirectoryHandle, name: string): Promise<File> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch {
    throw new InvalidInput("the sealed file is no longer here", "bidroom.file");
  }
}

function changed(): InvalidInput {
  return new InvalidInput("something was changed meanwhile", "bidroom.changed");
}

/** Asks the browser not to clear what is kept when space is short; it may say no. */
function lasting(): void {
  navigator.storage.persist().catch(() => false);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL));
}
