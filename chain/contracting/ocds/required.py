"""Which members a release carries at each transition, so that none is nearly empty; and what none may carry yet.

The schema asks for five members of a release. A release that has only those says nothing, so each transition has a
list of its own: docs/formats/ocds.md shows it as a table. Paths are written ``tender.documents[].sha256``: the list is
there and not empty, and every entry has the member; with ``[+]`` at least one entry has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chain.contracting.ocds.checking import Fault

EVERYWHERE = (
    "ocid", "id", "date", "tag[]", "initiationType", "language", "transition", "ledger.transaction", "ledger.block",
    "ledger.blockHash", "parties[].id", "parties[].name", "parties[].roles[]", "buyer.id", "buyer.name", "tender.id",
    "tender.title", "tender.status", "tender.procuringEntity.id", "tender.procurementMethod",
    "tender.mainProcurementCategory", "tender.awardCriteria", "tender.submissionMethod[]",
    "tender.tenderPeriod.startDate", "tender.tenderPeriod.endDate", "tender.enquiryPeriod.endDate",
    "tender.bidOpening.date", "tender.items[].description", "tender.items[].quantity", "tender.items[].unit.name",
    "tender.lots[].id", "tender.lots[].title", "tender.lots[].status", "tender.lots[].phase",
    "tender.registry.chainId", "tender.registry.genesis", "tender.registry.book", "tender.registry.notice",
)  # fmt: skip
_PAPER = ("tender.documents[].sha256", "tender.documents[].ledger.transaction", "tender.documents[].datePublished")
_CHANGE = ("tender.amendments[].rationale", "tender.amendments[].releaseID", "tender.amendments[].ledger.block")
_SEALED = ("bids.details[].commitment", "bids.details[].files[].sha256", "bids.statistics[].value")
_AWARD = (
    "awards[].id", "awards[].status", "awards[].date", "awards[].value.amount", "awards[].value.currency",
    "awards[].value.exact", "awards[].suppliers[].id", "awards[].relatedBid", "awards[].relatedLots[]",
    "awards[].rank", "awards[].sha256",
)  # fmt: skip
_CONTRACT = (
    "contracts[].id", "contracts[].awardID", "contracts[].status", "contracts[].title", "contracts[].dateSigned",
    "contracts[].period.startDate", "contracts[].value.exact", "contracts[].documents[].sha256",
)  # fmt: skip

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "notice": ("tender.description", *_PAPER, "tender.documents[].title"),
    "amendment": (*_CHANGE, *_PAPER),
    "extension": _CHANGE,
    "outage": _CHANGE,
    "answers": _PAPER,
    "closed": (),
    "opened": _SEALED,
    "opening-record": ("bids.details[].status", "tender.numberOfTenderers", *_PAPER),
    "technical-result": _PAPER,
    "price-closed": (),
    "price-opened": (),
    "qualification": _PAPER,
    "evaluation": _PAPER,
    "candidates": (*_AWARD, *_PAPER),
    "award": (*_AWARD, "awards[+].documents[].sha256"),
    "award-letter": (*_AWARD, "awards[+].documents[].sha256"),
    "contract": _CONTRACT,
    "contract-amendment": (*_CONTRACT, "contracts[].amendments[].rationale", "contracts[].amendments[].description"),
    "performance": (*_CONTRACT, "contracts[].implementation.documents[].sha256"),
    "lot-failed": (),
    "cancelled": (),
    "case": _PAPER,
    "case-settled": _PAPER,
    "paper": (),
}
"""Besides :data:`EVERYWHERE`, by transition."""

HIDDEN = ("bids", "tender.tenderers", "tender.numberOfTenderers", "awards", "contracts")
"""What no release carries before a lot is open."""


def missing(release: Mapping[str, Any]) -> Iterator[Fault]:
    """What a release lacks for its transition, and what it carries too early."""
    transition = str(release.get("transition", ""))
    wanted = REQUIRED.get(transition)
    if wanted is None:
        yield Fault("transition", "transition", f"{transition!r} is no transition that is known")
        return
    for path in (*EVERYWHERE, *wanted):
        if not _is_there(release, path.split(".")):
            yield Fault(path, "transition", f"a release about {transition!r} has it")
    phases = {one.get("phase") for one in release.get("tender", {}).get("lots", ())}
    if phases <= {"bidding", "closed"}:
        for path in HIDDEN:
            if _is_there(release, path.split("."), empty=True):
                yield Fault(path, "sealed", "no lot is open: nothing is told of bids")


def _is_there(value: Any, path: list[str], *, empty: bool = False) -> bool:
    if not path:
        return empty or value not in (None, "", [], {})
    name, _, each = path[0].partition("[")
    if not isinstance(value, Mapping) or value.get(name) is None:
        return False
    found = value[name]
    if not each:
        return _is_there(found, path[1:], empty=empty)
    holds = any if each == "+]" else all
    return isinstance(found, list) and bool(found) and holds(_is_there(one, path[1:], empty=empty) for one in found)
