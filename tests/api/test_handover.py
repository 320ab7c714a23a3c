"""Two bureaus: one hands certificates over, the other takes them in, and each checks what the other made."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chain.containers import X25519Identity, X25519Recipient, decrypt, encrypt
from chain.identifiers import mint
from chain.kernel.home import Home
from chain.keys import Keystore
from tests.api.fixtures import prepare, running
from tests.api.town import BUREAU, LICENCE, OTHER, OTHER_NAME, PASSPHRASE, Town, cheap_keys, licences
from tests.api.walk import run_until

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]

TYPE = ("--type", "business-licence")
OUT = ("handover-noted", "handover-written")
IN = ("registered", "handover-taken", "released", "sealed", "signed", "confirmed", "complete", "handover-answered")
BACK = ("handover-receipt", "act", "act-sealed", "act-signed", "act-noted", "act-complete", "handover-closed")


@dataclass
class Pair:
    """The old bureau's town and the new bureau in it."""

    town: Town

    @property
    def there(self) -> Path:
        return self.town.folder / "new-officer"

    @property
    def approver(self) -> Path:
        return self.town.folder / "new-approver"

    @property
    def card(self) -> Path:
        return self.town.folder / "card.json"

    @property
    def package(self) -> Path:
        return self.town.folder / "package.age"

    @property
    def receipt(self) -> Path:
        return self.town.folder / "receipt.age"

    def exporting(self, *names: str) -> list[str]:
        return [
            "handover", "export", *names, "--to", OTHER, "--card", str(self.card), "--reason", "competence moved",
            "--out", str(self.package),
        ]  # fmt: skip

    def importing(self, wait: str = "60") -> list[str]:
        return ["handover", "import", str(self.package), "--receipt", str(self.receipt), "--wait", wait]

    def closing(self, wait: str = "60") -> list[str]:
        return ["handover", "close", str(self.receipt), "--wait", wait]

    def take_in(self) -> dict[str, Any]:
        with self.town.signing(home=self.approver):
            return self.town.ok(self.there, *self.importing())

    def close(self) -> dict[str, Any]:
        with self.town.signing():
            return self.town.ok(self.town.officer, *self.closing())

    def status(self, identifier: str) -> str:
        return str(self.town.ok(self.town.officer, "show", identifier)["status"])


def live(town: Town) -> None:
    """Two bureaus; the first has four certificates; the second has shown its card."""
    town.add_home("new-officer", "officer", OTHER, "../new-desk")
    town.add_home("new-approver", "approver", OTHER, "../new-desk")
    town.admit(OTHER, OTHER_NAME, "new-officer", "new-approver")
    with town.signer(town.folder / "new-approver"):
        pass
    with cheap_keys():
        town.ok(town.folder / "new-officer", "handover", "card", "--out", str(town.folder / "card.json"))
        town.ok(town.officer, "handover", "card", "--out", str(town.folder / "own-card.json"))
    town.issue(licences(4))


