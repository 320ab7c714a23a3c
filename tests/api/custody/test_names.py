"""A file is one bidder's: nobody else has it signed for, or given out, and nobody learns whether it is here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from api.custody.commitments import Commitments
from api.custody.decoys.acting import Decoys
from api.custody.files import given_out
from api.custody.place import Custodian
from api.custody.uploads import Uploads
from chain.kernel.errors import NotFound, Refused, YinxinError
from chain.kernel.tender_facts import SealedFile
from tests.api.custody.small import TENDER, SmallLedger, signed_by, small_custodian, stored


class NoRelays:
    def stands(self, _hash: bytes) -> bool:
        return False


@pytest.fixture
def ledger() -> SmallLedger:
    return SmallLedger()


@pytest.fixture
def custodian(tmp_path: Path, ledger: SmallLedger) -> Iterator[Custodian]:
    made = small_custodian(tmp_path, ledger)
    yield made
    made.store.close()


@pytest.fixture
def commitments(custodian: Custodian) -> Commitments:
    return Commitments(custodian, cast(Any, NoRelays()))


def refusal_of(commitments: Commitments, *made: Any) -> tuple[object, ...]:
    with pytest.raises(YinxinError) as refused:
        commitments.take(*made, relay=False)
    error = refused.value
    return type(error), error.code, error.message, error.field, error.fix


def decoy_file(custodian: Custodian, commitments: Commitments) -> SealedFile:
    made, _ = signed_by(custodian, b"decoy", SealedFile(bytes([6]) * 32, 70_000, bytes([7]) * 32))
    Decoys(custodian, commitments, cast(Any, NoRelays()), Random(1))._pretend(made)
    return made.first


@pytest.mark.parametrize("size", [0, 1])
def test_whoever_copies_a_file_from_the_ledger_is_refused_alike_for_bids_and_decoys(
    custodian: Custodian, commitments: Commitments, size: int
) -> None:
    bid, decoy = stored(custodian, bytes(70_000)), decoy_file(custodian, commitments)
    commitments.take(*signed_by(custodian, b"bidder", bid), relay=False)
    copies = [SealedFile(file.digest, file.size + size, file.form) for file in (bid, decoy)]
    said = {refusal_of(commitments, *signed_by(custodian, b"outsider", copy)) for copy in copies}
    assert len(said) == 1
    assert said.pop()[:2] == (Refused, "custody.named")


def test_a_copy_in_the_second_envelope_is_refused_alike(
    custodian: Custodian, commitments: Commitments, ledger: SmallLedger
) -> None:
    ledger.state.envelopes = 2
    own, bid, price = (stored(custodian, bytes([number]) * 70_000) for number in range(3))
    decoy = decoy_file(custodian, commitments)
    commitments.take(*signed_by(custodian, b"bidder", bid, price), relay=False)
    pairs = [(own, price), (own, decoy), (price, own), (decoy, own)]
    said = {refusal_of(commitments, *signed_by(custodian, b"outsider", *pair)) for pair in pairs}
    assert len(said) == 1


def test_files_that_another_custodian_signed_for_are_named_by_the_ledger(
    custodian: Custodian, commitments: Commitments, ledger: SmallLedger
) -> None:
    copy = stored(custodian, bytes(70_000))
    ledger.happened(signed_by(custodian, b"bidder", copy)[0])
    assert refusal_of(commitments, *signed_by(custodian, b"outsider", copy))[1] == "custody.named"
    assert commitments.take(*signed_by(custodian, b"bidder", copy), relay=False).custody


def test_a_bidder_s_own_file_is_signed_for_again(custodian: Custodian, commitments: Commitments) -> None:
    made = signed_by(custodian, b"bidder", stored(custodian, bytes(70_000)))
    assert commitments.take(*made, relay=False) == commitments.take(*made, relay=False)


def test_a_price_file_is_not_given_out_as_another_s_first_envelope(
    custodian: Custodian, commitments: Commitments, ledger: SmallLedger
) -> None:
    ledger.state.envelopes = 2
    technical, price = (stored(custodian, bytes([number]) * 70_000) for number in range(2))
    bid, signature = signed_by(custodian, b"bidder", technical, price)
    commitments.take(bid, signature, relay=False)
    thief, _ = signed_by(custodian, b"outsider", price, SealedFile(bytes([2]) * 32, 1, bytes([2]) * 32))
    for commitment in (bid, thief):
        ledger.happened(commitment)
    ledger.close(1, bid, thief)
    assert given_out(custodian, technical.digest)[1] == technical.size
    with pytest.raises(NotFound):
        given_out(custodian, price.digest)
    ledger.close(2, bid)
    assert given_out(custodian, price.digest)[1] == price.size


def test_a_bid_that_was_moved_is_given_out(custodian: Custodian, commitments: Commitments, ledger: SmallLedger) -> None:
    """The commitment stays its first address's until the successor commits to a file of its own."""
    old, new = (stored(custodian, bytes([number]) * 70_000) for number in range(2))
    for name, file in ((b"bidder", old), (b"successor", new)):
        commitments.take(*signed_by(custodian, name, file), relay=False)
    ledger.close(1, signed_by(custodian, b"bidder", old)[0])
    assert given_out(custodian, old.digest)
    ledger.close(1, signed_by(custodian, b"successor", new)[0])
    assert given_out(custodian, new.digest)


def test_an_upload_of_a_committed_file_is_complete_before_the_ledger_says_so(
    custodian: Custodian, commitments: Commitments
) -> None:
    bid, decoy = stored(custodian, bytes(70_000)), decoy_file(custodian, commitments)
    commitments.take(*signed_by(custodian, b"bidder", bid), relay=False)
    uploads = Uploads(custodian)
    for file in (bid, decoy):
        for _ in range(2):
            upload = uploads.begin(TENDER, file.digest, file.size, "198.51.100.1")
            assert (upload.complete, upload.received) == (True, ())
