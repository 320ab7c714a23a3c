"""A service passes on what members would look for, and nothing else: neither to them nor to the board."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import Conflict, InvalidInput, NotFound, YinxinError
from chain.sealing.ceremony import make_confirmation, make_deal, take_share
from chain.tenders.holding import Announcement, read_ceremony
from chain.tenders.holding.ceremonies import confirmations_topic
from chain.tenders.holding.relaying import announced, papers_of, post_confirmation, put_deal
from tests.chain.tenders.holding.stage import TITLE, Town

SEED = sha256(b"seed of a page")


def code_of(refused: pytest.ExceptionInfo[YinxinError]) -> str:
    return refused.value.code


def deal_of(town: Town, number: int, dealer: int, seed: bytes = SEED) -> bytes:
    return make_deal(read_ceremony(town.ledger, town.board, number).roster, dealer, seed).to_bytes()


def confirmation_of(town: Town, number: int, member: int) -> bytes:
    judgement = read_ceremony(town.ledger, town.board, number).judge()
    return make_confirmation(judgement, town.people[member].holder.store.share(number)).to_bytes()


def test_papers_are_those_of_plan_and_ledger(town: Town) -> None:
    number = town.convene()
    roster = read_ceremony(town.ledger, town.board, number).roster
    for notice in (sha256(b"no announcement"), b"{}"):
        town.board.post(f"ceremony/{number}", "announcement", notice)
    papers = papers_of(town.ledger, town.board, number)
    assert (papers.roster, papers.announcement, papers.deals) == (roster.to_bytes(), None, {})
    cards = tuple(person.card for _, person in sorted(town.people.items()))
    told = Announcement(number, town.ledger.genesis, town.ledger.key_registry, TITLE, cards)
    for other in (replace(told, ceremony=9), replace(told, title="another"), replace(told, cards=cards[1:]), told):
        town.board.post(f"ceremony/{number}", "announcement", other.to_bytes())
    assert papers_of(town.ledger, town.board, number).announcement == told.to_bytes()
    assert announced(town.ledger, town.board, number) == told
    town.play(number, without=(5,))
    papers = papers_of(town.ledger, town.board, number)
    assert papers.deals == {sha256(data): data for data in papers.deals.values()}
    assert len(papers.deals) == len(papers.confirmations) == 4
    town.board.post(confirmations_topic(number), "holder-5", papers.confirmations[4])
    town.board.post(confirmations_topic(number), "holder-1", b"{}")
    assert papers_of(town.ledger, town.board, number).confirmations == papers.confirmations
    with pytest.raises(NotFound) as unknown:
        papers_of(town.ledger, town.board, number + 1)
    assert code_of(unknown) == "holding.unknown"


def test_without_the_roster_the_deals_are_still_there(town: Town) -> None:
    number = town.convene()
    town.all_go_on(number)
    curtain = town.people[1].curtain
    curtain.hidden.add(town.ledger.ceremony(number).plan.roster_digest)
    papers = papers_of(town.ledger, curtain, number)
    assert (papers.roster, papers.announcement, dict(papers.confirmations), len(papers.deals)) == (None, None, {}, 5)
    assert announced(town.ledger, curtain, number) is None


def test_a_member_puts_its_own_deal_and_no_other_members(town: Town) -> None:
    former, number = town.convene(), town.convene()
    deal = deal_of(town, number, 2)
    for data, code in (
        (deal_of(town, number, 3), "ceremony.dealer"), (deal_of(town, former, 2), "ceremony.other"),
        (deal.replace(b'"possession":"', b'"possession":"AAAA'), "ceremony.bytes"), (b"{}", "ceremony.format"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            put_deal(town.ledger, town.board, number, 2, data)
        assert code_of(refused) == code
        with pytest.raises(NotFound):
            town.board.get(sha256(data))
    for _ in range(2):
        put_deal(town.ledger, town.board, number, 2, deal)
    assert town.board.get(sha256(deal)) == deal


def test_once_a_member_has_dealt_or_the_round_is_over_only_the_ledgers_deals_are_taken(town: Town) -> None:
    number = town.convene()
    bad = json.dumps({"format": "no deal"}).encode()
    town.people[1].holder.acts.deal(number, sha256(bad))
    town.people[2].holder.acts.deal(number, sha256(deal_of(town, number, 2)))
    with pytest.raises(Conflict) as second:
        put_deal(town.ledger, town.board, number, 2, deal_of(town, number, 2, seed=sha256(b"another")))
    assert code_of(second) == "holding.deal"
    town.to_round(number, 2)
    with pytest.raises(Conflict) as late:
        put_deal(town.ledger, town.board, number, 3, deal_of(town, number, 3))
    assert code_of(late) == "holding.deal"
    for seen in (bad, deal_of(town, number, 2)):  # by whom it was made does not matter
        put_deal(town.ledger, town.board, number, 4, seen)
        assert town.board.get(sha256(seen)) == seen


def test_a_confirmation_is_taken_in_its_round_from_its_member_and_if_it_is_true(town: Town) -> None:
    number = town.convene()
    for place in (1, 2, 3):
        town.to_round(number, place)
        town.all_go_on(number)
    town.to_round(number, 4)
    town.all_go_on(number, without=(4, 5))
    judgement = read_ceremony(town.ledger, town.board, number).judge()
    topic = confirmations_topic(number)
    before = list(town.board.notes(topic))
    true = confirmation_of(town, number, 1)
    value = json.loads(true)
    wrong_signature = true.replace(value["signature"].encode(), b64url(judgement.opening_key.key[:48]).encode())
    wrong_transcript = true.replace(value["transcript"][2:].encode(), b"5f" * 32)
    for data, member, code in (
        (true, 2, "ceremony.member"), (b"{}", 1, "ceremony.format"), (wrong_signature, 1, "holding.confirmation"),
        (wrong_transcript, 1, "holding.confirmation"),
    ):  # fmt: skip
        with pytest.raises(YinxinError) as refused:
            post_confirmation(town.ledger, town.board, number, member, data)
        assert code_of(refused) == code
    assert list(town.board.notes(topic)) == before
    fourth = town.people[4].holder
    fourth.store.keep(number, take_share(judgement, 4, fourth.store.card_key(number)))
    own = confirmation_of(town, number, 4)
    for _ in range(2):
        post_confirmation(town.ledger, town.board, number, 4, own)
    assert list(town.board.notes(topic)) == [*before, ("holder-4", own)]
    town.to_round(number, 5)
    with pytest.raises(Conflict) as late:
        post_confirmation(town.ledger, town.board, number, 1, true)
    assert code_of(late) == "holding.confirmation"
