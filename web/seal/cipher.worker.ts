/** Encrypts beside the worker that seals, so that two processors share the work; the key ends with this worker. */
import { type Encrypted, encryptBlock, type Keyed, sealedSize, type ToEncrypt } from "./cipher.ts";

const scope = self as unknown as { onmessage: ((event: MessageEvent<MessagePort>) => void) | null };

scope.onmessage = ({ data: port }) => {
  let keyed: Keyed | undefined;
  port.onmessage = ({ data }: MessageEvent<ToEncrypt>) => {
    if ("key" in data) {
      keyed = data;
      return;
    }
    if (keyed === undefined) return;
    const size = sealedSize(data.data.length);
    const sealed = data.room?.byteLength === size ? new Uint8Array(data.room) : new Uint8Array(size);
    encryptBlock(keyed, data.block, data.data, sealed);
    port.postMessage({ block: data.block, sealed } satisfies Encrypted, [sealed.buffer]);
  };
};
