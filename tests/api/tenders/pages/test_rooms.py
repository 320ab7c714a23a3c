"""The rooms around a tender: what is due and how it is done, signals, the audit's findings, statistics; as pages."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from api.accounts.roles import Role
from api.tenders.endpoints.insight import Signals, SignalView
from api.tenders.pages.auditing import told
from api.tenders.pages.charts import bars
from api.tenders.pages.control import COMMANDS, steps
from api.tenders.pages.endpoints.statistics import drawn
from api.tenders.pages.showing import telling
from chain.audit import Report
from chain.cli.tender._words import EVENTS, STEPS
from chain.contracting.insight import AsOf, Issued, Span, statistics
from chain.contracting.insight.signals import lot_signals, thresholds
from chain.evaluation.committee.draws import DRAW, DRAWN, POOL, TIE, TIE_DRAWN
from chain.kernel.ports import BlockRef
from chain.tenders.story import tell
from chain.words import read
from tests.api.tenders.pages.made import Honest, faults, page, plain, the_room, written
from tests.chain.contracting.insight.makers import bid, lot, tender

BLOCK = BlockRef(9, bytes(32), 1_800_000_000)
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Honest:
    """Candidates are public, and somebody objected."""
    made = Honest(tmp_path_factory.mktemp("process"))
    made.begin()
    made.bid()
    made.settle()
    made.close()
    made.open()
    made.opening()
    made.candidates(made.report(), 2, 1)
    return made


def test_every_step_and_every_event_has_its_words() -> None:
    words = read("board")
    assert set(COMMANDS) == set(STEPS)
    assert {f"step.{name}" for name in STEPS} <= set(words)
    assert {f"event.{name}" for name in EVENTS if name != "CaseFiled"} <= set(words)
    kinds = {POOL, DRAW, DRAWN, TIE, TIE_DRAWN, "float", "committee", "keys-1", "keys-2"}
    assert {f"kind.{name}" for name in kinds} <= set(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_officer_sees_what_is_due_from_whom_and_by_which_command(process: Honest, language: str) -> None:
    found = the_room(process)
    now = found.now
    due = steps(tell(process.events, process.book), now, 0)
    assert [(one.due.what, one.ready) for one in due] == [("object", True), ("award", False)]
    ended = SimpleNamespace(number=1, display="名" * 60, role="supervisor", from_at=1, ended_at=None)
    text = page(
        found, "control", language, steps=due, chain_now=now, may_appoint=True, parts=_PARTS,
        appointed=[ended], mine=True, waiting=[SimpleNamespace(text="含税吗？", name="0123456789ab")],
    )  # fmt: skip
    assert faults(text) == []
    assert "yinxin tender award 7 --lot 1" in plain(text)
    assert "含税吗？" in text


_PARTS = (Role.PROCUREMENT, Role.AGENT, Role.SUPERVISOR, Role.KEYHOLDER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_supervisor_is_shown_signals_with_their_innocent_reasons(process: Honest, language: str) -> None:
    ring = tender(lot([bid(1, "900.00", by=7), bid(2, "1000.00", by=7), bid(3, "1250.00")]))
    seen = [SignalView.of(one) for one in lot_signals(ring, ring.lots[0], thresholds())]
    signals = Signals(block=9, time="2027-01-15T08:00:00Z", unread=1, items=seen)
    text = page(the_room(process), "supervision", language, signals=signals)
    assert faults(text) == []
    assert getattr(seen[0].innocent, language) in plain(text)
    quiet = page(the_room(process), "supervision", language, signals=None)
    assert telling(language).t("supervision.none") in quiet


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_lead_to_what_they_are_about_and_the_worst_comes_first(process: Honest, language: str) -> None:
    report = Report()
    report.note("A909", "tender 7, lot 1, envelope 1", "the supervisor has not signed it")
    report.unknown("A401", "tender 7", "no board has " + "ab" * 32)
    report.holds("A904", "tender 7, lot 1, envelope 1, place 2", False, "not under the committed root: price")
    audited = told(report, 7, BLOCK, 1.25)
    assert [one.finding.rule for one in audited.findings] == ["A904", "A401", "A909"]
    assert [one.link for one in audited.findings] == [
        "/tenders/7/opening#lot-1", "/tenders/7#documents", "/tenders/7/opening#lot-1",
    ]  # fmt: skip
    assert audited.findings[1].paper == "0x" + "ab" * 32
    assert audited.verdict == "broken"
    text = page(the_room(process), "audit", language, audited=audited)
    assert faults(text) == []
    assert "yinxin audit --tender 7" in plain(text)
    assert faults(page(the_room(process), "audit", language, audited=None)) == []
    assert told(Report(), 7, BLOCK, 0).verdict == "clean"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sealed_tender_is_not_audited_here_since_looks_would_tell_how_many_bid(language: str, tmp_path: Path) -> None:
    made = Honest(tmp_path / "process")
    made.begin()
    made.bid()
    sealed = the_room(made)
    assert sealed.sealed
    text = page(sealed, "audit", language, audited=None)
    assert 'id="run"' not in text
    assert 'id="own-audit"' in text, "one's own device reads the ledger itself"
    assert "yinxin audit --tender 7" in plain(text)


def test_each_bar_is_drawn_to_the_longest_one() -> None:
    drawn_ones = bars([("a", 1), ("b", 4), ("c", None), ("d", "2.50")], withheld="<5")
    assert [(one.figure, one.length) for one in drawn_ones] == [("1", 25.0), ("4", 100.0), ("<5", 0.0), ("2.50", 62.5)]
    assert bars([]) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_statistics_are_drawn_and_stand_there_as_tables(language: str) -> None:
    facts = [tender(lot([bid(1, "900.00"), bid(2, "1000.00"), bid(3, "1250.00")]), number=one) for one in range(1, 4)]
    as_of = AsOf(bytes(32), bytes(20), BLOCK)
    issued = [Issued("11100000MB0143028R001", 1200, 1_800_000_000)]
    for chosen in (facts, []):
        found = statistics(chosen, issued if chosen else [], Span(), as_of)
        text = written("tenders/statistics.html", language, since="", until="", **drawn(found, telling(language)))
        assert faults(text) == []
        assert ("1,200" in text) is bool(chosen)
        assert (telling(language).t("statistics.none") in text) is not bool(chosen)
