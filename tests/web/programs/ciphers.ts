/**
 * The worker that encrypts, watched: it tells once a chunk of a payload is given to the browser's own cipher. Served as `library.js` it
 * is that of a browser without one.
 */
import "../../../web/seal/cipher.worker.ts";

const scope = self as unknown as { readonly location: Location; postMessage(told: { readonly native: true }): void };
const { prototype } = SubtleCrypto;
const [importKey, encrypt] = [prototype.importKey, prototype.encrypt];
const without = scope.location.pathname.endsWith("/library.js");
const keys: CryptoKey[] = [];

prototype.importKey = async function (this: SubtleCrypto, ...given: unknown[]) {
  if (without) throw new DOMException("no such algorithm", "NotSupportedError");
  const key = (await Reflect.apply(importKey, this, given)) as CryptoKey;
  keys.push(key);
  return key;
} as typeof importKey;

prototype.encrypt = function (this: SubtleCrypto, ...given: Parameters<typeof encrypt>) {
  if (given[1] === keys[1]) scope.postMessage({ native: true }); // the first key is the sample's
  return Reflect.apply(encrypt, this, given) as ReturnType<typeof encrypt>;
};
