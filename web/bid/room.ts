/**
 * A bidder's room for one lot: what is kept, and every step from fresh keys to a bid on the ledger. No DOM. Nothing is believed that
 * the ledger does not say, nothing leaves but sealed files, and what was signed for the ledger.
 */
import { addressOf, freshSecret } from "../keys/secp.ts";
import { formOf, formRoot } from "../seal/form.ts";
import { type BidIdentity, identityDigest } from "../seal/identity.ts";
import { check, digestsOf, type Job, type Scripts, start, type Told } from "../seal/job.ts";
import { drawSecrets, type Secrets } from "../seal/locks.ts";
import { readManifest, writeManifest } from "../seal/manifest.ts";
import type { Plan } from "../seal/messages.ts";
import { b64url, equal, hex0x, unb64url, unhex0x } from "../verify/bytes.ts";
import type { JsonObject } from "../verify/canonical.ts";
import { InvalidInput, YinxinError } from "../verify/errors.ts";
import type { TrustRoot } from "../verify/trustroot.ts";
import {
  type Commitment,
  commitmentHash,
  type Domain,
  kindDigest,
  signStruct,
  type Withdrawal,
  withdrawalHash,
} from "./acts.ts";
import * as custodians from "./custodian.ts";
import { Box } from "./kept.ts";
import type { Custodian, Notice } from "./notice.ts";
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
}

/** A certificate that the bid shows. */
export interface KeptCertificate {
  readonly rule: string;
  readonly name: string;
  readonly text: string;
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

const GOOD_FOR = 600; // seconds for which an act may be accepted, as the command line's
const POLL = 1000;

/** The box's name on this device. */
export function boxName({ root, book, notice, lot }: Setting): string {
  return `${hex0x(root.genesisHash)}/${book}/${notice.tender}/${lot}`;
}

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

  private constructor(
    readonly setting: Setting,
    private box: Box,
  ) {}

  /** A new one under a passphrase. */
  static async begin(setting: Setting, passphrase: string): Promise<Room> {
    const value = fresh(setting) as unknown as JsonObject;
    const room = new Room(setting, await Box.make(boxName(setting), passphrase, value));
    await room.box.store();
    return room;
  }

  /** One that was kept, on this device or in a file. Throws InvalidInput. */
  static async reopen(setting: Setting, passphrase: string, text: string): Promise<Room> {
    const room = new Room(setting, await Box.open(boxName(setting), passphrase, text));
    await room.box.store();
    return room;
  }

  get kept(): Kept {
    return this.box.value as unknown as Kept;
  }

  /** Keeps a change, at once. A version that was sealed before it and is not signed yet is forgotten. */
  keep(change: Partial<Kept>): Promise<void> {
    const stale = this.unsigned() && ["forms", "certificates", "guarantee", "statement"].some((name) => name in change);
    const box = this.box.holding({
      ...this.kept,
      ...(stale ? { version: null } : {}),
      ...change,
    } as unknown as JsonObject);
    this.box = box;
    // One after the other: sealing takes a moment, and an older box must not be stored over a newer one.
    this.stored = this.stored.then(() => box.store());
    return this.stored;
  }

