import assert from "node:assert/strict";
import { test } from "node:test";
import { type Commitment, commitmentHash, custodianOf, kindDigest, withdrawalHash } from "../../../web/bid/acts.ts";
import { bigEndian, concat, hex0x, sha256, unhex0x, utf8 } from "../../../web/verify/bytes.ts";
import { vector } from "../support/files.ts";

type Typed = {
  type: string;
  message: Record<string, string | number>;
  structHash: string;
  signer: string;
  signature: string;
};
const { chainId, book, typed } = vector<{ chainId: number; book: string; typed: Typed[] }>("tender");
const of = (type: string) => typed.filter((one) => one.type === type);
const lower = (message: Typed["message"]) =>
  Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, typeof value === "string" ? value.toLowerCase() : value]),
  );

test("commitments and withdrawals have the contract's hashes", () => {
  assert.ok(of("Commitment").length > 0 && of("Withdrawal").length > 0);
  for (const { message, structHash } of of("Commitment")) {
    const commitment = lower(message) as unknown as Commitment;
    assert.equal(hex0x(commitmentHash(commitment)), structHash);
    const turned = Object.fromEntries(Object.entries(commitment).reverse()) as unknown as Commitment;
    assert.equal(hex0x(commitmentHash(turned)), structHash);
  }
  for (const { message, structHash } of of("Withdrawal")) {
    assert.equal(hex0x(withdrawalHash(lower(message) as unknown as Commitment)), structHash);
  }
});

test("a custodian's signature names the custodian, for this commitment alone", () => {
  const [one] = of("Custody");
  assert.ok(one !== undefined);
  const { message, signature, signer } = one;
  const hash = unhex0x(message.commitment, "commitment", 32);
  const given = unhex0x(signature, "signature", 65);
  assert.equal(custodianOf({ chainId, book }, hash, given), signer);
  assert.notEqual(custodianOf({ chainId, book }, sha256(hash), given), signer);
  assert.notEqual(custodianOf({ chainId: chainId + 1, book }, hash, given), signer);
});

test("a commitment's kind is a salted digest", () => {
  const [address, salt] = [new Uint8Array(20).fill(1), new Uint8Array(32).fill(2)];
  const tag = concat(utf8("yinxin-kind-v1"), new Uint8Array(18));
  const place = concat(address, bigEndian(7, 8), bigEndian(2, 4), address, Uint8Array.of(1), new Uint8Array(20), salt);
  assert.deepEqual(kindDigest(address, 7, 2, address, salt), sha256(concat(tag, place)));
});
