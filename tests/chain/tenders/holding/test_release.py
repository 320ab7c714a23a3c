"""What a key holder's tool signs on a real chain, and everything that it does not sign."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.canonical import canonical
from chain.kernel.clock import system_clock
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, NotFound, Refused, Unavailable
from chain.kernel.home import Home
from chain.kernel.tender_facts import Phase
from chain.ledger.connection import Ledger, open_ledger
from chain.sealing import Scope, verify
from chain.tenders.holding import opening_key
from chain.tenders.holding.releasing import ReadyRelease, prepare_release
from chain.tenders.holding.store import ShareStore
from chain.tenders.opening import ReleaseBox, combine_keys, live_bids, read_story, releases_topic
from tests.api.walk import run_until
from tests.chain.ledger.test_rpc import Alter, Mirror
from tests.chain.tenders.holding.steps import AFTERWARDS
from tests.support.market import Market
from tests.support.pace import roomy
from tests.support.tender_stage import TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

NO_NOTICE = canonical(
    {
        "format": "yinxin-notice-1",
        "title": {"zh": "示例设备采购", "en": "Sample equipment"},
        "lots": [{"number": 1, "title": {"zh": "第一标段", "en": "Lot one"}}],
    }
)


@pytest.fixture(scope="module")
def stage(tender_stage: TenderStage) -> TenderStage:
    """The three holders have taken their shares of ceremony 1 by command."""
    for name in ("holder-1", "holder-2", "holder-3"):
        (report,) = tender_stage.ok(name, "keyholder", "run", "--ceremony", "1")["ceremonies"]
        assert report["done"] == ["kept the share"]
    return tender_stage


def named(draft: dict[str, Any]) -> None:
    """A draft of the tender that people see here; it opens twelve seconds after its deadline, or later."""
    draft["title"] = {"zh": "示例设备采购", "en": "Sample equipment"}
    draft["lots"][0]["title"] = {"zh": "第一标段", "en": "Lot one"}
    draft["openAt"] = f"+{int(draft['deadline'].strip('+s')) + roomy(12)}s"


def store(stage: TenderStage, name: str = "holder-1") -> ShareStore:
    return stage.shares(name)


def ready(stage: TenderStage, tender: int, *, clock: int | None = None, **other: Any) -> ReadyRelease:
    place = {"ledger": stage.ledger, "board": stage.board, "store": store(stage), "lot": 1, "envelope": 1, **other}
    clock_ = system_clock if clock is None else lambda: clock
    return prepare_release(clock=clock_, tender=tender, **place)


def refused(stage: TenderStage, tender: int, **how: Any) -> str:
    with pytest.raises((Refused, NotFound)) as caught:
        ready(stage, tender, **how)
    return caught.value.code


def attest(stage: TenderStage, tender: int) -> None:
    stage.acts("custodian-1").attest_custody(tender, 1, 1, sha256(b"every file is there"))


def test_from_too_early_to_opened(stage: TenderStage) -> None:
    """One tender through all that is refused, then signed by three processes, one of them killed on the way."""
    tender = Market(stage).publish(deadline_in=6, edit=named)
    first = stage.submit(tender, bidder=1)
    stage.submit(tender, bidder=2)
    assert refused(stage, tender) == "release.early_clock"
    # A clock that runs ahead does not help: the ledger's own time has not come either.
    open_at = stage.ledger.tender(tender).open_at  # type: ignore[union-attr]
    assert refused(stage, tender, clock=open_at + 10**6) == "release.early_ledger"
    assert refused(stage, tender, kind="draw") == "release.kind"
    assert refused(stage, 10**6) == "tender.unknown"
    stage.close(tender)
    attest(stage, tender)
    said = stage.run("holder-1", "keyholder", "release", str(tender), "--yes")
    assert (said.code, said.data["error"]["code"]) == (1, "release.early_clock"), "closed, attested, and too early"
    # The ledger's time has come, this machine's has not.
    stage.wait_until(open_at)
    assert refused(stage, tender, clock=open_at - 1) == "release.early_clock"
    assert not list(stage.board.notes(releases_topic(tender, 1, 1)))

    assert refused(stage, tender, lot=2) == "release.not_closed"
    assert refused(stage, tender, envelope=2) == "release.not_closed"
    asked = stage.run("holder-1", "keyholder", "release", str(tender))
    assert asked.data["error"]["code"] == "release.unasked"
    words = stage.run("holder-1", "keyholder", "release", str(tender), "--yes", as_json=False)
    assert words.code == 0, words
    for part in (
        "示例设备采购 / Sample equipment",
        "第一标段 / Lot one",
        "bids 有效投标    2",
        "key holder 1 of ceremony 1",
        "One endpoint alone is believed",
    ):
        assert part in words.out
    for step in AFTERWARDS[2:]:
        run = run_until(["--home", str(stage.home("holder-2")), "keyholder", "release", str(tender), "--yes"], step)
        assert (run.code, run.steps[-1:]) == (-signal.SIGKILL, (step,)), run
    for name in ("holder-2", "holder-3", "holder-3"):
        data = stage.ok(name, "keyholder", "release", str(tender), "--yes")
        assert (data["bids"], data["signatures"], data["title"]["zh"]) == (2, 3, "示例设备采购")
    notes = list(stage.board.notes(releases_topic(tender, 1, 1)))
    assert [name for name, _ in notes] == ["holder-1", "holder-2", "holder-3"], "nothing was said twice"

    live = live_bids(read_story(stage.ledger, tender), stage.ledger.genesis, 1, 1)
    key = opening_key(stage.ledger, stage.board, 1)
    box = ReleaseBox(key, live)
    assert box.take(notes) == 0
    assert not box.refused
    keys = combine_keys(box)
    assert verify(key.key, live.identities[0].digest(), keys.bids[0].signature)
    assert live.identities[0].bidder == first.bidder
    stage.acts("officer").open(tender, 1, 1, keys.live_signature, sha256(keys.to_bytes()))
    assert stage.ledger.lot(tender, 1).phase is Phase.OPENED
    assert refused(stage, tender) == "release.open_already"


def test_roll_call_by_command_killed_on_the_way(stage: TenderStage) -> None:
    for name in ("holder-1", "holder-2"):
        assert not stage.ok(name, "keyholder", "roll-call", "1")["complete"]
    arguments = ["--home", str(stage.home("holder-3")), "--json", "keyholder", "roll-call", "1"]
    for step in AFTERWARDS[:2]:
        run = run_until(arguments, step)
        assert (run.code, run.steps[-1:]) == (-signal.SIGKILL, (step,)), run
    roll = stage.ok("holder-3", "keyholder", "roll-call", "1")
    assert (roll["complete"], roll["counter"], roll["present"], roll["absent"]) == (True, 1, [1, 2, 3], [4, 5])
    events = [event.name for event in stage.ledger.ceremony_events(1)]
    assert events.count("RollCalled") == 1
    assert len(list(stage.board.notes("roll-call/1/1"))) == 3


def test_backup_by_command(stage: TenderStage, tmp_path: Path) -> None:
    made = stage.ok("holder-3", "keyholder", "backup", str(tmp_path / "shares"))
    assert made["ceremonies"] == [1]
    share = store(stage, "holder-3").share(1)
    kept = store(stage, "holder-3")
    kept.file(1).rename(tmp_path / "lost")
    for name in (kept.secret_name(1), kept.card_name(1)):
        kept.keys.destroy(name)
    assert stage.run("holder-3", "keyholder", "roll-call", "1").data["error"]["code"] == "holding.no_share"
    assert stage.ok("holder-3", "keyholder", "restore", str(tmp_path / "shares"))["taken"] == [1]
    assert store(stage, "holder-3").share(1) == share
    early = stage.run("holder-3", "keyholder", "destroy", "1", "--yes")
    assert early.data["error"]["code"] == "holding.needed"
    assert store(stage, "holder-3").share(1) == share


@pytest.fixture(scope="module")
def closed(stage: TenderStage) -> int:
    """A tender that is closed and due, without a custodian's statement; its notice lies on no board, and is none."""
    tender = stage.publish(deadline_in=5, open_in=1, digest=sha256(NO_NOTICE))
    stage.submit(tender, bidder=1)
    stage.close(tender)
    stage.wait_until(stage.ledger.tender(tender).open_at)  # type: ignore[union-attr]
    return tender


