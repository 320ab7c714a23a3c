"""Signals in who bids, from where, and with what; and in how few are left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from chain.contracting.insight.facts import Bid, LotFact, TenderFact
from chain.contracting.insight.signals.model import Signal, Strength, Thresholds, Where, listed, percent, signal_of
from chain.kernel.encoding import hex0x

_FREE = ("number", "text", "money", "integer", "days")
"""Kinds of fields that a bidder fills in freely; among a few choices many agree."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in a bid's opened file, for who has a key of lock 2: nothing of it is public.

    Attributes:
        keys: public keys that signed for its companies: bound devices and agents.
        documents: SHA-256 of each document to its name.
    """

    keys: frozenset[bytes] = frozenset()
    documents: Mapping[bytes, str] | None = None


def bidder_signals(
    tender: TenderFact, lot: LotFact, limits: Thresholds, shown: Mapping[int, Shown]
) -> Iterator[Signal]:
    """Everything that bidders of a lot show besides their prices."""
    where = (Where(tender.number, lot.number),)
    yield from _shared("company-shared", Strength.STRONG, where, ((bid, bid.companies) for bid in lot.bids))
    yield from _shared(
        "guarantee-shared", Strength.STRONG, where,
        ((bid, (hex0x(bid.guarantee),)) for bid in lot.bids if bid.guarantee),
    )  # fmt: skip
    yield from _shared(
        "certificate-shared", Strength.STRONG, where,
        ((bid, map(hex0x, bid.certificates)) for bid in lot.bids),
    )  # fmt: skip
    yield from _shared(
        "signer-shared", Strength.STRONG, where,
        ((bid, map(hex0x, shown[bid.place].keys)) for bid in lot.bids if bid.place in shown),
    )  # fmt: skip
    yield from _documents(tender, lot, where, shown)
    yield from _figures(tender, lot, where, limits)
    yield from _together(tender, lot, where, limits)
    yield from _few_left(tender, lot, where, limits)


def _shared(
    code: str,
    strength: Strength,
    where: tuple[Where, ...],
    things: Iterable[tuple[Bid, Iterable[str]]],
) -> Iterator[Signal]:
    """One signal for each thing that stands behind more than one bid."""
    found: dict[str, list[Bid]] = defaultdict(list)
    for bid, named in things:
        for thing in sorted(set(named)):
            found[thing].append(bid)
    for thing, sharing in sorted(found.items()):
        if len(sharing) > 1:
            yield signal_of(code, strength, where, sharing, shared=thing, bids=str(len(sharing)))


def _documents(
    tender: TenderFact, lot: LotFact, where: tuple[Where, ...], shown: Mapping[int, Shown]
) -> Iterator[Signal]:
    """The very same document in several bids, but for those of the notice itself."""
    found: dict[bytes, list[Bid]] = defaultdict(list)
    for bid in lot.bids:
        for digest in (shown[bid.place].documents or {}) if bid.place in shown else {}:
            if digest not in tender.documents:
                found[digest].append(bid)
    groups: dict[tuple[int, ...], list[bytes]] = defaultdict(list)
    for digest, sharing in sorted(found.items()):
        if len(sharing) > 1:
            groups[tuple(bid.place for bid in sharing)].append(digest)
    for places, digests in sorted(groups.items()):
        sharing = [bid for bid in lot.bids if bid.place in places]
        names = sorted({(shown[place].documents or {})[digest] for place in places for digest in digests})
        yield signal_of(
            "documents-same", Strength.STRONG, where, sharing, documents=str(len(digests)), names=listed(names),
            bids=str(len(sharing)),
        )  # fmt: skip


def _figures(tender: TenderFact, lot: LotFact, where: tuple[Where, ...], limits: Thresholds) -> Iterator[Signal]:
    """Bids that agree in every figure they filled in freely, except the price."""
    alike: dict[tuple[tuple[str, str], ...], list[Bid]] = defaultdict(list)
    for bid in lot.bids:
        free = tuple(
            (name, value)
            for name, value in sorted(bid.figures.items())
            if name != tender.price and lot.kinds.get(name) in _FREE
        )
        if len(free) >= limits.number("figures-same.fields"):
            alike[free].append(bid)
    for free, sharing in sorted(alike.items()):
        if len(sharing) > 1:
            yield signal_of(
                "figures-same", Strength.MIDDLING, where, sharing, bids=str(len(sharing)), fields=str(len(free)),
                names=listed(name for name, _ in free),
            )  # fmt: skip


def _together(tender: TenderFact, lot: LotFact, where: tuple[Where, ...], limits: Thresholds) -> Iterator[Signal]:
    """Bids committed through one custodian within seconds, well before the last minutes in which all come."""
    span, least = limits.number("sent-together.seconds"), max(limits.number("sent-together.bids"), 2)
    last = tender.deadline - limits.number("sent-together.before-deadline")
    by_custodian: dict[bytes, list[Bid]] = defaultdict(list)
    for bid in sorted(lot.bids, key=lambda bid: (bid.committed_at, bid.place)):
        if bid.committed_at <= last:
            by_custodian[bid.custodian].append(bid)
    for custodian, bids in sorted(by_custodian.items()):
        best: list[Bid] = []
        for start, first in enumerate(bids):
            group = [bid for bid in bids[start:] if bid.committed_at - first.committed_at <= span]
            best = group if len(group) > len(best) else best
        if len(best) >= least:
            yield signal_of(
                "sent-together", Strength.WEAK, where, best, bids=str(len(best)), custodian=hex0x(custodian),
                seconds=str(best[-1].committed_at - best[0].committed_at),
                others=str(len(lot.bids) - len(best)),
            )  # fmt: skip


def _few_left(tender: TenderFact, lot: LotFact, where: tuple[Where, ...], limits: Thresholds) -> Iterator[Signal]:
    """Withdrawn or unreadable bids leave as few as the notice asks for; the first candidate steps back for a dearer."""
    outcomes = Counter(bid.outcome for bid in lot.bids)
    left = [bid for bid in lot.bids if bid.outcome == "opened"]
    gone = lot.withdrawn + outcomes["revoked"]
    if gone >= max(limits.number("few-left.withdrawn"), 1) and 0 < len(left) <= tender.minimum_bids:
        yield signal_of(
            "few-left", Strength.WEAK, where, left, withdrawn=str(lot.withdrawn), revoked=str(outcomes["revoked"]),
            left=str(len(left)), minimum=str(tender.minimum_bids),
        )  # fmt: skip
    first, chosen = lot.first, lot.outcome
    if first is not None and chosen is not None and chosen.rank > 1 and chosen.price.amount > first.price.amount:
        places = [bid for bid in lot.bids if bid.place in (first.place, chosen.place)]
        dearer = (Fraction(chosen.price.amount) - Fraction(first.price.amount)) / Fraction(first.price.amount)
        yield signal_of(
            "first-stepped-back", Strength.MIDDLING, where, places, first=str(first.price.amount),
            awarded=str(chosen.price.amount), rank=str(chosen.rank), dearer=percent(dearer),
        )  # fmt: skip
