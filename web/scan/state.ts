/** What is on the screen, as plain data; views are functions of it, so that another language is the same state drawn anew. */
import type { Refusal } from "../claims/request.ts";
import type { Verification } from "../verify/index.ts";
import type { WordKey } from "../words/words.ts";
import type { CameraFault } from "./camera.ts";

/** The side where things are shown to the page. */
export type Intake =
  | { readonly kind: "rest" }
  | { readonly kind: "asking" }
  | {
      readonly kind: "viewing";
      readonly cameras: number;
      readonly light: boolean;
      readonly patience: boolean;
      /** Parts of a live code that were seen. */
      readonly parts: { readonly have: number; readonly of: number } | null;
    }
  | { readonly kind: "fault"; readonly fault: CameraFault };

/** Things that cannot be checked at all, each with a sentence and a way on. */
export type FaultName =
  | "noCode"
  | "manyCodes"
  | "tooLarge"
  | "otherKind"
  | "otherCode"
  | "reader"
  | "pdf"
  | "missing"
  | "offline"
  | "refused"
  | "showingBroken"
  | `showing_${Refusal}`;

/** The side where the answer stands. */
export type Answer =
  | { readonly kind: "empty" }
  | { readonly kind: "busy"; readonly word: WordKey; readonly slow: boolean }
  | { readonly kind: "fault"; readonly fault: FaultName; readonly detail: string }
  | Given;

/** A finished check. */
export interface Given {
  readonly kind: "given";
  readonly found: Verification;
  /** When it was made, seconds. */
  readonly at: number;
  /** How long it took, milliseconds. */
  readonly took: number;
  /** It rests on the snapshot and not on the ledger itself. */
  readonly offline: boolean;
  /** Its entry in the shift's list; null if the device could not keep it. */
  readonly entry: number | null;
  /** It waits to be checked again. */
  readonly queued: boolean;
}

/** The whole screen. */
export interface State {
  readonly intake: Intake;
  readonly answer: Answer;
  readonly keying: boolean;
  readonly page: "check" | "shift";
  /** Name of the account that is signed in, or null. */
  readonly account: string | null;
}

/** What the screen shows first. */
export const START: State = {
  intake: { kind: "rest" },
  answer: { kind: "empty" },
  keying: false,
  page: "check",
  account: null,
};
