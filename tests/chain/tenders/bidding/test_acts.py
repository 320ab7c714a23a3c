"""Signed acts: one form, the right signatures, and nobody alters what anybody may send."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput, Refused, YinxinError
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import Commitment, SealedFile, TenderEvent
from chain.keys.signatures import address_of, sign
from chain.tenders.bidding.acts import (
    SignedAct,
    Submission,
    check_act,
    custodian_of,
    read_act,
    sign_commitment,
    sign_move,
    sign_withdrawal,
)
from chain.tenders.typed import BookDomain, custody_hash

DOMAIN = BookDomain(1337, bytes([7]) * 20)
FRESH, RECOVERY, SUCCESSOR, CUSTODIAN, THIEF = (sha256(name) for name in (b"f", b"r", b"s", b"c", b"t"))
COMMITMENT = Commitment(
    3, 1, address_of(FRESH), 2, address_of(RECOVERY), 1_790_000_000, sha256(b"kind"),
    SealedFile(sha256(b"file"), 70_000, sha256(b"form")),
)  # fmt: skip


def submission(*, custody: bool = True) -> SignedAct:
    signed = sign_commitment(DOMAIN, COMMITMENT, FRESH)
    word = sign(DOMAIN.digest(custody_hash(signed.act.hash())), CUSTODIAN)
    return signed.with_custody(word) if custody else signed


def acts() -> list[SignedAct]:
    bidder = address_of(FRESH)
    return [
        submission(),
        submission(custody=False),
        sign_withdrawal(DOMAIN, 3, 1, bidder, 3, 1_790_000_000, FRESH),
        sign_withdrawal(DOMAIN, 3, 1, bidder, 3, 1_790_000_000, RECOVERY),
        sign_move(DOMAIN, 3, 1, bidder, 3, 1_790_000_000, recovery_key=RECOVERY, successor_key=SUCCESSOR),
    ]


@pytest.mark.parametrize("number", range(5))
def test_an_act_comes_back_as_it_was_and_holds(number: int) -> None:
    signed = acts()[number]
    again = read_act(signed.to_bytes())
    assert again == signed
    check_act(again, recovery=address_of(RECOVERY), custodians={address_of(CUSTODIAN)})
    assert (again.tender, again.not_after) == (3, 1_790_000_000)


@pytest.mark.parametrize("number", range(5))
def test_one_changed_character_is_refused_or_breaks_a_signature(number: int) -> None:
    text = acts()[number].to_bytes().decode()
    passed = []
    for place, character in enumerate(text):
        changed = text[:place] + ("1" if character != "1" else "2") + text[place + 1 :]
        try:
            check_act(read_act(changed.encode()), recovery=address_of(RECOVERY), custodians={address_of(CUSTODIAN)})
        except (YinxinError, ValueError):
            continue
        passed.append((place, changed[place - 20 : place + 5]))
    assert passed == []


def test_nobody_commits_withdraws_or_moves_for_another() -> None:
    bidder, recovery = address_of(FRESH), address_of(RECOVERY)
    with pytest.raises(InvalidInput):
        sign_commitment(DOMAIN, COMMITMENT, THIEF)
    foreign = SignedAct(DOMAIN, Submission(COMMITMENT, sign(DOMAIN.digest(submission().act.hash()), THIEF)))
    forged = [
        foreign,
        sign_withdrawal(DOMAIN, 3, 1, bidder, 3, 1_790_000_000, THIEF),
        sign_move(DOMAIN, 3, 1, bidder, 3, 1_790_000_000, recovery_key=THIEF, successor_key=SUCCESSOR),
        replace(submission(), domain=BookDomain(1338, DOMAIN.book)),
        replace(submission(), domain=BookDomain(1337, bytes(20))),
    ]
    for signed in forged:
        with pytest.raises(Refused) as caught:
            check_act(signed, recovery=recovery)
        assert caught.value.code == "bidding.signature"


def test_only_a_custodian_of_the_tender_vouches_for_the_files() -> None:
    assert custodian_of(submission()) == address_of(CUSTODIAN)
    assert custodian_of(submission(custody=False)) is None
    with pytest.raises(Refused) as caught:
        check_act(submission(), custodians={address_of(THIEF)})
    assert caught.value.code == "bidding.custody"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "yinxin-bid-act-2"},
        {"kind": "replace"},
        {"kind": "withdraw"},
        {"chainId": 0},
        {"book": "0x"},
        {"content": {}},
        {"more": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_act_has_one_form(change: dict[str, object]) -> None:
    value = json.loads(submission().to_bytes())
    with pytest.raises(InvalidInput):
        read_act(canonical(value | change))


def test_an_act_is_done_only_by_the_event_that_names_exactly_it() -> None:
    def event(name: str, **values: object) -> TenderEvent:
        return TenderEvent("TenderBook", name, {"lot": 1, **values}, BlockRef(5, bytes(32), 9), bytes(32), 0)

    bidder, successor = address_of(FRESH), address_of(SUCCESSOR)
    committed, _, withdrawn, _, moved = acts()
    right = [
        (committed, event("BidCommitted", commitmentHash=committed.act.hash())),
        (withdrawn, event("BidWithdrawn", bidder=bidder, version=3)),
        (moved, event("BidMoved", bidder=bidder, version=3, successor=successor)),
    ]
    wrong = [
        (committed, event("BidCommitted", commitmentHash=bytes(32))),
        (withdrawn, event("BidWithdrawn", bidder=bidder, version=4)),
        (withdrawn, event("BidMoved", bidder=bidder, version=3, successor=successor)),
        (moved, event("BidMoved", bidder=bidder, version=3, successor=bidder)),
    ]
    assert [act.carried_out([found]) is not None for act, found in (*right, *wrong)] == [True] * 3 + [False] * 4
    assert hex0x(committed.act.hash()) in str(hex0x(right[0][1].values["commitmentHash"]))
