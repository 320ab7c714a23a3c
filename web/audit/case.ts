/** What an audit of one tender has at hand: chain/audit/tenders/case.py, as far as a browser reaches. */
import type { Notice } from "../bid/notice.ts";
import type { OpeningKeys } from "../bid/published.ts";
import type { JsonObject } from "../verify/canonical.ts";
import { type TenderEvent, textIn } from "./events.ts";
import type { NamedLot } from "./forms.ts";
import type { AuditBoard, AuditLedger } from "./ports.ts";
import type { Report, Rule, Subject } from "./report.ts";
import type { Lot, Story } from "./story.ts";

/** One tender under audit. */
export class TenderCase {
  /** The newest version, once it was read. */
  notice: Notice | null = null;
  /** Its members as they stand in the paper, once all versions said what the ledger says. */
  said: JsonObject | null = null;
  /** What the ledger has of the ceremony's key, 96 bytes; null if there is none. */
  openingKey: Uint8Array | null = null;
  readonly keys = new Map<string, OpeningKeys>();

  constructor(
    readonly report: Report,
    readonly ledger: AuditLedger,
    readonly board: AuditBoard,
    readonly story: Story,
  ) {}

  /** How findings name the tender. */
  get name(): string {
    return `tender ${this.story.number}`;
  }

  /** A lot as papers name it. */
  place(lot: number): NamedLot {
    return { genesis: this.ledger.genesis, book: this.ledger.book, tender: this.story.number, lot };
  }

  /** How findings name a lot, or its envelope. */
  lot(number: number, envelope = 0): Subject {
    return { name: `${this.name}, lot ${number}${envelope === 0 ? "" : `, envelope ${envelope}`}`, lot: number };
  }

  /** A paper by its digest (0x text), which the finding names; null after a finding. */
  paper(rule: Rule, subject: Subject, digest: string): Promise<Uint8Array | null> {
    return this.report.looking(rule, named(subject, digest), () => this.board.get(digest));
  }
}

/** A subject with more words behind its name. */
export function within(subject: Subject, words: string, more: Partial<Subject> = {}): Subject {
  return { ...subject, ...more, name: `${subject.name}, ${words}` };
}

/** A subject that names a paper. */
export function named(subject: Subject, digest: string): Subject {
  return { ...subject, name: `${subject.name} (${digest})`, paper: digest };
}

/** How findings name an event. */
export function eventIn(subject: Subject, event: TenderEvent): Subject {
  return within(subject, `${event.name} in block ${event.block.number}`, { block: event.block.number });
}

/** What a finding concerns that names the paper of an event. */
export function paperIn(event: TenderEvent): { readonly paper: string; readonly block: number } {
  return { paper: textIn(event, "digest"), block: event.block.number };
}

/** Papers of a kind on record of a lot. */
export function recordsOf(lot: Lot, kind: string): TenderEvent[] {
  return lot.records.filter(({ values }) => values.kind === kind);
}
