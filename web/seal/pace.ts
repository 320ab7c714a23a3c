/** How fast it goes and when it ends, from what was done when. */

const SPAN = 5000; // milliseconds that are looked back over

/** The pace now. */
export interface Pace {
  /** Bytes a second; 0 before anything is known. */
  readonly speed: number;
  /** Seconds left; null before anything is known. */
  readonly left: number | null;
}

/** Keeps what was told of the last seconds. */
export class Pacer {
  private readonly told: { readonly at: number; readonly done: number }[] = [];

  constructor(private readonly all: number) {}

  /** What was done at a time, in milliseconds of any clock that only goes forward. */
  tell(done: number, at: number): Pace {
    this.told.push({ at, done });
    while (this.told.length > 2 && at - (this.told[1]?.at ?? at) >= SPAN) this.told.shift();
    const first = this.told[0];
    if (first === undefined || at <= first.at || done <= first.done) return { speed: 0, left: null };
    const speed = ((done - first.done) * 1000) / (at - first.at);
    return { speed, left: (this.all - done) / speed };
  }
}
