"""Long lists lie on the desk in parts. Nothing is believed of a part either, whenever it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chain.desk.messages import Request
from chain.desk.parts import PartName, Parts
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256, unhex0x
from chain.keys.signatures import recover
from chain.ledger.typed import Anchor, Domain
from tests.chain.desk.stage import Batch, Stage, drafts_of
from tests.chain.desk.test_roots import REFUSED, manifest_of
from tests.support.memory_ledger import ANCHOR_LOG, CHAIN_ID
from tests.support.world import LICENCE, USCC

SIZE = 7
IN_PARTS = {
    fault: found
    for fault, found in REFUSED.items()
    if found[1] in ("desk.content", "desk.slot", "desk.size", "desk.key", "desk.signature", "desk.sequence")
}


def released(stage: Stage) -> Batch:
    """A batch released in parts."""
    batch = stage.batch(SIZE)
    assert stage.code(batch.lay(stage.desk, batch.release()), approve=True) == "granted"
    return batch


def files(stage: Stage) -> list[Path]:
    return sorted((stage.desk.path / "parts").iterdir())


def certificates(batch: Batch, number: int) -> PartName:
    return PartName("certificates", batch.digest, number)


class Reads:
    """Counts how often parts are read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[PartName] = []
        read = Parts.read

        def counted(parts: Parts, name: PartName, private: bytes) -> object:
            self.seen.append(name)
            return read(parts, name, private)

        monkeypatch.setattr(Parts, "read", counted)


