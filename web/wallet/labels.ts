/** What fields are called; both sides of a showing use the same words. */
import { type Label, SHIPPED } from "../verify/types.ts";
import { w } from "../words/wallet.ts";
import { language } from "../words/words.ts";
import type { Card } from "./cards.ts";

/** Name of the identifier among the fields of a showing. */
export const IDENTIFIER = "certificateIdentifier";

/** The names of a card's fields as its last check found them, so of a bureau's own type, too. */
export function labelsOf({ certificate }: Card): readonly Label[] {
  return certificate.fields.map(({ name, zh, en }) => ({ name, zh, en }));
}

/**
 * Label of a field in the language in use: from `own`, else from the type with that code if this release knows it. Names of
 * GB/T 36903, which have no KZ_ before them, mean the same in every type. What nobody names is called by its own name.
 */
export function labelOf(own: readonly Label[], code: string, name: string): string {
  if (name === IDENTIFIER) return w("card.identifier");
  const shipped = SHIPPED.find((one) => one.code === code);
  const standard = name.startsWith("KZ_") ? [] : SHIPPED.flatMap((one) => one.fields);
  const all = [...own, ...(shipped?.fields ?? []), ...(shipped?.derived ?? []), ...standard];
  const known = all.find((one) => one.name === name);
  const label = known?.[language()];
  return label === undefined ? name : label.charAt(0).toUpperCase() + label.slice(1);
}