def test_without_a_custodians_statement_nothing_is_signed(stage: TenderStage, closed: int) -> None:
    assert refused(stage, closed) == "release.custody"


def test_a_share_is_destroyed_once_its_tender_has_ended(stage: TenderStage) -> None:
    tender = stage.ledger.tenders() + 1
    number = stage.ceremony(3, 2, tender=tender).number
    assert stage.publish(deadline_in=3600, ceremony=number) == tender
    stage.ok("holder-1", "keyholder", "run", "--ceremony", str(number))
    command = ("keyholder", "destroy", str(number))
    assert stage.run("holder-1", *command).data["error"]["code"] == "holding.unasked"
    refusal = stage.run("holder-1", *command, "--yes").data["error"]
    assert (refusal["code"], f"tenders have not ended: {tender}" in refusal["message"]) == ("holding.needed", True)
    assert store(stage).has(number)
    stage.acts("officer").cancel(tender, sha256(b"the money is gone"))
    made = stage.ok("holder-1", *command, "--yes")
    assert stage.ok("holder-1", *command, "--yes")["record"] == made["record"], "once more does no harm"
    assert not store(stage).has(number)
    told = [event.values["digest"] for event in stage.ledger.ceremony_events(number) if event.name == "ShareDestroyed"]
    assert told == [bytes.fromhex(made["record"][2:])]
    (report,) = stage.ok("holder-1", "keyholder", "run", "--ceremony", str(number))["ceremonies"]
    assert report["standing"] == "destroyed"


