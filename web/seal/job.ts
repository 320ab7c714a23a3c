/** The page's side of sealing: starts the workers, tells how it gets on, stops it. */
import { scriptAddress } from "../ui/trusted.ts";
import { YinxinError } from "../verify/errors.ts";
import type { HashAnswer, HashQuestion, Plan, SealAnswer, SealQuestion } from "./messages.ts";
import { type Pace, Pacer } from "./pace.ts";
import type { SealedFile } from "./sealing.ts";

/** Addresses of the three programs, `/assets/….js`. */
export interface Scripts {
  readonly seal: string;
  readonly cipher: string;
  readonly hash: string;
}

/** How far a job is: bytes, and its pace. */
export type Told = (done: number, all: number, pace: Pace) => void;

/** A sealing, or its check, under way. */
export interface Job {
  /** The sealed file; null if it was stopped. Rejects with YinxinError. */
  readonly done: Promise<SealedFile | null>;
  /** Stops after the block at hand; what is written stays, and `start` with the same plan goes on. */
  stop(): void;
}

/** SHA-256 of each document, as the manifest names it. Rejects with YinxinError `seal.unreadable`. */
export async function digestsOf(
  scripts: Scripts,
  documents: readonly Blob[],
  told: Told = () => {},
): Promise<Uint8Array[]> {
  const all = documents.reduce((sum, one) => sum + one.size, 0);
  const pacer = new Pacer(all);
  let done = 0;
  const worker = started(scripts.hash, "hash");
  try {
    const digests: Uint8Array[] = [];
    for (const [id, file] of documents.entries()) {
      digests.push(
        await new Promise<Uint8Array>((resolve, reject) => {
          worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
            if ("bytes" in data) {
              done += data.bytes;
              told(done, all, pacer.tell(done, performance.now()));
            } else if ("digest" in data) resolve(data.digest);
            else reject(new YinxinError(data.fault, "seal.unreadable"));
          };
          worker.onerror = () => reject(new YinxinError("the worker failed", "seal.failed"));
          worker.postMessage({ id, file } satisfies HashQuestion);
        }),
      );
    }
    return digests;
  } finally {
    worker.terminate();
  }
}

/** Seals, or goes on with it: the same plan makes the same file. `documents` in the manifest's order. */
export function start(scripts: Scripts, plan: Plan, documents: readonly Blob[], told: Told = () => {}): Job {
  return begun(scripts, (cipher) => ({ kind: "seal", plan, documents, cipher }), told);
}

/**
 * Opens a file just sealed once more, with its maker's secrets: one reading of the file. Its `done` rejects with YinxinError if it is
 * not what was sealed.
 */
export function check(scripts: Scripts, plan: Plan, sealed: SealedFile, told: Told = () => {}): Job {
  return begun(scripts, (cipher) => ({ kind: "check", plan, sealed, cipher }), told);
}

/** Starts the worker that is asked, and the one that encrypts and decrypts for it. */
function begun(scripts: Scripts, question: (cipher: MessagePort) => SealQuestion, told: Told): Job {
  const cipher = started(scripts.cipher, "cipher");
  const worker = started(scripts.seal, "seal");
  const { port1, port2 } = new MessageChannel();
  let pacer: Pacer | undefined;
  const done = new Promise<SealedFile | null>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<SealAnswer>) => {
      if (data.kind === "progress") {
        pacer ??= new Pacer(data.all);
        told(data.done, data.all, pacer.tell(data.done, performance.now()));
      } else if (data.kind === "sealed") resolve({ digest: data.digest, size: data.size });
      else if (data.kind === "stopped") resolve(null);
      else reject(new YinxinError(data.message, data.code));
    };
    const failed = () => reject(new YinxinError("the worker failed", "seal.failed"));
    worker.onerror = failed;
    cipher.onerror = failed;
    cipher.postMessage(port1, [port1]);
    worker.postMessage(question(port2), [port2]);
  }).finally(() => {
    worker.terminate();
    cipher.terminate();
  });
  return { done, stop: () => worker.postMessage({ kind: "stop" } satisfies SealQuestion) };
}

function started(script: string, name: string): Worker {
  return new Worker(scriptAddress(script), { type: "module", name });
}
