/** What is not as it was sealed, in words: for the page, and as the paper that the bidder objects with. No DOM. */
import { hex0x } from "../verify/bytes.ts";
import { commitmentHash } from "./acts.ts";
import type { Notice } from "./notice.ts";
import type { Objectionable } from "./own.ts";
import type { Look, Looked, Own } from "./verifying.ts";
import { said, t, type WordKey } from "./words.ts";

const LONGEST = 4000; // characters of an objection (docs/formats/opening-record.md)

/** Everything in an envelope that an objection is made of. What is wrong with the room's own papers is none. */
export function objectionsOf(notice: Notice, { envelope, looks, comparison }: Looked): string[] {
  const wrong = looks.filter(({ what, good }) => good === false && (what === "key" || what === "record"));
  return [...wrong.map(lookWords), ...(comparison?.faults ?? []).map((one) => faultWords(notice, envelope, one))];
}

/** One look, in words. */
export function lookWords({ what, good, code }: Look): string {
  if (good === true) return t(`look.${what}.good`);
  const key = `look.${code}` as WordKey;
  return what === "lock" ? t("look.lock.bad", { code }) : t(key);
}

/** One thing in the record that is not as it was sealed. */
export function faultWords(notice: Notice, envelope: number, { code, name, read, sealed, why }: Objectionable): string {
  if (code === "organisation") return read === "" ? t("own.organisation", { why }) : t("own.other", { read, sealed });
  return t(`own.${code}`, { name: labelOf(notice, envelope, name), read, sealed, why });
}

/** The notice's words for a figure; its name where the notice has none. */
export function labelOf(notice: Notice, envelope: number, name: string): string {
  const form = notice.envelopes.find(({ number }) => number === envelope)?.form ?? [];
  const field = form.find((one) => one.name === name);
  if (field === undefined) return name;
  return field.unit === "" ? said(field.label) : `${said(field.label)} (${field.unit})`;
}

/** The paper; empty if there is nothing to object to. */
export function objectionText(notice: Notice, lot: number, { version, envelopes }: Own): string {
  const lines: string[] = [];
  for (const one of envelopes) {
    const found = objectionsOf(notice, one);
    if (found.length === 0) continue;
    const record = one.record === null ? "–" : hex0x(one.record.digest);
    lines.push(t("objection.head", { tender: notice.tender, lot, envelope: one.envelope, record }));
    lines.push(...found.map((words) => `- ${words}`));
  }
  const commitment = version?.act?.commitment;
  if (lines.length === 0 || commitment === undefined) return "";
  const mine = { hash: hex0x(commitmentHash(commitment)), bidder: commitment.bidder, version: commitment.version };
  const found = [...lines.join("\n")].slice(0, LONGEST - 500).join("");
  return [found, t("objection.mine", mine), t("objection.ask")].join("\n");
}

/** The commands by which the own address objects: the room's key comes into a home first. */
export function commandsOf(tender: number, lot: number, { envelopes, version }: Own): string[] {
  const unopened = envelopes.filter(({ comparison }) => comparison?.faults.some(({ code }) => code === "unopened"));
  // What did not open is proved with the sealed file: it comes along.
  const numbers = unopened.map(({ envelope }) => envelope);
  const files = (version?.envelopes ?? []).filter(({ number }) => numbers.includes(number));
  return [
    `yinxin bid take bid-${tender}-${lot}-room.json${files.map(({ name }) => ` --sealed ${name}`).join("")}`,
    ...unopened.map(
      ({ envelope }) => `yinxin bid prove proof-${envelope}.json ${tender} --lot ${lot} --envelope ${envelope}`,
    ),
    `yinxin tender object ${tender} --lot ${lot} --account bid-${tender}-${lot} --text "$(cat objection-${tender}-${lot}.txt)"`,
  ];
}
