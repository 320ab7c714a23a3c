import assert from "node:assert/strict";
import { test } from "node:test";
import { open, seal } from "../../../web/keys/chacha.ts";
import { addressIn, openKeyFile, sealAccount } from "../../../web/keys/keyfile.ts";
import { addressOf, freshSecret, recover, signatureOf, signDigest } from "../../../web/keys/secp.ts";
import {
  messageDigest,
  signedTransaction,
  type TypedData,
  transactionDigest,
  typedDigest,
} from "../../../web/keys/typed.ts";
import { openWallet } from "../../../web/keys/wallet.ts";
import { whenAway } from "../../../web/keys/watch.ts";
import { hex, hex0x, unhex, unhex0x, utf8 } from "../../../web/verify/bytes.ts";
import type { JsonObject } from "../../../web/verify/canonical.ts";
import { vector } from "../support/files.ts";

type Signed = { digest: string; signature: string };
type Sent = { chainId: number; nonce: number; gas: number; to: string; data: string };
type Amounts = { maxPriorityFeePerGas: string; maxFeePerGas: string; value: string };
type Keys = {
  passphrase: string;
  privateKey: string;
  address: string;
  messages: (Signed & { text: string })[];
  typed: (Signed & { data: TypedData })[];
  transactions: { transaction: Sent & Amounts; raw: string }[];
  files: { name: string; kind: string; file: string; data: string }[];
};
type Decisions = {
  domain: JsonObject;
  types: TypedData["types"];
  privateKey: string;
  cases: (Signed & { message: JsonObject })[];
};

const KEYS = vector<Keys>("keys");
const SECRET = unhex0x(KEYS.privateKey, "privateKey", 32);

test("an address is the one that eth-account derives", () => {
  assert.equal(addressOf(SECRET), KEYS.address);
  assert.throws(() => addressOf(new Uint8Array(32)), { code: "keys.secret" });
  assert.throws(() => addressOf(new Uint8Array(32).fill(255)), { code: "keys.secret" });
});

test("texts are signed as eth-account signs them, to the byte", () => {
  for (const { text, digest, signature } of KEYS.messages) {
    assert.equal(hex0x(messageDigest(text)), digest);
    assert.equal(hex0x(signDigest(messageDigest(text), SECRET)), signature);
    assert.equal(recover(messageDigest(text), unhex0x(signature, "", 65)), KEYS.address);
  }
});

test("typed data are signed as eth-account signs them, to the byte", () => {
  for (const { data, digest, signature } of KEYS.typed) {
    assert.equal(hex0x(typedDigest(data)), digest);
    assert.equal(hex0x(signDigest(typedDigest(data), SECRET)), signature);
  }
});

test("decisions are signed as every wallet signs them", () => {
  const known = vector<Decisions>("decision");
  for (const { message, digest, signature } of known.cases) {
    const data = { types: known.types, primaryType: "Decision", domain: known.domain, message };
    assert.equal(hex0x(typedDigest(data)), digest);
    assert.equal(hex0x(signDigest(typedDigest(data), unhex0x(known.privateKey, "", 32))), signature);
  }
});

test("a value that is not of its type is refused before anything is signed", () => {
  const domain = { name: "Sample", version: "1", chainId: 1, verifyingContract: `0x${"00".repeat(20)}` };
  const types = { EIP712Domain: KEYS.typed[0]?.data.types.EIP712Domain ?? [] };
  const wrong: [string, JsonObject[string]][] = [
    ["uint8", 256],
    ["uint8", -1],
    ["int8", 128],
    ["uint64", 1.5],
    ["uint64", "0x10"],
    ["bool", 1],
    ["string", 7],
    ["string", "\ud800"],
    ["address", "0x00"],
    ["bytes32", "0x00"],
    ["string[]", "a"],
    ["string[2]", ["a"]],
    ["fixed8", 1],
  ];
  for (const [type, value] of wrong) {
    const whole = { ...types, One: [{ name: "value", type }] };
    const data = { types: whole, primaryType: "One", domain, message: { value } };
    assert.throws(() => typedDigest(data as TypedData), /value/, type);
  }
});

test("transactions are signed as eth-account signs them, to the byte", () => {
  for (const { transaction, raw } of KEYS.transactions) {
    const amounts = {
      maxPriorityFeePerGas: BigInt(transaction.maxPriorityFeePerGas),
      maxFeePerGas: BigInt(transaction.maxFeePerGas),
      value: BigInt(transaction.value),
    };
    const one = { ...transaction, ...amounts, data: unhex0x(transaction.data, "data") };
    assert.equal(hex0x(signedTransaction(one, signDigest(transactionDigest(one), SECRET))), raw);
  }
});

test("key files of the command line open, accounts and the home's other keys", async () => {
  for (const { name, kind, file, data } of KEYS.files) {
    const opened = await openKeyFile(file, KEYS.passphrase, name);
    assert.equal(opened.kind, kind);
    // An X25519 key is PKCS #8, whose last 32 bytes are the key itself.
    assert.equal(hex(opened.data.subarray(-32)), data.slice(2));
  }
});

