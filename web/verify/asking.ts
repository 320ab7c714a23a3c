/**
 * How a check asks the outside. Asking never fails: a part that does not answer, or answers nonsense, gives a fault, which
 * a step reports as ERROR. It says nothing about the certificate.
 */
import { YinxinError } from "./errors.ts";
import type { Later } from "./facts.ts";

/** What an outside part answered: a value (null may be one), or why there is none. */
export type Answer<T> =
  | { readonly value: T | null; readonly fault: null }
  | { readonly value: null; readonly fault: string };

/** Ask; a fault of ours becomes an answer, anything else is a fault in the program and goes on. */
export async function ask<T>(question: () => Later<T | null>): Promise<Answer<T>> {
  try {
    return { value: await question(), fault: null };
  } catch (error) {
    if (error instanceof YinxinError) return { value: null, fault: error.message.slice(0, 200) };
    throw error;
  }
}

/**
 * May "the source does not know it" be read as "it is not so"? A live chain (`expires` null) knows everything up to its
 * final block. A snapshot's silence about something of unknown or later time means nothing.
 */
export function isComplete(expires: number | null, blockTime: number, eventTime: number | null): boolean {
  return expires === null || (eventTime !== null && eventTime <= blockTime);
}
