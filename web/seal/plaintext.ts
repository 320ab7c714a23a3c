/** The plaintext of a bid, read block by block out of the documents, which stay where they are. */
import { InvalidInput } from "../verify/errors.ts";
import type { Layout } from "./layout.ts";

/**
 * Bytes `from` to `to` of the plaintext. Throws InvalidInput with the code `bid.changed` if a document has another size than
 * the manifest says, or cannot be read any more.
 */
export async function readPlain(
  layout: Layout,
  sources: readonly Blob[],
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> {
  let data = new Uint8Array(0);
  const room = () => {
    if (data.length === 0) data = new Uint8Array(to - from);
    return data;
  };
  if (from < layout.head.length) room().set(layout.head.subarray(from, Math.min(to, layout.head.length)));
  let start = layout.head.length;
  for (const [document, { name, size }] of layout.documents.entries()) {
    const source = sources[document];
    const end = start + size;
    const [first, last] = [Math.max(from, start), Math.min(to, end)];
    if (source === undefined || source.size !== size) throw changed(name);
    if (first < last) {
      const bytes = await bytesOf(source, name, first - start, last - start);
      if (bytes.length === to - from) data = bytes;
      else room().set(bytes, first - from);
    }
    start = end;
  }
  return room();
}

async function bytesOf(source: Blob, name: string, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await source.slice(from, to).arrayBuffer());
  } catch {
    throw changed(name);
  }
}

/** A document is not what it was when its digest was taken. */
export function changed(name: string): InvalidInput {
  return new InvalidInput(`${name}: the document changed while it was sealed`, "bid.changed");
}
