/**
 * What is signed: typed data (EIP-712, "Definition of hashStruct"), texts (EIP-191, version 0x45) and transactions
 * (EIP-1559). Digests only; who signs them is another file's business.
 */
import { concat, hex0x, keccak256, padLeft, unhex0x, utf8 } from "../verify/bytes.ts";
import { isList, isObject, type Json, type JsonObject, member } from "../verify/canonical.ts";
import { InvalidInput } from "../verify/errors.ts";
import { encode, encodeInteger, type Item } from "../verify/rlp.ts";

/** A member of a struct. */
export interface TypedMember {
  readonly name: string;
  readonly type: string;
}

/** As `eth_signTypedData_v4` takes it; numbers above 2^53 as decimal text. */
export interface TypedData {
  readonly types: Readonly<Record<string, readonly TypedMember[]>>;
  readonly primaryType: string;
  readonly domain: JsonObject;
  readonly message: JsonObject;
}

/** A transaction with a tip (type 2). Amounts in wei. */
export interface Transaction {
  readonly chainId: bigint | number;
  readonly nonce: number;
  readonly maxPriorityFeePerGas: bigint;
  readonly maxFeePerGas: bigint;
  readonly gas: bigint | number;
  /** 0x hexadecimal, 20 bytes. */
  readonly to: string;
  readonly value: bigint;
  readonly data: Uint8Array;
}

/** The 32 bytes that are signed for typed data. Throws InvalidInput where a value is not of its type. */
export function typedDigest(data: TypedData): Uint8Array {
  const domain = hashStruct("EIP712Domain", data.domain, data.types);
  const body = hashStruct(data.primaryType, data.message, data.types);
  return keccak256(concat(Uint8Array.of(0x19, 0x01), domain, body));
}

/** The 32 bytes that are signed for a text or bytes by `personal_sign`. */
export function messageDigest(message: string | Uint8Array): Uint8Array {
  const body = typeof message === "string" ? utf8(message) : message;
  return keccak256(concat(utf8(`\x19Ethereum Signed Message:\n${body.length}`), body));
}

/** The 32 bytes that are signed for a transaction. */
export function transactionDigest(transaction: Transaction): Uint8Array {
  return keccak256(concat(Uint8Array.of(2), encode(fieldsOf(transaction))));
}

/** The transaction with its signature (65 bytes, v 27 or 28), as a node takes it. */
export function signedTransaction(transaction: Transaction, signature: Uint8Array): Uint8Array {
  const number = (from: number, to: number): Uint8Array => encodeInteger(BigInt(hex0x(signature.subarray(from, to))));
  const parity = encodeInteger((signature[64] ?? 27) - 27);
  return concat(Uint8Array.of(2), encode([...fieldsOf(transaction), parity, number(0, 32), number(32, 64)]));
}

function fieldsOf(one: Transaction): Item[] {
  return [
    ...[one.chainId, one.nonce, one.maxPriorityFeePerGas, one.maxFeePerGas, one.gas].map(encodeInteger),
    unhex0x(one.to.toLowerCase(), "to", 20),
    encodeInteger(one.value),
    one.data,
    [],
  ];
}

type Types = TypedData["types"];

function hashStruct(name: string, value: JsonObject, types: Types): Uint8Array {
  const parts = membersOf(name, types).map((one) => encoded(one.type, member(value, one.name), types, one.name));
  return keccak256(concat(keccak256(utf8(typeText(name, types))), ...parts));
}

function membersOf(name: string, types: Types): readonly TypedMember[] {
  const found = Object.hasOwn(types, name) ? types[name] : undefined;
  if (found === undefined) throw wrong(name, "an unknown type");
  return found;
}

function typeText(name: string, types: Types): string {
  const used = new Set<string>();
  const gather = (one: string): void => {
    const bare = one.replace(/(\[\d*\])+$/, "");
    if (used.has(bare) || !Object.hasOwn(types, bare)) return;
    used.add(bare);
    for (const { type } of membersOf(bare, types)) gather(type);
  };
  gather(name);
  used.delete(name);
  const written = (one: string): string =>
    `${one}(${membersOf(one, types)
      .map(({ type, name: called }) => `${type} ${called}`)
      .join(",")})`;
  return [name, ...[...used].sort()].map(written).join("");
}

function encoded(type: string, value: Json | undefined, types: Types, field: string): Uint8Array {
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array !== null) {
    const [, inner = "", size = ""] = array;
    if (!isList(value) || (size !== "" && value.length !== Number(size))) throw wrong(field, "not such a list");
    return keccak256(concat(...value.map((one) => encoded(inner, one, types, field))));
  }
  if (Object.hasOwn(types, type)) {
    if (!isObject(value)) throw wrong(field, "not an object");
    return hashStruct(type, value, types);
  }
  return atom(type, value, field);
}

function atom(type: string, value: Json | undefined, field: string): Uint8Array {
  if (type === "string") {
    if (typeof value !== "string" || /\p{Surrogate}/u.test(value)) throw wrong(field, "not a text");
    return keccak256(utf8(value));
  }
  if (type === "bool") {
    if (typeof value !== "boolean") throw wrong(field, "neither true nor false");
    return padLeft(Uint8Array.of(value ? 1 : 0), 32);
  }
  if (type === "address") return padLeft(unhex0x(lower(value), field, 20), 32);
  if (type === "bytes") return keccak256(unhex0x(lower(value), field));
  const fixed = /^bytes(\d{1,2})$/.exec(type);
  if (fixed !== null) {
    const out = new Uint8Array(32);
    out.set(unhex0x(lower(value), field, Number(fixed[1])));
    return out;
  }
  const whole = /^(u?)int(\d{1,3})$/.exec(type);
  if (whole === null) throw wrong(field, `the type ${type}`);
  return integer(value, whole[1] === "u", Number(whole[2]), field);
}

function integer(value: Json | undefined, unsigned: boolean, bits: number, field: string): Uint8Array {
  const fits = typeof value === "string" ? /^-?\d{1,78}$/.test(value) : Number.isSafeInteger(value);
  if (!fits) throw wrong(field, "not a whole number");
  const found = BigInt(value as string | number);
  const least = unsigned ? 0n : -(1n << BigInt(bits - 1));
  const most = 1n << BigInt(unsigned ? bits : bits - 1);
  if (found < least || found >= most) throw wrong(field, `not a number of ${bits} bits`);
  return unhex0x(`0x${BigInt.asUintN(256, found).toString(16).padStart(64, "0")}`, field, 32);
}

function lower(value: Json | undefined): Json | undefined {
  return typeof value === "string" ? value.toLowerCase() : value;
}

function wrong(field: string, why: string): InvalidInput {
  return new InvalidInput(`${field}: ${why}`, "typed.value");
}
