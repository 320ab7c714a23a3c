/**
 * The verifier in the browser: any certificate in, one verdict out, together with how it was reached. No DOM, no storage,
 * no framework; the network only through the sources that are passed in. The same rules, steps, verdicts, codes and
 * members as `yinxin verify` (docs/verification.md, docs/browser.md).
 *
 *     const root = readTrustRoot(bytes);                      // pinned: built in, or a file the person chose
 *     const trust = await openLedger(["https://host/v1/ledger-calls"], root, { quorum: 1 });   // online; trust.refresh() later
 *     const trust = openSnapshot(bytes, root, now, seen);     // offline; keep trust.seen, show trust.madeAt and .expires
 *     const index = new HttpIndex("https://host");            // online; offline the snapshot itself is the index
 *     const sources = { trust, index, proofs: new RootProofs(root) };
 *     const found = await check(input, sources, { at: Math.floor(Date.now() / 1000) });
 *     found.verdict; found.authentic; found.inForce;          // "VALID", true, true
 *     found.steps.map((step) => sentence(step.code, step.params, "zh"));
 *     report(found, "zh");                                    // what `yinxin verify --json` prints
 */

export { b64url as b64urlOf } from "./bytes.ts";
export * from "./certificate.ts";
export { type ProvenType, provenTypes, versionAt } from "./definitions.ts";
export * from "./errors.ts";
export * from "./facts.ts";
export { HttpIndex, type IndexOptions } from "./httpindex.ts";
export { check, MAX_INPUT, type Recognised, recognise } from "./inputs.ts";
export { Ledger, openLedger } from "./ledger.ts";
export { NoLedger } from "./noledger.ts";
export { verifyPaper } from "./paper/judging.ts";
export * from "./policy.ts";
export { RootProofs } from "./rootproofs.ts";
export type { Finality, RpcOptions } from "./rpc.ts";
export { openSnapshot, type SeenSnapshot, SnapshotSource } from "./snapshot.ts";
export * from "./sources.ts";
export { fromDigits } from "./stamp.ts";
export { readTrustRoot, type TrustRoot, trustRootOf } from "./trustroot.ts";
export * from "./types.ts";
export * from "./verdicts.ts";
export { notFound, verifyBundle, verifyCredential, verifyStamp } from "./verifier.ts";
export * from "./wording.ts";