  /** Other documents were chosen: what is sealed, but not signed, would not be what the bidder sees. */
  async documentsChanged(): Promise<void> {
    const whole = this.kept.version?.envelopes.every(({ digest }) => digest !== null) === true;
    if (whole && this.unsigned()) await this.keep({ version: null });
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
   * @param documents by envelope, in order
   */
  async plan(documents: ReadonlyMap<number, readonly File[]>, told: Told): Promise<void> {
    const { notice, scripts } = this.setting;
    const { entry } = await this.look();
    const version = entry.version + 1;
    if (this.mayStillCome()) throw new InvalidInput("what was signed may still be accepted", "bidroom.in_flight");
    const { statement, certificates, guarantee, forms, place } = this.kept;
    if (statement === null) throw new InvalidInput("no organisation statement", "bidroom.statement");
    const envelopes: KeptEnvelope[] = [];
    for (const { number } of notice.envelopes) {
      const files = documents.get(number) ?? [];
      const digests = await digestsOf(scripts, files, told);
      const identity: BidIdentity = {
        genesis: unhex0x(place.genesis, "genesis"),
        book: unhex0x(place.book, "book"),
        tender: place.tender,
        lot: place.lot,
        envelope: number,
        bidder: unhex0x(place.bidder, "bidder"),
        version,
      };
      const stated = Object.entries(forms[number] ?? {}).filter(([, value]) => value !== "");
      const form = formOf(Object.fromEntries(stated));
      const manifest = writeManifest({
        identity,
        organisation: statement,
        form,
        documents: files.map(({ name, type, size }, at) => ({
          name: name.normalize("NFC"),
          mediaType: type === "" ? "application/octet-stream" : type,
          size,
          digest: digests[at] ?? new Uint8Array(0),
        })),
        presentations: number === 1 ? certificates.map(({ text }) => text) : [],
        guarantee: number === 1 ? (guarantee?.text ?? null) : null,
      });
      const secrets = Object.fromEntries(Object.entries(drawSecrets()).map(([part, data]) => [part, b64url(data)]));
      envelopes.push({
        number,
        name: `bid-${place.tender}-${place.lot}-${place.bidder.slice(2, 10)}-${number}.age`,
        manifest: b64url(manifest),
        secrets: secrets as KeptEnvelope["secrets"],
        root: hex0x(formRoot(form, identityDigest(identity))),
        digest: null,
        size: 0,
      });
    }
    const salt = b64url(crypto.getRandomValues(new Uint8Array(32)));
    const before = this.kept.version;
    const past = before?.block != null ? [...this.kept.past, before] : this.kept.past;
    await this.keep({
      past,
      version: { version, notice: hex0x(notice.digest), salt, envelopes, act: null, block: null },
    });
  }

  /** True if a signed act of the version at hand may still be accepted by the ledger. */
  mayStillCome(): boolean {
    const { version } = this.kept;
    const { block } = this.setting.ledger;
    return version?.act != null && version.block === null && block.time <= version.act.commitment.notAfter;
  }

  /**
   * Seals what is planned, or goes on with it. The documents must be those that were planned.
   * @param begun is given the job of each envelope, so that it can be stopped
   * @returns false if it was stopped
   */
  async seal(documents: ReadonlyMap<number, readonly File[]>, begun: (job: Job) => void, told: Told): Promise<boolean> {
    const { scripts } = this.setting;
    for (const { number, digest } of this.version().envelopes) {
      if (digest !== null) continue;
      const plan = this.planOf(number);
      const files = documents.get(number) ?? [];
      await this.checkDocuments(plan, files);
      const job = start(scripts, plan, files, told);
      begun(job);
      const made = await job.done;
      if (made === null) return false;
      await check(scripts, plan, made.digest);
      const envelopes = this.version().envelopes.map((one) =>
        one.number === number ? { ...one, digest: hex0x(made.digest), size: made.size } : one,
      );
      await this.keep({ version: { ...this.version(), envelopes } });
    }
    return true;
  }

  /** Brings the sealed version to a custodian and the ledger; done once a final block shows it. Throws YinxinError. */
  async submit(told: (what: string, done: number, all: number) => void): Promise<number> {
    const { facts, entry } = await this.look();
    const version = this.version();
    const found = await this.accepted();
    if (found !== null) return found;
    if (!equal(unhex0x(version.notice, "notice"), facts.notice))
      throw new InvalidInput("sealed for an older notice", "bidroom.older_notice");
    if (!facts.bidding) throw new InvalidInput("no bids are taken any more", "bidroom.closed");
    if (!this.mayStillCome()) {
      if (version.version !== entry.version + 1)
        throw new InvalidInput("another version came between", "bidroom.version");
      await this.sign(facts);
    }
    let last: unknown;
    for (const custodian of this.setting.notice.custodians) {
      try {
        await this.bring(custodian, told);
        return await this.untilFinal();
      } catch (error) {
        if (error instanceof YinxinError && error.code === "bidroom.pending") throw error;
        last ??= error;
      }
    }
    throw last ?? new InvalidInput("the notice names no custodian", "bidroom.custodian");
  }

  /** Takes the live bid back; what was sealed stays sealed for ever. */
  async withdraw(): Promise<void> {
    const { facts, entry } = await this.look();
    const { tender, lot, bidder } = this.kept.place;
    if (!entry.live) throw new InvalidInput("there is no live bid", "bidroom.nothing");
    const version = entry.version + 1;
    const act: Withdrawal = { tender, lot, bidder, version, notAfter: goodUntil(facts) };
    const hash = withdrawalHash(act);
    const signature = signStruct(this.domain(), hash, this.secret());
    let last: unknown;
    for (const custodian of this.setting.notice.custodians) {
      try {
        const { state, code, detail } = await custodians.withdraw(custodian, act, signature);
        if (state === "refused") throw new YinxinError(detail ?? "refused", code ?? "bidroom.refused");
        for (;;) {
          const now = await this.look();
          if (!now.entry.live && now.entry.version >= version) return;
          if (now.facts.block.time > act.notAfter) throw new InvalidInput("not accepted in time", "bidroom.late");
          await pause();
        }
      } catch (error) {
        last ??= error;
      }
    }
    throw last ?? new InvalidInput("the notice names no custodian", "bidroom.custodian");
  }

  /** The signed act as the command line reads it (`yinxin-bid-act-1`), or null. */
  act(): JsonObject | null {
    const { version } = this.kept;
    if (version?.act == null) return null;
    const { commitment, signature, custody } = version.act;
    const content = { commitment: { ...commitment }, signature, custody };
    return { ...this.domain(), format: "yinxin-bid-act-1", kind: "submit", content };
  }

  // ---------------------------------------------------------------- inside

  private unsigned(): boolean {
    const { version } = this.kept;
    return version !== null && version.act === null;
  }

  private version(): KeptVersion {
    const { version } = this.kept;
    if (version === null) throw new InvalidInput("nothing is planned", "bidroom.nothing");
    return version;
  }

  private domain(): Domain {
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
  private async checkDocuments(plan: Plan, files: readonly File[]): Promise<void> {
    const { documents } = readManifest(plan.manifest);
    const digests = await digestsOf(this.setting.scripts, files);
    const same =
      documents.length === files.length &&
      documents.every(({ digest }, at) => equal(digest, digests[at] ?? new Uint8Array(0)));
    if (!same) throw new InvalidInput("other documents than those that were planned", "bidroom.documents");
  }

  private async sign(facts: TenderFacts): Promise<void> {
    const version = this.version();
    const { place } = this.kept;
    const [first, second] = version.envelopes;
    if (first?.digest == null || (second !== undefined && second.digest === null)) {
      throw new InvalidInput("not everything is sealed", "bidroom.unsealed");
    }
    const none = `0x${"0".repeat(64)}`;
    const kind = kindDigest(
      unhex0x(place.book, "book"),
      place.tender,
      place.lot,
      unhex0x(place.bidder, "bidder"),
      unb64url(version.salt, "salt"),
    );
    const commitment: Commitment = {
      tender: place.tender,
      lot: place.lot,
      bidder: place.bidder,
      version: version.version,
      recovery: place.recovery,
      notAfter: goodUntil(facts),
      kindDigest: hex0x(kind),
      file1: first.digest,
      size1: first.size,
      form1: first.root,
      file2: second?.digest ?? none,
      size2: second?.size ?? 0,
      form2: second?.root ?? none,
    };
    const signature = signStruct(this.domain(), commitmentHash(commitment), this.secret());
    await this.keep({ version: { ...version, act: { commitment, signature, custody: null } } });
  }

  private async bring(custodian: Custodian, told: (what: string, done: number, all: number) => void): Promise<void> {
    const version = this.version();
    if (version.act === null) throw new InvalidInput("nothing is signed", "bidroom.nothing");
    const folder = await navigator.storage.getDirectory();
    for (const { name, digest } of version.envelopes) {
      const file = await (await folder.getFileHandle(name)).getFile();
      await custodians.upload(custodian, this.kept.place.tender, file, unhex0x(digest, "digest", 32), (done, all) =>
        told(custodian.name, done, all),
      );
    }
    const { commitment, signature } = version.act;
    const answer = await custodians.commit(custodian, this.domain(), commitment, signature, true);
    await this.keep({ version: { ...version, act: { ...version.act, custody: answer.custody } } });
    if (answer.state === "refused") throw new YinxinError(answer.detail ?? "refused", answer.code ?? "bidroom.refused");
  }

  private async untilFinal(): Promise<number> {
    const { ledger } = this.setting;
    for (;;) {
      const found = await this.accepted();
      if (found !== null) return found;
      if (!this.mayStillCome())
        throw new InvalidInput("not accepted in time; what stood before stands", "bidroom.late");
      await pause();
      await ledger.refresh();
    }
  }

  /** The block that shows the version at hand, kept once it is known. */
  private async accepted(): Promise<number | null> {
    const version = this.version();
    if (version.block !== null || version.act === null) return version.block;
    const { tender, lot, bidder } = this.kept.place;
    const block = await this.setting.ledger.committed(tender, lot, bidder, commitmentHash(version.act.commitment));
    if (block !== null) await this.keep({ version: { ...version, block } });
    return block;
  }
}

function goodUntil({ block, deadline }: TenderFacts): number {
  return Math.min(block.time + GOOD_FOR, deadline);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL));
}
