"""Who may not evaluate, by rule: an account with another part in the tender, an employer that bids.

The first is public, so everybody recomputes it. The second is known to whoever has the experts' lines until the award,
and to everybody for those who were drawn once their lines are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from chain.evaluation.committee.papers import Exclusion, ExclusionRule
from chain.evaluation.pool import Expert, PoolPaper
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.opening import OpeningRecord
from chain.tenders.story import Story


def other_parts(ledger: TenderLedger, story: Story) -> Mapping[bytes, str]:
    """Accounts (20 bytes) that have another part in the tender, and which; the officer is asked of the ledger.

    Of bidders those count that signed: bids' addresses and successors. A recovery address does not, for nobody signs
    with it, and whoever bids could name an expert's account there to keep the expert out.
    """
    ceremony = ledger.ceremony(story.terms.ceremony)
    parts = dict.fromkeys(() if ceremony is None else ceremony.members, "key holder 密钥保管人")
    parts |= dict.fromkeys(story.custodians, "custodian 托管方")
    parts[story.terms.supervisor] = "supervisor 监督人"
    for lot in story.lots.values():
        for bid in lot.bids:
            signed = {bid.bidder, *(event.values["commitment"].bidder for event in bid.history)}
            parts |= dict.fromkeys(signed, "bidder 投标人")
        parts |= dict.fromkeys(lot.moved, "bidder 投标人")
    return parts


def part_of(ledger: TenderLedger, story: Story, account: bytes) -> str:
    """Which other part that account has in the tender, the officer's included; empty if none."""
    if ledger.is_officer(story.number, account):
        return "officer 招标人"
    return other_parts(ledger, story).get(account, "")


def bidding_codes(records: Iterable[OpeningRecord]) -> frozenset[str]:
    """Codes of the companies that these opening records name behind bids, members of consortia included."""
    named = (bid.organisation for record in records for bid in record.bids)
    return frozenset(code for one in named if one is not None and one.result != "invalid" for code in one.codes if code)


def barred(pool: PoolPaper, parts: Collection[bytes]) -> frozenset[int]:
    """Places of the pool that nobody may be drawn from, as everybody recomputes it."""
    return frozenset(place for place, line in enumerate(pool.lines) if line.account in parts)


def by_rule(
    pool: PoolPaper, parts: Collection[bytes], lines: Mapping[int, Expert], codes: Collection[str]
) -> dict[int, Exclusion]:
    """What the rules exclude, by place.

    Args:
        pool: its paper.
        parts: accounts with another part in the tender.
        lines: experts' own lines by place, as far as they are at hand.
        codes: of companies that bid.
    """
    found = {
        place: Exclusion(place, ExclusionRule.EMPLOYER)
        for place, expert in lines.items()
        if expert.employer and expert.employer in codes
    }
    return found | {place: Exclusion(place, ExclusionRule.ACCOUNT) for place in barred(pool, parts)}
