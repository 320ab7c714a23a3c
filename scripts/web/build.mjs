// Builds web/ into build/web: one ES module a bundle, without a source map, the same bytes from the same sources.
//
//   node scripts/web/build.mjs            all bundles of bundles.mjs, and the pages (pages.mjs)
//
// Prints one line a file: its path, its size, its size as gzip. Exit code 1 if something does not build.
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { BUNDLES } from "./bundles.mjs";
import { buildPages } from "./pages.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const OUT = `${ROOT}build/web`;

/** Options that every bundle shares; programs run in browsers of the last three years. */
export const SHARED = {
  absWorkingDir: ROOT,
  bundle: true,
  format: "esm",
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  charset: "utf8",
  legalComments: "none",
  minify: true,
  logLevel: "warning",
};

async function main() {
  rmSync(OUT, { recursive: true, force: true });
  for (const { name, entry } of BUNDLES) {
    await build({ ...SHARED, entryPoints: [entry], outfile: `${OUT}/${name}.js` });
    await tell(`${OUT}/${name}.js`);
  }
  for (const file of await buildPages(ROOT, `${OUT}/site`, SHARED)) await tell(file);
}

async function tell(path) {
  const data = await readFile(path);
  const packed = gzipSync(data, { level: 9 }).length;
  console.log(`${path.slice(ROOT.length)}  ${data.length} B, ${packed} B as gzip`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main();
}