test("another passphrase, another name or one changed digit opens nothing", async () => {
  for (const { name, kind, file } of KEYS.files) {
    await assert.rejects(openKeyFile(file, `${KEYS.passphrase} `, name), { code: "keyfile.passphrase" });
    const last = kind === "account" ? /"ciphertext": "(.)/ : /"sealed":"(.)/;
    const spoilt = file.replace(last, (whole, one: string) => whole.slice(0, -1) + (one === "a" ? "b" : "a"));
    assert.notEqual(spoilt, file);
    await assert.rejects(openKeyFile(spoilt, KEYS.passphrase, name), { code: "keyfile.passphrase" });
    if (kind !== "account") {
      await assert.rejects(openKeyFile(file, KEYS.passphrase, "other"), { code: "keyfile.passphrase" });
    }
  }
});

test("what is no key file, or would take a gigabyte to open, is refused", async () => {
  const [first] = KEYS.files;
  const greedy = (first?.file ?? "").replace('"n": 4096', '"n": 4194304');
  for (const text of ["", "null", "[]", "{}", '{"version":3}', '{"format":"yinxin-key-1"}', greedy]) {
    await assert.rejects(openKeyFile(text, KEYS.passphrase, "account"), { code: "keyfile.form" }, text);
  }
});

test("a file made here opens here and says whose it is", async () => {
  const secret = freshSecret();
  const text = await sealAccount(secret, KEYS.passphrase, { n: 1024, r: 8, p: 1 });
  assert.equal(addressIn(text), addressOf(secret));
  assert.deepEqual((await openKeyFile(text, KEYS.passphrase, "account")).data, new Uint8Array(secret));
});

test("ChaCha20-Poly1305 is that of RFC 8439, section 2.8.2", () => {
  const key = Uint8Array.from({ length: 32 }, (_, at) => 0x80 + at);
  const nonce = unhex("070000004041424344454647");
  const bound = unhex("50515253c0c1c2c3c4c5c6c7");
  const plain = utf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const sealed = seal(key, nonce, plain, bound);
  assert.equal(hex(sealed.subarray(0, 16)), "d31a8d34648e60db7b86afbc53ef7ec2");
  assert.equal(hex(sealed.subarray(-16)), "1ae10b594f09e26a7e902ecbd0600691");
  assert.deepEqual(open(key, nonce, sealed, bound), plain);
  for (const at of [0, 40, sealed.length - 1]) {
    const spoilt = sealed.slice();
    spoilt[at] = (spoilt[at] ?? 0) ^ 1;
    assert.throws(() => open(key, nonce, spoilt, bound), { code: "sealed.wrong" });
  }
  assert.throws(() => open(key, nonce, sealed.subarray(0, 8), bound), { code: "sealed.wrong" });
});

test("a wallet's signature counts only in its account's name, and takes our one form", async () => {
  const [message] = KEYS.messages;
  const { signature = "", text = "", digest = "" } = message ?? {};
  const raw = unhex0x(digest, "digest", 32);
  const v = Number.parseInt(signature.slice(-2), 16);
  const zero = signature.slice(0, -2) + (v - 27).toString(16).padStart(2, "0");
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const flipped = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, "0");
  const high = signature.slice(0, 66) + flipped + (v === 27 ? "1c" : "1b");
  assert.equal(recover(raw, unhex0x(high, "", 65)), null);
  for (const one of [signature, zero, high, signature.toUpperCase().replace("0X", "0x")]) {
    assert.equal(signatureOf(one, raw, KEYS.address), signature);
  }
  const answers: Record<string, unknown> = { eth_requestAccounts: [KEYS.address], personal_sign: signature };
  const wallet = await openWallet({ request: async ({ method }) => answers[method] });
  assert.equal(await wallet.signMessage(text), signature);
  await assert.rejects(wallet.signMessage(`${text}!`), { code: "keys.signature" });
  wallet.forget();
  await assert.rejects(wallet.signMessage(text), { code: "keys.forgotten" });
});

test("a wallet's no is told apart from its failure", async () => {
  const saying = (code: number) => openWallet({ request: () => Promise.reject({ code, message: "no" }) });
  await assert.rejects(saying(4001), { code: "wallet.refused" });
  await assert.rejects(saying(-32603), { code: "wallet.failed" });
  await assert.rejects(openWallet({ request: async () => [] }), { code: "wallet.account" });
});

test("a key is forgotten at once when its page is left, and once only", () => {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { hidden: false });
  let count = 0;
  whenAway(() => count++, { window, document });
  window.dispatchEvent(new Event("pagehide"));
  window.dispatchEvent(new Event("pagehide"));
  assert.equal(count, 1);
});

test("a key is forgotten when nobody touches the page, and sooner out of sight", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { hidden: false });
  let count = 0;
  const watch = (): void => {
    whenAway(() => count++, { window, document }, 300, 60);
  };
  watch();
  context.mock.timers.tick(299);
  window.dispatchEvent(new Event("keydown"));
  context.mock.timers.tick(299);
  assert.equal(count, 0);
  context.mock.timers.tick(1);
  assert.equal(count, 1);
  watch();
  document.hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  context.mock.timers.tick(60);
  assert.equal(count, 2);
});
