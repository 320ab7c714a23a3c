/**
 * Seals beside the page: reads documents where they lie, has another worker encrypt, takes the digest, and writes into the
 * browser's own files (OPFS). WebAssembly runs here under a policy of its own.
 */
import { YinxinError } from "../verify/errors.ts";
import { Beside, type Keyed } from "./cipher.ts";
import { BidFault } from "./faults.ts";
import { formRoot } from "./form.ts";
import { hashers } from "./hasher.ts";
import { identityDigest } from "./identity.ts";
import { layOut } from "./layout.ts";
import { readManifest } from "./manifest.ts";
import type { Plan, SealAnswer, SealQuestion } from "./messages.ts";
import { checkSealed } from "./opening.ts";
import { type SealedFile, type Sink, sealInto, type Watch } from "./sealing.ts";
import { turn } from "./turn.ts";

type Handle = Sink & { close(): void };
type FileHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<Handle> };

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<SealQuestion>) => void) | null;
  postMessage(answer: SealAnswer): void;
};
let stopped = false;

scope.onmessage = async ({ data }) => {
  if (data.kind === "stop") {
    stopped = true;
    return;
  }
  try {
    if (data.kind === "check") await check(data.plan, data.sealed, data.cipher);
    else await seal(data.plan, data.documents, data.cipher);
  } catch (error) {
    const code = error instanceof YinxinError ? error.code : "seal.failed";
    scope.postMessage({ kind: "fault", code, message: error instanceof Error ? error.message : String(error) });
  }
};

function watching(all: number): Watch {
  return {
    told: (done) => scope.postMessage({ kind: "progress", done, all }),
    stopped: () => turn().then(() => stopped),
  };
}

async function seal(plan: Plan, documents: readonly Blob[], port: MessagePort): Promise<void> {
  const { manifest, openingKey, recipients, secrets } = plan;
  const layout = layOut(readManifest(manifest), openingKey, recipients, secrets);
  const root = await navigator.storage.getDirectory();
  const sink = await ((await root.getFileHandle(plan.name, { create: true })) as FileHandle).createSyncAccessHandle();
  try {
    const hasher = (await hashers())();
    const made = await sealInto(layout, documents, sink, hasher, new Beside(port, layout), watching(layout.plain));
    scope.postMessage(made === null ? { kind: "stopped" } : { kind: "sealed", ...made });
  } finally {
    sink.close();
  }
}

/** The file on the disk is opened again with the secrets of its maker. */
async function check(plan: Plan, sealed: SealedFile, port: MessagePort): Promise<void> {
  const { identity, form } = readManifest(plan.manifest);
  const root = await navigator.storage.getDirectory();
  const file = await (await root.getFileHandle(plan.name)).getFile();
  const { openingKey, recipients, secrets } = plan;
  const committed = {
    identity,
    openingKey,
    recipients,
    ...sealed,
    formRoot: formRoot(form, identityDigest(identity)),
  };
  try {
    const beside = (keyed: Keyed) => new Beside(port, keyed);
    const found = await checkSealed(file, committed, secrets.fileKey, beside, watching(sealed.size));
    scope.postMessage(found === null ? { kind: "stopped" } : { kind: "sealed", ...sealed });
  } catch (error) {
    // Both locks were made here, and the digest was taken here: only the documents can have been others.
    if (error instanceof BidFault && error.kind === "bad_document") throw new YinxinError(error.message, "bid.changed");
    throw error;
  }
}
