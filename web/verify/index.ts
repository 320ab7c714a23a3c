/**
 * The verifier in the browser: any certificate in, one verdict out, together with how it was reached. No DOM, no storage,
 * no framework; the network only through the sources that are passed in. The same rules, steps, verdicts, codes and
 * members as `yinxin verify` (docs/verification.md, docs/browser.md).
 *
 *     const sources = { trust, index, proofs };               // see openLedger, openSnapshot, HttpIndex, RootProofs
 *     const found = await check(input, sources, { at: Math.floor(Date.now() / 1000) });
 *     found.verdict; found.authentic; found.inForce;          // "VALID", true, true
 *     found.steps.map((step) => sentence(step.code, step.params, "zh"));
 *     report(found, "zh");                                    // what `yinxin verify --json` prints
 */
export * from "./certificate.ts";
export * from "./errors.ts";
export * from "./facts.ts";
export * from "./policy.ts";
export * from "./sources.ts";
export * from "./types.ts";
export * from "./verdicts.ts";
export * from "./wording.ts";
