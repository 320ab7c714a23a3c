/** A database of the browser (IndexedDB) with named stores of keys and values; what lies in them is the caller's business. */

/** One database. */
export class Database<Store extends string> {
  private opened: Promise<IDBDatabase> | undefined;

  /**
   * @param name of the database
   * @param stores all of its stores; another set needs another name
   */
  constructor(
    private readonly name: string,
    private readonly stores: readonly Store[],
  ) {}

  /** The value under a key, or undefined. Values are structured clones; the caller says what it had stored. */
  async get<T>(store: Store, key: string): Promise<T | undefined> {
    const found: unknown = await done((await this.use(store, "readonly")).get(key));
    return found as T | undefined;
  }

  /** Keys and values of a store whose keys begin with `prefix`, in order of the keys. */
  async list<T>(store: Store, prefix: string): Promise<readonly (readonly [string, T])[]> {
    const place = await this.use(store, "readonly");
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const [keys, values] = await Promise.all([done(place.getAllKeys(range)), done(place.getAll(range))]);
    return keys.map((key, at) => [String(key), values[at] as T] as const);
  }

  /** Stores a value under a key. */
  async set(store: Store, key: string, value: unknown): Promise<void> {
    await done((await this.use(store, "readwrite")).put(value, key));
  }

  /** Forgets the value under a key. */
  async remove(store: Store, key: string): Promise<void> {
    await done((await this.use(store, "readwrite")).delete(key));
  }

  /** Forgets everything in a store. */
  async clear(store: Store): Promise<void> {
    await done((await this.use(store, "readwrite")).clear());
  }

  private async use(store: Store, mode: IDBTransactionMode): Promise<IDBObjectStore> {
    this.opened ??= this.open();
    return (await this.opened).transaction(store, mode).objectStore(store);
  }

  private open(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.name, 1);
    request.onupgradeneeded = () => {
      for (const store of this.stores) request.result.createObjectStore(store);
    };
    return done(request);
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}
