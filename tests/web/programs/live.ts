/**
 * Checks inputs against a live chain and a live service. Reads as JSON from standard input: `endpoints`, `quorum`,
 * `trustRoot` (base64), `service`, `token`, `snapshot` (base64, or null), `at`, `inputs` (texts); writes the reports.
 */
import {
  check,
  HttpIndex,
  openLedger,
  openSnapshot,
  RootProofs,
  readTrustRoot,
  report,
} from "../../../web/verify/index.ts";

type Asked = {
  endpoints: string[];
  quorum: number;
  trustRoot: string;
  service: string;
  token: string;
  snapshot: string | null;
  at: number;
  inputs: string[];
};

const asked = JSON.parse(await new Response(process.stdin as unknown as ReadableStream).text()) as Asked;
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const root = readTrustRoot(bytes(asked.trustRoot));
const offline = asked.snapshot === null ? null : openSnapshot(bytes(asked.snapshot), root, asked.at, null);
const trust = offline ?? (await openLedger(asked.endpoints, root, { quorum: asked.quorum }));
const index = offline ?? new HttpIndex(asked.service, { token: asked.token });
const found = [];
for (const input of asked.inputs) {
  const sources = { trust, index, proofs: new RootProofs(root) };
  found.push(report(await check(input, sources, { at: asked.at })));
}
process.stdout.write(JSON.stringify(found));
