/**
 * A shift's list: what was checked at this device since the last hand-over, sealed on the device, gone after some days.
 * It holds what the clerk saw (masked name, identifier, verdict), and for checks that stayed open the input itself, because
 * without it nothing can be checked again.
 */
import type { Verdict, Verification } from "../verify/index.ts";
import * as vault from "./vault.ts";

/** Days after which an entry disappears by itself. */
export const KEPT_DAYS = 3;

/** One line of the list. */
export interface Entry {
  /** Number in order of the checks. */
  readonly id: number;
  /** When it was checked, seconds. */
  readonly at: number;
  /** When it was checked again by itself, or null. */
  readonly againAt: number | null;
  readonly verdict: Verdict;
  readonly authentic: boolean | null;
  readonly inForce: boolean | null;
  readonly statusAsOf: number | null;
  readonly type: { readonly code: string; readonly zh: string | null; readonly en: string | null } | null;
  readonly holder: string | null;
  readonly bureau: string | null;
  readonly identifier: string | null;
  /** The input, while it waits to be checked again; null once there is an answer. */
  readonly waiting: string | null;
}

/** The list with the place where it is kept. */
export class Shift {
  private constructor(
    private entries: Entry[],
    private began: number,
  ) {}

  /** Takes up the list where it was left; what is older than {@link KEPT_DAYS} is forgotten. */
  static async open(now: number): Promise<Shift> {
    const [stored, starts] = await Promise.all([vault.all<Entry>("entry/"), vault.all<number>("began")]);
    const kept: Entry[] = [];
    for (const entry of stored) {
      if (now - entry.at > KEPT_DAYS * 86_400) await vault.drop(nameOf(entry.id));
      else kept.push(entry);
    }
    const shift = new Shift(kept, starts[0] ?? now);
    if (starts[0] === undefined) await vault.put("began", now);
    return shift;
  }

  /** Newest first. */
  get newestFirst(): readonly Entry[] {
    return [...this.entries].reverse();
  }

  /** Oldest first. */
  get all(): readonly Entry[] {
    return this.entries;
  }

  /** Those that wait to be checked again. */
  get waiting(): readonly Entry[] {
    return this.entries.filter((entry) => entry.waiting !== null);
  }

  /** When the shift began, seconds. */
  get since(): number {
    return this.began;
  }

  /**
   * Adds a check.
   * @param input what was checked, if it is to be checked again once that is possible
   */
  async add(found: Verification, at: number, input: string | null): Promise<Entry> {
    const id = (this.entries.at(-1)?.id ?? 0) + 1;
    const entry: Entry = { id, at, againAt: null, waiting: input, ...told(found) };
    this.entries.push(entry);
    await vault.put(nameOf(id), entry);
    return entry;
  }

  /** Puts the newer answer in the place of an entry; `input` as in {@link add}. */
  async renew(id: number, found: Verification, at: number, input: string | null): Promise<Entry | null> {
    const place = this.entries.findIndex((entry) => entry.id === id);
    const before = this.entries[place];
    if (before === undefined) return null;
    const entry: Entry = { ...before, ...told(found), againAt: at, waiting: input };
    this.entries[place] = entry;
    await vault.put(nameOf(id), entry);
    return entry;
  }

  /** Ends the shift: what has an answer is forgotten, what waits stays for the next person. */
  async handOver(now: number): Promise<void> {
    for (const entry of this.entries) if (entry.waiting === null) await vault.drop(nameOf(entry.id));
    this.entries = this.entries.filter((entry) => entry.waiting !== null);
    this.began = now;
    await vault.put("began", now);
  }

  /** Forgets everything, and the key. */
  async wipe(now: number): Promise<void> {
    this.entries = [];
    this.began = now;
    await vault.wipe();
  }
}

function nameOf(id: number): string {
  return `entry/${String(id).padStart(9, "0")}`;
}

function told(found: Verification): Omit<Entry, "id" | "at" | "againAt" | "waiting"> {
  const { certificate } = found;
  return {
    verdict: found.verdict,
    authentic: found.authentic,
    inForce: found.inForce,
    statusAsOf: found.statusAsOf,
    type: certificate?.type ?? null,
    holder: certificate?.holder ?? null,
    bureau: certificate?.bureau.name ?? null,
    identifier: certificate?.identifier ?? null,
  };
}
