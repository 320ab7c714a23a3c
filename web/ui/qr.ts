/**
 * QR codes (ISO/IEC 18004) for screens: bytes at level L, in the smallest version that holds them. Printed codes are drawn
 * by `chain/rendering`; this one is for what is shown on a phone and gone in a minute.
 */

/** Error correction codewords a block, level L, by version from 1. */
const CORRECTION = [
  7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30, 30, 30,
  30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
];

/** Blocks, level L, by version from 1. */
const BLOCKS = [
  1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19,
  20, 21, 22, 24, 25,
];
const LEVEL_L = 1; // its number in the format information
const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_row, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

/** Modules of a code, row by row; true is dark. Without the quiet zone. Throws RangeError: more than 2,953 bytes. */
export function modulesOf(text: string): readonly (readonly boolean[])[] {
  const data = new TextEncoder().encode(text);
  const version = versionFor(data.length);
  const grid = new Grid(version);
  grid.place(interleaved(codewords(data, version), version));
  return grid.best();
}

function versionFor(bytes: number): number {
  for (let version = 1; version <= 40; version++) {
    if (4 + lengthBits(version) + 8 * bytes <= 8 * dataSize(version)) return version;
  }
  throw new RangeError("too long for a QR code");
}

function lengthBits(version: number): number {
  return version < 10 ? 8 : 16;
}

function at(table: readonly number[], version: number): number {
  return table[version - 1] ?? 0;
}

/** Codewords of a version, error correction included (section 7.1 and table 1). */
function wholeSize(version: number): number {
  let modules = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const marks = Math.floor(version / 7) + 2;
    modules -= (25 * marks - 10) * marks - 55;
  }
  return Math.floor((version >= 7 ? modules - 36 : modules) / 8);
}

function dataSize(version: number): number {
  return wholeSize(version) - at(BLOCKS, version) * at(CORRECTION, version);
}

/** Mode, length, bytes, end and padding (section 7.4). */
function codewords(data: Uint8Array, version: number): Uint8Array {
  const out = new Uint8Array(dataSize(version));
  let bit = 0;
  const put = (value: number, bits: number): void => {
    for (let place = bits - 1; place >= 0; place--, bit++) {
      if ((value >> place) & 1) out[bit >> 3] = (out[bit >> 3] ?? 0) | (128 >> (bit & 7));
    }
  };
  put(0b0100, 4);
  put(data.length, lengthBits(version));
  for (const byte of data) put(byte, 8);
  bit += Math.min(4, 8 * out.length - bit);
  for (let place = Math.ceil(bit / 8), pad: number = 0xec; place < out.length; place++, pad ^= 0xfd) out[place] = pad;
  return out;
}

// -------------------------------------------------------------------- error correction

/** Product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function times(left: number, right: number): number {
  let product = 0;
  for (let place = 7; place >= 0; place--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((right >> place) & 1) * left;
  }
  return product;
}

/** Coefficients of (x − 1)(x − 2)(x − 4)… without the leading one. */
function divisor(degree: number): number[] {
  const out: number[] = Array.from({ length: degree }, (_, place) => Number(place === degree - 1));
  let root = 1;
  for (let step = 0; step < degree; step++) {
    for (let place = 0; place < degree; place++) out[place] = times(out[place] ?? 0, root) ^ (out[place + 1] ?? 0);
    root = times(root, 2);
  }
  return out;
}

function remainder(data: Uint8Array, by: readonly number[]): number[] {
  const out = by.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ (out.shift() ?? 0);
    out.push(0);
    by.forEach((coefficient, place) => {
      out[place] = (out[place] ?? 0) ^ times(coefficient, factor);
    });
  }
  return out;
}

/** Blocks with their correction, codeword by codeword in turn (section 7.6). */
function interleaved(data: Uint8Array, version: number): Uint8Array {
  const count = at(BLOCKS, version);
  const correction = at(CORRECTION, version);
  const short = Math.floor(data.length / count);
  const longer = data.length % count;
  const by = divisor(correction);
  const blocks: Uint8Array[] = [];
  for (let block = 0, start = 0; block < count; block++) {
    const size = short + (block >= count - longer ? 1 : 0);
    blocks.push(data.subarray(start, start + size));
    start += size;
  }
  const checks = blocks.map((block) => remainder(block, by));
  const out: number[] = [];
  for (let place = 0; place <= short; place++) {
    for (const block of blocks) if (place < block.length) out.push(block[place] ?? 0);
  }
  for (let place = 0; place < correction; place++) for (const check of checks) out.push(check[place] ?? 0);
  return Uint8Array.from(out);
}

// -------------------------------------------------------------------- the square

/** The square of one version: patterns first, then data, then the mask that suits best. */
class Grid {
  private readonly size: number;
  private readonly dark: boolean[][];
  /** Patterns and information, which no mask touches. */
  private readonly fixed: boolean[][];

  constructor(private readonly version: number) {
    this.size = 4 * version + 17;
    const empty = (): boolean[][] => Array.from({ length: this.size }, () => Array<boolean>(this.size).fill(false));
    this.dark = empty();
    this.fixed = empty();
    this.patterns();
  }

