/**
 * Checkpoints: signed notes that fix the whole chain up to one block (docs/formats/checkpoint.md; C2SP tlog-checkpoint and
 * tlog-cosignature). A note has one form: known witnesses only, ordered by name, each once, every signature good.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { concat, equal, fromBigEndian, hex, sha256, unbase64, utf8 } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";
import type { TrustRoot, WitnessKey } from "./trustroot.ts";

const NUMBER = "(0|[1-9][0-9]{0,15})";
const BODY = new RegExp(
  `^(yinxin/[0-9]+/[0-9a-f]{16})\\n${NUMBER}\\n([A-Za-z0-9+/]{43}=)\\n` +
    `block ${NUMBER} 0x([0-9a-f]{64}) ${NUMBER}\\nheads 0x([0-9a-f]{64})\\n$`,
);
const SIGNATURE = /^\u2014 ([!-*,-~]+) ([A-Za-z0-9+/]+={0,2})$/;
const LIMIT = 65_536;
const ALGORITHM = 4;

/** A checkpoint of which every signature is good. How many there must be is for the caller to ask. */
export interface Checkpoint {
  /** Number of blocks, from block 0 on. */
  readonly size: number;
  /** RFC 9162 root over the block hashes, 32 bytes. */
  readonly root: Uint8Array;
  /** Names of the witnesses that signed, in order. */
  readonly signers: readonly string[];
}

/** Names on the signature lines, known or not. */
export function signedNames(note: string): string[] {
  const lines = note.split("\n").filter((line) => line.startsWith("\u2014 "));
  return lines.map((line) => line.slice(2).split(" ")[0] ?? "");
}

/** Read a note and check every signature. Throws InvalidInput. */
export function readCheckpoint(note: string, root: TrustRoot): Checkpoint {
  const cut = note.indexOf("\n\n");
  if (note.length > LIMIT || cut < 0 || note.indexOf("\n\n", cut + 1) >= 0 || !note.endsWith("\n")) {
    throw bad("not a signed note");
  }
  const body = note.slice(0, cut + 1);
  const lines = note.slice(cut + 2, -1);
  const [origin, size, tree, number] = bodyOf(body);
  if (origin !== `yinxin/${root.chainId}/${hex(root.genesisHash).slice(0, 16)}`) {
    throw bad("it is not of the chain the trust root names");
  }
  const blocks = Number(size);
  if (!Number.isSafeInteger(blocks) || blocks !== Number(number) + 1) {
    throw bad("its size is not its last block's number plus 1");
  }
  if (lines === "") throw bad("nobody signed it");
  const signers: string[] = [];
  for (const line of lines.split("\n")) {
    const [, name = "", text = ""] = SIGNATURE.exec(line) ?? [];
    const witness = root.witnesses.find((one) => one.name === name);
    if (witness === undefined) throw bad("signed by no witness of the trust root");
    if ((signers.at(-1) ?? "") >= name) throw bad("signatures are not ordered by name, each once");
    checkSignature(body, unbase64(text), witness);
    signers.push(name);
  }
  return { size: blocks, root: bytesOf(tree), signers };
}

function bodyOf(body: string): [string, string, string, string] {
  const found = BODY.exec(body);
  if (found === null) throw bad("not a checkpoint of ours");
  const [, origin = "", size = "", tree = "", number = ""] = found;
  return [origin, size, tree, number];
}

function checkSignature(body: string, blob: Uint8Array | null, witness: WitnessKey): void {
  if (blob === null || blob.length !== 76) throw bad("a signature has another form");
  const id = sha256(concat(utf8(`${witness.name}\n`), Uint8Array.of(ALGORITHM), witness.key)).subarray(0, 4);
  const time = fromBigEndian(blob.subarray(4, 12));
  if (!equal(blob.subarray(0, 4), id) || !Number.isSafeInteger(time)) {
    throw bad(`the signature of ${witness.name} is by another key`);
  }
  if (!verifyEd25519(witness.key, utf8(`cosignature/v1\ntime ${time}\n${body}`), blob.subarray(12))) {
    throw bad(`the signature of ${witness.name} is wrong`);
  }
}

/** True if the signature (64 bytes) is good by RFC 8032; false for anything malformed. */
export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

function bytesOf(text: string): Uint8Array {
  const data = unbase64(text);
  if (data === null) throw bad("base64 with unused bits set");
  return data;
}

function bad(why: string): InvalidInput {
  return new InvalidInput(`checkpoint: ${why}`, "checkpoint.form");
}
