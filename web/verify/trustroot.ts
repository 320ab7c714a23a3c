/**
 * The trust root: what a verifier pins, and everything else is checked against (docs/formats/trust-root.md). It names one
 * chain, the contracts that count with the blocks in which they count, and the witnesses with their threshold.
 */
import { sha256, unb64url, unhex0x, utf8 } from "./bytes.ts";
import { canonical, hasExactly, isList, isObject, type Json, type JsonObject, readCanonical } from "./canonical.ts";
import { InvalidInput } from "./errors.ts";
import { isWhole } from "./names.ts";

export const REGISTRY = "BureauRegistry";
export const ANCHOR_LOG = "AnchorLog";

const NAMES = [ANCHOR_LOG, REGISTRY, "KeyHolderRegistry", "TenderBook", "TenderProceedings"];
const FORMAT = "yinxin-trust-root-1";
const LIMIT = 2 ** 20;
const WITNESS = /^[a-z0-9](?:[a-z0-9./-]{0,62}[a-z0-9])?$/;

/** One deployed contract and the blocks in which it counts: from `fromBlock` until before `untilBlock`. */
export interface ContractRange {
  readonly name: string;
  readonly address: Uint8Array;
  readonly fromBlock: number;
  readonly untilBlock: number | null;
}

/** One witness: its name in signed notes, its Ed25519 public key. */
export interface WitnessKey {
  readonly name: string;
  readonly key: Uint8Array;
}

/** What a verifier pins. */
export interface TrustRoot {
  /** EIP-155 chain id. */
  readonly chainId: number;
  readonly genesisHash: Uint8Array;
  /** By name, then by first block; ranges of one name neither overlap nor leave a gap. */
  readonly contracts: readonly ContractRange[];
  /** By name; names and keys are distinct. */
  readonly witnesses: readonly WitnessKey[];
  /** How many witnesses must have signed; 0 only if there is no witness. */
  readonly threshold: number;
  /** SHA-256 of its canonical JSON: what people compare. */
  readonly digest: Uint8Array;
}

/** Read a trust root file: canonical JSON, perhaps with a final line feed. */
export function readTrustRoot(data: Uint8Array): TrustRoot {
  const end = data.at(-1) === 0x0a ? data.length - 1 : data.length;
  return trustRootOf(readCanonical(data.subarray(0, end), "trust root", LIMIT));
}

/** Read plain data. */
export function trustRootOf(value: Json): TrustRoot {
  if (!isObject(value) || value.format !== FORMAT) throw bad("format", `not a ${FORMAT}`);
  exact(value, ["format", "chainId", "genesisHash", "contracts", "witnesses", "threshold"], "trust root");
  const { chainId, threshold } = value;
  if (!isWhole(chainId) || chainId === 0) throw bad("chainId", "no chain id");
  const contracts = objects(value.contracts, "contracts").map(readContract);
  const witnesses = objects(value.witnesses, "witnesses").map(readWitness);
  checkContracts(contracts);
  const names = witnesses.map((one) => one.name);
  if (names.some((name, at) => at > 0 && (names[at - 1] ?? "") >= name)) {
    throw bad("witnesses", "witnesses must be distinct and ordered by name");
  }
  if (new Set(witnesses.map((one) => String(one.key))).size !== names.length) {
    throw bad("witnesses", "two witnesses share a key");
  }
  if (!isWhole(threshold) || threshold < Math.min(1, names.length) || threshold > names.length) {
    throw bad("threshold", `a threshold that ${names.length} witnesses cannot have`);
  }
  const genesisHash = unhex0x(value.genesisHash, "genesisHash", 32);
  return { chainId, genesisHash, contracts, witnesses, threshold, digest: sha256(utf8(canonical(value))) };
}

/** The contract of that name that counts in block `number`, or null if none had been deployed. */
export function contractAt(root: TrustRoot, name: string, number: number): ContractRange | null {
  return root.contracts.find((one) => one.name === name && counts(one, number)) ?? null;
}

/** True if the contract counts in that block. */
export function counts(range: ContractRange, number: number): boolean {
  return range.fromBlock <= number && (range.untilBlock === null || number < range.untilBlock);
}

/** All contracts of that name, oldest first. */
export function rangesOf(root: TrustRoot, name: string): readonly ContractRange[] {
  return root.contracts.filter((one) => one.name === name);
}

function objects(value: Json | undefined, field: string): JsonObject[] {
  if (!isList(value)) throw bad(field, "not a list of objects");
  return value.map((item) => {
    if (!isObject(item)) throw bad(field, "not a list of objects");
    return item;
  });
}

function readContract(value: JsonObject): ContractRange {
  exact(value, ["name", "address", "fromBlock", "untilBlock"], "contract");
  const { name, fromBlock, untilBlock = null } = value;
  if (typeof name !== "string" || !NAMES.includes(name)) throw bad("contracts.name", "unknown contract");
  if (!isWhole(fromBlock) || !(untilBlock === null || (isWhole(untilBlock) && untilBlock > fromBlock))) {
    throw bad("contracts.fromBlock", "empty or negative range of blocks");
  }
  return { name, address: unhex0x(value.address, "contracts.address", 20), fromBlock, untilBlock };
}

function readWitness(value: JsonObject): WitnessKey {
  exact(value, ["name", "key"], "witness");
  const { name } = value;
  if (typeof name !== "string" || !WITNESS.test(name)) throw bad("witnesses.name", "no name of a witness");
  const key = unb64url(value.key, "witnesses.key");
  if (key.length !== 32) throw bad("witnesses.key", "a key is 32 bytes");
  return { name, key };
}

function checkContracts(contracts: readonly ContractRange[]): void {
  for (const name of [ANCHOR_LOG, REGISTRY]) {
    if (!contracts.some((one) => one.name === name)) throw bad("contracts", `no ${name} is named`);
  }
  for (const name of NAMES) {
    const newest = contracts.filter((one) => one.name === name).at(-1);
    if (newest !== undefined && newest.untilBlock !== null) {
      throw bad("contracts.untilBlock", `the newest ${name} must have no end`);
    }
  }
  if (new Set(contracts.map((one) => String(one.address))).size !== contracts.length) {
    throw bad("contracts.address", "two contracts share an address");
  }
  contracts.forEach((one, at) => {
    const before = contracts[at - 1];
    if (before === undefined) return;
    if (before.name > one.name) throw bad("contracts", "contracts must be ordered by name, then by first block");
    if (before.name === one.name && before.untilBlock !== one.fromBlock) {
      throw bad("contracts.untilBlock", "ranges must follow each other without gap or overlap");
    }
  });
}

function exact(value: JsonObject, names: readonly string[], where: string): void {
  if (!hasExactly(value, names)) throw bad(where, "a member is missing or unknown");
}

function bad(field: string, why: string): InvalidInput {
  return new InvalidInput(`trust root: ${field}: ${why}`, `trustroot.${field}`);
}
