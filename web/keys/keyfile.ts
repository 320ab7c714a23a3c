/**
 * Key files under a passphrase, in the two forms of the command line: Web3 Secret Storage version 3 for ledger accounts (any
 * wallet reads it), and `yinxin-key-1` for every other key of a home. scrypt takes a second: call it in a worker.
 */
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { b64url, concat, equal, hex, keccak256, unb64url, unhex, utf8 } from "../verify/bytes.ts";
import { canonical, isObject, type Json, type JsonObject, member } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { open as openSealed, seal as sealWith } from "./chacha.ts";
import { addressOf } from "./secp.ts";

/** What a file turned out to be. */
export interface Opened {
  /** `account`: 32 bytes of secp256k1. `secret`: 32 bytes. Others: PKCS #8. */
  readonly kind: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

const MOST_MEMORY = 2 ** 29; // bytes; wallets use half of it
const COST = { n: 2 ** 18, r: 8, p: 1 }; // as the command line's
const HOME_COST = { n: 2 ** 17, r: 8, p: 1 }; // the same

/**
 * The key in a file of either form.
 * @param text the file
 * @param name what the key is called in its home; bound into `yinxin-key-1`, and the file's own name without `.json`
 * @throws InvalidInput `keyfile.form`: no such file; `keyfile.passphrase`: it does not open
 */
export async function openKeyFile(text: string, passphrase: string, name: string): Promise<Opened> {
  const body = parsed(text);
  if (member(body, "format") === "yinxin-key-1") return openHomeKey(body, passphrase, name);
  return { kind: "account", data: await openAccount(body, passphrase) };
}

/** The account that a version 3 file says it is of, if it says so, lower-case 0x hexadecimal. */
export function addressIn(text: string): string | null {
  const said = member(parsed(text), "address");
  const bare = typeof said === "string" ? said.toLowerCase().replace(/^0x/, "") : "";
  return /^[0-9a-f]{40}$/.test(bare) ? `0x${bare}` : null;
}

/** A version 3 file of a private key (32 bytes). */
export async function sealAccount(secret: Uint8Array, passphrase: string, cost = COST): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const key = derived(passphrase, salt, cost.n, cost.r, cost.p, 32);
  const text = await counted(key.subarray(0, 16), iv, secret);
  return JSON.stringify({
    address: addressOf(secret).slice(2),
    crypto: {
      cipher: "aes-128-ctr",
      cipherparams: { iv: hex(iv) },
      ciphertext: hex(text),
      kdf: "scrypt",
      kdfparams: { dklen: 32, ...cost, salt: hex(salt) },
      mac: hex(keccak256(concat(key.subarray(16, 32), text))),
    },
    id: crypto.randomUUID(),
    version: 3,
  });
}

/**
 * A key of a home in a file as the command line keeps it (`yinxin-key-1`), canonical JSON.
 * @param kind `secret`: 32 bytes; `desk`: an X25519 key, PKCS #8
 * @param name what the key is called in the home; bound into the file
 */
export function sealHomeKey(
  kind: "secret" | "desk",
  data: Uint8Array,
  passphrase: string,
  name: string,
  cost = HOME_COST,
): string {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = derived(passphrase, salt, cost.n, cost.r, cost.p, 32);
  const sealed = sealWith(key, nonce, data, utf8(`yinxin-key-1 ${kind} ${name}`));
  return canonical({
    format: "yinxin-key-1",
    kind,
    scrypt: { ...cost },
    salt: b64url(salt),
    nonce: b64url(nonce),
    sealed: b64url(sealed),
  });
}

async function openAccount(body: JsonObject, passphrase: string): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = inner(body, "crypto");
  if (member(body, "version") !== 3 || member(sealed, "cipher") !== "aes-128-ctr") throw form();
  const text = digits(member(sealed, "ciphertext"));
  const key = accountKey(sealed, passphrase);
  if (!equal(keccak256(concat(key.subarray(16, 32), text)), digits(member(sealed, "mac")))) throw wrong();
  const secret = await counted(key.subarray(0, 16), digits(member(inner(sealed, "cipherparams"), "iv")), text);
  const said = member(body, "address");
  const found = addressOf(secret);
  if (typeof said === "string" && said.toLowerCase().replace(/^0x/, "") !== found.slice(2)) throw form();
  return secret;
}

function accountKey(sealed: JsonObject, passphrase: string): Uint8Array {
  const how = inner(sealed, "kdfparams");
  const salt = digits(member(how, "salt"));
  if (member(how, "dklen") !== 32) throw form();
  if (member(sealed, "kdf") === "scrypt") {
    return derived(passphrase, salt, count(how, "n"), count(how, "r"), count(how, "p"), 32);
  }
  const rounds = count(how, "c");
  if (member(sealed, "kdf") !== "pbkdf2" || member(how, "prf") !== "hmac-sha256" || rounds > 10_000_000) throw form();
  return pbkdf2(sha256, utf8(passphrase), salt, { c: rounds, dkLen: 32 });
}

function openHomeKey(body: JsonObject, passphrase: string, name: string): Opened {
  const kind = member(body, "kind");
  if (typeof kind !== "string") throw form();
  const how = inner(body, "scrypt");
  const salt = unb64url(member(body, "salt"), "salt");
  const key = derived(passphrase, salt, count(how, "n"), count(how, "r"), count(how, "p"), 32);
  const nonce = unb64url(member(body, "nonce"), "nonce");
  const sealed = unb64url(member(body, "sealed"), "sealed");
  try {
    const data = openSealed(key, nonce, sealed, utf8(`yinxin-key-1 ${kind} ${name}`));
    return { kind, data: new Uint8Array(data) };
  } catch {
    throw wrong();
  }
}

function derived(passphrase: string, salt: Uint8Array, n: number, r: number, p: number, dkLen: number): Uint8Array {
  if (128 * n * r > MOST_MEMORY || p > 16 || n < 2 || (n & (n - 1)) !== 0) throw form();
  return scrypt(utf8(passphrase), salt, { N: n, r, p, dkLen, maxmem: 2 * MOST_MEMORY });
}

async function counted(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  if (iv.length !== 16) throw form();
  const held = await crypto.subtle.importKey("raw", new Uint8Array(key), "AES-CTR", false, ["encrypt"]);
  const how = { name: "AES-CTR", counter: new Uint8Array(iv), length: 128 };
  return new Uint8Array(await crypto.subtle.encrypt(how, held, new Uint8Array(data)));
}

function parsed(text: string): JsonObject {
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    throw form();
  }
  if (!isObject(body)) throw form();
  return body;
}

function inner(body: JsonObject, name: string): JsonObject {
  const found = member(body, name);
  if (!isObject(found)) throw form();
  return found;
}

function count(body: JsonObject, name: string): number {
  const found = member(body, name);
  if (typeof found !== "number" || !Number.isSafeInteger(found) || found < 1) throw form();
  return found;
}

function digits(value: Json | undefined): Uint8Array {
  if (typeof value !== "string" || value.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(value)) throw form();
  return unhex(value.toLowerCase());
}

function form(): InvalidInput {
  return new InvalidInput("no key file of a form that is known here", "keyfile.form");
}

function wrong(): InvalidInput {
  return new InvalidInput("the passphrase does not open this file", "keyfile.passphrase");
}
