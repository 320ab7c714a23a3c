"""The approver's key is replaced while something it signed is on its way, or the desk holds an answer by nobody."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest

from chain.desk.folder import Desk
from chain.desk.messages import Answer
from tests.api.town import BUREAU, LICENCE, Town, licences
from tests.api.walk import run_until

pytestmark = pytest.mark.loopback

TYPE = ("--type", "business-licence")


def replaced(town: Town) -> Path:
    """Another approver's home with a key of its own, and the memory of the first, whose key is retired."""
    second = town.add_home("second", "approver", BUREAU, "../desk")
    town.ok(second, "trust", "pin", str(town.authority / "trust-root.json"))
    town.ok(town.authority, "authority", "enter", str(second / "card.json"))
    card = json.loads((town.approver / "card.json").read_text())
    (old,) = (key["thumbprint"] for key in card["keys"] if key["purpose"] == "anchor")
    town.ok(town.authority, "authority", "retire-key", BUREAU, old)
    for path in town.approver.glob("signer.sqlite*"):
        shutil.copy(path, second / path.name)
    (town.officer / "approver-seen.json").unlink()
    return second


def start(town: Town, *, kill_at: str) -> list[str]:
    file = town.write_list("list.csv", licences(2))
    arguments = ["--home", str(town.officer), "--json", "issue", str(file), *TYPE, "--wait", "30"]
    with town.signing():
        assert run_until(arguments, kill_at).code == -signal.SIGKILL
    return arguments[3:]


@pytest.mark.parametrize("step", ["list", "signed"])
def test_what_the_old_key_signed_is_signed_anew_by_the_new_one(town: Town, step: str) -> None:
    arguments = start(town, kill_at=step)
    second = replaced(town)
    with town.signing(home=second):
        assert town.ok(town.officer, *arguments)["issued"] == 2
    with town.reader() as reader:
        assert [facts.sequence for facts in reader.anchors(BUREAU, LICENCE)] == [1]


@pytest.mark.parametrize("step", ["act-signed", "act-noted"])
def test_an_act_too(town: Town, step: str) -> None:
    town.issue(licences(2))
    (name, _) = town.identifiers(1)
    arguments = ["--home", str(town.officer), "--json", "revoke", name, "--reason", "x", "--wait", "30"]
    with town.signing():
        assert run_until(arguments, step).code == -signal.SIGKILL
    second = replaced(town)
    with town.signing(home=second):
        town.ok(town.officer, "acts", "--wait", "30")
    assert town.verdict(town.bundle(name)) == "REVOKED"


def test_an_answer_that_nobody_signed_is_dropped_and_the_signer_asked(town: Town) -> None:
    arguments = start(town, kill_at="manifest")
    said = town.run(town.officer, *arguments[:-1], "0")
    assert said.data["waitingFor"] == "signer"
    desk = Desk(town.desk)
    (name,) = [name for name in desk.waiting() if name.startswith("root")]
    desk.reply(Answer(name, True, "0x" + "11" * 20, 1, {"anchor": "0x" + "22" * 64 + "1b"}))
    said = town.run(town.officer, *arguments[:-1], "0")
    assert (said.code, said.data["error"]["code"]) == (1, "office.signature")
    with town.signing():
        assert town.ok(town.officer, *arguments)["issued"] == 2


def test_nothing_is_encrypted_to_a_key_that_somebody_put_on_the_desk(town: Town) -> None:
    town.issue(licences(1))
    card = town.desk / "approver.json"
    card.write_bytes(card.read_bytes().replace(b'"recipient":"', b'"recipient":"AAAA')[:-5] + b'"}')
    file = town.write_list("more.csv", licences(1, first=20))
    said = town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0")
    assert said.code == 1
    assert said.data["error"]["code"] == "desk.approver"
    assert not list((town.desk / "requests").iterdir())
