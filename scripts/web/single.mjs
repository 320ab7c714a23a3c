// Builds the verifier as one HTML file, and writes its SHA-256 beside it. The same sources and options give the same bytes.
//
//   node scripts/web/single.mjs [--out FILE] [--trust-root FILE] [--endpoint URL]… [--quorum N] [--service URL]
//
// Without --trust-root the page asks for the file. With --endpoint the page may talk to those addresses (and the service) and
// no other; without, to any https address and to this machine, as the person at the page says.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { SHARED } from "./build.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ANYWHERE = ["https:", "http://localhost:*", "http://127.0.0.1:*"];

const { values } = parseArgs({
  options: {
    out: { type: "string", default: `${ROOT}build/web/single/yinxin-verify.html` },
    "trust-root": { type: "string" },
    endpoint: { type: "string", multiple: true, default: [] },
    quorum: { type: "string", default: "1" },
    service: { type: "string", default: "" },
  },
});

const pinned = {
  trustRoot: values["trust-root"] === undefined ? "" : (await readFile(values["trust-root"], "utf8")).trimEnd(),
  endpoints: values.endpoint,
  quorum: Number(values.quorum),
  service: values.service,
};
const program = await bundled("web/single/main.ts", { YINXIN_PINNED: JSON.stringify(pinned) });
const style = await bundled("web/single/page.css", {});
const named = [...pinned.endpoints, pinned.service].filter((one) => one !== "").map((one) => new URL(one).origin);
const reachable = named.length === 0 ? ANYWHERE : [...new Set(named)];
const policy = [
  "default-src 'none'",
  `script-src ${hashOf(program)}`,
  `style-src ${hashOf(style)}`,
  `connect-src ${reachable.join(" ")}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");
const page = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>印信独立核验</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<body><noscript><p>核验在您的浏览器中进行，请允许本页运行脚本。</p><p lang="en">Checking happens in your browser; please allow scripts.</p></noscript></body>
<script type="module">${program}</script>
</html>
`;
const out = resolve(values.out);
const digest = createHash("sha256").update(page).digest("hex");
await mkdir(dirname(out), { recursive: true });
await writeFile(out, page);
await writeFile(`${out}.sha256`, `${digest}  ${basename(out)}\n`);
console.log(`${out}  ${Buffer.byteLength(page)} B\nSHA-256 ${digest}`);

async function bundled(entry, define) {
  const options = { ...SHARED, entryPoints: [entry], define, write: false, outdir: "unused" };
  const { outputFiles } = await build(options);
  return outputFiles[0].text.trim();
}

function hashOf(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
