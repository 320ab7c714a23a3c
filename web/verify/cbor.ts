/** The few deterministic CBOR forms a stamp needs (RFC 8949 section 4.2.1): shortest heads, definite lengths. */
import { bigEndian, byteAt, concat, fromBigEndian, fromUtf8, utf8 } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";

/** Initial byte and argument of major type `major`; `value` below 2^53. */
export function head(major: number, value: number): Uint8Array {
  const top = major << 5;
  if (value < 24) return Uint8Array.of(top | value);
  const [code, size] = value < 0x100 ? [24, 1] : value < 0x10000 ? [25, 2] : value < 0x100000000 ? [26, 4] : [27, 8];
  return concat(Uint8Array.of(top | (code ?? 0)), bigEndian(value, size ?? 0));
}

/** An unsigned integer. */
export function uint(value: number): Uint8Array {
  return head(0, value);
}

/** A UTF-8 text string. */
export function text(value: string): Uint8Array {
  const data = utf8(value);
  return concat(head(3, data.length), data);
}

const SMALLEST: Readonly<Record<number, number>> = { 24: 24, 25: 0x100, 26: 0x10000, 27: 0x100000000 };

/**
 * Reads one deterministic encoding front to back, item by item, knowing what must come. Nothing but unsigned integers,
 * text, bytes, and heads of arrays and maps is understood: no tags, floats, nesting or lengths of the sender's choosing,
 * hence nothing to exhaust.
 */
export class Reader {
  private at = 0;

  constructor(
    private readonly data: Uint8Array,
    private readonly what: string,
  ) {}

  /** Argument of the next item, which must be of major type `major`. */
  head(major: number): number {
    if (this.at >= this.data.length) throw this.error("cut short", "form");
    const first = byteAt(this.data, this.at);
    if (first >> 5 !== major) throw this.error(`type ${first >> 5} where ${major} belongs`, "claims");
    const value = first & 31;
    if (value < 24) {
      this.at += 1;
      return value;
    }
    if (value > 27) throw this.error("a length that is not definite", "form");
    const end = this.at + 1 + (1 << (value - 24));
    if (end > this.data.length) throw this.error("cut short", "form");
    const number = fromBigEndian(this.data.subarray(this.at + 1, end));
    if (number < (SMALLEST[value] ?? 0)) throw this.error("an integer not in its shortest form", "form");
    this.at = end;
    return number;
  }

  /** Pass over `expected` if it comes next. */
  exactly(expected: Uint8Array): boolean {
    if (!expected.every((byte, place) => byte === this.data[this.at + place])) return false;
    this.at += expected.length;
    return true;
  }

  uint(): number {
    return this.head(0);
  }

  text(): string {
    const found = fromUtf8(this.take(this.head(3)));
    if (found === null) throw this.error("text that is not UTF-8", "form");
    return found;
  }

  blob(): Uint8Array {
    return this.take(this.head(2));
  }

  uintOrText(): number | string {
    return byteAt(this.data, this.at) >= 0x60 ? this.text() : this.uint();
  }

  /** Nothing may follow. */
  end(): void {
    if (this.at !== this.data.length) throw this.error("more than belongs here", "claims");
  }

  private take(size: number): Uint8Array {
    if (size > this.data.length - this.at) throw this.error("cut short", "form");
    this.at += size;
    return this.data.subarray(this.at - size, this.at);
  }

  private error(problem: string, code: string): InvalidInput {
    return new InvalidInput(`${this.what}: ${problem}, at byte ${this.at} of its claims`, `${this.what}.${code}`);
  }
}
