/** A3: what the ledger tells of a tender, against itself and its headers; chain/audit/tenders/facts.py without its witnesses. */
import { eventIn, type TenderCase } from "./case.ts";
import { numberIn, type TenderEvent } from "./events.ts";
import type { AuditLedger } from "./ports.ts";
import { Broken, type Report } from "./report.ts";
import { phaseOf, type Story } from "./story.ts";
import { tell } from "./telling.ts";

/** The story of the tender, or null after a finding. */
export async function tellStory(report: Report, ledger: AuditLedger, tender: number): Promise<Story | null> {
  const subject = { name: `tender ${tender}` };
  report.about(subject.name);
  return report.looking("A301", subject, async () => {
    const story = tell(await ledger.events(), ledger.book);
    if (story.number !== tender) throw new Broken("the events are another tender's");
    return story;
  });
}

/** State and deadline. */
export async function auditFacts(audited: TenderCase): Promise<void> {
  const { report, story, name } = audited;
  await report.looking("A302", { name }, async () => {
    const found = await differences(story, audited.ledger);
    if (found.length > 0)
      throw new Broken(`the contracts hold something else than the events tell: ${found.join(", ")}`);
  });
  let { deadline } = story.terms;
  for (const event of story.events) {
    if (event.name === "Amended" || event.name === "Extended") deadline = numberIn(event, "deadline");
    else if (event.name === "DeadlineSettled" || event.name === "DeadlineMoved") {
      const due = deadline;
      await report.looking("A303", eventIn({ name }, event), () => checkDeadline(audited, event, due));
      if (event.name === "DeadlineMoved") deadline = numberIn(event, "deadline");
    }
  }
}

/** The two headers that span the deadline decide: a small gap makes it final, a large one moves it. */
async function checkDeadline({ ledger, story }: TenderCase, event: TenderEvent, deadline: number): Promise<void> {
  const headers = await ledger.spanning(deadline);
  if (headers === null) throw new Broken(`the chain has no block after the deadline ${deadline}`);
  const [before, after] = headers;
  const outage = after.time - before.time > story.terms.gap;
  const said = [numberIn(event, "timeBefore"), numberIn(event, "timeAfter")];
  const blocks = `blocks ${before.number} and ${after.number}`;
  if (event.name === "DeadlineMoved" && !outage) throw new Broken(`${blocks} show no outage`);
  // By looking back: nobody showed an outage in time.
  if (event.name === "DeadlineSettled" && said.every((one) => one === 0)) return;
  if (event.name === "DeadlineSettled" && outage)
    throw new Broken(`${blocks} show an outage, and the deadline was not moved`);
  if (said[0] !== before.time || said[1] !== after.time)
    throw new Broken(`it names blocks at ${said.join(", ")}, the chain's are at ${before.time}, ${after.time}`);
}

/** Where the contracts' state differs from the story: names of members. */
async function differences(story: Story, ledger: AuditLedger): Promise<string[]> {
  const state = await ledger.tender();
  if (state === null) return ["tender"];
  const { bureau, lots, envelopes, minimumBids, ceremony, supervisor, standstill, complaintPeriod } = story.terms;
  const told: typeof state = {
    ...{ bureau, lots, envelopes, minimumBids, ceremony, supervisor, standstill, complaintPeriod },
    amendments: story.notices.length - 1,
    deadline: story.deadline,
    openAt: story.openAt,
    settledAt: story.settledAt,
    graceUsed: story.outage !== null,
    cancelled: story.cancelled !== null,
  };
  const found: string[] = (Object.keys(told) as (keyof typeof told)[]).filter((one) => told[one] !== state[one]);
  for (const lot of story.lots.values()) {
    const [at, line] = [`lots[${lot.number}]`, await ledger.lot(lot.number)];
    if (line.phase !== phaseOf(story, lot) || line.places !== lot.bids.length || line.since !== lot.since)
      found.push(at);
    const waiting = lot.cases.filter(({ answer }) => answer === null).length;
    if (line.cases !== lot.cases.length || line.openCases !== waiting) found.push(`${at}.cases`);
    if (line.rankings !== lot.rankings.length || line.awards !== lot.awards.length) found.push(`${at}.progress`);
    for (const [envelope, closing] of lot.closings) {
      const live = await ledger.liveSet(lot.number, envelope);
      if (live.digest !== closing.digest || live.count !== closing.bids.length)
        found.push(`${at}.liveSets[${envelope}]`);
    }
    for (const bid of lot.bids) {
      const entry = await ledger.entry(lot.number, bid.bidder);
      const kept = bid.live || lot.dropped.includes(bid.place);
      const same = entry.place === bid.place && entry.version === bid.version && entry.recovery === bid.recovery;
      if (!same || entry.live !== kept) found.push(`${at}.entries[${bid.place}]`);
    }
  }
  return found;
}
