/** What fields are called, by certificate type; both sides of a showing use the same words. */
import { type CertificateType, SHIPPED } from "../verify/types.ts";
import { w } from "../words/wallet.ts";
import { language } from "../words/words.ts";

/** Name of the identifier among the fields of a showing. */
export const IDENTIFIER = "certificateIdentifier";

/** The type with that code, if this release knows it. */
export function typeOf(code: string): CertificateType | null {
  return SHIPPED.find((one) => one.code === code) ?? null;
}

/** Label of a field in the language in use; its own name where the type does not know it. */
export function labelOf(type: CertificateType | null, name: string): string {
  if (name === IDENTIFIER) return w("card.identifier");
  const known = type?.fields.find((one) => one.name === name) ?? type?.derived.find((one) => one.name === name);
  const label = known?.[language()];
  return label === undefined ? name : label.charAt(0).toUpperCase() + label.slice(1);
}
