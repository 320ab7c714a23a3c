"""kill -9 at every step of a claim, of an activation and of their signer: one letter, one binding, one anchor."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.credentials.es256 import SoftwareSigner
from chain.credentials.verification.verdicts import Result
from chain.desk.letters import FileLetters
from tests.api.claim_steps import ACTIVATION, CLAIM, CLAIM_SIGNER
from tests.api.fixtures import prepare, running
from tests.api.holders import CODE, Holders
from tests.api.test_kill import kill_node, walk
from tests.api.town import BUREAU, Town, licences
from tests.api.walk import run_until

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def issued_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(town_template, tmp_path_factory.mktemp("kill"), lambda town: town.issue(licences(2)))


@pytest.fixture
def town(issued_template: Path, tmp_path: Path) -> Iterator[Town]:
    yield from running(issued_template, tmp_path / "town")


def write_claim(town: Town, name: str) -> tuple[SoftwareSigner, Path]:
    holders, device = Holders(town), SoftwareSigner.generate()
    file = town.folder / "claim.json"
    file.write_bytes(holders.claim(name, holders.code(name), device))
    return device, file


def one_binding(town: Town, name: str, device: SoftwareSigner) -> None:
    """One anchor, one row, one secret for it, and the device is bound."""
    holders = Holders(town)
    (row,) = holders.bindings(name)
    check = holders.check(row.document)
    assert (check.result, check.binding.key, check.binding.n) == (Result.VALID, device.public_key, 1)
    with town.reader() as reader:
        assert [facts.size for facts in reader.anchors(BUREAU, "$claims")] == [1]
    with town.office() as office:
        with office.engine.connect() as connection:
            (claim,) = connection.exec_driver_sql("SELECT * FROM claims").all()
            sealed = connection.exec_driver_sql("SELECT count(*) FROM certificates").scalar()
        assert claim.state == "complete"
        assert bytes(claim.key_id) in office.vault
        assert len(office.vault) == sealed + 1
    assert list((town.desk / "requests").glob("*.age")) == list((town.desk / "answers").glob("*.json")) == []


def test_a_claim_killed_at_every_step_binds_once(town: Town) -> None:
    name = town.identifiers(1)[0]
    device, file = write_claim(town, name)
    outcomes = walk(town, ["claims", "submit", str(file), "--wait", "60"], CLAIM)
    assert outcomes[-1][1].code == 0, outcomes[-1]
    one_binding(town, name, device)


def test_the_wish_for_a_code_killed_at_every_step_makes_one_letter(town: Town) -> None:
    name = town.identifiers(1)[0]
    officer = ["--home", str(town.officer), "--json"]
    commands = (["activation", "request", name], ["claims", "resume"], ["claims", "resume"])
    letters = FileLetters(town.approver / "letters")
    seen = set()
    with town.signing(approve=False):
        for step, words in zip(ACTIVATION, commands, strict=True):
            run = run_until([*officer, *words, "--wait", "60"], step)
            assert (run.code, run.steps[-1:]) == (-signal.SIGKILL, (step,)), run
            seen |= set(letters.waiting())
        assert town.ok(town.officer, "claims", "resume", "--wait", "60")["activations"] == []
    (letter,) = seen | set(letters.waiting())
    device = SoftwareSigner.generate()
    (code,) = CODE.findall(letter[1])
    assert Holders(town).submit(Holders(town).claim(name, code, device)).state == "complete"
    one_binding(town, name, device)


def test_the_approvers_side_killed_before_each_answer_gives_it_afterwards(town: Town) -> None:
    name = town.identifiers(1)[0]
    approver = ["--home", str(town.approver), "--json"]
    letters = FileLetters(town.approver / "letters")
    killed = []

    def kill(step: str, *words: str) -> None:
        run = run_until([*approver, *words], step)
        assert run.code == -signal.SIGKILL, (step, run)
        killed.append(step)

    town.run(town.officer, "activation", "request", name, "--wait", "0")
    kill("answer-activation", "signer", "--once")
    written = letters.waiting()
    town.ok(town.approver, "signer", "--once")
    assert letters.waiting() == written, "the letter of the run that died is the one that counts"
    town.ok(town.officer, "claims", "resume")

    holders, device = Holders(town), SoftwareSigner.generate()
    (code,) = CODE.findall(written[0][1])
    file = town.folder / "claim.json"
    file.write_bytes(holders.claim(name, code, device))
    town.run(town.officer, "claims", "submit", str(file), "--wait", "0")
    kill("answer-claim", "signer", "--once")
    town.ok(town.approver, "signer", "--once")
    town.ok(town.officer, "claims", "resume")
    one_binding(town, name, device)

    town.run(town.officer, "claims", "end", name, "--reason", "phone lost", "--wait", "0")
    kill("answer-unbind", "approve", "--all")
    assert town.ok(town.approver, "approvals")["waiting"] == [], "the person decided; nobody is asked twice"
    town.ok(town.approver, "signer", "--once")
    town.ok(town.officer, "claims", "resume")
    assert tuple(killed) == CLAIM_SIGNER
    (row,) = holders.bindings(name)
    assert (row.ended_by, holders.check(row.document).result) == ("bureau", Result.INVALID)
    with town.reader() as reader:
        assert [facts.size for facts in reader.anchors(BUREAU, "$claims")] == [1, 1]


@pytest.mark.parametrize("step", ["claim-signed", "claim-sent"])
def test_the_chain_killed_on_the_way_comes_back_and_the_claim_ends(town: Town, step: str) -> None:
    name = town.identifiers(1)[0]
    device, file = write_claim(town, name)
    arguments = ["--home", str(town.officer), "--json", "claims", "submit", str(file), "--wait", "60"]
    killed = []

    def seen(reached: str) -> None:
        if reached == step and not killed:
            kill_node(town)
            killed.append(step)

    with town.signing(approve=False):
        run = run_until(arguments, seen=seen)
        if run.code == 2:
            run = run_until(arguments)
    assert (run.code, killed) == (0, [step]), run
    one_binding(town, name, device)
