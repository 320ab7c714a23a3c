"""A proposal has one form, says all that is done, and makes the same calls wherever it is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chain.desk.decisions import sign_decision
from chain.desk.proposals import AUTHORITY, VERBS, Proposal, is_proposal, released_by, steps_of
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.ledger import writes
from chain.ledger.decision import Decision
from chain.ledger.typed import Domain
from tests.chain.desk.persons import ANNA, BELA, CHEN, Person
from tests.support.world import LICENCE, OTHER_USCC, USCC

NOW = 1_767_225_600
DOMAIN = Domain(7, bytes(20))
DIGEST = hex0x(sha256(b"x"))
ARGUMENTS: dict[str, dict[str, Any]] = {
    "register": {"bureau": USCC, "name": "示例局", "metadata": DIGEST},
    "accredit": {"bureau": USCC, "type": LICENCE, "from": 0, "until": NOW},
    "enter": {"keys": [{"bureau": USCC, "purpose": "anchor", "thumbprint": DIGEST, "publicKey": ""}]},
    "suspend": {"bureau": USCC, "reason": "an inquiry"},
    "reinstate": {"bureau": USCC},
    "succeed": {"bureau": USCC, "successor": OTHER_USCC},
    "retire-key": {"bureau": USCC, "thumbprint": DIGEST},
    "compromised": {"bureau": USCC, "thumbprint": DIGEST, "since": NOW},
}


def proposal(verb: str = "suspend") -> Proposal:
    return Proposal(verb, ARGUMENTS[verb], 7, bytes(20), ANNA.address, NOW)


def signed(person: Person, of: Proposal, *, approve: bool = True, **changes: Any) -> Any:
    parts = {"bureau": AUTHORITY, "now": NOW, **changes}
    said = Decision(parts["bureau"], of.digest, approve, "because", parts["now"], parts["now"] + 60)
    return sign_decision(said, DOMAIN, person.key)


def counted(*decisions: Any, now: int = NOW) -> list[bytes]:
    people = [ANNA.address, BELA.address]
    return [one.address for one in released_by(proposal(), decisions, people, domain=DOMAIN, now=now)]


def test_every_verb_is_tried_here() -> None:
    assert set(ARGUMENTS) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_there_and_back_with_all_it_says(verb: str) -> None:
    found = Proposal.from_bytes(proposal(verb).to_bytes())
    assert found == proposal(verb)
    assert is_proposal(found.to_bytes())
    assert USCC in "\n".join(found.lines)
    assert found.steps


def test_the_calls_are_those_of_the_direct_command() -> None:
    assert proposal().steps == [(f"suspend {USCC}", writes.suspend_bureau(USCC, sha256(b"an inquiry")))]


def test_each_changed_byte_is_another_proposal_or_none() -> None:
    data = proposal().to_bytes()
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            found = Proposal.from_bytes(changed)
        except (InvalidInput, NotFound):
            continue
        assert found.digest != proposal().digest


@pytest.mark.parametrize("change", [
    {"format": "yinxin-proposal-2"}, {"verb": "deploy"}, {"verb": 1}, {"arguments": []}, {"arguments": {}},
    {"chainId": "7"}, {"at": -1}, {"at": 2**50},
    {"at": None}, {"registry": "0x00"}, {"proposer": "anna"}, {"more": 1},
    {"arguments": {"bureau": USCC, "reason": 1}}, {"arguments": {"bureau": "short", "reason": "x"}},
    {"arguments": {"bureau": USCC, "reason": "x", "more": 1}},
])  # fmt: skip
def test_odd_members_are_refused(change: dict[str, Any]) -> None:
    value = {**json.loads(proposal().to_bytes()), **change}
    with pytest.raises(InvalidInput):
        Proposal.from_bytes(canonical(value))


@pytest.mark.parametrize(("verb", "change"), [
    ("accredit", {"type": "business-licence"}), ("accredit", {"type": "nothing"}), ("accredit", {"from": -1}),
    ("accredit", {"until": 2**70}), ("enter", {"keys": 1}), ("enter", {"keys": [1]}), ("enter", {"keys": [{}]}),
    ("register", {"metadata": "0x00"}), ("compromised", {"since": True}), ("retire-key", {"thumbprint": "x"}),
])  # fmt: skip
def test_so_are_arguments_that_make_no_call(verb: str, change: dict[str, Any]) -> None:
    with pytest.raises((InvalidInput, NotFound)):
        steps_of(verb, {**ARGUMENTS[verb], **change})


class TestReleasing:
    def test_each_person_counts_once_and_a_stranger_not_at_all(self) -> None:
        one = proposal()
        assert len(counted(signed(ANNA, one), signed(ANNA, one), signed(CHEN, one))) == 1
        assert len(counted(signed(ANNA, one), signed(BELA, one))) == 2

    def test_what_was_signed_for_something_else_does_not_count(self) -> None:
        one = proposal()
        assert counted(signed(ANNA, one, bureau=USCC), signed(BELA, proposal("reinstate"))) == []
        assert counted(signed(ANNA, one), now=NOW + 61) == []
        assert counted(signed(ANNA, one), now=NOW - 601) == []

    def test_a_no_ends_it_but_not_a_strangers(self) -> None:
        one = proposal()
        assert len(counted(signed(ANNA, one), signed(CHEN, one, approve=False))) == 1
        with pytest.raises(Refused) as caught:
            counted(signed(ANNA, one), signed(BELA, one, approve=False))
        assert caught.value.code == "proposal.refused"
