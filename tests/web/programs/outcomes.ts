/**
 * Writes what the verifier in TypeScript says, as JSON: name to verdict, answers, results of steps. Of the cases that it
 * reads as a list from standard input, or, if that is null, of every vector.
 */
import { type Case, outcome, run } from "../support/cases.ts";
import { caseOf, vectorsIn } from "../support/files.ts";

const given = JSON.parse(await new Response(process.stdin as unknown as ReadableStream).text()) as Case[] | null;
const found: Record<string, unknown> = {};
for (const one of given ?? vectorsIn("verification").map((name) => caseOf(name)))
  found[one.name] = outcome(await run(one));
process.stdout.write(JSON.stringify(found));
