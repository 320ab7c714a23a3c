/**
 * Step 6, status: what the bureau's anchored list says, and as of when.
 *
 * A list counts only as the ledger holds it: same bureau, same name, exactly the bytes whose digest stands in the anchored
 * head. Whatever is missing, stale or does not fit is ERROR: it neither revokes nor clears.
 */
import { ask } from "./asking.ts";
import { equal, hex, padLeft, sha256, ZEROS } from "./bytes.ts";
import { rfc3339 } from "./certificate.ts";
import type { Claims } from "./claims.ts";
import { YinxinError } from "./errors.ts";
import { recomputes } from "./events.ts";
import { type BureauFacts, type EvidenceIndex, type StatusFacts, type TrustSource, usable } from "./facts.ts";
import { signedBy } from "./jws.ts";
import { maxAge, type Policy } from "./policy.ts";
import { AUTHORITY, type ParsedStatusToken, parseStatusToken, STATES, stateOf } from "./statuslist.ts";
import { invalid, type Params, type Step, unchecked, valid } from "./verdicts.ts";

const NAME = "status";

/** The step, and the time as of which the status was read (null if it was not). */
export interface StatusReading {
  readonly step: Step;
  readonly asOf: number | null;
}

/** What could not be checked, thrown to the one place that turns it into a step. */
class Open extends Error {
  constructor(
    readonly code: string,
    readonly params: Params = {},
  ) {
    super(code);
  }
}

/**
 * Read the state of one entry.
 *
 * 6.1 the source is not past its expiry, and its final block not older than the policy allows;
 * 6.2 the head in force: the newest at the final block; for a past moment the newest whose block time is not after it,
 *     taken from a history that is chained without gaps up to the head at the final block;
 * 6.3 the head is for this bureau and this list, and recomputes from its parts and its block's time;
 * 6.4 who anchored it: an anchor key of the bureau or of its successors, not compromised at that time, or the authority
 *     (the contract admits nobody else);
 * 6.5 bytes whose SHA-256 is the head's digest are at hand, and are a well-formed list token;
 * 6.6 the token names this bureau, this list, the head before and whoever anchored it, and is signed by a credential key
 *     of that bureau, usable at that time (the authority has no such key: that it anchored exactly these bytes is its
 *     signature);
 * 6.7 the entry's state is one we know.
 */
export async function checkStatus(
  claims: Claims,
  bureau: BureauFacts | null,
  trust: TrustSource,
  index: EvidenceIndex | null,
  at: number,
  policy: Policy,
): Promise<StatusReading> {
  try {
    const { head, asOf } = await headOf(claims, trust, at, policy);
    const actor = await actorOf(claims, bureau, head, trust);
    const token = await tokenOf(head, index);
    await belongs(claims, head, token, trust, actor);
    return stateIn(token, claims.statusIndex, asOf);
  } catch (error) {
    if (!(error instanceof Open)) throw error;
    return { step: unchecked(NAME, error.code, error.params), asOf: null };
  }
}

async function headOf(
  claims: Claims,
  trust: TrustSource,
  at: number,
  policy: Policy,
): Promise<{ head: StatusFacts; asOf: number }> {
  const { block, expires } = trust;
  const { bureau, statusList } = claims;
  if (expires !== null && at > expires) throw new Open("status.source_expired", { time: rfc3339(expires) });
  const present = !policy.past || at >= block.time;
  if (present && at - block.time > maxAge(policy, claims.certificateType)) {
    throw new Open("status.stale", { time: rfc3339(block.time) });
  }
  const told = present ? null : await answered(() => trust.statusHistory(bureau, statusList));
  const newest = await answered(() => trust.statusHead(bureau, statusList));
  if (present) {
    if (newest === null) throw new Open("status.no_head", { time: rfc3339(block.time) });
    fits(claims, newest, block.time);
    return { head: newest, asOf: block.time };
  }
  const history = told ?? [];
  chained(claims, history, newest, block.time);
  const then = history.findLast((facts) => facts.block.time <= at);
  if (then === undefined) throw new Open("status.no_head", { time: rfc3339(at) });
  return { head: then, asOf: at };
}

/** What the source says; a fault leaves the status open. */
async function answered<T>(question: () => T | null | Promise<T | null>): Promise<T | null> {
  const found = await ask(question);
  if (found.fault !== null) throw new Open("status.unavailable", { fault: found.fault });
  return found.value;
}

