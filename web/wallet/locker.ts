/**
 * The wallet's locker: everything about a holder lies in it, AES-256-GCM (NIST SP 800-38D), and opens by a PIN or passphrase.
 *
 * A random data key seals the entries. It is stored twice wrapped: under a key that scrypt makes of the PIN, and around that
 * under a key which this browser keeps and never hands out. So a copy of the database without the browser's own key is worthless
 * whatever the PIN, and a browser in a stranger's hands is worth as much as the PIN. Another PIN wraps the same data key anew; a
 * passkey, where there is one, wraps it once more beside.
 * Names of entries are numbers and kinds; they are bound in, so that entries cannot be exchanged for each other.
 */
import { CURVE } from "../claims/device.ts";
import { stretched } from "../claims/kdf.ts";
import { Database } from "../ui/storage.ts";
import { now } from "../ui/times.ts";
import { askPasskey, makePasskey } from "./passkey.ts";

/** Characters of the shortest PIN. */
export const SHORTEST = 6;

/** Wrong PINs before the locker makes people wait, and the seconds of the first wait; each further one doubles it. */
const FREE_TRIES = 5;
const FIRST_WAIT = 30;

const database = new Database<"plain" | "sealed" | "keys">("yinxin-wallet", ["plain", "sealed", "keys"]);
const OUTER = "outer";

interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/** How the data key is stored: by a PIN the salt is scrypt's, by a passkey what the passkey is asked about. */
interface Wrapped {
  readonly format: "yinxin-locker-1";
  readonly salt: Uint8Array<ArrayBuffer>;
  /** Of a passkey: which. */
  readonly credential?: ArrayBuffer;
  readonly inner: Uint8Array<ArrayBuffer>;
  readonly outer: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

interface Tries {
  readonly wrong: number;
  readonly until: number;
}

/** It does not open: `wrong`, or `wait` for some seconds. */
export class LockerFault extends Error {
  constructor(
    readonly kind: "wrong" | "wait" | "locked",
    readonly seconds = 0,
  ) {
    super(`locker: ${kind}`);
  }
}

let opened: CryptoKey | null = null;

/** Whether this device has a locker. */
export async function exists(): Promise<boolean> {
  return (await database.get<Wrapped>("plain", "wrapped")) !== undefined;
}

/** Whether it is open. */
export function isOpen(): boolean {
  return opened !== null;
}

/** Makes a new, empty locker, open. */
export async function create(pin: string): Promise<void> {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  await database.clear("sealed");
  await database.set("keys", OUTER, await aesKey());
  await wrap(raw, pin);
  opened = await imported(raw);
}

/** Opens it. Throws LockerFault. */
export async function open(pin: string): Promise<void> {
  opened = await imported(await unwrapped(pin));
}

/** Whether a passkey opens it, too. */
export async function hasPasskey(): Promise<boolean> {
  return (await database.get<Wrapped>("plain", "passkey")) !== undefined;
}

/** Lets a passkey open it, too; `pin` shows that it may. Throws LockerFault, PasskeyFault. */
export async function addPasskey(pin: string): Promise<void> {
  const raw = await unwrapped(pin);
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const { credential, secret } = await makePasskey(salt);
  await database.set("plain", "passkey", { ...(await wrapped(raw, secret, salt)), credential } satisfies Wrapped);
  raw.fill(0);
}

/** Opens it by the passkey. Throws LockerFault, PasskeyFault. */
export async function openByPasskey(): Promise<void> {
  const stored = await database.get<Wrapped>("plain", "passkey");
  if (stored?.credential === undefined) throw new LockerFault("wrong");
  const secret = await askPasskey(stored.credential, stored.salt);
  const raw = await database.get<CryptoKey>("keys", OUTER).then((outer) => bare(stored, outer, secret));
  if (raw === null) throw new LockerFault("wrong");
  opened = await imported(raw);
}

/** Forgets the passkey; the PIN opens it alone. */
export async function dropPasskey(): Promise<void> {
  await database.remove("plain", "passkey");
}

/** Closes it: the data key is forgotten. */
export function lock(): void {
  opened = null;
}

/** Wraps the data key by another PIN; wrong tries count as in {@link open}. Throws LockerFault. */
export async function change(before: string, after: string): Promise<void> {
  await wrap(await unwrapped(before), after);
}

/** Forgets everything, and the keys. */
export async function wipe(): Promise<void> {
  lock();
  await database.clear("keys");
  await database.clear("sealed");
  await database.clear("plain");
}

/** Stores a plain value under a name. Throws LockerFault. */
export async function put(name: string, value: unknown): Promise<void> {
  const nonce = fresh();
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const sealed: Sealed = { nonce, data: await crypto.subtle.encrypt(parameters(name, nonce), key(), plain) };
  await database.set("sealed", name, sealed);
}

/** Every value whose name begins with `prefix`, in order. Throws LockerFault. */
export async function all<T>(prefix: string): Promise<T[]> {
  const found: T[] = [];
  for (const [name, sealed] of await database.list<Sealed>("sealed", prefix)) {
    const plain = await crypto.subtle.decrypt(parameters(name, sealed.nonce), key(), sealed.data);
    found.push(JSON.parse(new TextDecoder().decode(plain)) as T);
  }
  return found;
}

/** Forgets one value. */
export async function drop(name: string): Promise<void> {
  await database.remove("sealed", name);
}

/** Forgets every value whose name begins with `prefix`. */
export async function dropAll(prefix: string): Promise<void> {
  for (const [name] of await database.list<Sealed>("sealed", prefix)) await database.remove("sealed", name);
}

/** Makes a P-256 key, stores it wrapped, and gives its public half; its private half never is in a script's hands. */
export async function makeKey(name: string): Promise<CryptoKey> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["sign"]);
  const nonce = fresh();
  const data = await crypto.subtle.wrapKey("pkcs8", pair.privateKey, key(), parameters(name, nonce));
  await database.set("sealed", name, { nonce, data } satisfies Sealed);
  return pair.publicKey;
}

