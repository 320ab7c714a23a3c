"""Each bid opens, or does not, on its own; whose fault it is rests on evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chain.kernel.encoding import sha256
from chain.sealing import Committed, FaultKind, Form
from chain.tenders.opening import LiveBid, OpenedBid, Outcome, open_live_bid
from tests.chain.sealing.forged import Bent, manifest, plaintext, write
from tests.chain.sealing.samples import identity, private, signature
from tests.chain.tenders.events import Teller

HONEST = plaintext(manifest())
BID = LiveBid(1, Teller().commitment(1), bytes(32), bytes(20))
OFFICER = ("officer", private("officer"))
SUPERVISOR = ("supervisor", private("supervisor"))


def opened(
    path: Path | None, known: Committed, box: tuple[str, bytes] = OFFICER, shown: tuple[bytes, ...] = ()
) -> OpenedBid:
    """Opened, checked only."""
    return open_live_bid(BID, path, known, signature(identity()), box, None, shown)


def test_officer_and_supervisor_open_the_same_from_their_own_boxes(tmp_path: Path) -> None:
    known, k2 = write(tmp_path / "bid", HONEST)
    for box in (OFFICER, SUPERVISOR):
        target = tmp_path / box[0]
        found = open_live_bid(BID, tmp_path / "bid", known, signature(identity()), box, target)
        assert (found.outcome, found.k2, found.evidence_k2) == (Outcome.OPENED, k2, None)
        assert (target / "documents" / "a.pdf").is_file()
        assert k2.hex() not in repr(found)


def test_a_file_that_nobody_has_is_not_the_bidders_fault(tmp_path: Path) -> None:
    known, _ = write(tmp_path / "bid", HONEST)
    found = opened(None, known)
    assert (found.outcome, found.fault and found.fault.kind) == (Outcome.WITHDRAWN, FaultKind.MISSING_FILE)


def test_another_file_than_the_committed_one_is_storages_fault_whatever_is_in_it(tmp_path: Path) -> None:
    known, _ = write(tmp_path / "bid", HONEST)
    (tmp_path / "bid").write_bytes(b"junk")
    found = opened(tmp_path / "bid", known)
    assert (found.outcome, found.fault and found.fault.kind) == (Outcome.WITHDRAWN, FaultKind.WRONG_FILE)


def test_a_wrong_signature_is_the_key_holders_fault(tmp_path: Path) -> None:
    known, _ = write(tmp_path / "bid", HONEST)
    found = open_live_bid(BID, tmp_path / "bid", known, signature(identity(2)), OFFICER, None)
    assert (found.outcome, found.fault and found.fault.kind) == (Outcome.WITHDRAWN, FaultKind.WRONG_SIGNATURE)


def _spoilt_box(body: bytes) -> bytes:
    """The officer's box changed, the supervisor's right."""
    return body[:130] + bytes([body[130] ^ 1]) + body[131:]


def test_a_shut_box_is_undecided_until_the_other_recipients_k2_shows_that_the_bidder_made_it(tmp_path: Path) -> None:
    known, k2 = write(tmp_path / "bid", HONEST, Bent(_spoilt_box))
    first = opened(tmp_path / "bid", known)
    assert (first.outcome, first.fault and first.fault.kind) == (Outcome.UNDECIDED, FaultKind.SHUT_BOX)
    assert opened(tmp_path / "bid", known, shown=(bytes(16),)).outcome is Outcome.UNDECIDED
    shown = opened(tmp_path / "bid", known, shown=(bytes(16), k2))
    assert (shown.outcome, shown.fault and shown.fault.kind) == (Outcome.REVOKED, FaultKind.BAD_LOCK_TWO)
    assert shown.evidence_k2 == k2
    supervisor = opened(tmp_path / "bid", known, SUPERVISOR)
    assert (supervisor.outcome, supervisor.fault and supervisor.fault.kind) == (Outcome.REVOKED, FaultKind.BAD_LOCK_TWO)


def test_whose_box_a_bidder_spoils_decides_nothing_once_the_officers_k2_is_known(tmp_path: Path) -> None:
    known, k2 = write(tmp_path / "bid", HONEST, Bent(lambda body: body[:-1] + bytes([body[-1] ^ 1])))
    officers = opened(tmp_path / "bid", known)
    assert (officers.outcome, officers.evidence_k2) == (Outcome.REVOKED, k2)
    assert opened(tmp_path / "bid", known, SUPERVISOR).outcome is Outcome.UNDECIDED
    own = opened(tmp_path / "bid", known, SUPERVISOR, (bytes(16), k2))
    assert (own.outcome, own.evidence_k2) == (Outcome.REVOKED, k2)
    assert officers.fault is not None
    assert own.fault is not None
    assert (own.fault.kind, own.fault.evidence) == (officers.fault.kind, officers.fault.evidence)


def test_a_wrong_key_of_the_officer_blames_nobody(tmp_path: Path) -> None:
    known, k2 = write(tmp_path / "bid", HONEST)
    stranger = ("officer", private("stranger"))
    assert opened(tmp_path / "bid", known, stranger).outcome is Outcome.UNDECIDED
    assert opened(tmp_path / "bid", known, stranger, (k2,)).outcome is Outcome.OPENED


@pytest.mark.parametrize(
    ("name", "kind", "published"),
    [
        ("copy", FaultKind.FOREIGN, False),
        ("manifest of another bid", FaultKind.FOREIGN, True),
        ("lock one", FaultKind.BAD_LOCK_ONE, False),
        ("no manifest", FaultKind.BAD_MANIFEST, True),
        ("document", FaultKind.BAD_DOCUMENT, False),
        ("form", FaultKind.WRONG_FORM, False),
        ("padding", FaultKind.BAD_PADDING, False),
    ],
)
def test_k2_is_published_where_no_bid_lies_behind_it(
    tmp_path: Path, name: str, kind: FaultKind, published: bool
) -> None:
    path = tmp_path / "bid"
    known, k2 = {
        "copy": lambda: write(path, HONEST, Bent(who=identity(2))),
        "manifest of another bid": lambda: write(path, plaintext(manifest(identity=identity(2)))),
        "lock one": lambda: write(path, HONEST, Bent(lambda body: body[:100] + bytes([body[100] ^ 1]) + body[101:])),
        "no manifest": lambda: write(path, b"not a bid"),
        "document": lambda: write(path, plaintext(manifest(), b"other bytes!!" * 6000)),
        "form": lambda: write(path, plaintext(manifest(form=Form.of({"price": "1.00"})))),
        "padding": lambda: write(path, plaintext(manifest(), fill=b"\1")),
    }[name]()
    found = opened(path, known)
    assert (found.outcome, found.fault and found.fault.kind) == (Outcome.REVOKED, kind)
    assert found.evidence_k2 == (k2 if published else None)
    assert not (tmp_path / "out").exists()


def test_one_bad_file_leaves_the_others_alone(tmp_path: Path) -> None:
    good, _ = write(tmp_path / "good", HONEST)
    bad = replace(good, digest=sha256(b"junk"), size=4)
    (tmp_path / "bad").write_bytes(b"junk")
    results = [opened(tmp_path / name, known).outcome for name, known in (("bad", bad), ("good", good))]
    assert results == [Outcome.REVOKED, Outcome.OPENED]
