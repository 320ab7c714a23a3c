"""The ceremony: who cheats or stays away is left out and named, the rest have a key that only t of them use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.sealing import combine, curve, verify
from chain.sealing.ceremony import (
    Answer,
    Complaint,
    Deal,
    Judgement,
    Offence,
    Roster,
    Transcript,
    confirmed,
    judge,
    make_answer,
    make_complaint,
    make_confirmation,
    make_deal,
    read_deal,
    take_share,
)
from chain.sealing.ceremony.deal import box_for, share_for
from tests.chain.sealing.samples import identity, private, roster, seed

SIZE, THRESHOLD = 5, 3
ROSTER = roster(SIZE, THRESHOLD)
NUMBERS = range(1, SIZE + 1)
DEALS = {one: make_deal(ROSTER, one, seed(one)) for one in NUMBERS}

Change = Callable[[Deal], Deal]


def run(
    deals: dict[int, Deal], *, liars: dict[int, tuple[int, ...]] | None = None, mute: set[int] | None = None
) -> Transcript:
    """All rounds, every member honest but for the deals given, those who complain falsely, and those who are mute."""
    liars, mute = liars or {}, mute or set()
    sent = {one: deal.to_bytes() for one, deal in deals.items()}
    seen: list[Deal] = []
    for one, data in sent.items():
        try:
            seen.append(read_deal(data, ROSTER, one))
        except InvalidInput:
            continue
    complaints: dict[int, Complaint] = {}
    for member in NUMBERS:
        honest = make_complaint(ROSTER, member, private(f"member {member}"), seen)
        against = sorted({*(honest.against if honest else ()), *liars.get(member, ())})
        if against:
            complaints[member] = Complaint(ROSTER.digest(), member, tuple(against))
    before = Transcript(sent, {one: complaint.to_bytes() for one, complaint in complaints.items()})
    answers: dict[int, bytes] = {}
    for dealer in NUMBERS:
        try:
            answer = make_answer(ROSTER, dealer, seed(dealer), before)
        except Refused:
            continue
        if answer and dealer not in mute:
            answers[dealer] = answer.to_bytes()
    return replace(before, answers=answers)


def faults(judgement: Judgement) -> dict[int, Offence]:
    return {fault.member: fault.offence for fault in judgement.faults}


def check_key(judgement: Judgement) -> None:
    """Every t of the qualified make one signature that checks."""
    message, made = identity(), set()
    shares = {one: take_share(judgement, one, private(f"member {one}")) for one in judgement.qualified}
    partials = {one: share.sign(message) for one, share in shares.items()}
    for chosen in combinations(partials, THRESHOLD):
        made.add(combine(judgement.opening_key, message.digest(), {one: partials[one] for one in chosen}).signature)
    assert len(made) == 1
    assert verify(judgement.opening_key.key, message.digest(), made.pop())
    messages = {one: make_confirmation(judgement, share).to_bytes() for one, share in shares.items()}
    assert confirmed(judgement, messages) == judgement.qualified


def with_box(deal: Deal, member: int, box: bytes) -> Deal:
    boxes = list(deal.boxes)
    boxes[member - 1] = box
    return replace(deal, boxes=tuple(boxes))


def other_share(deal: Deal, member: int) -> Deal:
    """A box that opens, to a share that is not the committed one."""
    key = ROSTER.members[member - 1].key
    return with_box(deal, member, box_for(deal.ceremony, deal.dealer, member, key, bytes(31) + b"\7"))


BAD_DEALS: dict[str, Change] = {
    "no_proof_of_possession": lambda deal: replace(deal, possession=DEALS[2].possession),
    "zero_key": lambda deal: replace(deal, commitments=(b"\xc0" + bytes(95), *deal.commitments[1:])),
    "zero_leading_coefficient": lambda deal: replace(deal, commitments=(*deal.commitments[:-1], b"\xc0" + bytes(95))),
    "degree_too_low": lambda deal: replace(deal, commitments=deal.commitments[:-1]),
    "degree_too_high": lambda deal: replace(deal, commitments=(*deal.commitments, deal.commitments[0])),
    "box_missing": lambda deal: replace(deal, boxes=deal.boxes[:-1]),
    "box_cut_off": lambda deal: replace(deal, boxes=(deal.boxes[0][:-1], *deal.boxes[1:])),
    "other_ceremony": lambda deal: replace(deal, ceremony=bytes(32)),
    "other_dealer": lambda deal: replace(deal, dealer=2),
    "copied_from_another": lambda deal: replace(DEALS[2], dealer=1),
    "commitment_not_on_the_curve": lambda deal: replace(deal, commitments=(bytes(96), *deal.commitments[1:])),
}


class TestHonest:
    def test_all_qualify(self) -> None:
        judgement = judge(ROSTER, run(DEALS))
        assert judgement.qualified == tuple(NUMBERS)
        assert judgement.faults == ()
        check_key(judgement)

    def test_a_restart_makes_the_same_messages(self) -> None:
        assert make_deal(ROSTER, 1, seed(1)) == DEALS[1]
        assert run(DEALS) == run(DEALS)

    def test_the_key_is_that_of_the_sum_of_the_secrets_which_nobody_has(self) -> None:
        judgement = judge(ROSTER, run(DEALS))
        shares = [int.from_bytes(share_for(ROSTER, one, seed(one), 0), "big") for one in NUMBERS]
        key = curve.GENERATOR * curve.scalar(sum(shares) % curve.ORDER)
        assert judgement.opening_key.key == key.to_compressed_bytes()

    def test_messages_have_one_form(self) -> None:
        for data in (DEALS[1].to_bytes(), run(DEALS, liars={2: (1,)}).complaints[2]):
            with pytest.raises(InvalidInput):
                read_deal(data.replace(b":", b": ", 1), ROSTER, 1)
        assert read_deal(DEALS[1].to_bytes(), ROSTER, 1) == DEALS[1]
        assert Roster.from_bytes(ROSTER.to_bytes()) == ROSTER


class TestCheats:
    @pytest.mark.parametrize("change", BAD_DEALS.values(), ids=BAD_DEALS)
    def test_a_bad_deal_is_left_out(self, change: Change) -> None:
        judgement = judge(ROSTER, run({**DEALS, 1: change(DEALS[1])}))
        assert faults(judgement) == {1: Offence.BAD_DEAL}
        assert judgement.qualified == (2, 3, 4, 5)
        check_key(judgement)

    def test_noise_instead_of_a_deal_is_left_out(self) -> None:
        transcript = run(DEALS)
        noisy = replace(transcript, deals={**transcript.deals, 4: b"noise"})
        assert faults(judge(ROSTER, noisy)) == {4: Offence.BAD_DEAL}

    def test_who_stays_away_is_left_out(self) -> None:
        judgement = judge(ROSTER, run({one: deal for one, deal in DEALS.items() if one not in (2, 5)}))
        assert faults(judgement) == {2: Offence.ABSENT, 5: Offence.ABSENT}
        check_key(judgement)

    def test_a_box_with_another_share_is_proved(self) -> None:
        transcript = run({**DEALS, 3: other_share(DEALS[3], 5)})
        assert set(transcript.complaints) == {5}
        judgement = judge(ROSTER, transcript)
        assert faults(judgement) == {3: Offence.BAD_BOX}
        check_key(judgement)

    def test_a_box_of_noise_is_proved_though_the_right_share_is_shown_later(self) -> None:
        transcript = run({**DEALS, 3: with_box(DEALS[3], 5, sha256(b"noise") * 2 + bytes(16))})
        assert Answer.from_bytes(transcript.answers[3], ROSTER, 3).shares[5] == share_for(ROSTER, 3, seed(3), 5)
        assert faults(judge(ROSTER, transcript)) == {3: Offence.BAD_BOX}

    def test_a_dealer_who_shows_what_is_in_the_box_though_it_is_not_committed_is_left_out(self) -> None:
        transcript = run({**DEALS, 3: other_share(DEALS[3], 5)})
        answer = Answer(ROSTER.digest(), 3, {5: bytes(31) + b"\7"}).to_bytes()
        assert faults(judge(ROSTER, replace(transcript, answers={3: answer}))) == {3: Offence.BAD_BOX}

    def test_who_does_not_answer_is_left_out(self) -> None:
        judgement = judge(ROSTER, run({**DEALS, 3: other_share(DEALS[3], 5)}, mute={3}))
        assert faults(judgement) == {3: Offence.NO_ANSWER}

    def test_an_answer_to_somebody_else_is_none(self) -> None:
        transcript = run({**DEALS, 3: other_share(DEALS[3], 5)})
        answer = Answer(ROSTER.digest(), 3, {4: share_for(ROSTER, 3, seed(3), 4)}).to_bytes()
        assert faults(judge(ROSTER, replace(transcript, answers={3: answer}))) == {3: Offence.NO_ANSWER}

    def test_a_false_complaint_falls_back_on_who_made_it(self) -> None:
        judgement = judge(ROSTER, run(DEALS, liars={4: (1, 2)}))
        assert faults(judgement) == {4: Offence.FALSE_COMPLAINT}
        assert judgement.qualified == (1, 2, 3, 5)
        check_key(judgement)

    def test_t_minus_one_liars_stop_nobody(self) -> None:
        judgement = judge(ROSTER, run(DEALS, liars={4: (1, 2, 3), 5: (1, 2, 3)}))
        assert faults(judgement) == {4: Offence.FALSE_COMPLAINT, 5: Offence.FALSE_COMPLAINT}
        check_key(judgement)

    def test_a_dealer_of_whom_t_complain_says_nothing_and_is_left_out(self) -> None:
        bad = DEALS[3]
        for member in (1, 2, 5):
            bad = other_share(bad, member)
        transcript = run({**DEALS, 3: bad})
        assert 3 not in transcript.answers
        judgement = judge(ROSTER, transcript)
        assert faults(judgement) == {3: Offence.MANY_COMPLAINTS}
        check_key(judgement)

    def test_complaints_of_who_dealt_nothing_or_malformed_ones_are_not_heard(self) -> None:
        transcript = run({one: deal for one, deal in DEALS.items() if one != 5}, liars={5: (1,)})
        assert Answer.from_bytes(transcript.answers[1], ROSTER, 1).shares == {5: sha256(transcript.deals[1])}
        assert faults(judge(ROSTER, transcript)) == {5: Offence.ABSENT}
        # The ledger wants a word for each complaint all the same.
        assert faults(judge(ROSTER, replace(transcript, answers={}))) == {1: Offence.NO_ANSWER, 5: Offence.ABSENT}
        noisy = Transcript(run(DEALS).deals, {2: b"noise"}, {})
        assert judge(ROSTER, noisy).faults == ()

    def test_too_few_are_no_ceremony(self) -> None:
        with pytest.raises(Refused) as caught:
            judge(ROSTER, run({1: DEALS[1], 2: DEALS[2]}))
        assert caught.value.code == "ceremony.qualified"

    def test_who_is_left_out_takes_no_share_and_cannot_sign(self) -> None:
        judgement = judge(ROSTER, run(DEALS, liars={4: (1,)}))
        with pytest.raises(Refused):
            take_share(judgement, 4, private("member 4"))
        assert 4 not in judgement.opening_key.key_holders

    def test_messages_of_strangers_are_refused(self) -> None:
        with pytest.raises(InvalidInput):
            judge(ROSTER, Transcript({**run(DEALS).deals, 6: DEALS[1].to_bytes()}))

    @settings(max_examples=12)
    @given(st.dictionaries(st.integers(1, 5), st.sampled_from(["absent", "box", "liar", "deal"]), max_size=2))
    def test_any_two_of_five_that_cheat_are_left_out_and_only_they(self, cheats: dict[int, str]) -> None:
        deals = dict(DEALS)
        liars: dict[int, tuple[int, ...]] = {}
        honest = [one for one in NUMBERS if one not in cheats]
        for one, how in cheats.items():
            if how == "absent":
                del deals[one]
            elif how == "box":
                deals[one] = other_share(deals[one], honest[0])
            elif how == "liar":
                liars[one] = (honest[-1],)
            else:
                deals[one] = BAD_DEALS["zero_key"](deals[one])
        judgement = judge(ROSTER, run(deals, liars=liars))
        assert set(faults(judgement)) == set(cheats)
        assert judgement.qualified == tuple(honest)
        check_key(judgement)


class TestConfirmations:
    def test_count_only_for_this_transcript_and_by_the_own_share(self) -> None:
        judgement, other = judge(ROSTER, run(DEALS)), judge(ROSTER, run(DEALS, liars={4: (1,)}))
        assert judgement.transcript != other.transcript
        shares = {one: take_share(judgement, one, private(f"member {one}")) for one in (1, 2, 3)}
        good = {one: make_confirmation(judgement, share) for one, share in shares.items()}
        messages = {
            1: good[1].to_bytes(),
            2: make_confirmation(other, take_share(other, 2, private("member 2"))).to_bytes(),
            3: replace(good[3], signature=good[1].signature).to_bytes(),
            4: replace(good[1], member=4).to_bytes(),
            5: b"noise",
        }
        assert confirmed(judgement, messages) == (1,)

    def test_the_transcript_covers_every_message(self) -> None:
        seen = {
            judge(ROSTER, one).transcript
            for one in (
                run(DEALS),
                replace(run(DEALS), complaints={1: b"noise"}),
                replace(run(DEALS), answers={1: b"noise"}),
                run({**DEALS, 1: make_deal(ROSTER, 1, seed(9))}),
            )
        }
        assert len(seen) == 4


class TestRoster:
    def test_needs_two_t_minus_one(self) -> None:
        assert roster(9, 5).size == 9
        for size, threshold in ((4, 3), (8, 5), (5, 1), (2, 2)):
            with pytest.raises(InvalidInput):
                roster(size, threshold)

    @pytest.mark.parametrize(
        "key",
        [bytes(32), b"\1" + bytes(31), bytes(31), (2**255 - 19).to_bytes(32, "little"), b"\xff" * 32],
        ids=["zero", "one", "short", "not_reduced", "top_bit"],
    )
    def test_refuses_a_key_that_no_box_can_be_made_for(self, key: bytes) -> None:
        members = (replace(ROSTER.members[0], key=key), *ROSTER.members[1:])
        with pytest.raises(InvalidInput):
            replace(ROSTER, members=members)

    def test_refuses_one_member_twice(self) -> None:
        with pytest.raises(InvalidInput):
            replace(ROSTER, members=(ROSTER.members[1], *ROSTER.members[1:]))
