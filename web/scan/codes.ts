/** What codes before the camera say: a certificate's stamp at once, a holder's live code once all its parts were seen. */
import { Gathering } from "../claims/frames.ts";
import { fromCodes, ReadingFault } from "./reading.ts";

/** Reads frame after frame. */
export class Codes {
  private readonly gathering = new Gathering();

  /** Parts of a live code that were seen, of how many; null before the first. */
  get progress(): { readonly have: number; readonly of: number } | null {
    const { have, of } = this.gathering.progress;
    return of === 0 ? null : { have, of };
  }

  /** What the codes of one frame give: text for the verifier, or null while it is not whole. Throws ReadingFault. */
  take(texts: readonly string[]): string | null {
    const others: string[] = [];
    for (const text of texts) {
      const whole = this.gathering.take(text);
      if (typeof whole === "string") return whole;
      if (whole === undefined) others.push(text);
    }
    const digits = fromCodes(others);
    if (digits !== null) return digits;
    // A code of another kind is said to be one, instead of being stared at.
    if (others.length > 0) throw new ReadingFault("otherCode");
    return null;
  }
}
