"""Signals as the service tells them: to auditors of the bureau whose tender it is, with every figure and reason."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from api.service.context import Service
from api.tenders.endpoints import insight
from api.tenders.insight import Gathered
from chain.contracting.insight import AsOf, TenderFact
from chain.kernel.errors import NotFound
from chain.kernel.ports import BlockRef
from tests.chain.contracting.insight.makers import bid, lot, tender

BUREAU = "11440100000000001F"
AS_OF = AsOf(bytes(32), bytes(20), BlockRef(9, bytes(32), 1_800_000_000))


def service(*facts: TenderFact) -> Service:
    """A service that has gathered these."""
    found = Gathered(AS_OF, facts, ())
    return cast(Service, SimpleNamespace(insight=SimpleNamespace(gathered=lambda: found)))


def test_what_was_seen_is_told_with_figures_and_reasons() -> None:
    ring = lot([bid(1, "900.00", by=7), bid(2, "1000.00", by=7), bid(3, "1250.00")])
    here = service(tender(ring))
    for told in (insight.show_signals(here, 1), insight.show_signals_to_auditor(here, BUREAU, 1)):
        (said,) = told.items
        assert (said.code, said.strength, said.places) == ("company-shared", "strong", [1, 2])
        assert [(one.tender, one.lot) for one in said.lots] == [(1, 1)]
        assert said.why.zh
        assert said.innocent.en
        assert (told.block, told.time) == (9, "2027-01-15T08:00:00Z")


def test_an_auditor_is_told_of_tenders_of_the_bureau_only() -> None:
    other = replace(tender(number=2), bureau="11440100000000002J")
    with pytest.raises(NotFound):
        insight.show_signals_to_auditor(service(tender(), other), BUREAU, 2)
    with pytest.raises(NotFound):
        insight.show_signals(service(tender(), other), 3)
    assert insight.list_signals(service(other), BUREAU).items == []
