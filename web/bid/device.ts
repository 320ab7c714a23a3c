/** The page's side of the worker that holds a device's key. */
import { scriptAddress } from "../ui/trusted.ts";
import { YinxinError } from "../verify/errors.ts";
import type { DeviceKey } from "./statement.ts";

/** What the worker is asked. */
export type DeviceQuestion =
  | { readonly kind: "open"; readonly text: string; readonly passphrase: string; readonly name: string }
  | { readonly kind: "sign"; readonly data: Uint8Array };

/** What it answers. */
export type DeviceAnswer =
  | { readonly value: Uint8Array }
  | { readonly fault: { readonly code: string; readonly message: string } };

/** Opens a key file of the command line (kind `device`), works with its key, and forgets it. Throws YinxinError. */
export async function withDevice<T>(
  script: string,
  file: File,
  passphrase: string,
  work: (key: DeviceKey) => Promise<T>,
): Promise<T> {
  const worker = new Worker(scriptAddress(script), { type: "module", name: "device" });
  const ask = (question: DeviceQuestion): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<DeviceAnswer>) => {
        if ("value" in data) resolve(data.value);
        else reject(new YinxinError(data.fault.message, data.fault.code));
      };
      worker.onerror = () => reject(new YinxinError("the worker failed", "keys.failed"));
      worker.postMessage(question);
    });
  try {
    const name = file.name.replace(/\.json$/, "");
    const publicKey = await ask({ kind: "open", text: await file.text(), passphrase, name });
    return await work({ publicKey, sign: (data) => ask({ kind: "sign", data }) });
  } finally {
    worker.terminate();
  }
}
