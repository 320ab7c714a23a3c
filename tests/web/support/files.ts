/** Files of the checkout that tests read. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Case } from "./cases.ts";

const ROOT = process.cwd();

/** A golden vector file of tests/vectors, as plain data of the shape the test says. */
export function vector<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, "tests/vectors", `${name}.json`), "utf8")) as T;
}

/** Bytes of a file of tests/vectors. */
export function attached(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(ROOT, "tests/vectors", name)));
}

/** Names of the vectors in a folder of tests/vectors, sorted; none if there is no such folder. */
export function vectorsIn(folder: string): string[] {
  const path = join(ROOT, "tests/vectors", folder);
  const files = existsSync(path) ? readdirSync(path) : [];
  return files
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -5))
    .sort();
}

/** The case of that name, of the folder `verification`, or of `pdf`. */
export function caseOf(name: string, folder = "verification"): Case {
  return vector<Case>(`${folder}/${name}`);
}

/** Bytes of the file beside a case; null where it has none. */
export function fileOf(one: Case): Uint8Array | null {
  return one.kind === "pdf" ? attached(`pdf/${one.input}`) : null;
}
