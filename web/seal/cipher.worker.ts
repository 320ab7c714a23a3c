/** Encrypts and decrypts beside the worker that seals, so that two processors share the work; the key ends with this worker. */
import { workAt } from "./cipher.ts";

const scope = self as unknown as { onmessage: ((event: MessageEvent<MessagePort>) => void) | null };

scope.onmessage = ({ data: port }) => workAt(port);
