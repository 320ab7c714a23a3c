"""From the deadline to the statement, without anybody's command: two custodians race, and files come out at last."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chain.kernel.encoding import b64url
from chain.kernel.errors import NotFound, Refused, YinxinError
from chain.kernel.tender_facts import Phase
from chain.tenders.custody import CustodianClient, read_statement
from chain.tenders.story import LotStory, Story, differences, tell
from tests.api.custody.bidders import Bidder
from tests.api.custody.served import serving, settings
from tests.support.tender_stage import TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(240)]


def story_of(stage: TenderStage, tender: int) -> Story:
    ledger = stage.ledger
    story = tell(ledger.tender_events(tender), ledger.book)
    assert not list(differences(story, ledger))
    return story


def until(stage: TenderStage, tender: int, look: Callable[[LotStory], object], lot: int = 1) -> Story:
    """Wait until a lot's story is so."""
    end = time.monotonic() + 60
    while not look((story := story_of(stage, tender)).lots[lot]):
        assert time.monotonic() < end, story.events[-1]
        time.sleep(0.2)
    return story


def kept(stage: TenderStage, name: str, digest: bytes) -> Path:
    return stage.home(name) / "custody" / "files" / digest.hex()[:2] / digest.hex()


def test_two_custodians_settle_close_and_attest_and_give_out_the_live_files(
    tender_stage: TenderStage, tmp_path: Path
) -> None:
    stage = tender_stage
    for name in ("custodian-1", "custodian-2"):
        settings(stage, name, decoys=0)
    with serving(stage) as one, serving(stage, "custodian-2") as two:
        tender = stage.publish(deadline_in=12, open_in=60)
        first, second = one.client(), two.client()
        path, unfinished = Bidder(stage, 9).sealed(9 * 2**20)
        held = first._http.json(
            "POST", "/custody/uploads", {"tender": tender, "digest": b64url(unfinished.digest), "size": 9 * 2**20}
        )
        bids = [Bidder(stage, 1).bid(first, tender)[0], Bidder(stage, 2).bid(second, tender)[0]]
        replaced = Bidder(stage, 1).bid(first, tender, version=2)[0]
        story = until(stage, tender, lambda lot: len(lot.custody.get(1, ())) == 2)

        names = [event.name for event in story.events]
        assert names.count("DeadlineSettled") == names.count("EnvelopeClosed") == 1
        assert story.phase(1) is Phase.CLOSED
        statements = {}
        for custodian, digest in story.lots[1].custody[1]:
            statements[custodian] = read_statement(stage.board.get(digest))
        mine = statements[stage.address("custodian-1")]
        assert [one.state for one in mine.files] == ["kept", "elsewhere"]
        assert [one.state for one in statements[stage.address("custodian-2")].files] == ["elsewhere", "kept"]
        assert mine.live_set == stage.ledger.live_set(tender, 1, 1).digest

        live, out = replaced.first, tmp_path / "out.age"
        first.fetch(live.digest, live.size, out)
        assert out.read_bytes() == kept(stage, "custodian-1", live.digest).read_bytes()
        with pytest.raises(NotFound):
            first.fetch(bids[0].first.digest, bids[0].first.size, tmp_path / "old.age")
        with pytest.raises(NotFound):
            first._http.json("GET", f"/custody/uploads/{held['upload']}")
        with pytest.raises(Refused) as late:
            first.upload(tender, path)
        assert late.value.code == "custody.late"


def test_a_lost_file_is_named_and_only_the_identical_one_takes_its_place(tender_stage: TenderStage) -> None:
    stage = tender_stage
    settings(stage, "custodian-1", decoys=0)
    with serving(stage) as custody:
        tender = stage.publish(deadline_in=8, open_in=60, reveal_window=4)
        client, paths = custody.client(), []
        for number in (1, 2):
            path, file = Bidder(stage, number).sealed()
            client.upload(tender, path)
            client.commit(stage.domain, *Bidder(stage, number).signed(tender, file))
            paths.append((path, file))
        lost, damaged = (kept(stage, "custodian-1", file.digest) for _, file in paths)
        lost.unlink()
        damaged.write_bytes(bytes(70_000))
        until(stage, tender, lambda lot: lot.closings)
        other, _ = Bidder(stage, 3).sealed()
        with pytest.raises(NotFound) as refused:
            client.upload(tender, other, restore=True)
        assert refused.value.code == "custody.not_live"
        client.upload(tender, paths[0][0], restore=True)
        story = until(stage, tender, lambda lot: lot.custody.get(1))
        statement = read_statement(stage.board.get(story.lots[1].custody[1][0][1]))
        assert [one.state for one in statement.files] == ["kept", "damaged"], "it waited for the window's end"
        with pytest.raises(YinxinError) as over:
            client.upload(tender, paths[1][0], restore=True)
        assert over.value.code == "custody.window"
        said = stage.run("custodian-1", "custodian", "files", "--tender", str(tender))
        assert (said.code, sorted(one["state"] for one in said.data["files"])) == (1, ["damaged", "kept"])


def test_price_envelopes_come_out_after_the_review(tender_stage: TenderStage, tmp_path: Path) -> None:
    stage = tender_stage
    settings(stage, "custodian-1", decoys=0)
    with serving(stage) as custody:
        tender = stage.publish(deadline_in=8, open_in=3, envelopes=2)
        client: CustodianClient = custody.client()
        made = []
        for number in (1, 2):
            (one, first), (two, second) = Bidder(stage, number).sealed(), Bidder(stage, number).sealed()
            for path in (one, two):
                client.upload(tender, path)
            commitment, signature = Bidder(stage, number).signed(tender, first, second=second)
            client.commit(stage.domain, commitment, signature)
            made.append(commitment)
        story = until(stage, tender, lambda lot: lot.custody.get(1))
        price = made[1].second
        client.fetch(made[1].first.digest, made[1].first.size, tmp_path / "technical.age")
        with pytest.raises(NotFound):
            client.fetch(price.digest, price.size, tmp_path / "price.age")
        stage.wait_until(story.open_at)
        signature = stage.live_set_signature(tender)
        stage.acts("officer").open(tender, 1, 1, signature, bytes([1]) * 32)
        stage.acts("officer").review(tender, 1, bytes([2]) * 32, [1])
        until(stage, tender, lambda lot: lot.custody.get(2))
        client.fetch(price.digest, price.size, tmp_path / "price.age")
        dropped = made[0].second
        with pytest.raises(NotFound):
            client.fetch(dropped.digest, dropped.size, tmp_path / "dropped.age")


def test_the_operator_s_commands_tell_how_it_stands(tender_stage: TenderStage) -> None:
    stage = tender_stage
    said = stage.run("custodian-1", "custodian", "status")
    assert said.code == 0
    assert [one["lots"]["1"] for one in said.data["tenders"]][:2] == ["closed", "closed"]
    attested = stage.run("custodian-1", "custodian", "attest", "1")
    assert (attested.code, attested.data["absent"]) == (0, []), "again is harmless"
    assert stage.run("custodian-1", "custodian", "attest", "9").code != 0
    assert stage.run("custodian-1", "custodian", "decoy", "1").data["decoys"] == []
