/**
 * Seals what is about people before it is stored: AES-256-GCM (NIST SP 800-38D) under a key that this browser makes, keeps
 * and never hands out, also not to our own scripts. Wiping destroys the key, so that copies of the database are worthless.
 * Whoever may run programs as this user of the device can still use the key through the browser; docs/scanner.md says so.
 */
import * as storage from "./storage.ts";

const KEY = "vault";

interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/** Stores a plain value under a key, sealed; the key is bound in, so that entries cannot be exchanged for each other. */
export async function put(name: string, value: unknown): Promise<void> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const data = await crypto.subtle.encrypt(parameters(name, nonce), await key(), plain);
  const sealed: Sealed = { nonce, data };
  await storage.set("private", name, sealed);
}

/** Every value whose name begins with `prefix`, in order; what cannot be opened any more is dropped. */
export async function all<T>(prefix: string): Promise<T[]> {
  const found: T[] = [];
  for (const [name, sealed] of await storage.list<Sealed>("private", prefix)) {
    try {
      const plain = await crypto.subtle.decrypt(parameters(name, sealed.nonce), await key(), sealed.data);
      found.push(JSON.parse(new TextDecoder().decode(plain)) as T);
    } catch {
      await storage.remove("private", name);
    }
  }
  return found;
}

/** Forgets one value. */
export async function drop(name: string): Promise<void> {
  await storage.remove("private", name);
}

/** Forgets every value, and the key they were sealed with. */
export async function wipe(): Promise<void> {
  made = undefined;
  await storage.clear("keys");
  await storage.clear("private");
}

let made: Promise<CryptoKey> | undefined;

function key(): Promise<CryptoKey> {
  made ??= findOrMake();
  return made;
}

async function findOrMake(): Promise<CryptoKey> {
  const found = await storage.get<CryptoKey>("keys", KEY);
  if (found !== undefined) return found;
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await storage.set("keys", KEY, fresh);
  return fresh;
}

function parameters(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}