  /** Lays the codewords in columns of two from the right, upwards and downwards in turn (section 7.7.3). */
  place(data: Uint8Array): void {
    let bit = 0;
    let upward = true;
    for (let right = this.size - 1; right >= 1; right -= 2, upward = !upward) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.size; step++) {
        const row = upward ? this.size - 1 - step : step;
        for (const column of [right, right - 1]) {
          if (this.fixed[row]?.[column] || bit >= 8 * data.length) continue;
          this.put(row, column, (((data[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1);
          bit += 1;
        }
      }
    }
  }

  /** The modules under the mask with the lowest penalty (section 7.8). */
  best(): boolean[][] {
    let found: boolean[][] = [];
    let least = Number.POSITIVE_INFINITY;
    MASKS.forEach((mask, number) => {
      this.information(number);
      const masked = this.dark.map((line, row) =>
        line.map((one, column) => (this.fixed[row]?.[column] ? one : one !== mask(row, column))),
      );
      const penalty = penaltyOf(masked);
      if (penalty < least) [found, least] = [masked, penalty];
    });
    return found;
  }

  private put(row: number, column: number, dark: boolean, fixed = false): void {
    const [line, kept] = [this.dark[row], this.fixed[row]];
    if (line === undefined || kept === undefined || column < 0 || column >= this.size) return;
    line[column] = dark;
    if (fixed) kept[column] = true;
  }

  private patterns(): void {
    for (let place = 0; place < this.size; place++) {
      this.put(6, place, place % 2 === 0, true);
      this.put(place, 6, place % 2 === 0, true);
    }
    for (const [row, column] of [
      [3, 3],
      [3, this.size - 4],
      [this.size - 4, 3],
    ] as const) {
      this.rings(row, column, 4, (ring) => ring !== 2 && ring !== 4);
    }
    const marks = this.marks();
    const last = marks.length - 1;
    marks.forEach((row, i) => {
      marks.forEach((column, j) => {
        if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) return;
        this.rings(row, column, 2, (ring) => ring !== 1);
      });
    });
    this.information(0);
    this.versionInformation();
  }

  private rings(row: number, column: number, reach: number, dark: (ring: number) => boolean): void {
    for (let down = -reach; down <= reach; down++) {
      for (let across = -reach; across <= reach; across++) {
        this.put(row + down, column + across, dark(Math.max(Math.abs(down), Math.abs(across))), true);
      }
    }
  }

  /** Centres of the alignment patterns (annex E). */
  private marks(): number[] {
    if (this.version === 1) return [];
    const count = Math.floor(this.version / 7) + 2;
    const step = Math.floor((this.version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
    const out = [6];
    for (let mark = count - 2; mark >= 0; mark--) out.push(this.size - 7 - mark * step);
    return out;
  }

  /** Level and mask, twice (section 7.9). */
  private information(mask: number): void {
    const data = (LEVEL_L << 3) | mask;
    let rest = data;
    for (let step = 0; step < 10; step++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (place: number): boolean => ((bits >> place) & 1) === 1;
    const { size } = this;
    for (let place = 0; place < 15; place++) {
      const line = place < 6 ? place : place < 8 ? place + 1 : size - 15 + place;
      this.put(line, 8, bit(place), true);
      const column = place < 8 ? size - 1 - place : place === 8 ? 7 : 14 - place;
      this.put(8, column, bit(place), true);
    }
    this.put(size - 8, 8, true, true);
  }

  /** From version 7 on the version itself, twice (section 7.10). */
  private versionInformation(): void {
    if (this.version < 7) return;
    let rest = this.version;
    for (let step = 0; step < 12; step++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let place = 0; place < 18; place++) {
      const dark = ((bits >> place) & 1) === 1;
      const [far, near] = [this.size - 11 + (place % 3), Math.floor(place / 3)];
      this.put(near, far, dark, true);
      this.put(far, near, dark, true);
    }
  }
}

/** Long runs, squares of one colour, and an uneven share of dark modules; what looks like a corner is rare and not sought. */
function penaltyOf(modules: readonly (readonly boolean[])[]): number {
  const size = modules.length;
  let penalty = 0;
  let dark = 0;
  const one = (row: number, column: number): boolean => modules[row]?.[column] === true;
  for (const read of [one, (row: number, column: number) => one(column, row)]) {
    for (let row = 0; row < size; row++) {
      for (let column = 0, run = 0; column < size; column++) {
        run = column > 0 && read(row, column) === read(row, column - 1) ? run + 1 : 1;
        penalty += run === 5 ? 3 : run > 5 ? 1 : 0;
      }
    }
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const colour = one(row, column);
      if (colour) dark += 1;
      if (row === 0 || column === 0) continue;
      const same = [one(row - 1, column), one(row, column - 1), one(row - 1, column - 1)];
      if (same.every((other) => other === colour)) penalty += 3;
    }
  }
  return penalty + 10 * Math.floor(Math.abs((20 * dark) / (size * size) - 10));
}

const SPACE = "http://www.w3.org/2000/svg";
const QUIET = 4;

/** A drawing of a code with its quiet zone, always dark on white; `label` is what it is, for those who don't see it. */
export function codeDrawing(text: string, label: string): SVGSVGElement {
  const modules = modulesOf(text);
  const side = modules.length + 2 * QUIET;
  const drawing = document.createElementNS(SPACE, "svg");
  for (const [name, value] of Object.entries({
    class: "code",
    viewBox: `0 0 ${side} ${side}`,
    role: "img",
    "aria-label": label,
    "shape-rendering": "crispEdges",
  })) {
    drawing.setAttribute(name, value);
  }
  const path = document.createElementNS(SPACE, "path");
  const runs = modules.flatMap((line, row) =>
    line.flatMap((dark, column) => (dark ? [`M${column + QUIET} ${row + QUIET}h1v1h-1z`] : [])),
  );
  path.setAttribute("d", runs.join(""));
  drawing.append(path);
  return drawing;
}
