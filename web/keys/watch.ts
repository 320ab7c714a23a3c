/**
 * Forgets a key when its owner is away: after five minutes without a touch, one minute out of sight, and at once when the page
 * is left (`pagehide`, also into the browser's cache of pages).
 */

const IDLE = 5 * 60_000;
const HIDDEN = 60_000;

/** Where it listens; pages give `window` and `document`. */
export interface Surroundings {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly hidden: boolean };
}

/**
 * Calls `forget` once, when nobody is there any more; returns what ends the watch.
 * @param around the page
 * @param idle milliseconds without a touch
 * @param hidden milliseconds out of sight
 */
export function whenAway(
  forget: () => void,
  around: Surroundings = { window, document },
  idle = IDLE,
  hidden = HIDDEN,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = (): void => {
    clearTimeout(timer);
    for (const name of ["pointerdown", "keydown"]) around.window.removeEventListener(name, touched);
    around.window.removeEventListener("pagehide", away);
    around.document.removeEventListener("visibilitychange", touched);
  };
  const away = (): void => {
    end();
    forget();
  };
  const touched = (): void => {
    clearTimeout(timer);
    timer = setTimeout(away, around.document.hidden ? hidden : idle);
  };
  for (const name of ["pointerdown", "keydown"]) around.window.addEventListener(name, touched);
  around.window.addEventListener("pagehide", away);
  around.document.addEventListener("visibilitychange", touched);
  touched();
  return end;
}
