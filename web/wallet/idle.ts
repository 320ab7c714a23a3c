/** Closes the locker when nobody is there: after some minutes without a touch, and some after the page went out of sight. */

/** Milliseconds without a touch after which the locker is closed. */
export const PATIENCE = 5 * 60_000;

const EVERY = 5000;
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

/** Watches from now on; `away` is called once each time that nobody was there for so long. */
export function watchIdle(away: () => void): void {
  let last = Date.now();
  const seen = (): void => {
    // A device that slept comes back with the touch that wakes it: that touch is no sign of the last minutes.
    if (Date.now() - last > PATIENCE) away();
    last = Date.now();
  };
  for (const sign of SIGNS) document.addEventListener(sign, seen, { capture: true, passive: true });
  setInterval(() => {
    if (Date.now() - last > PATIENCE) away();
  }, EVERY);
}
