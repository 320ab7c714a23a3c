/** Files of the checkout that tests read. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = process.cwd();

/** A golden vector file of tests/vectors, as plain data of the shape the test says. */
export function vector<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, "tests/vectors", `${name}.json`), "utf8")) as T;
}

/** Names of the verification vectors, sorted. */
export function verificationVectors(): string[] {
  const files = readdirSync(join(ROOT, "tests/vectors/verification")).filter((name) => name.endsWith(".json"));
  return files.map((name) => name.slice(0, -5)).sort();
}
