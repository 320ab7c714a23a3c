"""From the deadline to the statement, without anybody's command: two custodians race, and files come out at last."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chain.kernel.encoding import b64url
from chain.kernel.errors import InvalidInput, NotFound, Refused, Unavailable, YinxinError
from chain.kernel.tender_facts import Commitment, Phase
from chain.tenders.custody import CustodianClient, HttpBoard, read_statement
from chain.tenders.opening import releases_topic
from chain.tenders.story import LotStory, Story, differences, tell
from tests.api.custody.bidders import Bidder
from tests.api.custody.served import SETTLED, serving, settings
from tests.support.pace import roomy
from tests.support.tender_stage import TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(480)]


def story_of(stage: TenderStage, tender: int) -> Story:
    ledger = stage.ledger
    story = tell(ledger.tender_events(tender), ledger.book)
    assert not list(differences(story, ledger))
    return story


def until(stage: TenderStage, tender: int, look: Callable[[LotStory], object], lot: int = 1) -> Story:
    """Wait until a lot's story is so."""
    end = time.monotonic() + 150
    while not look((story := story_of(stage, tender)).lots[lot]):
        assert time.monotonic() < end, story.events[-1]
        time.sleep(0.2)
    return story


def kept(stage: TenderStage, name: str, digest: bytes) -> Path:
    return stage.home(name) / "custody" / "files" / digest.hex()[:2] / digest.hex()


@dataclass
class Scene:
    """Two custodians that run, and three tenders with one deadline.

    Attributes:
        stage: the place.
        one: client of the first custodian; ``two`` of the second.
        plain: tender with a bid at each, and an upload that is not finished.
        lossy: tender of which the first custodian loses both files before the closing.
        priced: tender with two envelopes.
        files: path and commitment of each bid, by tender.
    """

    stage: TenderStage
    one: CustodianClient
    two: CustodianClient
    plain: int
    lossy: int
    priced: int
    files: dict[int, list[tuple[Path, Commitment]]]

    def prepare(self, tender: int, number: int, client: CustodianClient, version: int = 1) -> Callable[[], object]:
        """Upload what a bid needs; what is returned has it committed to."""
        bidder = Bidder(self.stage, number)
        path, file = bidder.sealed()
        client.upload(tender, path)
        more: dict[str, object] = {}
        if tender == self.priced:
            price_path, price = bidder.sealed()
            client.upload(tender, price_path)
            more["second"] = price
        commitment, signature = bidder.signed(tender, file, version=version, **more)
        self.files.setdefault(tender, []).append((path, commitment))
        return lambda: client.commit(self.stage.domain, commitment, signature, wait=SETTLED)


@pytest.fixture(scope="module")
def scene(tender_stage: TenderStage) -> Iterator[Scene]:
    stage = tender_stage
    for name in ("custodian-1", "custodian-2"):
        settings(stage, name, decoys=0)
    with serving(stage) as first, serving(stage, "custodian-2") as second:
        one, two = first.client(), second.client()
        plain = stage.publish(deadline_in=18, open_in=90)
        lossy = stage.publish(deadline_in=16, open_in=90, reveal_window=roomy(5))
        priced = stage.publish(deadline_in=16, open_in=3, envelopes=2)
        found = Scene(stage, one, two, plain, lossy, priced, {})
        places = (
            (plain, 1, one),
            (plain, 2, two),
            (lossy, 1, one),
            (lossy, 2, one),
            (priced, 1, one),
            (priced, 2, one),
        )
        stage.together([found.prepare(*place) for place in places])
        found.prepare(plain, 1, one, version=2)()
        yield found


def test_a_lost_file_is_named_and_only_the_identical_one_takes_its_place(scene: Scene) -> None:
    stage, tender, client = scene.stage, scene.lossy, scene.one
    paths = scene.files[tender]
    lost, damaged = (kept(stage, "custodian-1", commitment.first.digest) for _, commitment in paths)
    lost.unlink()
    damaged.write_bytes(bytes(70_000))
    until(stage, tender, lambda lot: lot.closings)
    other, _ = Bidder(stage, 3).sealed()
    with pytest.raises(NotFound) as refused:
        client.upload(tender, other, restore=True)
    assert refused.value.code == "custody.not_live"
    client.upload(tender, paths[0][0], restore=True)
    story = until(stage, tender, lambda lot: lot.custody.get(1))
    statements = [read_statement(stage.board.get(digest)) for _, digest in story.lots[1].custody[1]]
    assert [one.state for one in statements[0].files] == ["elsewhere", "elsewhere"], "the other has none of them"
    story = until(stage, tender, lambda lot: len(lot.custody[1]) == 2)
    mine = dict(story.lots[1].custody[1])[stage.address("custodian-1")]
    statement = read_statement(stage.board.get(mine))
    assert sorted(one.state for one in statement.files) == ["damaged", "kept"], "it waited for the window's end"
    with pytest.raises(YinxinError) as over:
        client.upload(tender, paths[1][0], restore=True)
    assert over.value.code == "custody.window"
    said = stage.run("custodian-1", "custodian", "files", "--tender", str(tender))
    assert (said.code, sorted(one["state"] for one in said.data["files"])) == (1, ["damaged", "kept"])


