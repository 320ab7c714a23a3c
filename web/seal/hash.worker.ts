/** Takes digests of documents. WebAssembly runs here under a policy of its own; nothing secret but their bytes comes here. */
import { digestOf } from "./hashing.ts";
import type { HashAnswer, HashQuestion } from "./messages.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<HashQuestion>) => void) | null;
  postMessage(answer: HashAnswer): void;
};

scope.onmessage = async ({ data: { id, file } }) => {
  try {
    const digest = await digestOf(file, (bytes) => scope.postMessage({ id, bytes }));
    scope.postMessage({ id, digest });
  } catch (error) {
    scope.postMessage({ id, fault: error instanceof Error ? error.message : "unreadable" });
  }
};
