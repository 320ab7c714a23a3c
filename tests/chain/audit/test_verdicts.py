"""A committed file beside every fault that a record may name: nothing that is made up passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.audit import Result
from chain.audit.tenders.verdicts import Verdict, judge_file, k2_faults
from chain.sealing import Committed, FaultKind, Manifest
from chain.tenders.opening import RecordedFault
from tests.chain.sealing.forged import FORM, Bent, manifest, plaintext, write
from tests.chain.sealing.samples import identity, signature

HONEST = plaintext(manifest())
FROM_OUTSIDE = {
    FaultKind.MISSING_FILE, FaultKind.WRONG_FILE, FaultKind.MISSING_SHARES, FaultKind.WRONG_SIGNATURE,
    FaultKind.BAD_HEADER, FaultKind.BAD_LOCK_ONE,
}  # fmt: skip
BY_K2 = {FaultKind.BAD_LOCK_TWO, FaultKind.BAD_CIPHERTEXT, FaultKind.BAD_MANIFEST, FaultKind.FOREIGN}


def said(kind: FaultKind, k2: bytes | None = None, **evidence: object) -> RecordedFault:
    return RecordedFault(kind, "as the record says", evidence, k2)


def judged(
    file: tuple[Path, Committed], fault: RecordedFault | None, granted: bytes | None = None, *, lost: bool = False
) -> Verdict:
    return judge_file(*file, signature(identity()), fault, granted, lost=lost)


@pytest.mark.parametrize("kind", FaultKind)
def test_of_a_good_file_no_made_up_fault_passes_without_k2(kind: FaultKind, tmp_path: Path) -> None:
    known, _ = write(tmp_path / "bid", HONEST)
    found, form = judged((tmp_path / "bid", known), said(kind)), list(k2_faults(said(kind)))
    assert bool(form) is (kind in BY_K2)
    assert found.result is (Result.BROKEN if kind in FROM_OUTSIDE else Result.UNKNOWN)


@pytest.mark.parametrize("kind", FaultKind)
def test_of_a_good_file_every_made_up_fault_is_refuted_by_k2(kind: FaultKind, tmp_path: Path) -> None:
    known, k2 = write(tmp_path / "bid", HONEST)
    assert judged((tmp_path / "bid", known), said(kind), k2).result is Result.BROKEN
    published = said(kind, k2)
    assert judged((tmp_path / "bid", known), published).result is Result.BROKEN
    assert bool(list(k2_faults(published))) is (kind not in BY_K2)


def test_a_header_that_is_said_to_name_another_identity_is_judged_by_its_stanza(tmp_path: Path) -> None:
    other = identity(2).digest().hex()
    known, _ = write(tmp_path / "bid", HONEST)
    made_up = judged((tmp_path / "bid", known), said(FaultKind.FOREIGN, found=other))
    assert (made_up.rule, made_up.result) == ("A802", Result.BROKEN)
    copied, _ = write(tmp_path / "copy", HONEST, Bent(who=identity(2)))
    file = (tmp_path / "copy", copied)
    assert judged(file, said(FaultKind.FOREIGN, found=other)).result is None
    assert judged(file, said(FaultKind.FOREIGN, found=identity(3).digest().hex())).result is Result.BROKEN
    assert judged(file, said(FaultKind.FOREIGN, found=identity(2).as_dict())).result is Result.BROKEN
    assert judged(file, None).result is Result.BROKEN


def test_a_true_fault_behind_lock_two_is_borne_out_by_the_k2_in_the_record(tmp_path: Path) -> None:
    known, k2 = write(tmp_path / "bid", plaintext(b"no manifest"))
    file = (tmp_path / "bid", known)
    found = judged(file, said(FaultKind.BAD_MANIFEST, k2))
    assert (found.rule, found.result, found.granted) == ("A803", None, False)
    assert judged(file, said(FaultKind.BAD_CIPHERTEXT, k2)).result is Result.BROKEN
    assert judged(file, said(FaultKind.BAD_MANIFEST, bytes(16))).result is Result.BROKEN
    foreign, k2 = write(tmp_path / "foreign", plaintext(manifest(identity=identity(2))))
    file = (tmp_path / "foreign", foreign)
    assert judged(file, said(FaultKind.FOREIGN, k2, found=identity(2).as_dict())).result is None
    assert judged(file, said(FaultKind.FOREIGN, k2, found=identity(3).as_dict())).result is Result.BROKEN


def test_a_granted_key_of_another_bid_shows_nothing(tmp_path: Path) -> None:
    known, k2 = write(tmp_path / "bid", HONEST)
    file = (tmp_path / "bid", known)
    assert judged(file, None, bytes(16)).result is Result.UNKNOWN
    assert judged(file, said(FaultKind.BAD_HEADER), bytes(16)).result is Result.BROKEN
    opened = judged(file, None, k2)
    assert (opened.rule, opened.result, opened.granted) == ("A803", None, True)
    assert opened.manifest == Manifest(identity(), {}, FORM, opened.manifest.documents if opened.manifest else ())


def test_what_was_undecided_may_be_decided_by_a_granted_key(tmp_path: Path) -> None:
    def spoilt(body: bytes) -> bytes:
        return body[:130] + bytes([body[130] ^ 1]) + body[131:]

    known, k2 = write(tmp_path / "bid", HONEST, Bent(spoilt))
    file = (tmp_path / "bid", known)
    assert judged(file, said(FaultKind.SHUT_BOX)).result is Result.UNKNOWN
    assert judged(file, said(FaultKind.SHUT_BOX), k2).result is Result.NOTE


def test_a_file_that_is_there_again_is_a_note_if_a_custodian_told_of_its_loss(tmp_path: Path) -> None:
    known, k2 = write(tmp_path / "bid", HONEST)
    file = (tmp_path / "bid", known)
    for kind in (FaultKind.MISSING_FILE, FaultKind.WRONG_FILE):
        assert judged(file, said(kind), lost=True).result is Result.NOTE
        assert judged(file, said(kind), k2, lost=True).result is Result.NOTE
        assert judged(file, said(kind)).result is Result.BROKEN
