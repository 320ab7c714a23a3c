// What is built from web/: one entry a program that a page loads. Whoever adds a page adds its line here.

/**
 * @typedef {object} Bundle
 * @property {string} name   Path of the outcome below build/web, without its ending.
 * @property {string} entry  Path of the first module, from the root of the checkout.
 */

/** @type {Bundle[]} */
export const BUNDLES = [{ name: "verify", entry: "web/verify/index.ts" }];

/**
 * Programs of pages that the service makes, and their workers: `asset("name")` in a template gives the address
 * (docs/pages.md). A worker is a program of its own, whose address the page hands over as data.
 *
 * @type {Bundle[]}
 */
export const ISLANDS = [
  { name: "page", entry: "web/page/main.ts" },
  { name: "board", entry: "web/board/main.ts" },
  { name: "audit", entry: "web/audit/main.ts" },
  { name: "audit-worker", entry: "web/audit/audit.worker.ts" },
  { name: "keys-worker", entry: "web/keys/keys.worker.ts" },
  { name: "decide", entry: "web/decide/main.ts" },
  { name: "holding", entry: "web/holding/main.ts" },
  { name: "holding-worker", entry: "web/holding/holding.worker.ts" },
  { name: "ceremony", entry: "web/holding/ceremony/main.ts" },
  { name: "ceremony-worker", entry: "web/holding/ceremony/ceremony.worker.ts" },
  { name: "sheet", entry: "web/sheet/main.ts" },
  { name: "sheet-worker", entry: "web/sheet/sheet.worker.ts" },
  { name: "bid", entry: "web/bid/main.ts" },
  { name: "seal-worker", entry: "web/seal/seal.worker.ts" },
  { name: "cipher-worker", entry: "web/seal/cipher.worker.ts" },
  { name: "hash-worker", entry: "web/seal/hash.worker.ts" },
  { name: "device-worker", entry: "web/bid/device.worker.ts" },
];