def test_two_custodians_settle_close_and_attest_and_give_out_the_live_files(scene: Scene, tmp_path: Path) -> None:
    stage, tender = scene.stage, scene.plain
    story = until(stage, tender, lambda lot: len(lot.custody.get(1, ())) == 2)
    names = [event.name for event in story.events]
    assert names.count("DeadlineSettled") == names.count("EnvelopeClosed") == 1
    assert story.phase(1) is Phase.CLOSED
    statements = {who: read_statement(stage.board.get(digest)) for who, digest in story.lots[1].custody[1]}
    mine = statements[stage.address("custodian-1")]
    other = statements[stage.address("custodian-2")]
    assert {(a.state, b.state) for a, b in zip(mine.files, other.files, strict=True)} == {
        ("kept", "elsewhere"), ("elsewhere", "kept"),
    }  # fmt: skip
    assert mine.live_set == stage.ledger.live_set(tender, 1, 1).digest

    (path, replaced), _, (_, newest) = scene.files[tender]
    live, out = newest.first, tmp_path / "out.age"
    scene.one.fetch(live.digest, live.size, out)
    assert out.read_bytes() == kept(stage, "custodian-1", live.digest).read_bytes()
    with pytest.raises(NotFound):
        scene.one.fetch(replaced.first.digest, replaced.first.size, tmp_path / "old.age")
    fresh, _ = Bidder(stage, 9).sealed()
    with pytest.raises(Refused) as late:
        scene.one.upload(tender, fresh)
    assert late.value.code == "custody.late"
    assert path.is_file()
    early = HttpBoard(scene.two.url, patience=0)
    with pytest.raises(Unavailable) as not_yet:  # closed, and its hour has not come
        early.post(releases_topic(tender, 1, 1), "holder-1", b"release")
    assert not_yet.value.code == "custody.release_early"
    for topic, error in (("releases/99/1/1", NotFound), (f"releases/{tender}", InvalidInput)):
        with pytest.raises(error):
            early.post(topic, "holder-1", b"release")
    assert not list(stage.board.notes(releases_topic(tender, 1, 1)))


def test_an_unfinished_upload_is_removed_after_the_deadline(scene: Scene) -> None:
    stage = scene.stage
    tender = stage.publish(deadline_in=5, open_in=90)
    wanted = {"tender": tender, "digest": b64url(bytes(32)), "size": 9 * 2**20}
    upload = scene.one._http.json("POST", "/custody/uploads", wanted)["upload"]
    until(stage, tender, lambda lot: lot.phase is Phase.FAILED)
    with pytest.raises(NotFound):
        scene.one._http.json("GET", f"/custody/uploads/{upload}")
    assert not (stage.home("custodian-1") / "custody" / "uploads" / upload).exists()


def test_price_envelopes_come_out_after_the_review(scene: Scene, tmp_path: Path) -> None:
    stage, tender, client = scene.stage, scene.priced, scene.one
    made = [commitment for _, commitment in scene.files[tender]]
    story = until(stage, tender, lambda lot: lot.closings)
    price = made[1].second
    client.fetch(made[1].first.digest, made[1].first.size, tmp_path / "technical.age")
    with pytest.raises(NotFound):
        client.fetch(price.digest, price.size, tmp_path / "price.age")
    stage.wait_until(story.open_at)
    topic, board = releases_topic(tender, 1, 1), HttpBoard(client.url)
    board.post(topic, "holder-1", b"no release")
    assert list(board.notes(topic)) == [("holder-1", b"no release")]
    with pytest.raises(Unavailable):  # the price envelope is not closed
        HttpBoard(client.url, patience=0).post(releases_topic(tender, 1, 2), "holder-1", b"release")
    signature = stage.live_set_signature(tender)
    stage.acts("officer").open(tender, 1, 1, signature, bytes([1]) * 32)
    place = next(bid.place for bid in story.lots[1].bids if bid.bidder == made[0].bidder)
    stage.acts("officer").review(tender, 1, bytes([2]) * 32, [place])
    until(stage, tender, lambda lot: lot.custody.get(2))
    with pytest.raises(Refused) as over:
        board.post(topic, "holder-2", b"release")
    assert over.value.code == "custody.release_over"
    client.fetch(price.digest, price.size, tmp_path / "price.age")
    dropped = made[0].second
    with pytest.raises(NotFound):
        client.fetch(dropped.digest, dropped.size, tmp_path / "dropped.age")


def test_the_operator_s_commands_tell_how_it_stands(scene: Scene) -> None:
    stage = scene.stage
    said = stage.run("custodian-1", "custodian", "status")
    assert said.code == 0
    phases = {one["tender"]: one["lots"]["1"] for one in said.data["tenders"]}
    assert (phases[scene.plain], phases[scene.priced]) == ("closed", "price_closed")
    attested = stage.run("custodian-1", "custodian", "attest", str(scene.plain))
    assert (attested.code, attested.data["absent"]) == (0, []), "again is harmless"
    assert stage.run("custodian-1", "custodian", "attest", "99").code != 0
    assert stage.run("custodian-1", "custodian", "decoy", str(scene.plain)).data["decoys"] == []
