/** From what people hold out to what the verifier takes: text of a bundle or credential, or a stamp's digits. */

import type { Input } from "../verify/index.ts";
import { contentOf, LARGEST, stampDigits, stampsIn } from "./inputs.ts";
import { ReaderFault, readCodes } from "./reader.ts";
import type { FaultName } from "./state.ts";

/** It cannot be read; `kind` names the sentence, `detail` the reason where there is one. */
export class ReadingFault extends Error {
  constructor(
    readonly kind: FaultName,
    readonly detail = "",
  ) {
    super(`cannot be read: ${kind}`);
  }
}

/** What the page was given as text: a code's content, a credential, a bundle. Throws ReadingFault. */
export function fromText(text: string): string {
  const plain = text.replace(/^\ufeff/, "").trim();
  const digits = stampDigits(plain);
  if (digits !== null) return digits;
  if (plain.startsWith("{") || /^[A-Za-z0-9_.-]{20,}~\S*$/.test(plain)) return plain;
  throw new ReadingFault("otherKind");
}

/** The stamp in the codes of a camera's frame, or null while there is none. Throws ReadingFault for a foreign code. */
export function fromCodes(texts: readonly string[]): string | null {
  const stamps = stampsIn(texts);
  if (stamps.length > 1) throw new ReadingFault("manyCodes");
  return stamps[0] ?? null;
}

/** What a file holds; content decides, never the name. A sealed PDF goes to the verifier whole. Throws ReadingFault. */
export async function fromFile(file: Blob): Promise<Input> {
  if (file.size > LARGEST) throw new ReadingFault("tooLarge");
  const kind = contentOf(new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  if (kind === "picture") return fromPicture(file);
  const data = new Uint8Array(await file.arrayBuffer());
  if (kind === "pdf") return data;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    throw new ReadingFault("otherKind");
  }
  return fromText(text);
}

async function fromPicture(file: Blob): Promise<string> {
  let texts: readonly string[];
  try {
    texts = await readCodes(file);
  } catch (error) {
    if (error instanceof ReaderFault && error.kind === "reader") throw new ReadingFault("reader");
    throw new ReadingFault("otherKind");
  }
  const digits = fromCodes(texts);
  if (digits === null) throw new ReadingFault(texts.length === 0 ? "noCode" : "otherCode");
  return digits;
}
