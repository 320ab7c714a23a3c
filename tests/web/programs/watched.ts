/**
 * The worker that seals, watched: beside each answer it tells where in the file it wrote so far. Served as `stopping.js` it is asked to
 * stop right after its first block, however late the page would hear of that.
 */
import "../../../web/seal/seal.worker.ts";
import { BLOCK } from "../../../web/seal/layout.ts";
import type { SealAnswer, SealQuestion } from "../../../web/seal/messages.ts";

type Write = (data: BufferSource, options: { at: number }) => number;

const scope = self as unknown as {
  readonly onmessage: (event: { readonly data: SealQuestion }) => void;
  readonly location: Location;
  postMessage(answer: SealAnswer & { readonly written?: readonly number[] }): void;
};
const { prototype } = (globalThis as unknown as { FileSystemSyncAccessHandle: { prototype: { write: Write } } })
  .FileSystemSyncAccessHandle;
const written: number[] = [];
const [post, { write }] = [scope.postMessage.bind(scope), prototype];
let stops = scope.location.pathname.endsWith("/stopping.js");

prototype.write = function (data, options) {
  written.push(options.at);
  return write.call(this, data, options);
};

scope.postMessage = (answer) => {
  post({ ...answer, written });
  if (!stops || answer.kind !== "progress" || answer.done < BLOCK) return;
  stops = false;
  scope.onmessage({ data: { kind: "stop" } });
};
