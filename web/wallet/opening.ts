/** What people open in the wallet: told by its content, verified on this device, and kept if anything could be read. */
import type { Checking } from "../scan/checking.ts";
import { held } from "../scan/keeping.ts";
import { fromFile, fromText, ReadingFault } from "../scan/reading.ts";
import { now } from "../ui/times.ts";
import type { Input } from "../verify/index.ts";
import { type Card, type Cards, cardOf, checkedOf } from "./cards.ts";
import type { Carried } from "./carrying.ts";
import { keepShown } from "./live.ts";
import type { Notice } from "./state.ts";

/** What became of it. */
export interface Opened {
  readonly card: Card | null;
  readonly notice: Notice;
}

const READING: Readonly<Record<string, Notice["key"]>> = {
  noCode: "fault.noCode",
  manyCodes: "fault.manyCodes",
  tooLarge: "fault.tooLarge",
  reader: "fault.reader",
};

/** Opens text: a link of a printed code, a bundle, a credential. */
export async function openText(text: string, checking: Checking, cards: Cards): Promise<Opened> {
  return opened(() => Promise.resolve(fromText(text)), checking, cards);
}

/** Opens a file: a bundle, a sealed PDF, a picture of a printed code. */
export async function openFile(file: Blob, checking: Checking, cards: Cards): Promise<Opened> {
  return opened(() => fromFile(file), checking, cards);
}

async function opened(read: () => Promise<Input>, checking: Checking, cards: Cards): Promise<Opened> {
  let input: Input;
  try {
    input = await read();
  } catch (error) {
    if (!(error instanceof ReadingFault)) throw error;
    return { card: null, notice: { tone: "bad", key: READING[error.kind] ?? "fault.other" } };
  }
  const { found, offline } = await checking.check(input);
  const made = found.authentic === false ? null : await cardOf(input, found, now(), offline);
  if (made === null) return { card: null, notice: { tone: "bad", key: refusal(found.verdict) } };
  const { card, again } = await cards.add(made);
  return { card, notice: { tone: "good", key: again ? "add.again" : "add.kept" } };
}

/** What is false is not kept: nobody should come to show it by mistake. */
function refusal(verdict: string): Notice["key"] {
  if (verdict === "FORGED") return "fault.forged";
  return verdict === "UNTRUSTED_ISSUER" ? "fault.untrusted" : "fault.unreadable";
}

/** Checks a card again; what could not be told this time leaves what is known as it is. */
export async function checkAgain(card: Card, checking: Checking, cards: Cards): Promise<Opened> {
  const { found, offline } = await checking.check(held(card.input));
  if (found.certificate === null) return { card, notice: { tone: "bad", key: refusal(found.verdict) } };
  const { verdict } = found;
  if (verdict === "CANNOT_CHECK") return { card, notice: { tone: "care", key: "card.silent" } };
  const certificate = found.certificate;
  return {
    card: await cards.put({ ...card, certificate, checked: checkedOf(found, now(), offline) }),
    notice: { tone: "good", key: "card.checked" },
  };
}

/** Takes in what another device carried out, checked anew; how many certificates. Throws LockerFault. */
export async function bringIn(carried: Carried, checking: Checking, cards: Cards): Promise<number> {
  let count = 0;
  for (const text of carried.inputs) {
    const { card } = await opened(() => Promise.resolve(held(text)), checking, cards);
    if (card !== null) count += 1;
  }
  for (const entry of carried.shown) await keepShown(entry);
  return count;
}