class TestTheWay:
    def test_a_list_in_parts_is_released_and_signed_as_any_other(self, stage: Stage) -> None:
        batch = released(stage)
        answer = stage.ask(batch.lay(stage.desk, batch.root(root=b64url(batch.tree.root))))
        assert answer is not None
        assert answer.ok
        digest = Anchor(USCC, LICENCE, 1, batch.tree.root, SIZE, manifest_of(batch)).digest(
            Domain(CHAIN_ID, ANCHOR_LOG)
        )
        assert recover(digest, unhex0x(answer.signatures["anchor"], size=65)) == stage.address

    def test_a_person_sees_its_size_and_first_rows(self, stage: Stage) -> None:
        batch = stage.batch(SIZE)
        assert stage.code(batch.lay(stage.desk, batch.release())) == "waits"
        (shown,) = stage.signer.waiting()
        assert shown.data["size"] == SIZE
        assert [draft.number in "\n".join(shown.lines) for draft in batch.drafts] == [True] * 5 + [False] * 2

    def test_nothing_of_it_stays_on_the_desk_or_lies_there_readable(self, stage: Stage) -> None:
        batch = stage.batch(SIZE)
        release = batch.lay(stage.desk, batch.release())
        root = batch.lay(stage.desk, batch.root())
        sealed = b"".join(file.read_bytes() for file in files(stage))
        assert len(files(stage)) == 8
        for draft in batch.drafts:
            for value in (draft.number, draft.identifier, draft.fields["certificateHolderName"]):
                assert value.encode() not in sealed
        assert stage.code(release, approve=True) == "granted"
        assert [file.name.split("-")[0] for file in files(stage)] == ["certificates"] * 4
        assert stage.code(root) == "granted"
        assert files(stage) == []

    def test_a_recall_takes_its_parts_away(self, stage: Stage) -> None:
        batch = released(stage)
        batch.lay(stage.desk, batch.root())
        assert stage.code(batch.recall()) == "granted"
        assert files(stage) == []

    def test_parts_are_checked_before_the_root_is_asked_for_and_not_again(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = released(stage)
        request = batch.lay(stage.desk, batch.root())
        reads = Reads(monkeypatch)
        stage.signer.answer_waiting()
        assert [name.number for name in reads.seen] == [0, 1, 2, 3]
        stage.signer.answer_waiting()
        assert stage.code(request) == "granted"
        assert len(reads.seen) == 4

    def test_nothing_is_looked_at_before_a_person_released_the_list(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = stage.batch(SIZE)
        request = batch.lay(stage.desk, batch.root())
        reads = Reads(monkeypatch)
        assert stage.code(request) == "desk.not_released"
        assert reads.seen == []


@pytest.mark.parametrize("ahead", [False, True], ids=["all at once", "looked at before"])
@pytest.mark.parametrize("fault", IN_PARTS)
def test_a_tampered_batch_in_parts_gets_no_signature(stage: Stage, fault: str, ahead: bool) -> None:
    tamper, code = IN_PARTS[fault]
    batch = released(stage)
    request = batch.lay(stage.desk, tamper(stage, batch))
    if ahead:
        stage.signer.answer_waiting()
    assert stage.code(request) == code
    assert stage.state.roots_of(batch.digest) == []


class TestBetweenLookingAndSigning:
    def test_a_key_that_is_retired_meanwhile_counts_no_more(self, stage: Stage) -> None:
        batch = released(stage)
        request = batch.lay(stage.desk, batch.root())
        stage.signer.answer_waiting()
        stage.ledger.retire_key(USCC, stage.key.thumbprint)
        stage.ledger.mine()
        assert stage.code(request) == "desk.key"

    def test_a_part_exchanged_meanwhile_is_looked_at_again(self, stage: Stage) -> None:
        batch = released(stage)
        request = batch.lay(stage.desk, batch.root())
        stage.signer.answer_waiting()
        other = Batch(drafts_of(2, first=60), batch.slots[:2]).seal(stage.key)
        self.put(stage, batch, other, 0)
        assert stage.code(request) == "desk.content"

    def test_parts_of_another_signing_than_the_register_counts_on_are_refused(self, stage: Stage) -> None:
        batch = released(stage)
        request = batch.lay(stage.desk, batch.root(root=b64url(batch.tree.root)))
        stage.signer.answer_waiting()
        again = Batch(batch.drafts[:2], batch.slots[:2]).seal(stage.key)
        self.put(stage, batch, again, 0)
        assert stage.code(request) == "desk.root"
        assert stage.state.roots_of(batch.digest) == []

    @staticmethod
    def put(stage: Stage, batch: Batch, other: Batch, number: int) -> None:
        piece = {
            name: [canonical(one) for one in other.root().body[name]] for name in ("credentials", "stamps", "records")
        }
        stage.desk.parts.write(certificates(batch, number), 2 * number, piece, stage.desk.recipient())


class TestReleases:
    def test_rows_shown_that_are_not_the_lists_release_nothing(self, stage: Stage) -> None:
        batch, other = stage.batch(SIZE), stage.batch(SIZE, first=40)
        request = batch.lay(stage.desk, batch.release())
        shown = [draft.as_dict() for draft in other.drafts[:5]]
        assert stage.code(Request("release", USCC, {**request.body, "drafts": shown}), approve=True) == "desk.rows"
        assert stage.state.released(batch.digest) is None

    @pytest.mark.parametrize("count", [0, 1, 4])
    def test_a_request_that_shows_fewer_rows_than_it_should_releases_nothing(self, stage: Stage, count: int) -> None:
        batch = stage.batch(6 * SIZE)
        request = batch.lay(stage.desk, batch.release(), part=10)
        few = request.body["drafts"][:count]
        assert stage.code(Request("release", USCC, {**request.body, "drafts": few}), approve=True) == "desk.rows"

    def test_parts_of_other_drafts_release_nothing(self, stage: Stage) -> None:
        batch, other = stage.batch(SIZE), stage.batch(SIZE, first=40)
        request = batch.lay(stage.desk, batch.release())
        foreign = [canonical(draft.as_dict()) for draft in other.drafts[2:4]]
        name = PartName("drafts", batch.digest, 1)
        stage.desk.parts.write(name, 2, {"drafts": foreign}, stage.desk.recipient())
        assert stage.code(request, approve=True) == "desk.rows"
        assert stage.state.released(batch.digest) is None

    @pytest.mark.parametrize("changes", [
        {"size": SIZE - 1}, {"size": SIZE + 1}, {"size": 10**12}, {"size": 0}, {"size": "7"}, {"size": True},
        {"part": 0}, {"part": 3}, {"part": 10**9}, {"part": None},
    ])  # fmt: skip
    def test_a_wrong_size_releases_nothing(self, stage: Stage, changes: dict[str, object]) -> None:
        batch = stage.batch(SIZE)
        request = batch.lay(stage.desk, batch.release())
        code = stage.code(Request("release", USCC, {**request.body, **changes}), approve=True)
        assert code in ("desk.rows", "desk.size", "desk.part")
        assert stage.state.released(batch.digest) is None


def removed(stage: Stage, batch: Batch) -> None:
    files(stage)[1].unlink()


def junk(stage: Stage, batch: Batch) -> None:
    files(stage)[1].write_bytes(b"junk")


def empty(stage: Stage, batch: Batch) -> None:
    files(stage)[1].write_bytes(b"")


def folder(stage: Stage, batch: Batch) -> None:
    files(stage)[1].unlink()
    files(stage)[0].with_name(f"{certificates(batch, 1).file}.age").mkdir()


def another_part(stage: Stage, batch: Batch) -> None:
    files(stage)[1].write_bytes(files(stage)[0].read_bytes())


def shifted(stage: Stage, batch: Batch) -> None:
    piece = {
        name: [canonical(one) for one in batch.root().body[name][2:4]] for name in ("credentials", "stamps", "records")
    }
    stage.desk.parts.write(certificates(batch, 1), 3, piece, stage.desk.recipient())


@pytest.mark.parametrize("ahead", [False, True], ids=["all at once", "looked at before"])
@pytest.mark.parametrize("spoil", [removed, junk, empty, folder, another_part, shifted])
def test_a_spoilt_part_is_named_and_laid_anew_it_is_signed(
    stage: Stage, spoil: Callable[[Stage, Batch], None], ahead: bool
) -> None:
    batch = released(stage)
    request = batch.lay(stage.desk, batch.root())
    spoil(stage, batch)
    if ahead:
        stage.signer.answer_waiting()
    answer = stage.ask(request)
    assert answer is not None
    assert answer.code in ("desk.part", "desk.size")
    assert batch.drafts[2].number not in answer.message
    stage.desk.clear(request.id)
    for file in files(stage):
        if file.is_dir():
            file.rmdir()
    assert stage.code(batch.lay(stage.desk, batch.root())) == "granted"


def test_what_does_not_belong_among_the_parts_stops_nobody(stage: Stage) -> None:
    batch = released(stage)
    request = batch.lay(stage.desk, batch.root())
    parts = stage.desk.path / "parts"
    (parts / f"{certificates(batch, 0).file[:-5]}abcde.age").write_bytes(b"x")
    (parts / f"{certificates(batch, 99_999).file}.age").symlink_to(parts / "nowhere")
    (parts / "certificates-00-00000.age").write_bytes(b"x")
    stage.signer.answer_waiting()
    assert stage.code(request) == "granted"


def test_a_slot_of_another_batch_in_parts_stays_with_it(stage: Stage) -> None:
    first = released(stage)
    assert stage.code(first.lay(stage.desk, first.root())) == "granted"
    stage.put(first)
    second = Batch(drafts_of(3, first=80), first.slots[:3], sequence=2).seal(stage.key)
    assert stage.code(second.lay(stage.desk, second.release()), approve=True) == "granted"
    assert stage.code(second.lay(stage.desk, second.root())) == "desk.slot"
    assert stage.state.slot_holder("s0001", 100) == sha256(first.drafts[0].identifier.encode())
