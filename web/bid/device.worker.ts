/** Holds the company's device key, or its agent's, while one statement is signed: it is never in the page's own memory. */
import { openKeyFile } from "../keys/keyfile.ts";
import { YinxinError } from "../verify/errors.ts";
import type { DeviceAnswer, DeviceQuestion } from "./device.ts";
import { type DeviceKey, deviceKey } from "./statement.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<DeviceQuestion>) => void) | null;
  postMessage(answer: DeviceAnswer): void;
};
let key: DeviceKey | undefined;

scope.onmessage = async ({ data }) => {
  try {
    if (data.kind === "open") {
      const opened = await openKeyFile(data.text, data.passphrase, data.name);
      if (opened.kind !== "device") throw new YinxinError("a key of another kind", "keyfile.kind");
      key = await deviceKey(opened.data);
      scope.postMessage({ value: key.publicKey });
      return;
    }
    if (key === undefined) throw new YinxinError("no key is open", "keys.forgotten");
    scope.postMessage({ value: await key.sign(data.data) });
  } catch (error) {
    const code = error instanceof YinxinError ? error.code : "keyfile.form";
    scope.postMessage({ fault: { code, message: error instanceof Error ? error.message : "" } });
  }
};
