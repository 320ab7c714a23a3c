/** The form in which the ledger holds a point of G2, and the compressed one: bytes moved, no arithmetic of the curve. */
import { concat, hex0x } from "../verify/bytes.ts";
import { InvalidInput } from "../verify/errors.ts";

const WORD = 64;
const SIZE = 48;
const [COMPRESSED, GREATER] = [0x80, 0x20];
/** p, over which the coordinates are. */
const FIELD = BigInt(
  "0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
);

/**
 * 96 bytes from the 256 of EIP-2537, as {@link import("./curve.ts").g2FromLedger}, but whether it is a point of the curve is not
 * looked at: enough to compare it with another key, which is read by the curve before it is used.
 * Throws InvalidInput.
 */
export function compressedFromLedger(point: Uint8Array): Uint8Array {
  if (point.length !== 4 * WORD) throw new InvalidInput("not a point of G2 as the ledger has it", "sealing.point");
  const [x0, x1, y0, y1] = [0, 1, 2, 3].map((at) => BigInt(hex0x(point.subarray(WORD * at, WORD * (at + 1)))));
  if ([x0, x1, y0, y1].some((one) => one === undefined || one >= FIELD))
    throw new InvalidInput("not a point of the curve", "sealing.point");
  const sign = (y1 || y0) ?? 0n;
  const made = concat(point.subarray(2 * WORD - SIZE, 2 * WORD), point.subarray(WORD - SIZE, WORD));
  made[0] = (made[0] ?? 0) | COMPRESSED | (2n * sign > FIELD ? GREATER : 0);
  return made;
}
