// What is built from web/: one entry a program that a page loads. Whoever adds a page adds its line here.

/**
 * @typedef {object} Bundle
 * @property {string} name   Path of the outcome below build/web, without its ending.
 * @property {string} entry  Path of the first module, from the root of the checkout.
 */

/** @type {Bundle[]} */
export const BUNDLES = [{ name: "verify", entry: "web/verify/index.ts" }];
