/**
 * What a room keeps on the device: a sealed box, AES-256-GCM (SP 800-38D) under a key from the passphrase (PBKDF2, RFC 8018). The
 * browser's storage and the file that its owner saves hold the same box; without the passphrase it says how long it is.
 */
import { b64url, fromUtf8, unb64url, utf8 } from "../verify/bytes.ts";
import { canonical, hasExactly, isObject, type JsonObject, readCanonical } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";

/** Of which room. */
export interface BoxKind {
  /** Of the box's file; bound to what is sealed. */
  readonly format: string;
  /** Of the browser's storage. */
  readonly database: string;
}

const ROUNDS = 600_000;
const LARGEST = 64 * 2 ** 20;
const STORE = "boxes";

/** An opened box: what is kept, and the key that keeps it. */
export class PassBox {
  private constructor(
    private readonly kind: BoxKind,
    private readonly name: string,
    private readonly salt: Uint8Array<ArrayBuffer>,
    private readonly key: CryptoKey,
    /** What it holds. */
    readonly value: JsonObject,
  ) {}

  /** A new box under a passphrase. */
  static async make(kind: BoxKind, name: string, passphrase: string, value: JsonObject): Promise<PassBox> {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    return new PassBox(kind, name, salt, await derived(passphrase, salt), value);
  }

  /** A box of the storage or of a file. Throws InvalidInput `box.form`, `box.other` (of another name), `box.passphrase`. */
  static async open(kind: BoxKind, name: string, passphrase: string, text: string): Promise<PassBox> {
    const sealed = readCanonical(utf8(text), "box", LARGEST);
    if (
      !isObject(sealed) ||
      !hasExactly(sealed, ["format", "name", "nonce", "salt", "sealed"]) ||
      sealed.format !== kind.format
    ) {
      throw new InvalidInput("no box of this room", "box.form");
    }
    if (sealed.name !== name) throw new InvalidInput("a box of another name", "box.other");
    const salt = new Uint8Array(unb64url(sealed.salt, "salt"));
    const key = await derived(passphrase, salt);
    const how = {
      name: "AES-GCM",
      iv: new Uint8Array(unb64url(sealed.nonce, "nonce")),
      additionalData: bound(kind, name),
    };
    let plain: ArrayBuffer;
    try {
      plain = await crypto.subtle.decrypt(how, key, new Uint8Array(unb64url(sealed.sealed, "sealed")));
    } catch {
      throw new InvalidInput("the passphrase does not open it", "box.passphrase");
    }
    const value: unknown = JSON.parse(fromUtf8(new Uint8Array(plain)) ?? "null");
    return new PassBox(kind, name, salt, key, value as JsonObject);
  }

  /** The same box with another content. */
  holding(value: JsonObject): PassBox {
    return new PassBox(this.kind, this.name, this.salt, this.key, value);
  }

  /** Sealed, as it is stored and saved. */
  async sealed(): Promise<string> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const how = { name: "AES-GCM", iv, additionalData: bound(this.kind, this.name) };
    const data = await crypto.subtle.encrypt(how, this.key, new Uint8Array(utf8(canonical(this.value))));
    return canonical({
      format: this.kind.format,
      name: this.name,
      nonce: b64url(iv),
      salt: b64url(this.salt),
      sealed: b64url(new Uint8Array(data)),
    });
  }

  /** Puts it into the browser's storage; done once it is written there. */
  async store(): Promise<void> {
    const text = await this.sealed();
    await request(this.kind, "readwrite", (store) => store.put(text, this.name));
  }
}

/** The sealed box of that name in the browser's storage, or null. */
export async function storedBox(kind: BoxKind, name: string): Promise<string | null> {
  const found: unknown = await request(kind, "readonly", (store) => store.get(name));
  return typeof found === "string" ? found : null;
}

async function derived(passphrase: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const given = await crypto.subtle.importKey("raw", new Uint8Array(utf8(passphrase)), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, given, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

function bound(kind: BoxKind, name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(utf8(`${kind.format} ${name}`));
}

async function request(
  kind: BoxKind,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const opening = indexedDB.open(kind.database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = (await settled(opening)) as IDBDatabase;
  try {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const asked = work(transaction.objectStore(STORE));
    await written(transaction);
    return asked.result;
  } finally {
    database.close();
  }
}

/** A request's success says that it was taken; on the disk it is once its transaction is complete, which may still fail. */
function written(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    // A request that fails aborts its transaction, and its error is the transaction's.
    transaction.onabort = () => reject(transaction.error ?? new Error("the browser's storage failed"));
  });
}

function settled(asked: IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("the browser's storage failed"));
  });
}
