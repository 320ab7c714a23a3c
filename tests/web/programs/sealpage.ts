/**
 * A page that seals and opens in a browser, for a test and a measurement: `globalThis.sealing`. Documents are taken from the page's
 * one input; sealed files lie in the browser's own files, and `upload` sends one to this machine's server.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { formOf, formRoot } from "../../../web/seal/form.ts";
import { identityDigest, readIdentity } from "../../../web/seal/identity.ts";
import { check, digestsOf, start } from "../../../web/seal/job.ts";
import { CHUNKS_A_BLOCK } from "../../../web/seal/layout.ts";
import { drawSecrets, type Secrets } from "../../../web/seal/locks.ts";
import { writeManifest } from "../../../web/seal/manifest.ts";
import type { Plan } from "../../../web/seal/messages.ts";
import type { Subtle } from "../../../web/seal/native.ts";
import { openBid } from "../../../web/seal/opening.ts";
import { b64url, hex, unb64url, unhex0x } from "../../../web/verify/bytes.ts";
import type { JsonObject } from "../../../web/verify/canonical.ts";

type Keys = { identity: JsonObject; openingKey: string; officer: string; supervisor: string };
type Text = { [name in keyof Secrets]: string };
type Known = Keys & { digest: string; size: number; formRoot: string; signature: string; k2: string };

const SCRIPTS = { seal: "/assets/seal.js", cipher: "/assets/cipher.js", hash: "/assets/hash.js" };
const CHUNK = 64 * 1024;
let written: readonly number[] = [];
let native = false;

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

/**
 * Seals what is chosen; by watched programs, if asked to: `written` is where the one wrote in the file, `native` whether the other used
 * the browser's own cipher. Or stops at once.
 */
async function seal(
  keys: Keys,
  name: string,
  options: {
    given?: { secrets: Text; salt: string };
    program?: "stopping" | "watched";
    cipher?: "ciphers" | "library";
    stop?: boolean;
  } = {},
) {
  const { program = "seal", cipher = "cipher" } = options;
  const scripts = { ...SCRIPTS, seal: `/assets/${program}.js`, cipher: `/assets/${cipher}.js` };
  const began = performance.now();
  const { plan, files, kept, root } = await planned(keys, name, options.given);
  const digested = performance.now();
  [written, native] = [[], false];
  const job = start(scripts, plan, files);
  if (options.stop === true) job.stop();
  const made = await job.done;
  const sealed = performance.now();
  if (made !== null) await check({ ...scripts, seal: SCRIPTS.seal }, plan, made).done;
  const checked = performance.now();
  return {
    kept,
    formRoot: root,
    written,
    native,
    digest: made === null ? null : hex(made.digest),
    size: made?.size ?? 0,
    digesting: digested - began,
    sealing: sealed - digested,
    checking: checked - sealed,
  };
}

type Kind = "library" | "native";

/**
 * Milliseconds that the cipher alone takes for so many bytes, in a worker as well, chunk by chunk: the library's from one buffer to
 * another; the browser's own with as many chunks at a time as a block has, or null if it has none.
 */
async function raw(kind: Kind, size: number): Promise<number | null> {
  const worker = new Worker("/assets/raw.js", { type: "module" });
  try {
    return await new Promise<number | null>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<number | null>) => resolve(data);
      worker.onerror = () => reject(new Error("the worker failed"));
      worker.postMessage({ kind, size });
    });
  } finally {
    worker.terminate();
  }
}

const CHUNK_KEY = new Uint8Array(32).fill(1);

function nonceOf(chunk: number): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, chunk);
  return nonce;
}

function byLibrary(size: number): number {
  const [chunk, out] = [new Uint8Array(CHUNK), new Uint8Array(CHUNK + 16)];
  const began = performance.now();
  for (let at = 0; at * CHUNK < size; at++) chacha20poly1305(CHUNK_KEY, nonceOf(at)).encrypt(chunk, out);
  return performance.now() - began;
}

async function byBrowser(size: number): Promise<number | null> {
  const subtle = crypto.subtle as unknown as Subtle;
  const name = "ChaCha20-Poly1305";
  const key = await subtle.importKey("raw-secret", CHUNK_KEY, { name }, false, ["encrypt"]).catch(() => null);
  if (key === null) return null;
  const chunk = new Uint8Array(CHUNK);
  const began = performance.now();
  for (let at = 0; at * CHUNK < size; at += CHUNKS_A_BLOCK) {
    const chunks = Array.from({ length: CHUNKS_A_BLOCK }, (_, more) =>
      subtle.encrypt({ name, iv: nonceOf(at + more), tagLength: 128 }, key, chunk),
    );
    await Promise.all(chunks);
  }
  return performance.now() - began;
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
  const scope = globalThis as unknown as { onmessage: unknown; postMessage(value: number | null): void };
  scope.onmessage = async ({ data: { kind, size } }: MessageEvent<{ kind: Kind; size: number }>) => {
    scope.postMessage(kind === "library" ? byLibrary(size) : await byBrowser(size));
  };
} else {
  globalThis.Worker = class extends Worker {
    constructor(address: string | URL, options?: WorkerOptions) {
      super(address, options);
      this.addEventListener("message", ({ data }) => {
        written = data?.written ?? written;
        native ||= data?.native === true;
      });
    }
  };
  Object.assign(globalThis, { sealing: { seal, raw, open, upload } });
}
