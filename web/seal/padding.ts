/** Padmé: sizes in steps, so that a file's length says little about its content (PURBs, PoPETs 2019, section 4). */

/** Shortest padded plaintext, in bytes: one chunk. */
export const SMALLEST = 64 * 1024;

/** Length of a plaintext of `size` bytes (below 2^53) after padding. */
export function paddedSize(size: number): number {
  const least = BigInt(Math.max(size, SMALLEST));
  const exponent = least.toString(2).length - 1;
  const mask = (1n << BigInt(exponent - exponent.toString(2).length)) - 1n;
  return Number((least + mask) & ~mask);
}
