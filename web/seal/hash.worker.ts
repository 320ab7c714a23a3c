/**
 * Hashes beside the worker that seals, so that two processors share the work. WebAssembly runs here only, under a policy of its
 * own; nothing secret but the documents' own bytes comes here.
 */
import { hashers, type MakeHasher } from "./hasher.ts";
import { digestOf, Inline } from "./hashing.ts";
import type { HashAnswer, HashQuestion, Taken, Through } from "./messages.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<HashQuestion>) => void) | null;
  postMessage(answer: HashAnswer): void;
};
const ready = hashers();

scope.onmessage = async ({ data }) => {
  if (data.kind === "port") {
    serve(data.port, await ready);
    return;
  }
  const { id, file } = data;
  try {
    const digest = await digestOf(file, (bytes) => scope.postMessage({ id, bytes }));
    scope.postMessage({ id, digest });
  } catch (error) {
    scope.postMessage({ id, fault: error instanceof Error ? error.message : "unreadable" });
  }
};

function serve(port: MessagePort, make: MakeHasher): void {
  const hashing = new Inline(make);
  port.onmessage = async ({ data }: MessageEvent<Through>) => {
    if ("finish" in data) {
      port.postMessage({ digests: await hashing.finish() } satisfies Taken);
      port.close();
      return;
    }
    if ("plain" in data) {
      hashing.plain(data.plain, data.cuts);
      port.postMessage({ taken: true } satisfies Taken);
    } else {
      hashing.cipher(data.cipher);
      const back = data.cipher.buffer as ArrayBuffer;
      port.postMessage({ taken: true, back } satisfies Taken, [back]);
    }
  };
}
