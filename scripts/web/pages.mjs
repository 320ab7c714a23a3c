// Builds the pages of web/pages into build/web/site: what the service hands out at /verify, /sw.js and /assets/.
//
// Every file under assets/ has a digest of its content in its name. The worker that reads codes is built first, since the page's
// program names it; the service worker last, since it names all of them. The same sources give the same bytes.
//
// A program may leave parts for later (`await import(…)`); what it shares with them is a file of its own, which the page asks for
// together with the program: parts.json says which.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { build } from "esbuild";
import { ISLANDS } from "./bundles.mjs";

const ICONS = {
  icon: "icon.svg",
  icon180: "icon-180.png",
  icon192: "icon-192.png",
  icon512: "icon-512.png",
  maskable512: "maskable-512.png",
};

/** What each page is as an app. */
const MANIFESTS = { manifest: "manifest.webmanifest", walletManifest: "wallet.webmanifest" };

/** Pages that are only handed out; each keeps itself on the device by the one service worker. */
const PAGES = ["verify.html", "wallet.html"];

/** Builds all pages. @param {string} root @param {string} out @param {import("esbuild").BuildOptions} shared */
export async function buildPages(root, out, shared) {
  const assets = `${out}/assets`;
  await mkdir(assets, { recursive: true });
  const parts = {};
  const bundle = async (name, entry, define = {}) => {
    const done = await build({
      ...shared,
      splitting: true,
      entryPoints: { [name]: `${root}${entry}` },
      outdir: assets,
      entryNames: "[name]-[hash]",
      assetNames: "[name]-[hash]",
      chunkNames: `${name}-[name]-[hash]`,
      publicPath: "/assets",
      loader: { ".wasm": "file" },
      define: Object.fromEntries(Object.entries(define).map(([key, value]) => [key, JSON.stringify(value)])),
      metafile: true,
    });
    const { outputs } = done.metafile;
    // Parts that come later are entry points for esbuild, too.
    const [main] = Object.entries(outputs).find(([, one]) => one.entryPoint === entry);
    const needed = new Set([main]);
    for (const one of needed) {
      for (const { path, kind } of outputs[one].imports) if (kind === "import-statement") needed.add(path);
    }
    needed.delete(main);
    if (needed.size > 0) parts[name] = [...needed].map((one) => `/assets/${basename(one)}`).sort();
    return `/assets/${basename(main)}`;
  };
  const copied = async (file, text) => {
    const data = text === undefined ? await readFile(file) : Buffer.from(text);
    const digest = createHash("sha256").update(data).digest("hex").slice(0, 10);
    const end = extname(file);
    const name = `${basename(file, end)}-${digest}${end}`;
    await writeFile(`${assets}/${name}`, data);
    return `/assets/${name}`;
  };

  const names = {};
  for (const [key, file] of Object.entries(ICONS)) names[key] = await copied(`${root}web/pages/icons/${file}`);
  for (const [key, file] of Object.entries(MANIFESTS)) {
    const text = filled(await readFile(`${root}web/pages/${file}`, "utf8"), names);
    names[key] = await copied(`${root}web/pages/${file}`, text);
  }
  names.style = await bundle("style", "web/style/index.css");
  const reader = await bundle("reader", "web/scan/reader.worker.ts");
  names.scan = await bundle("scan", "web/scan/main.ts", { YINXIN_READER: reader, YINXIN_ICON: names.icon });
  names.wallet = await bundle("wallet", "web/wallet/main.ts", { YINXIN_READER: reader, YINXIN_ICON: names.icon });
  const pages = [];
  for (const file of PAGES) {
    const page = filled(await readFile(`${root}web/pages/${file}`, "utf8"), names);
    await writeFile(`${out}/${file}`, page);
    pages.push(page);
  }

  const files = (await readdir(assets)).sort().map((name) => `/assets/${name}`);
  const version = createHash("sha256")
    .update([...files, ...pages].join("\n"))
    .digest("hex")
    .slice(0, 12);
  await build({
    ...shared,
    format: "iife",
    entryPoints: [`${root}web/pages/sw.ts`],
    outfile: `${out}/sw.js`,
    define: { YINXIN_FILES: JSON.stringify(files), YINXIN_VERSION: JSON.stringify(version) },
  });
  // What stands on a device for working offline is the scanner; these come when their page does.
  const known = new Set(files);
  for (const { name, entry } of ISLANDS) names[name] = await bundle(name, entry);
  await writeFile(`${out}/names.json`, `${JSON.stringify(names, null, 1)}\n`);
  await writeFile(`${out}/parts.json`, `${JSON.stringify(parts, null, 1)}\n`);
  const later = (await readdir(assets)).sort().map((name) => `/assets/${name}`);
  files.push(...later.filter((name) => !known.has(name)));
  return [`${out}/sw.js`, ...PAGES.map((file) => `${out}/${file}`), ...files.map((name) => `${out}${name}`)];
}

function filled(text, names) {
  return text.replace(/\{([A-Za-z]+[0-9]*)\}/g, (whole, name) => names[name] ?? whole);
}
