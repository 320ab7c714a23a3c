/** A member's acts in one round, without a page: drafts, the sheet that was committed to, committing, showing (`…/sheets/acts.py`). */

import { call } from "../ui/service.ts";
import { utf8 } from "../verify/bytes.ts";
import { canonical } from "../verify/canonical.ts";
import { Refused } from "../verify/errors.ts";
import { EMPTY, type Filled } from "./filling.ts";
import type { HeldKeys } from "./held.ts";
import { drop, keep, keptUnder } from "./kept.ts";
import { checkReveal, seatOf } from "./rounds.ts";
import type { Scene } from "./scene.ts";
import type { BidSheet, Commitment, ScoreSheet, SheetPlace } from "./sheet.ts";
import { commitmentNote, readSheet, samePlace, sheetDigest, sheetText } from "./sheet.ts";

/** What is filled in, by place. */
export type Draft = ReadonlyMap<number, Filled>;

/** An expert with open keys in the round of a scene. */
export class Member {
  constructor(private readonly held: HeldKeys) {}

  /** Her place in that round. Throws Refused `sheet.member`. */
  at(scene: Scene): SheetPlace {
    const { place, round, committee } = scene;
    seatOf(committee, this.held.opened.address);
    return { ...place, round, committee: committee.digest, account: this.held.opened.address };
  }

  /** The draft of that round on this device; empty if there is none. */
  async draft(scene: Scene): Promise<Draft> {
    const text = await this.kept(nameOf("draft", this.at(scene)));
    if (text === null) return new Map();
    const found = JSON.parse(text) as [number, Partial<Filled>][];
    return new Map(found.map(([place, filled]) => [place, { ...EMPTY, ...filled }] as const));
  }

  /** Keeps a draft, encrypted. */
  async keepDraft(scene: Scene, draft: Draft): Promise<void> {
    const name = nameOf("draft", this.at(scene));
    await keep(name, await this.held.seal(name, JSON.stringify([...draft])));
  }

  /** The sheet of that round that this device keeps, or null. */
  async sheet(scene: Scene): Promise<ScoreSheet | null> {
    const text = await this.kept(nameOf("sheet", this.at(scene)));
    return text === null ? null : readSheet(utf8(text));
  }

  /**
   * Keeps a sheet and leaves the commitment to it.
   * @throws Refused `sheet.committed`, `sheet.recorded`: she has committed to another sheet, or all commitments are on record
   */
  async commit(scene: Scene, bids: readonly BidSheet[]): Promise<ScoreSheet> {
    const at = this.at(scene);
    if ((await this.sheet(scene)) !== null || scene.left.has(at.account)) throw new Refused("sheet.committed");
    if (scene.commitments !== null) throw new Refused("sheet.recorded", { round: scene.round });
    const sheet = { ...at, salt: crypto.getRandomValues(new Uint8Array(32)), bids };
    await this.keepSheet(sheet);
    await this.leave(scene, sheet);
    return sheet;
  }

  /** Leaves the commitment to the kept sheet; the same again does nothing more. Throws Refused `sheet.committed`. */
  async leave(scene: Scene, sheet: ScoreSheet): Promise<void> {
    const at = this.at(scene);
    const digest = sheetDigest(sheet);
    if ((scene.left.get(at.account) ?? digest) !== digest) throw new Refused("sheet.committed");
    const made: Commitment = { ...at, sheet: digest, signature: await this.held.commit(at, digest) };
    await send(`/v1/tenders/${at.tender}/lots/${at.lot}/sheet-commitments`, canonical(commitmentNote(made)));
  }

  /** Takes over a sheet that was committed to elsewhere. Throws Refused `sheet.foreign`: it is not the one of this round. */
  async takeOver(scene: Scene, data: Uint8Array): Promise<ScoreSheet> {
    const sheet = readSheet(data);
    const at = this.at(scene);
    const { salt: _, bids: __, ...own } = sheet;
    const left = scene.left.get(at.account);
    if (!samePlace(own, at) || left !== sheetDigest(sheet)) throw new Refused("sheet.foreign");
    await this.keepSheet(sheet);
    return sheet;
  }

  /** Shows the kept sheet. Throws Refused `sheet.early`, `sheet.differs`: then nothing is shown. */
  async reveal(scene: Scene, sheet: ScoreSheet): Promise<void> {
    const at = this.at(scene);
    checkReveal(scene.commitments, at, scene.committee, sheetDigest(sheet));
    await send(`/v1/tenders/${at.tender}/lots/${at.lot}/sheets`, canonical({ paper: sheetText(sheet) }));
    await drop(nameOf("draft", at));
  }

  private async keepSheet(sheet: ScoreSheet): Promise<void> {
    const { salt: _, bids: __, ...at } = sheet;
    const name = nameOf("sheet", at);
    await keep(name, await this.held.seal(name, sheetText(sheet)));
  }

  private async kept(name: string): Promise<string | null> {
    const sealed = await keptUnder(name);
    return sealed === undefined ? null : this.held.unseal(name, sealed);
  }
}

function nameOf(kind: "draft" | "sheet", at: SheetPlace): string {
  return [kind, at.book, at.tender, at.lot, at.round, at.committee, at.account].join(":");
}

async function send(path: string, body: string): Promise<void> {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  await call(path, { method: "POST", headers, body });
}
