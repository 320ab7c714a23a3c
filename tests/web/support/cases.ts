/** Verification vectors (docs/verification.md, "For other implementations") as sources and input. */
import { hex, unb64url, unhex0x, utf8 } from "../../../web/verify/bytes.ts";
import type { Json } from "../../../web/verify/canonical.ts";
import { Unavailable } from "../../../web/verify/errors.ts";
import type {
  AnchorFacts,
  BlockRef,
  EvidenceIndex,
  LeafPlace,
  Period,
  StatusFacts,
  TrustSource,
} from "../../../web/verify/facts.ts";
import { check } from "../../../web/verify/inputs.ts";
import { RootProofs } from "../../../web/verify/rootproofs.ts";
import type { Options, Sources } from "../../../web/verify/sources.ts";
import { trustRootOf } from "../../../web/verify/trustroot.ts";
import { report, type Verification } from "../../../web/verify/verdicts.ts";
import { verifyBundle, verifyCredential, verifyStamp } from "../../../web/verify/verifier.ts";

type Block = { number: number; hash: string; time: number };
type Span = [number, number | null];
type Anchor = {
  bureau: string;
  lane: string;
  sequence: number;
  root: string;
  size: number;
  manifestDigest: string;
  head: string;
  key: string;
  block: Block;
  transaction: string;
};
type State = {
  bureau: string;
  list: string;
  previousHead: string;
  head: string;
  digest: string;
  key: string;
  block: Block;
  transaction: string;
};
type Place = {
  bureau: string;
  lane: string;
  sequence: number;
  leaf: { jwt: string; stamp: string; record: string };
  index: number;
  size: number;
  path: string[];
};

/** What implementations must agree on. */
export type Outcome = {
  verdict: string;
  authentic: boolean | null;
  inForce: boolean | null;
  statusAsOf: string | null;
  results: Record<string, string>;
};

/** One file of tests/vectors/verification. */
export type Case = {
  name: string;
  kind: "bundle" | "stamp" | "credential" | "pdf";
  input: string;
  at: number;
  policy: { maxStatusAge: number; typeMaxAge: Record<string, number>; clockSkew: number; past: boolean };
  trust: {
    block: Block;
    expires: number | null;
    bureaus: {
      uscc: string;
      name: string;
      registeredAt: number;
      suspensions: Span[];
      accreditations: Record<string, Span[]>;
      successor: string | null;
    }[];
    keys: {
      bureau: string;
      thumbprint: string;
      purpose: string;
      publicKey: string;
      valid: Span;
      compromisedSince: number | null;
    }[];
    anchors: Anchor[];
    statuses: State[];
    stamps: { stamp: string; anchor: Anchor }[];
    unavailable: string[];
  };
  index: null | {
    stamps: Record<string, Place>;
    jwts: Record<string, Place>;
    lists: Record<string, string>;
    unavailable: string[];
  };
  trustRoot: Json;
  expect: Outcome;
};

/** Make the check. A PDF's case names a file beside it; `file` has its bytes. */
export function run(one: Case, file: Uint8Array | null = null): Promise<Verification> {
  const [sources, options] = [sourcesOf(one), optionsOf(one)];
  if (one.kind === "bundle") return verifyBundle(utf8(one.input), sources, options);
  if (one.kind === "pdf") return check(file ?? new Uint8Array(0), sources, options);
  if (one.kind === "stamp") return verifyStamp(unb64url(one.input, "input"), sources, options);
  return verifyCredential(one.input, sources, options);
}

/** What came of it, in the vectors' form. */
export function outcome(found: Verification): Outcome {
  const { verdict, authentic, inForce, statusAsOf, steps } = report(found);
  return { verdict, authentic, inForce, statusAsOf, results: Object.fromEntries(steps.map((s) => [s.name, s.result])) };
}

export function optionsOf(one: Case): Options {
  return { at: one.at, policy: one.policy };
}

export function sourcesOf(one: Case): Sources {
  return {
    trust: trustOf(one.trust),
    index: one.index === null ? null : indexOf(one.index),
    proofs: one.trustRoot === null ? null : new RootProofs(trustRootOf(one.trustRoot)),
  };
}

