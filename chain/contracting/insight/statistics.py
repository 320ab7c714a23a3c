"""Statistics of tenders, from facts alone: the same facts give the same bytes, whoever counts.

No figure is about a person. Of bids of a lot nothing is counted before its first envelope is open. Sums are exact
decimals for each currency by itself; shares and days are rounded half up where they are written. Page:
docs/public-data.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chain.catalogue import SHIPPED
from chain.contracting.insight.exact import days, month, quartiles, share
from chain.contracting.insight.facts import Issued, LotFact, TenderFact
from chain.contracting.insight.period import Span
from chain.contracting.insight.withheld import withhold
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import CaseKind, Phase
from chain.tenders.notice.model import CATEGORIES

FORMAT = "yinxin-statistics-1"
_CENT = Decimal("0.01")
_WON = (Phase.AWARDED, Phase.CONTRACTED)
_OF_ORGANISATIONS = frozenset(kind.code for kind in SHIPPED.every() if kind.holder == "organisation")
"""Types whose certificates are no person's. One that is not shipped may be: whoever counts must come to the same."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """Where the figures are read: ledger, book (20 bytes), final block."""

    genesis: bytes
    book: bytes
    block: BlockRef

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "genesis": hex0x(self.genesis), "book": hex0x(self.book), "block": self.block.number,
            "hash": hex0x(self.block.hash), "time": rfc3339(self.block.time),
        }  # fmt: skip


def statistics(tenders: Iterable[TenderFact], issued: Iterable[Issued], span: Span, as_of: AsOf) -> dict[str, Any]:
    """All figures, as plain data (``yinxin-statistics-1``).

    Args:
        tenders: every tender of the book.
        issued: certificates anchored, by type.
        span: tenders published in it and certificates anchored in it are counted.
        as_of: the block.
    """
    chosen = [one for one in tenders if span.holds(one.published_at)]
    lots = [(tender, lot) for tender in chosen for lot in tender.lots]
    return {
        "format": FORMAT,
        "asOf": as_of.as_dict(),
        "period": span.as_dict(),
        "unread": sum(one.unread for one in chosen),
        "tenders": _tenders(chosen),
        "values": _values(lots),
        "bids": _bids([lot for _, lot in lots]),
        "failures": _failures([lot for _, lot in lots]),
        "days": _days(lots),
        "cases": {kind.name.lower(): _cases(lots, kind) for kind in (CaseKind.OBJECTION, CaseKind.COMPLAINT)},
        "certificates": _certificates(lots, (one for one in issued if span.holds(one.at))),
    }


def _tenders(chosen: Sequence[TenderFact]) -> dict[str, Any]:
    phases = Counter(lot.phase for one in chosen for lot in one.lots)
    months = sorted({month(one.published_at) for one in chosen})
    return {
        "count": len(chosen),
        "lots": sum(len(one.lots) for one in chosen),
        "amended": sum(one.amendments > 0 for one in chosen),
        "cancelled": sum(one.cancelled for one in chosen),
        "demonstrations": sum(one.demo for one in chosen),
        "bureaus": len({one.bureau for one in chosen}),
        "lotsByPhase": {phase.name.lower().replace("_", "-"): phases[phase] for phase in Phase if phase},
        "byCategory": [
            {"category": name, **_size([one for one in chosen if one.category == name])} for name in CATEGORIES
        ],
        "byMonth": [
            {"month": name, **_size([one for one in chosen if month(one.published_at) == name])} for name in months
        ],
    }


def _size(chosen: Sequence[TenderFact]) -> dict[str, int]:
    return {"tenders": len(chosen), "lots": sum(len(one.lots) for one in chosen)}


def _values(lots: Sequence[tuple[TenderFact, LotFact]]) -> list[dict[str, Any]]:
    """Sums for each currency; savings only over lots that have both a ceiling and an award in it."""
    ceilings = [lot.ceiling for _, lot in lots if lot.ceiling is not None]
    won = [(lot.ceiling, lot.outcome.price) for _, lot in lots if lot.outcome is not None and lot.phase in _WON]
    awards = [price for _, price in won]
    both = [
        (ceiling.amount, price.amount, price.currency)
        for ceiling, price in won
        if ceiling is not None and ceiling.currency == price.currency
    ]
    found = []
    for currency in sorted({one.currency for one in (*ceilings, *awards)}):
        compared = [(ceiling, price) for ceiling, price, said in both if said == currency]
        allowed, paid = (sum((pair[side] for pair in compared), Decimal(0)) for side in (0, 1))
        found.append(
            {
                "currency": currency,
                "ceilings": _sum([one.amount for one in ceilings if one.currency == currency]),
                "awarded": _sum([one.amount for one in awards if one.currency == currency]),
                "savings": {
                    "lots": len(compared), "ceilings": _money(allowed), "awarded": _money(paid),
                    "saved": _money(allowed - paid), "percent": share(Fraction(allowed - paid), Fraction(allowed)),
                },
            }
        )  # fmt: skip
    return found


