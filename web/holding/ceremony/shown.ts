/** What the page is told of a ceremony: nothing of it is secret, and all of it can be handed from a worker to the page. */
import { hex0x } from "../../verify/bytes.ts";
import type { Offence } from "./hearing.ts";
import type { Done, Report, Standing } from "./rounds.ts";
import type { Ceremony, Ends } from "./state.ts";
import { numbersOf } from "./wire.ts";

/** As {@link Note}, with an error's code in its place. */
export type ShownNote =
  | { readonly kind: "missing"; readonly member: number }
  | { readonly kind: "fault"; readonly member: number; readonly offence: Offence }
  | { readonly kind: "refused"; readonly code: string };

/** How a ceremony stands, and what its member did in one pass. */
export interface Shown {
  readonly ceremony: number;
  /** The member's own number. */
  readonly member: number;
  readonly standing: Standing;
  readonly done: readonly Done[];
  readonly notes: readonly ShownNote[];
  /** Second at which the present round ends; 0 if nothing is to come. */
  readonly due: number;
  readonly ends: Ends;
  /** Of the final block, seconds. */
  readonly time: number;
  readonly threshold: number;
  readonly members: number;
  /** Who dealt, and who confirmed, before this pass. */
  readonly dealt: readonly number[];
  readonly confirmed: readonly number[];
  /** The share is in files that its owner showed. */
  readonly saved: boolean;
  /** The key in force, 0x hexadecimal, or null. */
  readonly key: string | null;
}

/** A report for the page. */
export function shown(ceremony: Ceremony, report: Report, saved: boolean): Shown {
  const notes = report.notes.map((note): ShownNote => {
    return note.kind === "refused" ? { kind: "refused", code: note.error.code } : note;
  });
  return {
    ceremony: report.ceremony,
    member: report.member,
    standing: report.standing,
    done: report.done,
    notes,
    due: report.due,
    ends: ceremony.ends,
    time: ceremony.time,
    threshold: ceremony.roster.threshold,
    members: ceremony.roster.members.length,
    dealt: numbersOf(ceremony.dealt),
    confirmed: numbersOf(ceremony.confirmed),
    saved,
    key: ceremony.key && hex0x(ceremony.key),
  };
}