/** The private half, for signing only; null if there is none. Throws LockerFault. */
export async function useKey(name: string): Promise<CryptoKey | null> {
  const sealed = await database.get<Sealed>("sealed", name);
  if (sealed === undefined) return null;
  const how = parameters(name, sealed.nonce);
  return crypto.subtle.unwrapKey("pkcs8", sealed.data, key(), how, CURVE, false, ["sign"]);
}

// -------------------------------------------------------------------- the data key

async function wrap(raw: Uint8Array<ArrayBuffer>, pin: string): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  await database.set("plain", "wrapped", await wrapped(raw, await keyOf(pin, salt), salt));
}

async function wrapped(
  raw: Uint8Array<ArrayBuffer>,
  secret: CryptoKey,
  salt: Uint8Array<ArrayBuffer>,
): Promise<Wrapped> {
  const outerKey = await database.get<CryptoKey>("keys", OUTER);
  if (outerKey === undefined) throw new LockerFault("wrong");
  const [inner, outer] = [fresh(), fresh()];
  const once = await crypto.subtle.encrypt({ name: "AES-GCM", iv: inner }, secret, raw);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv: outer }, outerKey, once);
  return { format: "yinxin-locker-1", salt, inner, outer, data };
}

/** The data key, or null if the secret is another. */
async function bare(
  stored: Wrapped,
  outerKey: CryptoKey | undefined,
  secret: CryptoKey,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (outerKey === undefined) return null;
  try {
    const once = await crypto.subtle.decrypt({ name: "AES-GCM", iv: stored.outer }, outerKey, stored.data);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: stored.inner }, secret, once));
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

async function unwrapped(pin: string): Promise<Uint8Array<ArrayBuffer>> {
  const tries = (await database.get<Tries>("plain", "tries")) ?? { wrong: 0, until: 0 };
  if (now() < tries.until) throw new LockerFault("wait", tries.until - now());
  const stored = await database.get<Wrapped>("plain", "wrapped");
  if (stored === undefined) throw new LockerFault("wrong");
  const outer = await database.get<CryptoKey>("keys", OUTER);
  const raw = await bare(stored, outer, await keyOf(pin, stored.salt));
  if (raw !== null) {
    await database.remove("plain", "tries");
    return raw;
  }
  const wrong = tries.wrong + 1;
  const wait = wrong < FREE_TRIES ? 0 : FIRST_WAIT * 2 ** (wrong - FREE_TRIES);
  await database.set("plain", "tries", { wrong, until: now() + wait } satisfies Tries);
  throw wait === 0 ? new LockerFault("wrong") : new LockerFault("wait", wait);
}

async function keyOf(pin: string, salt: Uint8Array): Promise<CryptoKey> {
  const raw = Uint8Array.from(await stretched(pin.normalize("NFKC"), salt));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** The data key as it is used; the bytes it was made from are overwritten. */
async function imported(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const uses: KeyUsage[] = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
  const made = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, uses);
  raw.fill(0);
  return made;
}

function aesKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

function key(): CryptoKey {
  if (opened === null) throw new LockerFault("locked");
  return opened;
}

function fresh(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(12));
}

function parameters(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}