function fits(claims: Claims, head: StatusFacts, until: number): void {
  if (head.bureau !== claims.bureau || head.list !== claims.statusList) throw new Open("status.head_of_another");
  if (!recomputes(head) || head.block.time > until) throw new Open("status.head_wrong");
}

function chained(claims: Claims, history: readonly StatusFacts[], newest: StatusFacts | null, until: number): void {
  let previous: Uint8Array = ZEROS;
  let last = 0;
  for (const facts of history) {
    fits(claims, facts, until);
    if (!equal(facts.previousHead, previous) || facts.block.time < last) throw new Open("status.history_gap");
    previous = facts.head;
    last = facts.block.time;
  }
  if (!equal(previous, newest?.head ?? ZEROS)) throw new Open("status.history_gap");
}

/** The bureau and those that answer for it now, in order. */
async function successors(claims: Claims, bureau: BureauFacts | null, trust: TrustSource): Promise<string[]> {
  const line = [claims.bureau];
  let following = bureau?.successor ?? null;
  while (following !== null && !line.includes(following)) {
    const next = following;
    line.push(next);
    following = (await answered(() => trust.bureau(next)))?.successor ?? null;
  }
  return line;
}

/** USCC of the bureau that anchored it, or AUTHORITY. */
async function actorOf(
  claims: Claims,
  bureau: BureauFacts | null,
  head: StatusFacts,
  trust: TrustSource,
): Promise<string> {
  for (const uscc of await successors(claims, bureau, trust)) {
    const key = await answered(() => trust.key(uscc, padLeft(head.key, 32)));
    if (key === null) continue;
    if (key.purpose !== "anchor" || !usable(key, head.block.time)) {
      throw new Open("status.anchor_key", { time: rfc3339(head.block.time) });
    }
    return uscc;
  }
  return AUTHORITY;
}

async function tokenOf(head: StatusFacts, index: EvidenceIndex | null): Promise<ParsedStatusToken> {
  if (index === null) throw new Open("status.no_index");
  const known = tokens.get(hex(head.digest)); // the bytes with that digest were read before: the same, whoever has them
  const data = await answered(() => index.statusList(head.digest));
  if (data === null) throw new Open("status.list_missing");
  if (!equal(sha256(data), head.digest)) throw new Open("status.list_other_bytes");
  if (known !== undefined) return known;
  try {
    return remember(parseStatusToken(data));
  } catch (error) {
    if (!(error instanceof YinxinError)) throw error;
    throw new Open("status.list_malformed", { fault: error.message.slice(0, 200) });
  }
}

// A list is shared by up to millions of certificates, so what follows from its bytes alone is worked out once.
const KEPT = 16;
const tokens = new Map<string, ParsedStatusToken>();
const signatures = new Map<string, boolean>();

function remember(token: ParsedStatusToken): ParsedStatusToken {
  if (tokens.size >= KEPT) tokens.clear();
  tokens.set(hex(token.digest), token);
  return token;
}

function isSigned(token: ParsedStatusToken, publicKey: Uint8Array): boolean {
  const name = hex(token.digest) + hex(publicKey);
  const known = signatures.get(name);
  if (known !== undefined) return known;
  const found = signedBy(token.jws, publicKey);
  if (signatures.size >= 4 * KEPT) signatures.clear();
  signatures.set(name, found);
  return found;
}

async function belongs(
  claims: Claims,
  head: StatusFacts,
  token: ParsedStatusToken,
  trust: TrustSource,
  actor: string,
): Promise<void> {
  if (token.bureau !== claims.bureau || token.list !== claims.statusList) throw new Open("status.list_of_another");
  if (!equal(token.previousHead, head.previousHead)) throw new Open("status.list_elsewhere");
  if (token.actor !== actor) throw new Open("status.list_actor");
  if (actor === AUTHORITY) return;
  const key = await answered(() => trust.key(actor, token.jws.thumbprint));
  if (key === null || key.purpose !== "credential" || !usable(key, head.block.time)) {
    throw new Open("status.list_key", { time: rfc3339(head.block.time) });
  }
  if (!isSigned(token, key.publicKey)) throw new Open("status.list_signature");
}

function stateIn(token: ParsedStatusToken, index: number, asOf: number): StatusReading {
  const state = stateOf(token, index);
  if (state === null) throw new Open("status.no_entry");
  const time = rfc3339(asOf);
  if (state === 0) return { step: valid(NAME, "status.valid", { time }), asOf };
  const known = STATES[state];
  if (known === undefined) throw new Open("status.unknown_state");
  return { step: invalid(NAME, `status.${known.name}`, known.verdict, { time }), asOf };
}
