/** What a member sends to the KeyHolderRegistry (contracts/tenders/IKeyHolderRegistry.sol): call data, where members count from 0. */
import { g2ForLedger } from "../../seal/curve.ts";
import { callData } from "../../verify/abi.ts";
import { bigEndian, padLeft, unhex0x } from "../../verify/bytes.ts";
import { InvalidInput } from "../../verify/errors.ts";
import type { Outcome } from "./state.ts";

/** Gas for a deal, a complaint or an answer: more than the registry was ever seen to use. */
export const WORD_GAS = 150_000;

/**
 * Gas for a confirmation. The one that puts the key in force writes its eight words, and every one checks the point: 0.3 million. For who is
 * eligible the registry reads two words of each member, 2 100 each where nobody read them before: with hashes and the count about 5 000.
 */
export function confirmGas(members: number): number {
  return 500_000 + 6_000 * members;
}

/** Commits to the account's deal; `digest` is its SHA-256. */
export function dealCall(ceremony: number, digest: Uint8Array): Uint8Array {
  return callData("deal(uint64,bytes32)", wordOf(ceremony), digest);
}

/** Complains of a member, which counts from 1 here. */
export function complainCall(ceremony: number, accused: number, word: Uint8Array): Uint8Array {
  return callData("complain(uint64,uint256,bytes32)", wordOf(ceremony), placeOf(accused), word);
}

/** Answers a member, which counts from 1 here. */
export function answerCall(ceremony: number, complainer: number, word: Uint8Array): Uint8Array {
  return callData("answer(uint64,uint256,bytes32)", wordOf(ceremony), placeOf(complainer), word);
}

/** Confirms an outcome; another one than before takes its place. */
export function confirmCall(ceremony: number, { transcript, qualified, key }: Outcome): Uint8Array {
  const bits = qualified.reduce((sum, member) => sum | (1n << BigInt(member - 1)), 0n);
  const set = unhex0x(`0x${bits.toString(16).padStart(64, "0")}`, "qualified", 32);
  const point = g2ForLedger(key);
  const words = Array.from({ length: point.length / 32 }, (_, at) => point.subarray(32 * at, 32 * at + 32));
  const [begins, size] = [wordOf(4 * 32), wordOf(point.length)];
  return callData("confirm(uint64,bytes32,uint256,bytes)", wordOf(ceremony), transcript, set, begins, size, ...words);
}

function placeOf(member: number): Uint8Array {
  if (!Number.isSafeInteger(member) || member < 1 || member > 255) {
    throw new InvalidInput("members have numbers from 1 to 255", "ceremony.number");
  }
  return wordOf(member - 1);
}

function wordOf(number: number): Uint8Array {
  return padLeft(bigEndian(number, 8), 32);
}
