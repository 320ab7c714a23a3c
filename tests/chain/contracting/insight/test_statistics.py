"""Figures follow from facts alone, exactly; they name nobody and tell nothing of bids that are not open."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from chain.contracting.insight import AsOf, CaseFact, Gatherer, Issued, LotFact, Presented, Span, TenderFact, table
from chain.contracting.insight import statistics as statistics_of
from chain.kernel.canonical import canonical
from chain.kernel.encoding import sha256
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import CaseKind, Phase
from tests.chain.contracting.insight.makers import DAY, START, bid, cny, honest_lot, lot, tender, winner
from tests.chain.contracting.insight.whole import WholeTender
from tests.chain.sealing.samples import GENESIS
from tests.chain.tenders.events import BOOK

AS_OF = AsOf(GENESIS, BOOK, BlockRef(99, sha256(b"block"), START))
LICENCE, PRACTISING = "11100000MB0143028R001", "UNKNOWNTYPE0000000001"


def figures(*tenders: TenderFact, issued: tuple[Issued, ...] = (), span: Span | None = None) -> dict[str, Any]:
    """Statistics of these."""
    return statistics_of(tenders, issued, span or Span(), AS_OF)


def test_of_nothing_there_are_noughts_and_nothing_is_divided() -> None:
    found = figures()
    assert found["tenders"]["count"] == 0
    assert found["values"] == []
    assert found["failures"]["percent"] is None
    assert found["days"]["noticeToAward"] == {"count": 0, "lowerQuartile": None, "median": None, "upperQuartile": None}
    assert found["certificates"]["issued"] == {"certificates": 0, "withheld": 0, "byType": []}


def test_sums_shares_and_days_are_those_of_the_facts() -> None:
    good = bid(1, "900.00")
    lots = (
        lot([good, bid(2, "950.00")], 1, phase=Phase.CONTRACTED, ceiling=cny("1000.00"), outcome=winner(good),
            awarded_at=START + 30 * DAY, contracted_at=START + 40 * DAY,
            cases=(
                CaseFact(CaseKind.OBJECTION, START, START + DAY // 2, False), CaseFact(CaseKind.COMPLAINT, START, None),
            )),
        lot([], 2, phase=Phase.FAILED, ceiling=cny("2000.10"), failed="too-few-bids", opened_at=None),
        lot([], 3, phase=Phase.BIDDING, ceiling=cny("0.90"), opened_at=None),
    )  # fmt: skip
    found = figures(tender(*lots))
    (yuan,) = found["values"]
    assert yuan["ceilings"] == {"lots": 3, "sum": "3001.00"}
    assert yuan["awarded"] == {"lots": 1, "sum": "900.00"}
    assert yuan["savings"] == {
        "lots": 1, "ceilings": "1000.00", "awarded": "900.00", "saved": "100.00", "percent": "10.00"
    }  # fmt: skip
    assert found["failures"] == {
        "ended": 2, "failed": 1, "percent": "50.00", "reasons": [{"reason": "too-few-bids", "lots": 1}]
    }  # fmt: skip
    assert found["days"]["noticeToAward"]["median"] == "30.0000"
    assert found["days"]["noticeToContract"]["median"] == "40.0000"
    objections, complaints = found["cases"]["objection"], found["cases"]["complaint"]
    assert (objections["filed"], objections["rejected"], objections["days"]["median"]) == (1, 1, "0.5000")
    assert (complaints["filed"], complaints["waiting"], complaints["upheld"]) == (1, 1, 0)
    assert (found["bids"]["openedLots"], found["bids"]["bids"]) == (1, 2)
    assert found["tenders"]["lotsByPhase"]["bidding"] == 1


def test_only_the_span_is_counted_and_its_last_second_is_not_in_it() -> None:
    early, late = tender(), tender(number=2, published_at=START + 40 * DAY)
    batches = (Issued(LICENCE, 7, START), Issued(LICENCE, 9, START + 40 * DAY))
    whole = figures(early, late, issued=batches)
    first = figures(early, late, issued=batches, span=Span(None, START + 40 * DAY))
    last = figures(early, late, issued=batches, span=Span(START + 40 * DAY, None))
    assert [found["tenders"]["count"] for found in (whole, first, last)] == [2, 1, 1]
    assert [found["certificates"]["issued"]["certificates"] for found in (whole, first, last)] == [16, 7, 9]


def test_few_certificates_of_persons_are_withheld_and_organisations_are_told() -> None:
    shown = (Presented(LICENCE, False, "pass", 3), Presented(PRACTISING, True, "fail", 2))
    one = lot([bid(1, "900.00")], presented=shown)
    batches = (Issued(LICENCE, 2, START), Issued(PRACTISING, 3, START))
    found = figures(tender(one), issued=batches)["certificates"]
    assert found["issued"] == {
        "certificates": None, "withheld": 1,
        "byType": [{"type": LICENCE, "certificates": 2}, {"type": PRACTISING, "certificates": None}],
    }  # fmt: skip
    assert found["notAskedFor"]["documents"] is None
    assert found["notAskedFor"]["byType"][0] == {"type": LICENCE, "documents": 3}
    assert found["notAskedFor"]["rulesOfOrganisations"] == {"pass": 1, "fail": 0, "unknown": 0}


def test_sums_of_a_random_market_are_those_of_a_second_count() -> None:
    draw = random.Random(7)
    market = [tender(*(honest_lot(draw, number) for number in (1, 2)), number=count) for count in range(1, 40)]
    found = figures(*market)
    lots = [one for each in market for one in each.lots]
    paid = sum(one.outcome.price.amount for one in lots if one.outcome)
    allowed = sum(one.ceiling.amount for one in lots if one.ceiling)
    (yuan,) = found["values"]
    assert (Decimal(yuan["awarded"]["sum"]), Decimal(yuan["ceilings"]["sum"])) == (paid, allowed)
    assert Decimal(yuan["savings"]["saved"]) == allowed - paid
    exact = Fraction(allowed - paid) / Fraction(allowed) * 100
    assert abs(Fraction(yuan["savings"]["percent"]) - exact) <= Fraction(1, 200)
    assert found["bids"]["bids"] == sum(len(one.bids) for one in lots)
    shuffled = [*market]
    draw.shuffle(shuffled)
    assert canonical(figures(*shuffled)) == canonical(found)


def test_the_table_has_every_figure_once_with_what_it_is_of() -> None:
    one = lot([bid(1, "900.00")], phase=Phase.AWARDED, ceiling=cny("1000.00"), outcome=winner(bid(1, "900.00")))
    data = figures(tender(one), issued=(Issued(LICENCE, 9, START),))
    text = table(data)
    assert text.startswith("\ufefffigure,of,value\r\n")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert ["values.savings.percent", "CNY", "10.00"] in rows
    assert ["certificates.issued.byType.certificates", LICENCE, "9"] in rows
    assert ["tenders.byCategory.tenders", "goods", "1"] in rows
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    assert not any(re.match(r"[=+@\t]", cell) for row in rows for cell in row)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> WholeTender:
    return WholeTender(tmp_path_factory.mktemp("whole"))


def test_bids_change_no_figure_before_the_opening(whole: WholeTender) -> None:
    """Byte by byte the same for none, for five commitments, and for a closed lot but for its phase."""

    def at(step: str) -> str:
        return canonical(figures(Gatherer(whole.board, GENESIS).fact(whole.until(step)))).decode()

    assert at("published") == at("bid")
    assert at("closed") == at("bid").replace('"bidding":1', '"bidding":0').replace('"closed":0', '"closed":1')
    assert at("opened") != at("closed")


def test_figures_name_no_company_address_or_place(whole: WholeTender) -> None:
    fact = Gatherer(whole.board, GENESIS).fact(whole.story)
    text = json.dumps(figures(fact), ensure_ascii=False)
    for one in fact.lots[0].bids:
        assert one.bidder.hex() not in text
        for code, name in one.companies.items():
            assert code not in text
            assert name not in text
    assert whole.notice.bureau.uscc not in text


def test_a_lot_that_is_not_awarded_has_no_awarded_sum() -> None:
    """A first award may be undone before the contract; what is counted is the newest."""
    one: LotFact = lot([bid(1, "900.00")], phase=Phase.CANDIDATES, ceiling=cny("1000.00"))
    assert figures(tender(one))["values"][0]["awarded"] == {"lots": 0, "sum": "0.00"}
