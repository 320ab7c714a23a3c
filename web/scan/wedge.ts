/**
 * The hand scanner: a keyboard that types a code's text within a blink and ends with Enter. The code is an address whose
 * part behind `#` is decimal digits (docs/formats/stamp.md), so capitals, keyboard layouts and Chinese input methods may
 * spoil everything before the digits and nothing else. Where an input method shows `Process` instead of a character, the
 * physical key is read.
 */

/**
 * Milliseconds between two keys after which a scan is over. Scanners need few, but a busy device delivers keys late, and what is
 * left of a code whose beginning was forgotten would be judged as a code of nobody's. Nobody types a hundred digits by hand.
 */
const PAUSE = 4000;

/** Digits of the shortest stamp. */
const LEAST = 100;

/** Digits of the longest stamp (docs/formats/stamp.md). */
const MOST = 2500;

const DIGIT = /^(?:Digit|Numpad)([0-9])$/;

/** What the page is told. */
export interface WedgeListener {
  /** A scanner is typing. */
  typing(): void;
  /** A whole code: its digits. */
  scanned(digits: string): void;
  /** What was typed was no code after all. */
  stopped(): void;
}

/** Listens to the whole page; returns what ends it. */
export function listenToWedge(target: Document, told: WedgeListener): () => void {
  let digits = "";
  let last = 0;
  let shown = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stop = (): void => {
    if (shown) told.stopped();
    digits = "";
    shown = false;
  };
  const key = (event: KeyboardEvent): void => {
    if (inText(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const fast = event.timeStamp - last < PAUSE;
    last = event.timeStamp;
    if (event.code === "Enter" || event.code === "NumpadEnter" || event.code === "Tab") {
      const found = digits;
      if (found.length >= LEAST && found.length <= MOST) {
        event.preventDefault();
        event.stopPropagation();
        digits = "";
        shown = false;
        clearTimeout(timer);
        told.scanned(found);
      } else {
        stop();
      }
      return;
    }
    const digit = struck(event);
    if (digit === null || event.shiftKey) {
      // The address before the digits; whatever it is, it is ignored.
      if (!MODIFIERS.has(event.key)) digits = "";
      return;
    }
    digits = fast ? digits + digit : digit;
    if (digits.length > MOST) stop();
    if (digits.length >= 12 && !shown) {
      shown = true;
      told.typing();
    }
    if (digits.length >= 12) event.preventDefault();
    clearTimeout(timer);
    timer = setTimeout(stop, PAUSE + 1000); // later than that: keys that wait behind a slow page count first
  };
  target.addEventListener("keydown", key, true);
  return () => {
    clearTimeout(timer);
    target.removeEventListener("keydown", key, true);
  };
}

const MODIFIERS: ReadonlySet<string> = new Set(["Shift", "CapsLock", "NumLock", "Control", "Alt", "Meta"]);

/** The digit that was struck; null for anything else. An input method shows `Process`: then the key itself tells. */
function struck(event: KeyboardEvent): string | null {
  const shown = event.key.normalize("NFKC");
  if (/^[0-9]$/.test(shown)) return shown;
  return event.key.length === 1 ? null : (DIGIT.exec(event.code)?.[1] ?? null);
}

/** Text fields get what is typed into them; the page reads it when it is sent. */
function inText(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
