/** Gives a file to the person at the page. */
import { h } from "./dom.ts";

/** Saves bytes under a name. */
export function download(name: string, kind: string, data: Uint8Array): void {
  const address = URL.createObjectURL(new Blob([Uint8Array.from(data)], { type: kind }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(address);
}
