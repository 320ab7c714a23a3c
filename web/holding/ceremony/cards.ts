/** A key holder's card: who is ready to be one, signed by the account (docs/formats/key-holders.md, chain/tenders/holding/cards.py). */
import { recover } from "../../keys/secp.ts";
import { b64url, concat, hex0x, sha256, unb64url, unhex0x, utf8 } from "../../verify/bytes.ts";
import {
  canonical,
  hasExactly,
  isObject,
  type Json,
  type JsonObject,
  lengthOf,
  member,
} from "../../verify/canonical.ts";
import { InvalidInput } from "../../verify/errors.ts";

/** A card. */
export interface MemberCard {
  /** Account on the ledger, lower-case 0x hexadecimal. */
  readonly address: string;
  /** X25519 public key for deals, 32 bytes. */
  readonly key: Uint8Array;
  /** By which people know the key holder. */
  readonly name: string;
  /** The account's over all this, 65 bytes. */
  readonly signature: Uint8Array;
}

const FORMAT = "yinxin-member-card-1";
const LONGEST = 100;

/** What the account signs for a card, 32 bytes. Throws InvalidInput for a name of another form. */
export function cardDigest(address: string, key: Uint8Array, name: string): Uint8Array {
  return sha256(concat(utf8(`${FORMAT}\0`), utf8(canonical(bodyOf(address, key, aName(name))))));
}

/** Canonical JSON, as `yinxin keyholder join` writes it. */
export function cardText(card: MemberCard): string {
  return canonical({ format: FORMAT, ...bodyOf(card.address, card.key, card.name), signature: b64url(card.signature) });
}

/** A card whose signature is checked. Throws InvalidInput. */
export function readCard(value: Json | undefined): MemberCard {
  if (!isObject(value) || !hasExactly(value, ["format", "address", "key", "name", "signature"])) throw wrong("members");
  if (member(value, "format") !== FORMAT) throw wrong("format");
  const address = hex0x(unhex0x(value.address, "address", 20));
  const key = unb64url(value.key, "key");
  const signature = unb64url(value.signature, "signature");
  if (key.length !== 32 || typeof value.name !== "string") throw wrong("key");
  const name = aName(value.name);
  if (recover(cardDigest(address, key, name), signature) !== address) {
    throw new InvalidInput("the account did not sign this card", "holding.card_signature");
  }
  return { address, key, name, signature };
}

/** A name or title that people read: 1 to 100 printable characters of one line, in form NFC. Throws InvalidInput. */
export function aName(text: string): string {
  const printable = !/[\p{C}\p{Z}]/u.test(text.replaceAll(" ", ""));
  const bounded = text !== "" && lengthOf(text) <= LONGEST && !text.startsWith(" ") && !text.endsWith(" ");
  if (!printable || !bounded || text !== text.normalize("NFC")) {
    throw new InvalidInput(`1 to ${LONGEST} characters on one line, no blanks at the ends (NFC)`, "holding.name");
  }
  return text;
}

function bodyOf(address: string, key: Uint8Array, name: string): JsonObject {
  return { address, key: b64url(key), name };
}

function wrong(what: string): InvalidInput {
  return new InvalidInput(`not a card of the form ${FORMAT}: ${what}`, "holding.card");
}
