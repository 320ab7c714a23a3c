/**
 * A page that seals and opens in a browser, for a test and a measurement: `globalThis.sealing`. Documents are taken from the page's
 * one input; sealed files lie in the browser's own files, and `upload` sends one to this machine's server.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { formOf, formRoot } from "../../../web/seal/form.ts";
import { identityDigest, readIdentity } from "../../../web/seal/identity.ts";
import { check, digestsOf, start } from "../../../web/seal/job.ts";
import { drawSecrets, type Secrets } from "../../../web/seal/locks.ts";
import { writeManifest } from "../../../web/seal/manifest.ts";
import type { Plan } from "../../../web/seal/messages.ts";
import { openBid } from "../../../web/seal/opening.ts";
import { b64url, hex, unb64url, unhex0x } from "../../../web/verify/bytes.ts";
import type { JsonObject } from "../../../web/verify/canonical.ts";

type Keys = { identity: JsonObject; openingKey: string; officer: string; supervisor: string };
type Text = { [name in keyof Secrets]: string };
type Known = Keys & { digest: string; size: number; formRoot: string; signature: string; k2: string };

const SCRIPTS = { seal: "/assets/seal.js", cipher: "/assets/cipher.js", hash: "/assets/hash.js" };
const CHUNK = 64 * 1024;
let written: readonly number[] = [];

function recipientsOf({ officer, supervisor }: Keys) {
  return { officer: unb64url(officer, "officer"), supervisor: unb64url(supervisor, "supervisor") };
}

function chosen(): File[] {
  const input = document.querySelector<HTMLInputElement>("#documents");
  return [...(input?.files ?? [])];
}

/** Digests, then the plan; `secrets` and salts are given again to go on after a reload. */
async function planned(keys: Keys, name: string, given?: { secrets: Text; salt: string }) {
  const files = chosen();
  const digests = await digestsOf(SCRIPTS, files);
  const secrets: Secrets =
    given === undefined
      ? drawSecrets()
      : (Object.fromEntries(
          Object.entries(given.secrets).map(([part, text]) => [part, unb64url(text, part)]),
        ) as unknown as Secrets);
  const salt = given === undefined ? crypto.getRandomValues(new Uint8Array(32)) : unb64url(given.salt, "salt");
  const form = formOf({ price: "1.00" }, () => salt);
  const documents = files.map((file, at) => ({
    name: file.name,
    mediaType: "application/octet-stream",
    size: file.size,
    digest: digests[at] ?? new Uint8Array(0),
  }));
  const identity = readIdentity(keys.identity);
  const manifest = writeManifest({ identity, organisation: {}, form, documents, presentations: [], guarantee: null });
  const plan: Plan = {
    name,
    manifest,
    openingKey: unb64url(keys.openingKey, "key"),
    recipients: recipientsOf(keys),
    secrets,
  };
  const text = Object.fromEntries(Object.entries(secrets).map(([part, data]) => [part, b64url(data)])) as Text;
  return {
    plan,
    files,
    kept: { secrets: text, salt: b64url(salt) },
    root: hex(formRoot(form, identityDigest(identity))),
  };
}

/** Seals what is chosen; by a watched program, if asked to: `written` is where that one wrote in the file. Or stops at once. */
async function seal(
  keys: Keys,
  name: string,
  options: { given?: { secrets: Text; salt: string }; program?: "stopping" | "watched"; stop?: boolean } = {},
) {
  const { program = "seal" } = options;
  const scripts = { ...SCRIPTS, seal: `/assets/${program}.js` };
  const began = performance.now();
  const { plan, files, kept, root } = await planned(keys, name, options.given);
  const digested = performance.now();
  written = [];
  const job = start(scripts, plan, files);
  if (options.stop === true) job.stop();
  const made = await job.done;
  const sealed = performance.now();
  if (made !== null) await check(SCRIPTS, plan, made).done;
  const checked = performance.now();
  return {
    kept,
    formRoot: root,
    written,
    digest: made === null ? null : hex(made.digest),
    size: made?.size ?? 0,
    digesting: digested - began,
    sealing: sealed - digested,
    checking: checked - sealed,
  };
}

/** Milliseconds that the cipher alone takes for so many bytes, in a worker as well, chunk by chunk from one buffer to another. */
async function raw(size: number): Promise<number> {
  const worker = new Worker("/assets/raw.js", { type: "module" });
  try {
    return await new Promise<number>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
      worker.onerror = () => reject(new Error("the worker failed"));
      worker.postMessage(size);
    });
  } finally {
    worker.terminate();
  }
}

async function open(known: Known) {
  const [file] = chosen();
  if (file === undefined) throw new Error("no file is chosen");
  const committed = {
    identity: readIdentity(known.identity),
    openingKey: unb64url(known.openingKey, "key"),
    recipients: recipientsOf(known),
    digest: unhex0x(known.digest, "digest"),
    size: known.size,
    formRoot: unhex0x(known.formRoot, "formRoot"),
  };
  const keys = { signature: unb64url(known.signature, "signature"), k2: unb64url(known.k2, "k2") };
  const manifest = await openBid(file, committed, keys);
  return manifest.documents.map(({ name, digest }) => [name, hex(digest)]);
}

/** Sends a sealed file to this machine's server, as it lies. */
async function upload(name: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  await fetch("/found", { method: "POST", body: await (await root.getFileHandle(name)).getFile() });
}

if (typeof document === "undefined") {
  // as the worker of `raw`
  const scope = globalThis as unknown as { onmessage: unknown; postMessage(value: number): void };
  scope.onmessage = ({ data: size }: MessageEvent<number>) => {
    const [key, nonce, chunk] = [new Uint8Array(32).fill(1), new Uint8Array(12), new Uint8Array(CHUNK)];
    const out = new Uint8Array(CHUNK + 16);
    const began = performance.now();
    for (let done = 0; done < size; done += CHUNK) {
      new DataView(nonce.buffer).setUint32(7, done / CHUNK);
      chacha20poly1305(key, nonce).encrypt(chunk, out);
    }
    scope.postMessage(performance.now() - began);
  };
} else {
  globalThis.Worker = class extends Worker {
    constructor(address: string | URL, options?: WorkerOptions) {
      super(address, options);
      this.addEventListener("message", ({ data }) => {
        written = data?.written ?? written;
      });
    }
  };
  Object.assign(globalThis, { sealing: { seal, raw, open, upload } });
}