@pytest.fixture(scope="module")
def pair_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That town at rest."""
    return prepare(town_template, tmp_path_factory.mktemp("pair"), live)


@pytest.fixture
def pair(pair_template: Path, tmp_path: Path) -> Iterator[Pair]:
    """A copy of it for one test."""
    for town in running(pair_template, tmp_path / "town"):
        yield Pair(town)


def test_from_bureau_to_bureau_and_back_each_naming_the_other(pair: Pair) -> None:
    town = pair.town
    old = town.identifiers(1)
    done = town.ok(town.officer, *pair.exporting(*old[:3]))
    assert (done["handover"], done["size"]) == (1, 3)
    sealed = pair.package.read_bytes()
    for sample in licences(3):
        assert not any(value.encode() in sealed for value in sample.values[:3]), "it is encrypted"
    assert [pair.status(name) for name in old] == ["VALID"] * 4, "nothing ends before the other side has taken over"

    waiting = town.run(pair.there, *pair.importing(wait="0"))
    assert (waiting.code, waiting.data["waitingFor"]) == (2, "release")
    shown = town.run(pair.approver, "approvals", as_json=False).out
    assert f"转入 each follows a certificate in the name of {BUREAU}" in shown
    taken = pair.take_in()
    assert (taken["state"], taken["size"]) == ("complete", 3)
    new = [str(mint(LICENCE, OTHER, name.split(".")[-3], "002")) for name in old[:3]]
    with town.office(pair.there) as office, office.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM certificates ORDER BY position").all()
    assert [(row.identifier, row.predecessor) for row in rows] == list(zip(new, old[:3], strict=True))
    with town.office() as office, office.engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT * FROM certificates ORDER BY position").all()
    assert [(row.number, row.holder_code, row.not_before, row.expires) for row in rows] == [
        (row.number, row.holder_code, row.not_before, row.expires) for row in before[:3]
    ]
    assert OTHER_NAME in rows[0].fields

    closed = pair.close()
    assert (closed["state"], closed["endedOtherwise"]) == ("closed", [])
    assert [pair.status(name) for name in old] == ["TRANSFERRED"] * 3 + ["VALID"]
    for name, follower in zip(old[:3], new, strict=True):
        found = town.verify(town.bundle(name))
        assert (str(found.verdict), found.as_dict()["certificate"]["successor"]) == ("TRANSFERRED", follower)
        assert str(town.verify(follower.encode(), home=pair.there).verdict) == "VALID"
    (act,) = town.ok(town.officer, "show", old[0])["history"]
    assert (act["operation"], act["reason"]) == ("transfer", f"转出 to {OTHER}: competence moved")

    # Everything again changes nothing.
    assert pair.take_in()["batch"] == taken["batch"]
    assert pair.close()["acts"] == []
    states = [town.ok(home, "handover", "list")["handovers"][0]["state"] for home in (town.officer, pair.there)]
    assert states == ["closed", "complete"]


def test_a_whole_type_that_is_in_force(pair: Pair) -> None:
    old = pair.town.identifiers(1)
    pair.town.act("revoke", old[0], "--reason", "x")
    assert pair.town.ok(pair.town.officer, *pair.exporting(*TYPE))["size"] == 3
    said = pair.town.run(pair.town.officer, *pair.exporting(*TYPE, old[1]))
    assert said.data["error"]["code"] == "handover.none"


def test_what_is_not_in_force_or_on_its_way_elsewhere_is_not_handed_over(pair: Pair) -> None:
    town = pair.town
    old = town.identifiers(1)
    town.act("suspend", old[0], "--reason", "x")
    said = town.run(town.officer, *pair.exporting(*old[:2]))
    assert (said.code, said.data["error"]["code"]) == (1, "handover.state")
    first = town.ok(town.officer, *pair.exporting(*old[1:3]))
    again = town.ok(town.officer, *pair.exporting(*old[1:3]))
    assert first["handover"] == again["handover"], "the same again is the same hand-over"
    said = town.run(town.officer, *pair.exporting(*old[2:]))
    assert (said.code, said.data["error"]["code"]) == (1, "handover.open")
    said = town.run(town.officer, "shred", old[1], "--yes")
    assert (said.code, said.data["error"]["code"]) == (1, "shred.handover")
    town.ok(town.officer, "handover", "withdraw", "1")
    assert town.ok(town.officer, *pair.exporting(*old[2:]))["handover"] == 2


def test_what_was_revoked_on_the_way_is_refused_there(pair: Pair) -> None:
    town = pair.town
    old = town.identifiers(1)
    town.ok(town.officer, *pair.exporting(*old[:2]))
    town.act("revoke", old[1], "--reason", "x")
    said = town.run(pair.there, *pair.importing(wait="0"))
    assert (said.code, said.data["error"]["code"]) == (1, "handover.verdict")
    assert "certificate 2 of the parcel is REVOKED" in said.data["error"]["message"]
    assert town.ok(pair.there, "batch", "list")["batches"] == []


def test_what_is_revoked_after_it_was_taken_in_is_told(pair: Pair) -> None:
    town = pair.town
    old = town.identifiers(1)
    town.ok(town.officer, *pair.exporting(*old[:2]))
    pair.take_in()
    town.act("revoke", old[1], "--reason", "x")
    with town.signing():
        said = town.run(town.officer, *pair.closing())
    assert (said.code, said.data["state"], said.data["endedOtherwise"]) == (1, "closed", [old[1]])
    assert [pair.status(name) for name in old[:2]] == ["TRANSFERRED", "REVOKED"]


def test_a_withdrawn_one_whose_receipt_comes_after_all_is_closed(pair: Pair) -> None:
    town = pair.town
    old = town.identifiers(1)
    town.ok(town.officer, *pair.exporting(old[0]))
    pair.take_in()
    town.ok(town.officer, "handover", "withdraw", "1")
    assert pair.close()["state"] == "closed"


def private_key(home: Path) -> bytes:
    return Keystore(Home(home) / "keys", PASSPHRASE).desk("handover")


def altered(file: Path, home: Path, before: bytes, after: bytes) -> None:
    """Open a parcel as its receiver could, change it, and seal it again."""
    text = decrypt(file.read_bytes(), X25519Identity(private_key(home)))
    assert before in text
    recipient = X25519Identity(private_key(home)).public_key
    file.write_bytes(encrypt(text.replace(before, after, 1), X25519Recipient(recipient)))


class TestNothingIsBelieved:
    def test_a_package_for_another_or_not_signed_or_changed(self, pair: Pair) -> None:
        town = pair.town
        old = town.identifiers(1)
        town.ok(town.officer, *pair.exporting(*old[:2]))
        said = town.run(town.officer, "handover", "import", str(pair.package), "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, "age.identity"), "only the other bureau opens it"
        whole = pair.package.read_bytes()
        for before, after, code in (
            (b"competence moved", b"competence stays", "handover.signature"),
            (b'"count":2', b'"count":3', "handover.items"),
            (b'"inclusion":', b'"inclusiom":', "handover.items"),
            (f'"to":"{OTHER}"'.encode(), f'"to":"{BUREAU}"'.encode(), "handover.receiver"),
            (f'"from":"{BUREAU}"'.encode(), f'"from":"{OTHER}"'.encode(), "handover.receiver"),
            (b"yinxin-handover-package-1", b"yinxin-handover-package-2", "handover.form"),
        ):
            pair.package.write_bytes(whole)
            altered(pair.package, pair.there, before, after)
            said = town.run(pair.there, *pair.importing(wait="0"))
            assert (said.code, said.data["error"]["code"]) == (1, code), before
        pair.package.write_bytes(whole[:-40])
        assert town.run(pair.there, *pair.importing(wait="0")).code == 1
        assert town.ok(pair.there, "batch", "list")["batches"] == []

    def test_a_card_that_the_bureau_did_not_sign(self, pair: Pair) -> None:
        town = pair.town
        (one, *_) = town.identifiers(1)
        own = (town.folder / "own-card.json").read_bytes()
        for data, code in (
            (own, "handover.card"),
            (own.replace(BUREAU.encode(), OTHER.encode()), "handover.key"),
            (pair.card.read_bytes().replace(b'"at":1', b'"at":2'), "handover.signature"),
            (b"{}", "handover.card"),
        ):
            pair.card.write_bytes(data)
            said = town.run(town.officer, *pair.exporting(one))
            assert (said.code, said.data["error"]["code"]) == (1, code)
        assert not pair.package.exists()
        assert town.ok(town.officer, "handover", "list")["handovers"] == []

    def test_a_receipt_that_was_changed_or_is_for_another_package(self, pair: Pair) -> None:
        town = pair.town
        old = town.identifiers(1)
        town.ok(town.officer, *pair.exporting(old[0]))
        pair.take_in()
        whole = pair.receipt.read_bytes()
        altered(pair.receipt, town.officer, old[0].encode(), old[1].encode())
        said = town.run(town.officer, *pair.closing("0"))
        assert (said.code, said.data["error"]["code"]) == (1, "handover.items")
        said = town.run(town.officer, "handover", "close", str(pair.package))
        assert said.code == 1
        pair.receipt.write_bytes(whole)
        with town.office() as office, office.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE handover_entries SET certificate_id = certificate_id + 1")
        said = town.run(town.officer, *pair.closing("0"))
        assert (said.code, said.data["error"]["code"]) == (1, "handover.other")
        assert [pair.status(name) for name in old] == ["VALID"] * 4

    def test_a_successor_that_ended_is_no_successor(self, pair: Pair) -> None:
        town = pair.town
        old = town.identifiers(1)
        town.ok(town.officer, *pair.exporting(old[0]))
        pair.take_in()
        with town.office(pair.there) as office, office.engine.connect() as connection:
            (new,) = connection.exec_driver_sql("SELECT identifier FROM certificates").one()
        with town.signing(home=pair.approver):
            town.ok(pair.there, "revoke", new, "--reason", "x", "--wait", "60")
        said = town.run(town.officer, *pair.closing("0"))
        assert (said.code, said.data["error"]["code"]) == (1, "handover.verdict")
        assert pair.status(old[0]) == "VALID"


def test_killed_at_every_step_on_both_sides_it_ends_once(pair: Pair) -> None:
    town = pair.town
    old = town.identifiers(1)
    walk(town.officer, pair.exporting(*old[:2]), OUT)
    with town.signing(home=pair.approver):
        walk(pair.there, pair.importing(), IN)
    with town.signing():
        walk(town.officer, pair.closing(), BACK)
    assert [pair.status(name) for name in old] == ["TRANSFERRED"] * 2 + ["VALID"] * 2
    with town.reader() as reader:
        assert [facts.size for facts in reader.anchors(OTHER, LICENCE)] == [2]
        assert [facts.size for facts in reader.anchors(BUREAU, "$events")] == [2]
    for home in (town.officer, pair.there):
        assert len(town.ok(home, "handover", "list")["handovers"]) == 1


def walk(home: Path, arguments: list[str], steps: tuple[str, ...]) -> None:
    for step in steps:
        run = run_until(["--home", str(home), "--json", *arguments], step)
        assert (run.steps[-1:], run.code) == ((step,), -signal.SIGKILL), (step, run)
    last = run_until(["--home", str(home), "--json", *arguments])
    assert last.code == 0, last
