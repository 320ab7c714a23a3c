"""Claims that meet on the way: a place in the lane that somebody else takes, a code that expires, a lost register."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from api.claims.creating import create_claim
from api.claims.running import open_claims, run_claim
from chain.claims import new_code
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.verification.verdicts import Result
from chain.desk import _activation
from tests.api.fixtures import prepare, running
from tests.api.holders import Holders
from tests.api.town import BUREAU, Town, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def issued_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(town_template, tmp_path_factory.mktemp("races"), lambda town: town.issue(licences(3)))


@pytest.fixture
def town(issued_template: Path, tmp_path: Path) -> Iterator[Town]:
    yield from running(issued_template, tmp_path / "town")


def test_two_claims_signed_for_one_place_both_come_to_stand(town: Town) -> None:
    """A register that was restored forgets that a place was promised: the second claim goes back and is signed anew."""
    holders, (first, second, _) = Holders(town), town.identifiers(1)
    claims = [holders.claim(name, holders.code(name), SoftwareSigner.generate()) for name in (first, second)]
    with town.signing(approve=False), town.office() as office, office.writing():
        numbers = [create_claim(office, claim) for claim in claims]
        assert open_claims(office) == numbers
        # Both asked for place 1, as two that wait at the desk over a week-end do.
        assert {run_claim(office, number).state for number in numbers} <= {"waiting", "complete"}
        for number in numbers:
            assert run_claim(office, number, wait=60).state == "complete"
        assert open_claims(office) == []
    with town.reader() as reader:
        assert [facts.sequence for facts in reader.anchors(BUREAU, "$claims")] == [1, 2]
    for name in (first, second):
        (row,) = holders.bindings(name)
        assert holders.check(row.document).result is Result.VALID


def test_an_anchor_whose_place_was_taken_goes_back_and_is_signed_for_the_next(town: Town) -> None:
    holders, (first, second, _) = Holders(town), town.identifiers(1)
    claims = [holders.claim(name, holders.code(name), SoftwareSigner.generate()) for name in (first, second)]
    assert holders.submit(claims[0]).state == "complete"
    with town.signing(approve=False), town.office() as office, office.writing():
        number = create_claim(office, claims[1])
        assert run_claim(office, number, wait=60).state == "complete"
        with office.engine.begin() as connection:  # as if the copy restored had it signed for place 1
            connection.execute(text("DELETE FROM bindings WHERE claim_id = :number"), {"number": number})
            query = (
                "UPDATE claims SET state = 'signed', sequence = 1, signature = (SELECT signature FROM claims LIMIT 1)"
                " WHERE id = :number"
            )
            connection.execute(text(query), {"number": number})
        assert run_claim(office, number, wait=60).state == "complete"
        with office.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT sequence FROM claims ORDER BY id").scalars().all() == [1, 2]
    with town.reader() as reader:
        assert [facts.sequence for facts in reader.anchors(BUREAU, "$claims")] == [1, 2]


def test_a_code_past_its_date_binds_nobody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    holders, (name, *_) = Holders(town), town.identifiers(1)
    monkeypatch.setattr(_activation, "LIFETIME", 0)
    code = holders.code(name)
    outcome = holders.submit(holders.claim(name, code, SoftwareSigner.generate()))
    assert (outcome.state, outcome.fault_code) == ("refused", "claim.code_expired")
    assert holders.bindings(name) == ()
    with town.office() as office, office.engine.connect() as connection:
        key_id = bytes(connection.exec_driver_sql("SELECT key_id FROM claims").scalar())
        assert office.vault.is_destroyed(key_id), "the secret made for it was used for nothing"


def test_without_a_letter_nothing_is_bound(town: Town) -> None:
    holders, (name, *_) = Holders(town), town.identifiers(1)
    outcome = holders.submit(holders.claim(name, new_code(), SoftwareSigner.generate()))
    assert (outcome.state, outcome.fault_code) == ("refused", "claim.no_code")
