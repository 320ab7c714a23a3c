/** Which committees stand: each on record, compared with what was drawn before it (chain/evaluation/committee/standing.py). */
import type { TenderCase } from "../case.ts";
import { order, type TenderEvent, textIn } from "../events.ts";
import { sameLot } from "../forms.ts";
import { Missing } from "../report.ts";
import { type Committee, expertsOf, type Member, readCommittee, sameMembers } from "./members.ts";
import type { Pool } from "./pool.ts";
import { type Draws, faultIn, lotOf, type Panel, pending, poolOnRecord, readDraws, wrong } from "./turns.ts";

/** A committee on record, and why it does not count (empty: it does). */
export interface Recorded {
  /** SHA-256 of its paper, 0x text. */
  readonly digest: string;
  readonly event: TenderEvent;
  readonly committee: Committee | null;
  readonly fault: string;
}

/** Accounts with another part in the tender, as the ledger tells them; a recovery address is none, for nobody signs with it. */
export async function otherParts({ ledger, story }: TenderCase): Promise<ReadonlySet<string>> {
  const bids = story.events.flatMap((event) => (event.name === "BidCommitted" ? [textIn(event, "bidder")] : []));
  const lots = [...story.lots.values()].flatMap((lot) => [...lot.moved, ...lot.bids.map(({ bidder }) => bidder)]);
  const holders = await ledger.keyHolders(story.terms.ceremony);
  return new Set([...holders, ...story.custodians, story.terms.supervisor, ...bids, ...lots]);
}

/** Every committee on record, oldest first. Throws what the board throws. */
export async function committeesOf(panel: Panel): Promise<Recorded[]> {
  const found: Recorded[] = [];
  let number = 0;
  for (const event of panel.lot.records.filter(({ values }) => values.kind === "committee")) {
    const digest = textIn(event, "digest");
    let committee: Committee | null = null;
    const fault = await faultIn(async () => {
      committee = readCommittee(await panel.audited.board.get(digest));
      await check(panel, committee, number + 1, event);
      number++;
    });
    found.push({ digest, event, committee, fault });
  }
  return found;
}

/** Those that count. */
export function countedOf(committees: readonly Recorded[]): (Recorded & { readonly committee: Committee })[] {
  return committees.flatMap((one) =>
    one.committee === null || one.fault !== "" ? [] : [{ ...one, committee: one.committee }],
  );
}

/** Throws InvalidInput unless the committee follows from what was drawn before it was recorded. */
async function check(panel: Panel, committee: Committee, number: number, event: TenderEvent): Promise<void> {
  const { audited, lot, rules } = panel;
  if (!sameLot(committee, lotOf(panel)) || committee.number !== number)
    throw wrong("it is another lot's, or not the next one");
  const [award] = lot.awards;
  if (award !== undefined && order(award, event) < 0) throw wrong("the lot was awarded");
  const pool = await poolOnRecord(audited);
  if (pool === null) throw new Missing("the tender has no pool of experts on record by its deadline");
  const draws = await readDraws(panel, event);
  if (pending(draws, "draw") !== undefined) throw wrong("a draw is not completed");
  const results = draws.turns.flatMap(({ kind, result }) =>
    kind === "draw" && result !== null ? [result.digest] : [],
  );
  if (committee.pool !== pool.digest || committee.drawn.join() !== results.join())
    throw wrong("it rests on another pool or on other draws");
  const experts = expertsOf(committee);
  if (!sameMembers(experts, seatedIn(draws, pool))) throw wrong("its experts are not those who were drawn");
  if (committee.members.length !== rules.members || experts.length !== rules.experts)
    throw wrong(`${committee.members.length} members with ${experts.length} experts; the notice says otherwise`);
  for (const { seat, account } of committee.members)
    if (panel.parts.has(account) || (await audited.ledger.isOfficer(account)))
      throw wrong(`seat ${seat} has another part in the tender`);
}

/** The seats of those who were drawn and not replaced. */
function seatedIn({ seated }: Draws, { lines }: Pool): Member[] {
  return [...seated]
    .sort(([one], [other]) => one - other)
    .map(([seat, place]) => ({
      seat,
      account: lines[place]?.account ?? "",
      box: lines[place]?.box ?? "",
      place,
    }));
}
