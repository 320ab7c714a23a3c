/** Writes what the verifier in TypeScript says of every vector, as JSON: name to verdict, answers, results of steps. */
import { outcome, run } from "../support/cases.ts";
import { caseOf, vectorsIn } from "../support/files.ts";

const found: Record<string, unknown> = {};
for (const name of vectorsIn("verification")) found[name] = outcome(await run(caseOf(name)));
process.stdout.write(JSON.stringify(found));
