"""The authority's four eyes: one proposes, another releases, the transaction is sent once; on a real chain."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chain.desk.decisions import SignedDecision, sign_decision
from chain.kernel.encoding import sha256
from chain.kernel.home import Home
from chain.ledger.connection import open_ledger
from tests.api.people import Person
from tests.api.town import BUREAU, LICENCE, OTHER, OTHER_NAME, Said, Town

pytestmark = pytest.mark.loopback


@pytest.fixture
def people(town: Town) -> tuple[Person, Person, Person]:
    """Two people of the authority, and a stranger."""
    anna, bela, chen = (Person(town, name).move_in() for name in ("anna", "bela", "chen"))
    list_people(town, [anna, bela])
    return anna, bela, chen


def list_people(town: Town, people: list[Person], more: str = "") -> None:
    """Write them into the authority's settings."""
    file = town.authority / "config.toml"
    text = file.read_text().split("\n[authority]")[0]
    addresses = ", ".join(f'"{person.address}"' for person in people)
    file.write_text(f"{text}\n[authority]\npersons = [{addresses}]\n{more}")


def propose(person: Person, *words: str) -> tuple[str, Path]:
    """Digest and file of a proposal."""
    town = person.town
    said = town.ok(town.authority, "authority", "propose", "--key", str(person.wallet), *words)
    return str(said["proposal"]), Path(said["file"])


def release(town: Town, proposal: str, *decisions: str) -> Said:
    words = [word for decision in decisions for word in ("--decision", decision)]
    return town.run(town.authority, "authority", "release", proposal, *words)


def agree(person: Person, file: Path, *words: str) -> str:
    """Her decision on a proposal."""
    return str(person.decide(file, *(words or ("--approve",)))["decision"])


def suspended(town: Town) -> bool:
    with town.reader() as reader:
        reader.refresh()
        facts = reader.bureau(BUREAU)
        assert facts is not None
        return bool(facts.suspensions) and facts.suspensions[-1].until is None


def sent(town: Town) -> int:
    """Transactions that the authority's account ever sent."""
    card = json.loads((town.authority / "keys" / "authority.public.json").read_text())
    ledger = open_ledger(Home(town.authority))
    try:
        return int(ledger.rpc.call("eth_getTransactionCount", [card["public"], "latest"]), 16)
    finally:
        ledger.close()


def test_a_bureau_is_accredited_by_two_people(town: Town, people: tuple[Person, Person, Person]) -> None:
    anna, bela, _ = people
    digest, file = propose(anna, "register", OTHER, "--name", OTHER_NAME)
    said = release(town, digest)
    assert (said.code, said.data["have"], said.data["needed"]) == (2, 1, 2)
    shown = bela.decide(file, "--approve")
    assert any(OTHER_NAME in line for line in shown["lines"]), "she reads what will be done"
    said = release(town, digest, shown["decision"])
    assert (said.code, sorted(said.data["persons"])) == (0, sorted((anna.address, bela.address)))
    digest, file = propose(bela, "accredit", OTHER, "--type", "business-licence", "--until", "2099-01-01")
    assert release(town, digest, agree(anna, file)).code == 0
    with town.reader() as reader:
        facts = reader.bureau(OTHER)
        assert facts is not None
        assert facts.name == OTHER_NAME
        assert facts.accreditations[LICENCE][0].until == 4_070_880_000
    states = {row["state"] for row in town.ok(town.authority, "authority", "proposals")["proposals"]}
    assert states == {"done"}


def test_every_act_can_be_proposed(town: Town, people: tuple[Person, Person, Person]) -> None:
    anna, bela, _ = people
    home = town.add_home("newcomer", "approver", BUREAU, "../desk-of-newcomer")
    card = json.loads((home / "card.json").read_text())
    (thumbprint,) = (key["thumbprint"] for key in card["keys"])
    for words in (
        ("enter", str(home / "card.json")),
        ("suspend", BUREAU, "--reason", "an inquiry"),
        ("reinstate", BUREAU),
        ("retire-key", BUREAU, thumbprint),
        ("compromised", BUREAU, thumbprint, "--since", "2025-01-01"),
        ("register", OTHER, "--name", OTHER_NAME),
        ("succeed", BUREAU, OTHER),
    ):
        digest, file = propose(anna, *words)
        said = release(town, digest, agree(bela, file))
        assert said.code == 0, (words, said)
    with town.reader() as reader:
        facts = reader.bureau(BUREAU)
        assert facts is not None
        assert facts.successor == OTHER


