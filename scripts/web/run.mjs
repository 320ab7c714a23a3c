// Bundles one TypeScript program in memory and runs it under Node: for tests and measurements in Python.
//
//   node scripts/web/run.mjs tests/web/programs/outcomes.ts      standard input and output are the program's
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const [entry = ""] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "yx-web-"));
try {
  const outfile = join(folder, "program.mjs");
  await build({
    absWorkingDir: ROOT,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    charset: "utf8",
    logLevel: "warning",
    // A library in CommonJS finds Node's own modules by this.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    entryPoints: [entry],
    outfile,
  });
  process.chdir(ROOT);
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
