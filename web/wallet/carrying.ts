/**
 * Certificates and history in one file, for a new device: encrypted under a passphrase of its own (scrypt, AES-256-GCM). Device
 * keys are not in it, for they never leave a device: what was bound is claimed anew with a code (docs/formats/binding.md).
 */
import { PROFILE, stretched } from "../claims/kdf.ts";
import { b64url, fromUtf8, unb64url, utf8 } from "../verify/bytes.ts";
import { canonical, hasExactly, isObject, readCanonical } from "../verify/canonical.ts";
import { InvalidInput, YinxinError } from "../verify/errors.ts";
import type { Card } from "./cards.ts";
import type { Shown } from "./live.ts";

/** Characters of the shortest passphrase: the file may be copied, and tried at leisure. */
export const SHORTEST_PHRASE = 10;

const FORMAT = "yinxin-wallet-export-1";
const LIMIT = 64 * 2 ** 20;

/** What travels. */
export interface Carried {
  /** What was opened, as {@link Card.input} has it. */
  readonly inputs: readonly string[];
  readonly shown: readonly Shown[];
}

/** The file. */
export async function packed(cards: readonly Card[], shown: readonly Shown[], phrase: string): Promise<Uint8Array> {
  const plain: Carried = { inputs: cards.map((card) => card.input), shown };
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt(
    how(nonce),
    await keyOf(phrase, salt),
    Uint8Array.from(utf8(JSON.stringify(plain))),
  );
  return utf8(
    canonical({
      format: FORMAT,
      kdf: PROFILE,
      salt: b64url(salt),
      nonce: b64url(nonce),
      data: b64url(new Uint8Array(data)),
    }),
  );
}

/** What a file carries; `wrong`: not with this passphrase, `other`: no such file. */
export async function unpacked(file: Uint8Array, phrase: string): Promise<Carried | "wrong" | "other"> {
  try {
    const value = readCanonical(file, "export", LIMIT);
    if (!isObject(value) || value.format !== FORMAT || value.kdf !== PROFILE) return "other";
    if (!hasExactly(value, ["data", "format", "kdf", "nonce", "salt"])) return "other";
    const nonce = Uint8Array.from(unb64url(value.nonce, "nonce"));
    const key = await keyOf(phrase, unb64url(value.salt, "salt"));
    const plain = await crypto.subtle.decrypt(how(nonce), key, Uint8Array.from(unb64url(value.data, "data")));
    const text = fromUtf8(new Uint8Array(plain));
    if (text === null) throw new InvalidInput("export: not UTF-8", "export.form");
    return JSON.parse(text) as Carried;
  } catch (error) {
    if (error instanceof YinxinError) return "other";
    if (error instanceof DOMException) return "wrong";
    throw error;
  }
}

function how(iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: Uint8Array.from(utf8(FORMAT)) };
}

async function keyOf(phrase: string, salt: Uint8Array): Promise<CryptoKey> {
  const raw = Uint8Array.from(await stretched(phrase.normalize("NFKC"), salt));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}