function trustOf(facts: Case["trust"]): TrustSource {
  const told = <T>(question: string, answer: () => T): T => {
    if (facts.unavailable.includes(question)) throw new Unavailable(`the ledger does not answer (${question})`, "test");
    return answer();
  };
  const states = (uscc: string, list: string) =>
    facts.statuses.filter((one) => one.bureau === uscc && one.list === list).map(stateOf);
  return {
    block: blockOf(facts.block),
    expires: facts.expires,
    describes: "a ledger in memory",
    bureau: (uscc) =>
      told("bureau", () => {
        const found = facts.bureaus.find((one) => one.uscc === uscc);
        if (found === undefined) return null;
        const lanes = Object.entries(found.accreditations).map(([lane, spans]) => [lane, spans.map(spanOf)] as const);
        return {
          uscc,
          name: found.name,
          metadataDigest: new Uint8Array(32),
          registeredAt: found.registeredAt,
          suspensions: found.suspensions.map(spanOf),
          accreditations: new Map(lanes),
          successor: found.successor,
        };
      }),
    key: (uscc, thumbprint) =>
      told("key", () => {
        const wanted = hex(thumbprint);
        const found = facts.keys.find((one) => {
          const own = hex(unb64url(one.thumbprint, "thumbprint"));
          const short = thumbprint.length === 8 && one.purpose !== "anchor";
          return one.bureau === uscc && (own === wanted || (short && own.startsWith(wanted)));
        });
        if (found === undefined) return null;
        return {
          thumbprint: unb64url(found.thumbprint, "thumbprint"),
          purpose: found.purpose,
          publicKey: unb64url(found.publicKey, "publicKey"),
          valid: spanOf(found.valid),
          compromisedSince: found.compromisedSince,
        };
      }),
    anchor: (uscc, lane, sequence) =>
      told("anchor", () => {
        const is = (one: Anchor) => one.bureau === uscc && one.lane === lane && one.sequence === sequence;
        const found = facts.anchors.find(is);
        return found === undefined ? null : anchorOf(found);
      }),
    statusHead: (uscc, list) => told("status_head", () => states(uscc, list).at(-1) ?? null),
    statusHistory: (uscc, list) => told("status_history", () => states(uscc, list)),
    stampAnchor: (digest) =>
      told("stamp_anchor", () => {
        if (facts.expires === null) return null; // a live chain knows no stamps
        const found = facts.stamps.find((one) => hex(unb64url(one.stamp, "stamp")) === hex(digest));
        return found === undefined ? null : anchorOf(found.anchor);
      }),
  };
}

function indexOf(known: NonNullable<Case["index"]>): EvidenceIndex {
  const found = <T>(question: string, table: Record<string, T>, digest: Uint8Array): T | null => {
    if (known.unavailable.includes(question)) throw new Unavailable(`the index does not answer (${question})`, "test");
    const entry = Object.entries(table).find(([name]) => hex(unb64url(name, "digest")) === hex(digest));
    return entry?.[1] ?? null;
  };
  const place = (one: Place | null) => (one === null ? null : placeOf(one));
  return {
    byStamp: (digest) => place(found("by_stamp", known.stamps, digest)),
    byJwt: (digest) => place(found("by_jwt", known.jwts, digest)),
    statusList: (digest) => {
      const token = found("status_list", known.lists, digest);
      return token === null ? null : utf8(token);
    },
    bundle: () => null,
  };
}

function blockOf(block: Block): BlockRef {
  return { number: block.number, hash: unhex0x(block.hash, "hash"), time: block.time };
}

function spanOf([since, until]: Span): Period {
  return { since, until };
}

function anchorOf(one: Anchor): AnchorFacts {
  return {
    bureau: one.bureau,
    lane: one.lane,
    sequence: one.sequence,
    root: unhex0x(one.root, "root"),
    size: one.size,
    manifestDigest: unhex0x(one.manifestDigest, "manifestDigest"),
    head: unhex0x(one.head, "head"),
    key: unhex0x(one.key, "key"),
    block: blockOf(one.block),
    transaction: unhex0x(one.transaction, "transaction"),
  };
}

function stateOf(one: State): StatusFacts {
  return {
    bureau: one.bureau,
    list: one.list,
    previousHead: unhex0x(one.previousHead, "previousHead"),
    head: unhex0x(one.head, "head"),
    digest: unb64url(one.digest, "digest"),
    key: unhex0x(one.key, "key"),
    block: blockOf(one.block),
    transaction: unhex0x(one.transaction, "transaction"),
  };
}

function placeOf(one: Place): LeafPlace {
  return {
    bureau: one.bureau,
    lane: one.lane,
    sequence: one.sequence,
    parts: {
      jwt: unb64url(one.leaf.jwt, "jwt"),
      stamp: unb64url(one.leaf.stamp, "stamp"),
      record: unb64url(one.leaf.record, "record"),
    },
    index: one.index,
    size: one.size,
    path: one.path.map((node) => unb64url(node, "path")),
  };
}
