/**
 * Seals and opens bids as a browser would, for tests in Python. Reads `seal` (a manifest's members with `documents` as base64, the
 * keys) or `open` (a sealed file as base64, what is known of it, its keys); writes what came of it, bytes as base64.
 */
import { Inline } from "../../../web/seal/cipher.ts";
import { formOf, formRoot } from "../../../web/seal/form.ts";
import { hashers } from "../../../web/seal/hasher.ts";
import { digestOf } from "../../../web/seal/hashing.ts";
import { identityDigest, readIdentity } from "../../../web/seal/identity.ts";
import { layOut } from "../../../web/seal/layout.ts";
import { drawSecrets } from "../../../web/seal/locks.ts";
import { readManifest, writeManifest } from "../../../web/seal/manifest.ts";
import { openBid } from "../../../web/seal/opening.ts";
import { Memory, sealInto } from "../../../web/seal/sealing.ts";
import { hex, unb64url, unhex0x } from "../../../web/verify/bytes.ts";
import type { JsonObject } from "../../../web/verify/canonical.ts";

type Keys = { identity: JsonObject; openingKey: string; officer: string; supervisor: string };
type Given =
  | { seal: Keys & { form: Record<string, string>; documents: { name: string; content: string }[] } }
  | { open: Keys & { file: string; digest: string; size: number; formRoot: string; signature: string; k2: string } };

const of64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const to64 = (data: Uint8Array) => Buffer.from(data).toString("base64");

async function seal(given: Keys & { form: Record<string, string>; documents: { name: string; content: string }[] }) {
  const identity = readIdentity(given.identity);
  const sources = given.documents.map(({ content }) => new Blob([of64(content)]));
  const documents = await Promise.all(
    sources.map(async (one, at) => {
      const name = given.documents[at]?.name ?? "";
      return { name, mediaType: "application/pdf", size: one.size, digest: await digestOf(one) };
    }),
  );
  const form = formOf(given.form);
  const manifest = writeManifest({
    identity,
    organisation: {},
    form,
    documents,
    presentations: ["一~"],
    guarantee: null,
  });
  const recipients = {
    officer: unb64url(given.officer, "officer"),
    supervisor: unb64url(given.supervisor, "supervisor"),
  };
  const secrets = drawSecrets();
  const layout = layOut(readManifest(manifest), unb64url(given.openingKey, "key"), recipients, secrets);
  const sink = new Memory();
  const made = await sealInto(layout, sources, sink, (await hashers())(), new Inline(layout));
  return {
    file: to64(sink.bytes()),
    digest: hex(made?.digest ?? new Uint8Array(0)),
    size: made?.size,
    formRoot: hex(formRoot(form, identityDigest(identity))),
    k2: hex(secrets.k2),
  };
}

async function open(
  given: Keys & Record<"file" | "digest" | "formRoot" | "signature" | "k2", string> & { size: number },
) {
  const found: string[] = [];
  const parts: Uint8Array[][] = [];
  const manifest = await openBid(
    new Blob([of64(given.file)]),
    {
      identity: readIdentity(given.identity),
      openingKey: unb64url(given.openingKey, "key"),
      recipients: { officer: unb64url(given.officer, "officer"), supervisor: unb64url(given.supervisor, "supervisor") },
      digest: unhex0x(given.digest, "digest"),
      size: given.size,
      formRoot: unhex0x(given.formRoot, "formRoot"),
    },
    { signature: unb64url(given.signature, "signature"), k2: unb64url(given.k2, "k2") },
    (at, bytes) => {
      parts[at] = [...(parts[at] ?? []), bytes.slice()];
    },
  );
  for (const at of manifest.documents.keys()) found.push(to64(Buffer.concat(parts[at] ?? [])));
  const form = Object.fromEntries(manifest.form.map(({ name, value }) => [name, value]));
  return { documents: found, names: manifest.documents.map(({ name }) => name), form };
}

const given = JSON.parse(await new Response(process.stdin as unknown as ReadableStream).text()) as Given;
process.stdout.write(JSON.stringify("seal" in given ? await seal(given.seal) : await open(given.open)));