class Elsewhere:
    """A share store whose share was made for something else."""

    def __init__(self, real: ShareStore, **other: Any) -> None:
        self._share = replace(real.share(1), **other)

    def share(self, _ceremony: int) -> Any:
        return self._share

    def opening_of(self, _tender: int) -> int:
        return 0


def test_nor_with_a_share_of_something_else_nor_what_has_no_name(stage: TenderStage, closed: int) -> None:
    attest(stage, closed)
    ledger = stage.ledger
    for other in (
        {"scope": Scope(ledger.genesis, ledger.book, "tender", closed + 1)},
        {"scope": Scope(sha256(b"another ledger"), ledger.book, "term", 1)},
        {"scope": Scope(ledger.genesis, bytes(20), "term", 1)},
        {"ceremony": sha256(b"another ceremony")},
    ):
        assert refused(stage, closed, store=Elsewhere(store(stage), **other)) == "release.scope"
    with pytest.raises(NotFound) as caught:
        ready(stage, closed, store=store(stage, "holder-5"))
    assert caught.value.code == "holding.no_share"
    assert refused(stage, closed) == "board.missing", "a notice that nobody can read"
    stage.board.put(NO_NOTICE)  # two titles and the right digest do not make a notice
    with pytest.raises(InvalidInput):
        ready(stage, closed)


def test_an_opening_once_announced_is_not_forgotten(stage: TenderStage, closed: int) -> None:
    holder = store(stage)
    holder.note_opening(closed, system_clock() + 3600)
    assert refused(stage, closed, store=holder) == "release.early_clock"


@contextmanager
def asking(stage: TenderStage, *endpoints: str, quorum: int) -> Iterator[Ledger]:
    """A key holder's own endpoints, as its config.toml names them."""
    home = stage.home("holder-4")
    text = (home / "config.toml").read_text()
    listed = ", ".join(f'"{one}"' for one in endpoints)
    changed = text.replace("[ledger]\n", f"[ledger]\nendpoints = [{listed}]\n").replace(
        "quorum = 1", f"quorum = {quorum}"
    )
    assert changed != text
    (home / "config.toml").write_text(changed)
    ledger = open_ledger(Home(home))
    try:
        yield ledger
    finally:
        ledger.close()
        (home / "config.toml").write_text(text)


@contextmanager
def liar(stage: TenderStage, alter: Alter) -> Iterator[str]:
    """A real endpoint that repeats what the chain says, altered."""
    node = stage._node
    assert node is not None
    server = Mirror(node.url, alter)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_lying_endpoint_gets_no_signature(stage: TenderStage) -> None:
    """It shows that the opening's time has come, for a tender that is closed, attested, and not due for an hour."""
    tender = stage.publish(deadline_in=5, open_in=3600)
    stage.submit(tender, bidder=1)
    stage.close(tender)
    attest(stage, tender)
    open_at = stage.ledger.tender(tender).open_at  # type: ignore[union-attr]
    node = stage._node
    assert node is not None

    def tomorrow(method: str, _params: list[Any], result: Any) -> Any:
        if method == "eth_getBlockByNumber" and result:
            return result | {"timestamp": hex(int(result["timestamp"], 16) + 86_400)}
        return result

    with liar(stage, tomorrow) as url:
        with asking(stage, url, quorum=1) as own:
            own.tenders.refresh()
            assert own.tenders.block.time > open_at, "the ledger that it shows is of tomorrow"
            assert refused(stage, tender, ledger=own.tenders) == "release.early_clock"

    wrong, right = (f"{value:064x}" for value in (int(time.time()) - 1, open_at))

    def earlier(_method: str, _params: list[Any], result: Any) -> Any:
        return _replaced(result, right, wrong)

    # It tells an earlier opening wherever one stands: a quorum notices, and so does a home that knew the tender.
    with liar(stage, earlier) as url:
        with asking(stage, url, node.url, quorum=2) as own, pytest.raises(Unavailable):
            ready(stage, tender, ledger=own.tenders)
        with asking(stage, url, quorum=1) as own:
            holder = store(stage)
            own.tenders.refresh()
            assert own.tenders.tender(tender).open_at < time.time()  # type: ignore[union-attr]
            holder.note_opening(tender, open_at)
            assert refused(stage, tender, ledger=own.tenders, store=holder) == "release.early_clock"
    assert not list(stage.board.notes(releases_topic(tender, 1, 1)))


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [_replaced(item, old, new) for item in value]
    if isinstance(value, dict):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    return value