def _sum(amounts: Sequence[Decimal]) -> dict[str, Any]:
    return {"lots": len(amounts), "sum": _money(sum(amounts, Decimal(0)))}


def _money(amount: Decimal) -> str:
    return str(amount.quantize(_CENT))


def _bids(lots: Sequence[LotFact]) -> dict[str, Any]:
    opened = [lot for lot in lots if lot.opened_at is not None]
    outcomes = Counter(bid.outcome for lot in opened for bid in lot.bids)
    return {
        "openedLots": len(opened),
        "bids": sum(len(lot.bids) for lot in opened),
        "perLot": quartiles(Fraction(len(lot.bids)) for lot in opened).as_dict(),
        "organisationsPerLot": quartiles(
            Fraction(lot.organisations) for lot in opened if lot.organisations is not None
        ).as_dict(),
        "withdrawnBeforeDeadline": sum(lot.withdrawn for lot in opened),
        "decoys": sum(lot.decoys for lot in opened),
        "notOpened": {name: outcomes[name] for name in ("revoked", "withdrawn", "undecided")},
    }


def _failures(lots: Sequence[LotFact]) -> dict[str, Any]:
    """Of the lots that came to an end by themselves: a cancelled one tells nothing of how tenders end."""
    failed = [lot for lot in lots if lot.phase is Phase.FAILED]
    ended = len(failed) + sum(lot.phase in _WON for lot in lots)
    reasons = Counter(lot.failed for lot in failed)
    return {
        "ended": ended,
        "failed": len(failed),
        "percent": share(len(failed), ended),
        "reasons": [{"reason": name, "lots": reasons[name]} for name in sorted(reasons)],
    }


def _days(lots: Sequence[tuple[TenderFact, LotFact]]) -> dict[str, Any]:
    def until(moments: Iterable[tuple[int, int | None]]) -> dict[str, Any]:
        return days(end - start for start, end in moments if end is not None).as_dict()

    return {
        "noticeToOpening": until((tender.published_at, lot.opened_at) for tender, lot in lots),
        "noticeToAward": until((tender.published_at, lot.awarded_at) for tender, lot in lots),
        "noticeToContract": until((tender.published_at, lot.contracted_at) for tender, lot in lots),
    }


def _cases(lots: Sequence[tuple[TenderFact, LotFact]], kind: CaseKind) -> dict[str, Any]:
    filed = [case for _, lot in lots for case in lot.cases if case.kind is kind]
    settled = [case for case in filed if case.settled_at is not None]
    spans = (case.settled_at - case.filed_at for case in filed if case.settled_at is not None)
    return {
        "filed": len(filed),
        "settled": len(settled),
        "waiting": len(filed) - len(settled),
        "upheld": sum(case.upheld is True for case in settled),
        "rejected": sum(case.upheld is False for case in settled),
        "untold": sum(case.upheld is None for case in settled),
        "lots": sum(any(case.kind is kind for case in lot.cases) for _, lot in lots),
        "days": days(spans).as_dict(),
    }


def _certificates(lots: Sequence[tuple[TenderFact, LotFact]], issued: Iterable[Issued]) -> dict[str, Any]:
    """Issued, by type; and documents that nobody had to bring, because a certificate was ticked in its place."""
    counts: Counter[str] = Counter()
    for batch in issued:
        counts[batch.certificate_type] += batch.count
    shown = [one for _, lot in lots for one in lot.presented if one.count]
    presented: Counter[str] = Counter()
    for one in shown:
        presented[one.certificate_type] += one.count
    of_persons = {one.certificate_type for one in shown if one.personal}
    of_persons |= {code for code in presented if code not in _OF_ORGANISATIONS}
    results = Counter(one.result for one in shown if one.certificate_type not in of_persons)
    return {
        "issued": _cells(counts, {code for code in counts if code not in _OF_ORGANISATIONS}, "certificates"),
        "notAskedFor": {
            "lots": sum(any(one.count for one in lot.presented) for _, lot in lots),
            **_cells(presented, of_persons, "documents"),
            "rulesOfOrganisations": {name: results[name] for name in ("pass", "fail", "unknown")},
        },
    }


def _cells(counts: Mapping[str, int], of_persons: set[str], unit: str) -> dict[str, Any]:
    """Counts by type and their sum, with what would tell of single persons withheld."""
    open_ones = {code: count for code, count in counts.items() if code not in of_persons}
    careful, rest = withhold({code: count for code, count in counts.items() if code in of_persons})
    cells = open_ones | careful
    total = None if rest is None else sum(open_ones.values()) + rest
    return {
        unit: total,
        "withheld": sum(count is None for count in cells.values()),
        "byType": [{"type": code, unit: cells[code]} for code in sorted(cells)],
    }
