/**
 * What an expert's page keeps on the device: drafts, and the sheet that was committed to with its salt. AES-256-GCM (SP 800-38D)
 * under a key that follows from the account's own (HKDF, RFC 5869), so whoever has not the key file and its passphrase reads nothing.
 */
import { Database } from "../ui/storage.ts";
import { utf8 } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";

/** An encrypted text. */
export interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

const INFO = "yinxin-sheet-kept-1";
const database = new Database<"sealed">("yinxin-sheets", ["sealed"]);

/** The sealed text under a name, or undefined. */
export function keptUnder(name: string): Promise<Sealed | undefined> {
  return database.get<Sealed>("sealed", name);
}

/** Keeps a sealed text; on return it lies in the storage. */
export function keep(name: string, sealed: Sealed): Promise<void> {
  return database.set("sealed", name, sealed);
}

/** Forgets what is kept under a name. */
export function drop(name: string): Promise<void> {
  return database.remove("sealed", name);
}

/** The key for what an account keeps, from its private key (32 bytes); no script can export it. */
export async function storageKey(secret: Uint8Array): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", new Uint8Array(secret), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: new Uint8Array(utf8(INFO)) };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Encrypts a text; the name is bound in. */
export async function sealKept(key: CryptoKey, name: string, text: string): Promise<Sealed> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  return { nonce, data: await crypto.subtle.encrypt(parameters(name, nonce), key, new Uint8Array(utf8(text))) };
}

/** Inverse of {@link sealKept}. Throws InvalidInput `sheet.kept`. */
export async function openKept(key: CryptoKey, name: string, { nonce, data }: Sealed): Promise<string> {
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt(parameters(name, nonce), key, data));
  } catch {
    throw new InvalidInput("what lies on this device does not open with this key", "sheet.kept");
  }
}

function parameters(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new Uint8Array(utf8(name)) };
}
