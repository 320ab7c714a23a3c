/**
 * What the page keeps on the device: an IndexedDB with three stores. `private` holds only sealed values (see vault.ts),
 * `public` what anybody may read (trust root, snapshot), `keys` the key of the vault, which no script can export.
 */

const NAME = "yinxin";
const VERSION = 1;

/** The stores. */
export type StoreName = "private" | "public" | "keys";

const STORES: readonly StoreName[] = ["private", "public", "keys"];

let opened: Promise<IDBDatabase> | undefined;

/** The value under a key, or undefined. Values are structured clones; the caller says what it had stored. */
export async function get<T>(store: StoreName, key: string): Promise<T | undefined> {
  const found: unknown = await done((await use(store, "readonly")).get(key));
  return found as T | undefined;
}

/** Keys and values of a store whose keys begin with `prefix`, in order of the keys. */
export async function list<T>(store: StoreName, prefix: string): Promise<readonly (readonly [string, T])[]> {
  const place = await use(store, "readonly");
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const [keys, values] = await Promise.all([done(place.getAllKeys(range)), done(place.getAll(range))]);
  return keys.map((key, at) => [String(key), values[at] as T] as const);
}

/** Stores a value under a key. */
export async function set(store: StoreName, key: string, value: unknown): Promise<void> {
  await done((await use(store, "readwrite")).put(value, key));
}

/** Forgets the value under a key. */
export async function remove(store: StoreName, key: string): Promise<void> {
  await done((await use(store, "readwrite")).delete(key));
}

/** Forgets everything in a store. */
export async function clear(store: StoreName): Promise<void> {
  await done((await use(store, "readwrite")).clear());
}

async function use(store: StoreName, mode: IDBTransactionMode): Promise<IDBObjectStore> {
  opened ??= open();
  return (await opened).transaction(store, mode).objectStore(store);
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    for (const store of STORES) request.result.createObjectStore(store);
  };
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}
