/**
 * Identifiers of electronic certificates 电子证照标识 (GB/T 36904-2018) as people type them: their check characters tell a
 * slip of the hand from an unknown certificate.
 */

const FORM =
  /^1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{18}|[0-9]{6}|[0-9]{9}|[0-9]{12})\.([0-9A-Z]{7,32})\.([0-9]{3})\.([0-9A-Z])$/;
const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"; // the 31 characters of GB 32100: no I, O, S, V, Z
const CREDIT_FORM = new RegExp(`^[${CREDIT}]{2}[0-9]{6}[${CREDIT}]{10}$`);

/** Root of all identifiers, without the dot after it. */
export const ROOT = "1.2.156.3005.2";

/**
 * What is wrong with an identifier of ours: null if nothing, else the part (`form`, `type`, `issuer`, `version`,
 * `check`). An identifier issued elsewhere may break all but its form.
 */
export function wrongPart(identifier: string): "form" | "type" | "issuer" | "version" | "check" | null {
  const [, type = "", issuer = "", serial = "", version = "", check = ""] = FORM.exec(identifier) ?? [];
  if (type === "") return "form";
  if (!isCreditCode(type.slice(0, 18))) return "type";
  if (issuer.length === 18 && !isCreditCode(issuer)) return "issuer";
  if (version === "000") return "version";
  return checkCharacter(type + issuer + serial + version) === check ? null : "check";
}

/** The check character of ISO 7064 MOD 37,36 that follows digits and capitals. */
export function checkCharacter(text: string): string {
  let state = 36;
  for (const character of text) state = (((state + ALPHANUMERIC.indexOf(character)) % 36 || 36) * 2) % 37;
  return ALPHANUMERIC.charAt((37 - state) % 36);
}

/** True for a unified social credit code whose check character is right (GB 32100-2015). */
export function isCreditCode(code: string): boolean {
  if (!CREDIT_FORM.test(code)) return false;
  let sum = 0;
  let weight = 1;
  for (const character of code.slice(0, 17)) {
    sum += CREDIT.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return CREDIT.charAt((31 - (sum % 31)) % 31) === code.charAt(17);
}