def test_it_is_sent_once_whoever_asks_how_often(town: Town, people: tuple[Person, Person, Person]) -> None:
    anna, bela, _ = people
    digest, file = propose(anna, "suspend", BUREAU, "--reason", "an inquiry")
    assert release(town, digest, agree(bela, file)).code == 0
    count = sent(town)
    again = release(town, digest)
    assert (again.code, again.data["again"]) == (0, True)
    (receipt,) = (town.authority / "releases").iterdir()
    receipt.unlink()  # as if the process had died between the transaction and the receipt
    assert release(town, digest).code == 0
    assert sent(town) == count
    assert suspended(town)


@pytest.mark.parametrize("alter", [
    lambda value: {**value, "arguments": {**value["arguments"], "bureau": OTHER}},
    lambda value: {**value, "at": value["at"] + 1},
    lambda value: {**value, "verb": "reinstate", "arguments": {"bureau": BUREAU}},
])  # fmt: skip
def test_what_is_changed_after_it_was_signed_is_not_released(
    town: Town, people: tuple[Person, Person, Person], alter: Callable[[dict[str, object]], dict[str, object]]
) -> None:
    anna, bela, _ = people
    digest, file = propose(anna, "suspend", BUREAU, "--reason", "an inquiry")
    decision = agree(bela, file)
    value = alter(json.loads(file.read_bytes()))
    data = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    file.write_bytes(data)
    said = release(town, digest, decision)
    assert (said.code, said.data["error"]["code"]) == (1, "proposal.changed")
    renamed = file.with_name(f"{sha256(data).hex()}.json")
    shutil.move(file, renamed)
    said = release(town, renamed.stem)
    assert (said.code, said.data["have"]) == (2, 0)
    assert not suspended(town)


def test_one_person_twice_a_stranger_or_a_refusal_release_nothing(
    town: Town, people: tuple[Person, Person, Person]
) -> None:
    anna, bela, chen = people
    digest, file = propose(anna, "suspend", BUREAU, "--reason", "an inquiry")
    for decision in (agree(anna, file), agree(chen, file)):
        said = release(town, digest, decision)
        assert (said.code, said.data["have"]) == (2, 1)
    said = release(town, digest, agree(bela, file, "--refuse", "--reason", "no ground"))
    assert (said.code, said.data["error"]["code"]) == (1, "proposal.refused")
    assert not suspended(town)
    (row,) = town.ok(town.authority, "authority", "proposals")["proposals"]
    assert row["state"] == "refused"


def test_a_stranger_proposes_nothing(town: Town, people: tuple[Person, Person, Person]) -> None:
    *_, chen = people
    said = town.run(town.authority, "authority", "propose", "--key", str(chen.wallet), "reinstate", BUREAU)
    assert (said.code, said.data["error"]["code"]) == (1, "authority.person")
    said = town.run(town.authority, "authority", "propose", "reinstate", BUREAU)
    assert (said.code, said.data["error"]["code"]) == (1, "decide.key")


def test_a_decision_for_a_bureau_is_none_for_the_authority(town: Town, people: tuple[Person, Person, Person]) -> None:

    anna, bela, _ = people
    digest, file = propose(anna, "suspend", BUREAU, "--reason", "an inquiry")
    signed = SignedDecision.from_bytes(Path(agree(bela, file)).read_bytes())
    ledger = open_ledger(Home(town.authority))
    wrong = sign_decision(replace(signed.decision, bureau=BUREAU), ledger.domain, bela.key)
    ledger.close()
    path = town.folder / "wrong.json"
    path.write_bytes(wrong.to_bytes())
    said = release(town, digest, str(path))
    assert (said.code, said.data["have"]) == (2, 1)


class TestOnePersonAlone:
    @pytest.mark.parametrize("words", [
        ("register", OTHER, "--name", OTHER_NAME), ("accredit", BUREAU, "--type", "business-licence"),
        ("reinstate", BUREAU), ("succeed", BUREAU, OTHER), ("retire-key", BUREAU, "0x" + "00" * 32),
    ])  # fmt: skip
    def test_does_nothing_once_people_are_listed(
        self, town: Town, people: tuple[Person, Person, Person], words: tuple[str, ...]
    ) -> None:
        count = sent(town)
        said = town.run(town.authority, "authority", *words)
        assert (said.code, said.data["error"]["code"]) == (1, "authority.four_eyes")
        assert sent(town) == count

    def test_but_suspends_in_an_emergency(self, town: Town, people: tuple[Person, Person, Person]) -> None:
        town.ok(town.authority, "authority", "suspend", BUREAU, "--reason", "keys stolen")
        assert suspended(town)

    def test_unless_the_authority_wants_two_even_then(self, town: Town, people: tuple[Person, Person, Person]) -> None:
        list_people(town, list(people[:2]), "emergency = []\n")
        said = town.run(town.authority, "authority", "suspend", BUREAU, "--reason", "keys stolen")
        assert (said.code, said.data["error"]["code"]) == (1, "authority.four_eyes")
        assert not suspended(town)
