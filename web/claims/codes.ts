/**
 * Activation codes: what a bureau sends a holder on paper, and a holder types in once. Twenty characters of Crockford's
 * base32, the last one checks the others (ISO/IEC 7064, hybrid recursion with M = 32). docs/formats/binding.md.
 */
import { InvalidInput } from "../verify/errors.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA = 19;
const GROUP = 4;
const DROPPED = /[ \t\r\n\u00ad\u2010-\u2014\u2212\u3000_.-]/g;

/** The one form of a code as a person types it: any case, any separators; I and L are 1, O is 0. Throws InvalidInput. */
export function readCode(typed: string): string {
  const code = typed.normalize("NFKC").replace(DROPPED, "").toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0");
  const characters = [...code];
  if (characters.length !== DATA + 1) throw wrong(`a code has ${DATA + 1} characters, not ${characters.length}`);
  if (characters.some((one) => !ALPHABET.includes(one))) throw wrong("a character that no activation code has");
  if (check(code.slice(0, DATA)) !== code[DATA]) throw wrong("its last character does not fit");
  return code;
}

/** The code as it is printed: `XXXX-XXXX-XXXX-XXXX-XXXX`. */
export function grouped(code: string): string {
  const groups: string[] = [];
  for (let at = 0; at < code.length; at += GROUP) groups.push(code.slice(at, at + GROUP));
  return groups.join("-");
}

function wrong(message: string): InvalidInput {
  return new InvalidInput(`the activation code is mistyped: ${message}`, "claim.code_form");
}

function check(text: string): string {
  let state = 32;
  for (const character of text) state = (((state + ALPHABET.indexOf(character)) % 32 || 32) * 2) % 33;
  return ALPHABET.charAt((33 - state) % 32);
}
