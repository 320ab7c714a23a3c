/**
 * What people hold out, told by its content and never by its name: what may go to the verifier as it is, what must be read
 * from a picture or a PDF first. Where an address points is ignored: only the digits behind its `#` are taken.
 */

/** Bytes of the largest file looked at. */
export const LARGEST = 32 * 2 ** 20;

/** Kinds of content that need different readers. */
export type Content = "picture" | "pdf" | "other";

const STAMP = /^(?:[\x21-\x7e]{0,200}#)?([0-9]{100,2500})$/;

/** Digits of a stamp in what a code, a scanner or a person gave; null if it is something else. */
export function stampDigits(text: string): string | null {
  return STAMP.exec(text.normalize("NFKC").trim())?.[1] ?? null;
}

/** Tells by the first bytes what a file is. */
export function contentOf(start: Uint8Array): Content {
  const signs = (text: string, at = 0): boolean =>
    [...text].every((sign, place) => start[at + place] === sign.charCodeAt(0));
  if (signs("\x89PNG") || signs("\xff\xd8\xff") || (signs("RIFF") && signs("WEBP", 8))) return "picture";
  return signs("%PDF-") ? "pdf" : "other";
}

/** Digits of the stamps in the texts of some codes, each once. */
export function stampsIn(texts: readonly string[]): readonly string[] {
  const found = texts.map(stampDigits).filter((digits) => digits !== null);
  return [...new Set(found)];
}
