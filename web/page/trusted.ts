/**
 * Trusted Types for htmx, which makes elements from what the service answers: the `default` policy lets exactly that text
 * through that htmx has just received and is about to put in, and nothing else that any program on the page might hand to the
 * browser (W3C Trusted Types, section 3.3). Scripts cannot be made at all.
 */

interface Factory {
  createPolicy(name: "default", rules: { createHTML: (text: string) => string }): unknown;
}

/** What htmx was given last; it is put in by the same turn of the event loop or, after a transition, a little later. */
const received = new Set<string>();
const MOST = 16;

/** Notes what may be put in. */
export function expect(text: string): void {
  received.add(wrapped(text));
  for (const oldest of received) {
    if (received.size <= MOST) break;
    received.delete(oldest);
  }
}

/** The text if it was expected; throws otherwise. */
export function passed(text: string): string {
  if (!received.has(text)) throw new TypeError("this page makes elements of the service's answers only");
  return text;
}

/** As htmx parses a piece of a page (its makeFragment). */
function wrapped(text: string): string {
  return `<body><template class="internal-htmx-wrapper">${text}</template></body>`;
}

(globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy("default", { createHTML: passed });

document.addEventListener("htmx:beforeSwap", (event) => {
  const { serverResponse } = (event as CustomEvent<{ serverResponse: string }>).detail;
  expect(serverResponse);
});
