/** Keeps the place of whoever goes by the keyboard while a page, or a dialog, is drawn anew. */

/** Draws; whoever had the focus within has it afterwards in what stands there instead, with what was selected. */
export function keepingFocus(within: HTMLElement, draw: () => void): void {
  const focused = document.activeElement;
  const before = focused instanceof HTMLElement && within.contains(focused) ? focused : null;
  draw();
  if (before === null) return;
  const now = standsFor(before, within);
  now?.focus({ preventScroll: true });
  if (isText(before) && now !== undefined && isText(now) && before.selectionStart !== null) {
    now.setSelectionRange(before.selectionStart, before.selectionEnd);
  }
}

/** What stands now where a drawn element stood: the same id, or else the same look and words. */
export function standsFor(before: HTMLElement, within: ParentNode): HTMLElement | undefined {
  const alike = ({ id, className, textContent }: HTMLElement): boolean =>
    before.id === ""
      ? id === "" && className === before.className && textContent === before.textContent
      : id === before.id;
  return [...within.querySelectorAll<HTMLElement>(before.tagName)].find(alike);
}

function isText(one: HTMLElement): one is HTMLInputElement | HTMLTextAreaElement {
  return one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement;
}
