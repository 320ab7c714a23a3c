/**
 * A long text over several QR codes that follow each other on a screen: `YXF1/<8 hex of its SHA-256>/<place>/<count>/<part>`.
 * Whoever watches gathers the parts in any order. It is transport alone: what comes of it is judged like any other text.
 */
import { hex, sha256, utf8 } from "../verify/bytes.ts";

const FORM = /^YXF1\/([0-9a-f]{8})\/([0-9]{1,3})\/([0-9]{1,3})\/([\s\S]+)$/;

/** Characters of a part: a QR code of version 16 at level L, of which a phone's screen shows four pixels a module and more. */
export const PART = 540;

/** The texts of the codes, for a text in ASCII. */
export function framesOf(text: string): readonly string[] {
  const name = hex(sha256(utf8(text))).slice(0, 8);
  const count = Math.ceil(text.length / PART);
  return Array.from(
    { length: count },
    (_, place) => `YXF1/${name}/${place}/${count}/${text.slice(PART * place, PART * (place + 1))}`,
  );
}

/** Gathers parts until the text is whole. */
export class Gathering {
  private name = "";
  private parts: (string | undefined)[] = [];

  /** How many parts are there, of how many. */
  get progress(): { readonly have: number; readonly of: number } {
    return { have: this.parts.filter((part) => part !== undefined).length, of: this.parts.length };
  }

  /**
   * Takes what one code said. The whole text once every part is there; null while some are missing; undefined for a code
   * of another kind.
   */
  take(code: string): string | null | undefined {
    const [, name = "", place, count, part = ""] = FORM.exec(code) ?? [];
    if (name === "") return undefined;
    if (name !== this.name || Number(count) !== this.parts.length) {
      // A live code was renewed: its parts belong to another text.
      this.name = name;
      this.parts = Array.from({ length: Number(count) });
    }
    if (Number(place) < this.parts.length) this.parts[Number(place)] = part;
    if (this.parts.some((one) => one === undefined)) return null;
    const text = this.parts.join("");
    return hex(sha256(utf8(text))).startsWith(name) ? text : null;
  }
}
