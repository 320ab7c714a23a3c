// Runs the tests of web/: bundles tests/web/**/*.test.ts into build/web-tests and gives them to Node's own runner.
//
//   node scripts/web/test.mjs             all of them
//   node scripts/web/test.mjs stamp       those whose path holds "stamp"
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const OUT = `${ROOT}build/web-tests`;
const wanted = process.argv[2] ?? "";

const names = (await readdir(`${ROOT}tests/web`, { recursive: true })).filter((name) => name.endsWith(".test.ts"));
const chosen = names.filter((name) => name.includes(wanted)).sort();
if (chosen.length === 0) {
  console.error(`no test in tests/web has "${wanted}" in its path`);
  process.exit(64);
}
rmSync(OUT, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  charset: "utf8",
  sourcemap: "inline",
  logLevel: "warning",
  entryPoints: chosen.map((name) => `tests/web/${name}`),
  outbase: "tests/web",
  outdir: OUT,
  outExtension: { ".js": ".mjs" },
});
const files = chosen.map((name) => `${OUT}/${name.replace(/\.ts$/, ".mjs")}`);
const done = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { cwd: ROOT, stdio: "inherit" });
process.exit(done.status ?? 1);
