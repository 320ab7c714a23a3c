/** The browser's storage of boxes, in memory: a value is there once its transaction is complete, and not before. */

/** What the browser keeps, by name, and how it fails; importing this puts it into the browser's place. */
export const store = {
  rows: new Map<string, unknown>(),
  /** Each request fails. */
  fails: false,
  /** Requests succeed, and what they wrote comes to nothing: the disk is full when it is to be written. */
  aborts: false,
  /** How transactions were asked to be written. */
  durability: [] as (string | undefined)[],
};

type Asked = { result?: unknown; error?: Error; onsuccess?: () => void; onerror?: () => void };

function asked(work: () => unknown, after: (failed: boolean) => void = () => undefined): Asked {
  const request: Asked = {};
  queueMicrotask(() => {
    if (store.fails) request.error = new Error("no space left");
    else request.result = work();
    (store.fails ? request.onerror : request.onsuccess)?.();
    after(store.fails);
  });
  return request;
}

class Transaction {
  oncomplete?: () => void;
  onabort?: () => void;
  error?: Error;

  objectStore = () => ({
    put: (value: unknown, name: string) =>
      asked(
        () => name,
        (failed) => this.end(failed || store.aborts, () => store.rows.set(name, value)),
      ),
    get: (name: string) =>
      asked(
        () => store.rows.get(name),
        (failed) => this.end(failed, () => undefined),
      ),
  });

  /** Some time after the request was answered. */
  private end(failed: boolean, write: () => void): void {
    setTimeout(() => {
      if (!failed) {
        write();
        this.oncomplete?.();
      } else {
        this.error = new Error("no space left");
        this.onabort?.();
      }
    });
  }
}

const database = {
  close: () => {},
  transaction: (_store: string, _mode: string, options?: { durability?: string }) => {
    store.durability.push(options?.durability);
    return new Transaction();
  },
};
const value = { open: () => asked(() => database) };
Object.defineProperty(globalThis, "indexedDB", { value, writable: true });
