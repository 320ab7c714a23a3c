"""Signals that show only across lots and tenders: who always meets whom, and who wins when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from chain.contracting.insight.facts import TenderFact
from chain.contracting.insight.signals.model import Signal, Strength, Thresholds, Where, listed, percent

_MOST_GROUPS = 20_000
"""Pairs of lots that are compared for groups; beyond it the newest lots decide."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One awarded lot: when, where, which companies bid, and whose bid was chosen."""

    at: int
    where: Where
    companies: frozenset[str]
    winners: frozenset[str]


def meetings(tenders: Sequence[TenderFact]) -> list[Meeting]:
    """Awarded lots with at least two bidders, in the order of their openings."""
    found = []
    for tender in tenders:
        for lot in tender.lots:
            companies = frozenset(code for bid in lot.bids for code in bid.companies)
            if lot.outcome is None or lot.opened_at is None or len(companies) < 2:
                continue
            found.append(Meeting(lot.opened_at, Where(tender.number, lot.number), companies, lot.outcome.companies))
    return sorted(found, key=lambda one: (one.at, one.where.tender, one.where.lot))


def across_signals(tenders: Sequence[TenderFact], limits: Thresholds) -> Iterator[Signal]:
    """Everything that shows across these tenders."""
    met = meetings(tenders)
    yield from _rotations(met, limits)
    yield from _companions(met, limits)


def _rotations(met: Sequence[Meeting], limits: Thresholds) -> Iterator[Signal]:
    """A group that meets again and again, one of it wins each time, and nobody twice before all others had their turn.

    By chance, were each as likely to win as any other bidder of the lot, that is rare; how rare is worked out.
    """
    least, lots = max(limits.number("rotation.companies"), 2), max(limits.number("rotation.lots"), 2)
    for group in _groups(met, least, lots):
        theirs = [one for one in met if one.companies >= group]
        won = [one.winners & group for one in theirs]
        if any(len(one) != 1 for one in won):
            continue
        turns = [next(iter(one)) for one in won]
        if any(turns[place] in turns[max(0, place - len(group) + 1) : place] for place in range(len(turns))):
            continue
        chance = _chance_of_turns(len(group), [len(one.companies) for one in theirs])
        if chance <= limits.part("rotation.chance"):
            yield Signal(
                "rotation", Strength.MIDDLING, tuple(one.where for one in theirs), (), tuple(sorted(group)),
                {
                    "companies": str(len(group)), "lots": str(len(theirs)), "turns": listed(turns),
                    "chance": percent(chance),
                },
            )  # fmt: skip


def _groups(met: Sequence[Meeting], least: int, lots: int) -> list[frozenset[str]]:
    """Groups that met in so many lots: what two lots have in common; of nested ones with the same lots the largest."""
    seen: set[frozenset[str]] = set()
    for number, (one, other) in enumerate(combinations(list(reversed(met)), 2)):
        if number >= _MOST_GROUPS:
            break
        common = one.companies & other.companies
        if len(common) >= least:
            seen.add(common)
    told: dict[tuple[Where, ...], frozenset[str]] = {}
    for group in sorted(seen, key=lambda one: (len(one), sorted(one))):
        where = tuple(one.where for one in met if one.companies >= group)
        if len(where) >= lots:
            told[where] = group
    return list(told.values())


def _chance_of_turns(group: int, bidders: Sequence[int]) -> Fraction:
    """That in each lot one of the group wins who did not in its last turns, if all bidders of a lot are alike."""
    chance = Fraction(1)
    for place, many in enumerate(bidders):
        chance *= Fraction(group - min(place, group - 1), many)
    return chance


def _companions(met: Sequence[Meeting], limits: Thresholds) -> Iterator[Signal]:
    """Who bids only where another one bids, and never wins, while that one mostly does 陪标."""
    lots = max(limits.number("companion.lots"), 2)
    bids = Counter(code for one in met for code in one.companies)
    for company in sorted(code for code, count in bids.items() if count >= lots):
        theirs = [one for one in met if company in one.companies]
        if any(company in one.winners for one in theirs):
            continue
        always = frozenset.intersection(*(one.companies for one in theirs)) - {company}
        for other in sorted(always):
            won = sum(other in one.winners for one in theirs)
            chance = _at_least(won, [len(one.companies) for one in theirs])
            if won >= lots and chance <= limits.part("companion.chance"):
                yield Signal(
                    "companion", Strength.MIDDLING, tuple(one.where for one in theirs), (), (company, other),
                    {
                        "company": company, "other": other, "lots": str(len(theirs)), "won": str(won),
                        "chance": percent(chance),
                    },
                )  # fmt: skip


def _at_least(won: int, bidders: Sequence[int]) -> Fraction:
    """The chance of that many wins or more, if in each lot all bidders are alike."""
    spread = [Fraction(1)]
    for many in bidders:
        wins = Fraction(1, many)
        longer = [Fraction(0)] * (len(spread) + 1)
        for count, chance in enumerate(spread):
            longer[count] += chance * (1 - wins)
            longer[count + 1] += chance * wins
        spread = longer
    return sum(spread[won:], Fraction(0))
