/** The page's side of the reader: loads it when it is first used, and asks it one picture at a time. */
import { scriptAddress } from "../ui/trusted.ts";
import { READER } from "./site.ts";

/** What the worker is asked; without a picture it only says that it is ready. */
export interface ReaderQuestion {
  readonly id: number;
  readonly picture: ImageBitmap | Blob | null;
}

/** What it answers. */
export type ReaderAnswer =
  | { readonly id: number; readonly texts: readonly string[] }
  | { readonly id: number; readonly fault: "reader" | "picture" };

/** The reader could not be loaded, or the picture is none. */
export class ReaderFault extends Error {
  constructor(readonly kind: "reader" | "picture") {
    super(`the ${kind} failed`);
  }
}

let worker: Worker | undefined;
let last = 0;
const waiting = new Map<number, (answer: ReaderAnswer) => void>();

/** Loads the decoder. Throws ReaderFault. */
export async function prepareReader(): Promise<void> {
  await ask(null, []);
}

/** Texts of the QR codes in a camera's frame or a picture file, each once. Throws ReaderFault. */
export async function readCodes(picture: ImageBitmap | Blob): Promise<readonly string[]> {
  return ask(picture, picture instanceof Blob ? [] : [picture]);
}

function ask(picture: ImageBitmap | Blob | null, moved: Transferable[]): Promise<readonly string[]> {
  const id = ++last;
  return new Promise((resolve, reject) => {
    waiting.set(id, (answer) => {
      if ("texts" in answer) resolve(answer.texts);
      else reject(new ReaderFault(answer.fault));
    });
    started().postMessage({ id, picture } satisfies ReaderQuestion, moved);
  });
}

function started(): Worker {
  if (worker !== undefined) return worker;
  const fresh = new Worker(scriptAddress(READER), { type: "module", name: "reader" });
  fresh.onmessage = ({ data }: MessageEvent<ReaderAnswer>) => {
    const told = waiting.get(data.id);
    waiting.delete(data.id);
    told?.(data);
    if ("fault" in data && data.fault === "reader") giveUp(fresh);
  };
  fresh.onerror = () => giveUp(fresh);
  worker = fresh;
  return fresh;
}

/** Nobody waits for an answer that cannot come; the next picture starts a new worker. */
function giveUp(failed: Worker): void {
  if (worker === failed) worker = undefined;
  failed.terminate();
  const left = [...waiting];
  waiting.clear();
  for (const [id, told] of left) told({ id, fault: "reader" });
}
