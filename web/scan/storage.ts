/**
 * What the page keeps on the device: an IndexedDB with three stores. `private` holds only sealed values (see vault.ts),
 * `public` what anybody may read (trust root, snapshot), `keys` the key of the vault, which no script can export.
 */
import { Database } from "../ui/storage.ts";

/** The stores. */
export type StoreName = "private" | "public" | "keys";

const database = new Database<StoreName>("yinxin", ["private", "public", "keys"]);

/** As {@link Database.get}. */
export const get: typeof database.get = database.get.bind(database);

/** As {@link Database.list}. */
export const list: typeof database.list = database.list.bind(database);

/** As {@link Database.set}. */
export const set: typeof database.set = database.set.bind(database);

/** As {@link Database.remove}. */
export const remove: typeof database.remove = database.remove.bind(database);

/** As {@link Database.clear}. */
export const clear: typeof database.clear = database.clear.bind(database);
