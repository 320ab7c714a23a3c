"""Deals that some members cannot get: judged the same by all, and nothing shown that gives the key away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, Refused, Unavailable
from chain.sealing.ceremony import (
    Answer,
    Complaint,
    Offence,
    Transcript,
    box_word,
    hear,
    judge,
    make_answer,
    make_complaint,
    make_deal,
    missing_word,
    take_share,
)
from chain.sealing.ceremony.deal import box_for, share_for
from tests.chain.sealing.samples import private, roster, seed

ROSTER = roster(5, 3)
NUMBERS = range(1, 6)
DEALS = {one: make_deal(ROSTER, one, seed(one)) for one in NUMBERS}
SENT = {one: deal.to_bytes() for one, deal in DEALS.items()}


def saying(said: dict[int, tuple[int, ...]]) -> dict[int, bytes]:
    """Each member of ``said`` misses those deals."""
    return {
        member: Complaint.of_words(
            ROSTER, member, {one: missing_word(ROSTER, member, one) for one in missing}
        ).to_bytes()
        for member, missing in said.items()
    }  # fmt: skip


def answered(transcript: Transcript, *, mute: tuple[int, ...] = ()) -> Transcript:
    answers = {}
    for dealer in NUMBERS:
        if dealer not in mute and dealer in transcript.deals:
            answer = make_answer(ROSTER, dealer, seed(dealer), transcript)
            if answer:
                answers[dealer] = answer.to_bytes()
    return replace(transcript, answers=answers)


def test_a_deal_that_t_miss_is_left_out_whether_or_not_it_is_to_be_had() -> None:
    complaints = saying({1: (3,), 2: (3,), 4: (3,)})
    without = {one: data for one, data in SENT.items() if one != 3}
    hidden = judge(ROSTER, Transcript(without, complaints, withheld={3: sha256(SENT[3])}))
    shown = judge(ROSTER, Transcript(SENT, complaints))
    assert hidden.transcript == shown.transcript
    assert {fault.member: fault.offence for fault in shown.faults} == {3: Offence.MANY_COMPLAINTS}
    assert hidden.qualified == (1, 2, 4, 5)


def test_a_deal_that_fewer_miss_must_be_seen_before_anything_is_said() -> None:
    without = {one: data for one, data in SENT.items() if one != 3}
    transcript = Transcript(without, saying({4: (3,)}), withheld={3: sha256(SENT[3])})
    with pytest.raises(Unavailable) as caught:
        judge(ROSTER, transcript)
    assert caught.value.code == "ceremony.withheld"


def test_who_missed_a_deal_and_is_answered_has_its_share_and_nobody_is_at_fault() -> None:
    transcript = answered(Transcript(SENT, saying({4: (3,)})))
    assert Answer.from_bytes(transcript.answers[3], ROSTER, 3).shares == {4: share_for(ROSTER, 3, seed(3), 4)}
    judgement = judge(ROSTER, transcript)
    assert judgement.faults == ()
    assert take_share(judgement, 4, private("member 4")).public == judgement.opening_key.key_holders[4]


def test_a_dealer_who_hides_a_wrong_box_is_left_out() -> None:
    key = ROSTER.members[3].key
    boxes = list(DEALS[3].boxes)
    boxes[3] = box_for(ROSTER.digest(), 3, 4, key, bytes(31) + b"\7")
    bad = replace(DEALS[3], boxes=tuple(boxes)).to_bytes()
    transcript = answered(Transcript({**SENT, 3: bad}, saying({4: (3,)})))
    faults = judge(ROSTER, transcript).faults
    assert [(fault.member, fault.offence) for fault in faults] == [(3, Offence.BAD_BOX)]


def test_who_does_not_answer_that_its_deal_is_missing_is_left_out() -> None:
    transcript = answered(Transcript(SENT, saying({4: (3,)})), mute=(3,))
    faults = judge(ROSTER, transcript).faults
    assert [(fault.member, fault.offence) for fault in faults] == [(3, Offence.NO_ANSWER)]


def test_who_misses_t_deals_is_not_heard_and_gets_no_share_shown() -> None:
    transcript = answered(Transcript(SENT, saying({4: (1, 2, 3)})))
    assert Answer.from_bytes(transcript.answers[1], ROSTER, 1).shares == {4: sha256(SENT[1])}
    assert judge(ROSTER, transcript).faults == ()
    assert make_complaint(ROSTER, 4, private("member 4"), [DEALS[5], DEALS[4]], missing=(1, 2, 3)) is None


def test_if_too_many_deals_are_hidden_no_honest_dealer_shows_anything() -> None:
    """A board that hides each honest deal from another honest member, with two dishonest members, learns no share."""
    transcript = Transcript(SENT, saying({2: (1,), 3: (2,), 1: (3,)}))
    assert hear(ROSTER, transcript).exposed() == {1, 2, 3}
    for dealer in (1, 2, 3):
        with pytest.raises(Refused) as caught:
            make_answer(ROSTER, dealer, seed(dealer), transcript)
        assert caught.value.code == "ceremony.hidden"
    assert make_answer(ROSTER, 4, seed(4), transcript) is None
    with pytest.raises(Refused) as caught:
        judge(ROSTER, transcript)
    assert caught.value.code == "ceremony.qualified"


def test_no_key_comes_of_it_if_those_who_showed_nothing_are_pushed_out_afterwards() -> None:
    """1 and 2 are dishonest; shares of 3 and 4 are shown, 5 is kept from answering: 1 and 2 would know the key."""
    lie = Complaint.of_words(ROSTER, 2, {5: box_word(ROSTER, 2, 5)}).to_bytes()
    transcript = Transcript(SENT, {**saying({3: (4,), 4: (3,)}), 2: lie})
    with pytest.raises(Refused) as caught:
        judge(ROSTER, answered(transcript, mute=(5,)))
    assert caught.value.code == "ceremony.hidden"
    assert "3, 4" in caught.value.message
    assert judge(ROSTER, answered(transcript)).qualified == (1, 3, 4, 5), "if 5 answers, the lie is proved"


def test_who_is_proved_dishonest_is_not_counted_among_those_who_may_hide() -> None:
    """4 lied about a box; so at most one dishonest member is left, and one of 2 and 5 is honest and showed nothing."""
    said = {4: {2: box_word(ROSTER, 4, 2)}, 1: {3: missing_word(ROSTER, 1, 3)}, 3: {1: missing_word(ROSTER, 3, 1)}}
    complaints = {member: Complaint.of_words(ROSTER, member, words).to_bytes() for member, words in said.items()}
    judgement = judge(ROSTER, answered(Transcript(SENT, complaints)))
    assert [(fault.member, fault.offence) for fault in judgement.faults] == [(4, Offence.FALSE_COMPLAINT)]
    assert judgement.qualified == (1, 2, 3, 5)


def test_every_other_word_is_a_complaint_about_a_box() -> None:
    words = {1: missing_word(ROSTER, 2, 1), 3: box_word(ROSTER, 2, 3), 4: b"\1" * 32, 5: missing_word(ROSTER, 3, 5)}
    complaint = Complaint.of_words(ROSTER, 2, words)
    assert (complaint.against, complaint.missing) == ((3, 4, 5), (1,))
    assert Complaint.from_bytes(complaint.to_bytes(), ROSTER, 2) == complaint
    with pytest.raises(InvalidInput):
        Complaint.from_bytes(replace(complaint, missing=(3,)).to_bytes(), ROSTER, 2)
    assert make_complaint(ROSTER, 4, private("member 4"), DEALS.values(), missing=(1,)) == Complaint(
        ROSTER.digest(), 4, (), (1,)
    )
