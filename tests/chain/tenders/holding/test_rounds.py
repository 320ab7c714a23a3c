"""A ceremony between machines: whoever cheats, stays away or hides is left out; the rest go on or fail loudly."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, NotFound, Refused, Unavailable
from chain.sealing import BidIdentity, combine, verify
from chain.sealing.ceremony import Deal, box_word, make_deal, missing_word, read_deal
from chain.sealing.ceremony.deal import box_for
from chain.tenders.holding import key_in_force, opening_key, read_ceremony
from chain.tenders.holding.rounds import Report, Standing
from tests.chain.tenders.holding.stage import Town
from tests.support.memory_key_holders import BOOK, GENESIS


def standings(reports: dict[int, Report]) -> dict[int, Standing]:
    return {one: report.standing for one, report in reports.items()}


def check_key(town: Town, number: int, holders: tuple[int, ...], threshold: int = 3) -> None:
    """Any t of them make the one signature of the key in force."""
    key = opening_key(town.ledger, town.board, number)
    assert tuple(key.key_holders) == holders
    message = BidIdentity(GENESIS, BOOK, 7, 1, 1, bytes(20), 1)
    partials = {one: town.people[one].holder.store.share(number).sign(message) for one in holders}
    made = {
        combine(key, message.digest(), {one: partials[one] for one in chosen}).signature
        for chosen in combinations(holders, threshold)
    }
    assert len(made) == 1
    assert verify(key.key, message.digest(), made.pop())


def cheat(town: Town, number: int, dealer: int, deal: Deal) -> None:
    """That member deals this instead of its own."""
    person = town.people[dealer]
    person.holder.board.put(deal.to_bytes())
    person.holder.acts.deal(number, sha256(deal.to_bytes()))


def own_deal(town: Town, number: int, dealer: int) -> Deal:
    ceremony = read_ceremony(town.ledger, town.board, number)
    return make_deal(ceremony.roster, dealer, town.people[dealer].holder.store.seed(number))


def test_five_honest_members_have_a_key(town: Town) -> None:
    number = town.convene()
    reports = town.play(number)
    assert set(standings(reports).values()) == {Standing.READY}
    check_key(town, number, (1, 2, 3, 4, 5))
    assert [event.name for event in town.ledger.ceremony_events(number)].count("Confirmed") == 5
    assert not read_ceremony(town.ledger, town.board, number).complaints


def test_a_second_pass_says_nothing_more(town: Town) -> None:
    number = town.convene()
    town.play(number)
    sent = town.ledger.sent
    assert all(not report.done for report in town.all_go_on(number).values())
    assert town.ledger.sent == sent


def test_one_who_stays_away_and_one_without_possession_are_left_out(town: Town) -> None:
    number = town.convene()
    cheat(town, number, 2, replace(own_deal(town, number, 2), possession=own_deal(town, number, 1).possession))
    reports = town.play(number, without=(2, 4))
    assert standings(reports) == dict.fromkeys((1, 3, 5), Standing.READY)
    assert town.people[2].holder.go_on(number).standing is Standing.LEFT_OUT
    assert any("member 4 is left out: absent" in note for note in reports[1].notes)
    assert any("member 2 is left out: bad_deal" in note for note in reports[1].notes)
    check_key(town, number, (1, 3, 5))


def test_a_wrong_box_is_complained_of_and_proved(town: Town) -> None:
    number = town.convene()
    deal, roster = own_deal(town, number, 3), read_ceremony(town.ledger, town.board, number).roster
    boxes = list(deal.boxes)
    boxes[4] = box_for(roster.digest(), 3, 5, roster.members[4].key, bytes(31) + b"\7")
    cheat(town, number, 3, replace(deal, boxes=tuple(boxes)))
    reports = town.play(number, without=(3,))  # it need not be there any more
    assert standings(reports) == dict.fromkeys((1, 2, 4, 5), Standing.READY)
    assert any("member 3 is left out: no_answer" in note for note in reports[1].notes)
    assert read_ceremony(town.ledger, town.board, number).complaints == {5: {3: box_word(roster, 5, 3)}}
    check_key(town, number, (1, 2, 4, 5))


def test_a_dealer_who_answers_for_a_wrong_box_is_proved_wrong(town: Town) -> None:
    number = town.convene()
    deal, roster = own_deal(town, number, 3), read_ceremony(town.ledger, town.board, number).roster
    boxes = list(deal.boxes)
    boxes[4] = box_for(roster.digest(), 3, 5, roster.members[4].key, bytes(31) + b"\7")
    data = replace(deal, boxes=tuple(boxes)).to_bytes()
    town.board.put(data)
    town.people[3].holder.acts.deal(number, sha256(data))
    for place in (1, 2):
        town.to_round(number, place)
        town.all_go_on(number, without=(3,))
    town.to_round(number, 3)
    town.people[3].holder.acts.answer(number, 5, bytes(31) + b"\7")
    for place in (3, 4):
        town.to_round(number, place)
        reports = town.all_go_on(number, without=(3,))
    assert any("member 3 is left out: bad_box" in note for note in reports[1].notes)
    check_key(town, number, (1, 2, 4, 5))


def test_a_false_complainer_is_answered_and_left_out(town: Town) -> None:
    number = town.convene()
    town.all_go_on(number)
    town.to_round(number, 2)
    roster = read_ceremony(town.ledger, town.board, number).roster
    town.people[4].holder.acts.complain(number, 1, box_word(roster, 4, 1))
    town.people[4].holder.acts.complain(number, 2, b"\1" * 32)
    for place in (2, 3, 4):
        town.to_round(number, place)
        reports = town.all_go_on(number)
    assert standings(reports)[4] is Standing.LEFT_OUT
    assert any("member 4 is left out: false_complaint" in note for note in reports[1].notes)
    check_key(town, number, (1, 2, 3, 5))


def test_however_complaints_change_between_two_passes_fewer_than_t_shares_are_shown(town: Town) -> None:
    number = town.convene()
    town.all_go_on(number)
    kept, roster = town.ledger.kept[number - 1], read_ceremony(town.ledger, town.board, number).roster
    dealt = list(kept.events)

    def told_of(*members: int) -> Report:
        """What holder 1 does, told of complaints by these and of nothing that was said before."""
        kept.events[:] = dealt
        kept.complaints.clear()
        kept.answers.clear()
        town.to_round(number, 2, late=True)
        for member in members:
            town.people[member].holder.acts.complain(number, 1, box_word(roster, member, 1))
        town.to_round(number, 3)
        return town.move_in(1).holder.go_on(number)

    assert told_of(2).done == ["answered member 2"]
    refused = told_of(4, 5)
    assert (refused.done, kept.answers) == ([], set())
    assert any("with those shown before, 3 shares" in note for note in refused.notes)
    assert told_of(4).done == ["answered member 4"]
    for member in (3, 5):
        assert told_of(member).done == []
    assert told_of(2, 4).done == ["answered member 2", "answered member 4"], "these may be said again"


def test_a_deal_hidden_from_everybody_is_left_out_even_if_it_comes_late(town: Town) -> None:
    number = town.convene()
    town.all_go_on(number, without=(2,))
    late = own_deal(town, number, 2).to_bytes()
    town.people[2].holder.acts.deal(number, sha256(late))  # and no bytes on the board
    town.to_round(number, 2)
    early = town.all_go_on(number, without=(2,))
    assert any("the deal of member 2 is on no board" in note for note in early[1].notes)
    assert not any(report.done for report in early.values()), "it may still be on its way"
    town.to_round(number, 2, late=True)
    assert all(report.done == ["complained of member 2"] for report in town.all_go_on(number, without=(2,)).values())
    town.to_round(number, 3)
    town.board.put(late)  # shown to some of them now
    town.all_go_on(number, without=(2,))
    town.to_round(number, 4)
    reports = town.all_go_on(number, without=(2,))
    assert any("member 2 is left out: many_complaints" in note for note in reports[1].notes)
    check_key(town, number, (1, 3, 4, 5))


def test_a_deal_hidden_from_one_is_put_on_the_board_again_by_the_others(town: Town) -> None:
    """The dealer shows its deal to some only, by a board of its own; one of those spreads it."""
    number = town.convene()
    data = own_deal(town, number, 2).to_bytes()
    town.people[2].holder.acts.deal(number, sha256(data))
    town.people[1].holder.board.put(data)  # all that the dealer shows
    reports = town.play(number, without=(2,))
    assert {report.standing for report in reports.values()} == {Standing.READY}
    assert not read_ceremony(town.ledger, town.board, number).complaints
    assert key_in_force(read_ceremony(town.ledger, town.board, number)).qualified == (1, 2, 3, 4, 5)


def test_who_alone_misses_a_deal_says_so_and_has_its_share_all_the_same(town: Town) -> None:
    number = town.convene()
    town.people[4].curtain.hidden.add(sha256(own_deal(town, number, 2).to_bytes()))
    town.all_go_on(number)
    for late in (False, True):
        town.to_round(number, 2, late=late)
        reports = town.all_go_on(number)
    assert reports[4].done == ["complained of member 2"]
    roster = read_ceremony(town.ledger, town.board, number).roster
    assert read_ceremony(town.ledger, town.board, number).complaints == {4: {2: missing_word(roster, 4, 2)}}
    town.to_round(number, 3)
    assert town.all_go_on(number)[2].done == ["answered member 4"]
    town.to_round(number, 4)
    waiting = town.people[4].holder.go_on(number)
    assert (waiting.standing, waiting.done) == (Standing.GOING_ON, [])
    assert "fewer than 3 members miss it" in waiting.notes[0]
    town.people[4].curtain.hidden.clear()
    assert town.all_go_on(number)[4].standing in (Standing.GOING_ON, Standing.READY)
    assert set(standings(town.all_go_on(number)).values()) == {Standing.READY}
    check_key(town, number, (1, 2, 3, 4, 5))


def test_a_member_whose_line_is_broken_accuses_nobody(town: Town) -> None:
    number = town.convene()
    town.people[4].curtain.hidden.update(sha256(own_deal(town, number, one).to_bytes()) for one in (1, 2, 3, 5))
    town.all_go_on(number)
    town.to_round(number, 2, late=True)
    report = town.people[4].holder.go_on(number)
    assert report.done == []
    assert len(report.notes) == 4, "its own deal it has"


def test_a_board_that_is_away_for_a_round_stops_nobody_who_saw_the_deals(town: Town) -> None:
    number = town.convene()
    town.all_go_on(number)
    town.all_go_on(number)  # everybody has seen all deals by now
    for person in town.people.values():
        person.curtain.away = True
    for place in (2, 3):
        for late in (False, True):
            town.to_round(number, place, late=late)
            assert not any(report.done for report in town.all_go_on(number).values())
    for person in town.people.values():
        person.curtain.away = False
    town.to_round(number, 4)
    town.all_go_on(number)
    check_key(town, number, (1, 2, 3, 4, 5))


def test_a_dealer_whose_board_is_away_puts_nothing_on_the_ledger(town: Town) -> None:
    """A digest without the bytes would be taken for hiding them."""
    number = town.convene()
    assert town.people[1].holder.go_on(number).done == ["dealt"]
    town.people[2].curtain.away = True
    with pytest.raises((NotFound, Unavailable)):
        town.people[2].holder.go_on(number)
    assert set(read_ceremony(town.ledger, town.board, number).dealt) == {1}
    town.people[2].curtain.away = False
    assert town.people[2].holder.go_on(number).done == ["dealt"]


def test_too_few_fail_loudly_and_a_new_ceremony_is_another_one(town: Town) -> None:
    number = town.convene()
    town.play(number, without=(1, 2, 3))
    town.to_round(number, 5)
    report = town.people[4].holder.go_on(number)
    assert report.standing is Standing.FAILED
    assert "2 of 5 qualified, 3 are needed (1 absent, 2 absent, 3 absent)" in report.notes[0]
    again = town.convene()
    assert set(standings(town.play(again)).values()) == {Standing.READY}
    with pytest.raises(Refused):
        opening_key(town.ledger, town.board, number)
    check_key(town, again, (1, 2, 3, 4, 5))


def test_qualified_but_too_few_confirm(town: Town) -> None:
    number = town.convene()
    for place in (1, 2, 3):
        town.to_round(number, place)
        town.all_go_on(number)
    town.to_round(number, 4)
    town.all_go_on(number, without=(1, 2, 3))
    town.to_round(number, 5)
    report = town.people[4].holder.go_on(number)
    assert report.standing is Standing.FAILED
    assert report.notes == ["3 had to confirm in time; 4, 5 did"]


def test_a_member_that_comes_back_after_the_last_round_still_takes_its_share(town: Town) -> None:
    number = town.convene()
    for place in (1, 2, 3):
        town.to_round(number, place)
        town.all_go_on(number)
    town.to_round(number, 4)
    town.all_go_on(number, without=(5,))
    town.to_round(number, 5)
    report = town.move_in(5).holder.go_on(number)
    assert (report.standing, report.done) == (Standing.READY, ["kept the share"])
    check_key(town, number, (1, 2, 3, 4, 5))


def test_another_key_under_the_members_name_is_noticed(town: Town) -> None:
    number = town.convene(keys={2: bytes([9]) + bytes(31)})
    with pytest.raises(Refused) as caught:
        town.people[2].holder.go_on(number)
    assert caught.value.code == "holding.other_key"


def test_a_second_home_of_one_member_is_noticed(town: Town) -> None:
    number = town.convene()
    town.all_go_on(number)
    town.people[1].keys.destroy(town.people[1].holder.store.seed_name(number))
    with pytest.raises(Conflict) as caught:
        town.people[1].holder.go_on(number)
    assert caught.value.code == "holding.two_homes"


def test_a_home_with_another_seed_neither_deals_nor_answers_for_the_one_that_dealt(town: Town) -> None:
    number = town.convene()
    town.all_go_on(number)
    keys = town.people[1].keys
    keys.destroy(town.people[1].holder.store.seed_name(number))
    keys.create(town.people[1].holder.store.seed_name(number), "secret")  # an older home of the same member
    town.to_round(number, 1, late=True)
    with pytest.raises(Conflict) as caught:
        town.people[1].holder.go_on(number)
    assert caught.value.code == "holding.two_homes"
    town.to_round(number, 2)
    roster = read_ceremony(town.ledger, town.board, number).roster
    town.people[4].holder.acts.complain(number, 1, box_word(roster, 4, 1))
    town.to_round(number, 3)
    with pytest.raises(Conflict) as caught:
        town.people[1].holder.go_on(number)
    assert caught.value.code == "holding.two_homes"
    assert not read_ceremony(town.ledger, town.board, number).answers


def test_a_kept_share_of_another_registrys_ceremony_confirms_nothing(town: Town) -> None:
    number = town.convene()
    for place in (1, 2, 3, 4):
        town.to_round(number, place)
        town.all_go_on(number, without=(5,) if place == 4 else ())
    store = town.people[5].holder.store
    store.keep(number, replace(town.people[4].holder.store.share(number), ceremony=sha256(b"of another registry")))
    with pytest.raises(Conflict) as caught:
        town.people[5].holder.go_on(number)
    assert caught.value.code == "holding.other_registry"
    assert 5 not in read_ceremony(town.ledger, town.board, number).confirmed


def test_bytes_that_are_not_those_of_the_ledger_are_no_deal(town: Town) -> None:
    number = town.convene()
    town.all_go_on(number)
    digest = read_ceremony(town.ledger, town.board, number).dealt[2]
    path = town.folder / "board" / "papers" / digest.hex()[:2] / digest.hex()
    path.chmod(0o600)
    path.write_bytes(own_deal(town, number, 3).to_bytes())
    assert read_ceremony(town.ledger, town.board, number).missing == (2,)
    town.to_round(number, 2)
    assert read_deal(own_deal(town, number, 3).to_bytes(), read_ceremony(town.ledger, town.board, number).roster, 3)
    town.play(number)
    check_key(town, number, (1, 2, 3, 4, 5))
