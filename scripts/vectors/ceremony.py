"""A ceremony in the ways it can go, for the browser to come to the same: part of tests/vectors/holding.json.

Each case is what its members do: honest ones by the rules, the others as the case says. What everybody says, and what
comes of it, is computed here; the words on the ledger are those of :class:`chain.tenders.holding.ceremonies.Ceremony`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import YinxinError
from chain.sealing import Scope
from chain.sealing.ceremony import (
    Answer,
    Complaint,
    Deal,
    Member,
    Roster,
    Transcript,
    box_word,
    judge,
    make_answer,
    make_complaint,
    make_confirmation,
    make_deal,
    missing_word,
    read_deal,
    take_share,
)
from chain.sealing.ceremony.deal import box_for
from chain.tenders.holding.cards import MemberCard
from chain.tenders.holding.places import Place
from scripts.vectors.ceremony_logs import call_vectors, told

_NUMBERS = range(1, 6)
_THRESHOLD = 3
_SEEDS = {number: sha256(b"seed of member %d" % number) for number in _NUMBERS}
_CARDS = {number: sha256(b"card of member %d" % number) for number in _NUMBERS}

Words = Mapping[int, Mapping[int, bytes]]


@dataclass(frozen=True, slots=True)
class _Case:
    """What is not as it should be: numbers of members, or of the dealers that a member says something of.

    Attributes:
        name: in plain words.
        replaced: deals in the place of the honest ones.
        absent: who deals nothing.
        withheld: whose deals the reader cannot get.
        missing: whose deals a member cannot get.
        lies: of whose boxes a member complains although they are right.
        gone: whose deals a member says it misses, whatever it misses.
        silent: who answers nothing.
    """

    name: str
    replaced: Mapping[int, bytes] = field(default_factory=dict)
    absent: tuple[int, ...] = ()
    withheld: tuple[int, ...] = ()
    missing: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    lies: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    gone: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    silent: tuple[int, ...] = ()


def ceremony(place: Place, number: int) -> dict[str, Any]:
    """The roster, everybody's secrets and deals, and the cases; bytes as lower-case hexadecimal, papers as text."""
    members = tuple(Member(sha256(b"member %d" % one)[:20], _public(_CARDS[one])) for one in _NUMBERS)
    roster = Roster(Scope(place.genesis, place.book, "term", number), _THRESHOLD, members)
    deals = {one: make_deal(roster, one, _SEEDS[one]).to_bytes() for one in _NUMBERS}
    return {
        "roster": roster.to_bytes().decode(),
        "seeds": [_SEEDS[one].hex() for one in _NUMBERS],
        "cards": [_CARDS[one].hex() for one in _NUMBERS],
        "deals": [deals[one].decode() for one in _NUMBERS],
        "refused": list(_refused(roster, deals)),
        "cases": [_played(roster, deals, case) for case in _cases(roster, deals)],
        "card": _card(),
        **_on_ledger(roster, deals, number),
    }


def _card() -> dict[str, str]:
    """A card, its account's key, and the key that is on it."""
    secret, key = sha256(b"account of member 1"), _public(_CARDS[1])
    name = "示例保管人 1"
    return {
        "secret": secret.hex(), "key": key.hex(), "name": name,
        "text": MemberCard.sign(secret, key, name).to_bytes().decode(),
    }  # fmt: skip


def _on_ledger(roster: Roster, deals: Mapping[int, bytes], number: int) -> dict[str, Any]:
    """The ceremony in which member 5 complains of a right box and member 1 answers, as the ledger tells it."""
    words = {5: {1: box_word(roster, 5, 1)}}
    complaints = {one: Complaint.of_words(roster, one, said).to_bytes() for one, said in words.items()}
    answer = make_answer(roster, 1, _SEEDS[1], Transcript(deals, complaints))
    if answer is None:
        raise AssertionError("a complaint wants an answer")
    judgement = judge(roster, Transcript(deals, complaints, {1: answer.to_bytes()}))
    dealt = {one: sha256(data) for one, data in deals.items()}
    return {
        "calls": call_vectors(number, judgement),
        "told": told(number, roster, dealt, words, {1: answer.shares}, judgement),
    }


def _cases(roster: Roster, deals: Mapping[int, bytes]) -> list[_Case]:
    second, third = (read_deal(deals[one], roster, one) for one in (2, 3))
    right = second.boxes[3]
    broken = _with_box(second, 4, right[:-1] + bytes([right[-1] ^ 1]))
    other = _with_box(second, 4, box_for(roster.digest(), 2, 4, roster.members[3].key, sha256(b"another value")))
    unproved = replace(third, possession=second.possession).to_bytes()
    return [
        _Case("all well"),
        _Case("a box holds another value", replaced={2: other}),
        _Case("a box does not open", replaced={2: broken}),
        _Case("a right box is complained of", lies={5: (1,)}),
        _Case("t members complain of a right box", lies={3: (2,), 4: (2,), 5: (2,)}),
        _Case("a complaint is not answered", lies={5: (1,)}, silent=(1,)),
        _Case("one is absent and complains, one proves no possession", {3: unproved}, (5,), lies={5: (1,)}),
        _Case("one misses a deal", missing={3: (1,)}),
        _Case("t members miss a deal", withheld=(2,), missing={3: (2,), 4: (2,), 5: (2,)}),
        _Case("the reader misses a deal that others have", withheld=(2,), missing={3: (2,)}),
        _Case("deals are hidden crosswise", missing={1: (2,), 2: (3,), 3: (1,)}),
        _Case("who answered has lost company", missing={3: (1,), 4: (2,)}, lies={3: (5,)}, silent=(5,)),
        _Case("one misses t deals", missing={5: (1, 2, 3)}),
        _Case("one says that t deals are missing", gone={5: (1, 2, 3)}),
        _Case("too few are left", {3: unproved}, (4, 5)),
    ]


def _with_box(deal: Deal, member: int, made: bytes) -> bytes:
    boxes = list(deal.boxes)
    boxes[member - 1] = made
    return replace(deal, boxes=tuple(boxes)).to_bytes()


def _played(roster: Roster, honest: Mapping[int, bytes], case: _Case) -> dict[str, Any]:
    sent = {one: case.replaced.get(one, honest[one]) for one in _NUMBERS if one not in case.absent}
    made = {one: _complaint(roster, one, sent, case) for one in _NUMBERS}
    words = {one: said for one in _NUMBERS if (said := _said(roster, one, made[one], case))}
    complaints = {one: Complaint.of_words(roster, one, said).to_bytes() for one, said in words.items()}
    deals = {one: data for one, data in sent.items() if one not in case.withheld}
    withheld = {one: sha256(sent[one]) for one in case.withheld}
    asked = Transcript(deals, complaints, {}, withheld)
    answered = {one: _answer(roster, one, asked) for one in deals}
    answers = {
        one: answer.shares for one, answer in answered.items() if isinstance(answer, Answer) and one not in case.silent
    }
    written = {one: Answer(roster.digest(), one, said).to_bytes() for one, said in answers.items()}
    return {
        "name": case.name,
        "replaced": {str(one): data.decode() for one, data in case.replaced.items()},
        "absent": list(case.absent),
        "withheld": list(case.withheld),
        "missing": {str(one): list(missed) for one, missed in case.missing.items()},
        "complaints": {str(one): None if said is None else said.to_bytes().decode() for one, said in made.items()},
        "words": _listed(words),
        "written": {str(one): data.decode() for one, data in complaints.items()},
        "answers": {
            str(one): _hexed(answer.shares) if isinstance(answer, Answer) else answer
            for one, answer in answered.items()
        },
        "answered": _listed(answers),
        "judgement": _judged(roster, Transcript(deals, complaints, written, withheld)),
    }


def _complaint(roster: Roster, member: int, sent: Mapping[int, bytes], case: _Case) -> Complaint | None:
    missing, good = case.missing.get(member, ()), []
    for dealer, data in sent.items():
        if dealer not in missing:
            try:
                good.append(read_deal(data, roster, dealer))
            except YinxinError:
                continue
    return make_complaint(roster, member, _CARDS[member], good, missing)


def _said(roster: Roster, member: int, made: Complaint | None, case: _Case) -> dict[int, bytes]:
    boxes = {*(made.against if made else ()), *case.lies.get(member, ())}
    missing = {*(made.missing if made else ()), *case.gone.get(member, ())}
    said = {one: box_word(roster, member, one) for one in sorted(boxes)}
    return said | {one: missing_word(roster, member, one) for one in sorted(missing)}


def _answer(roster: Roster, dealer: int, transcript: Transcript) -> Answer | str | None:
    try:
        return make_answer(roster, dealer, _SEEDS[dealer], transcript)
    except YinxinError as error:
        return error.code


def _judged(roster: Roster, transcript: Transcript) -> dict[str, Any]:
    try:
        judgement = judge(roster, transcript)
    except YinxinError as error:
        return {"code": error.code}
    shares = {one: take_share(judgement, one, _CARDS[one]) for one in judgement.qualified}
    return {
        "qualified": list(judgement.qualified),
        "faults": [[fault.member, str(fault.offence)] for fault in judgement.faults],
        "key": judgement.opening_key.key.hex(),
        "holders": _hexed(judgement.opening_key.key_holders),
        "transcript": judgement.transcript.hex(),
        "shares": {str(one): share.to_bytes().decode() for one, share in shares.items()},
        "confirmations": {
            str(one): make_confirmation(judgement, share).to_bytes().decode() for one, share in shares.items()
        },
    }


def _refused(roster: Roster, deals: Mapping[int, bytes]) -> Iterable[dict[str, Any]]:
    """Papers that are not read, and the codes with which the command refuses them."""
    deal = json.loads(deals[1])
    named = {"ceremony": hex0x(roster.digest()), "format": "yinxin-complaint-1", "member": 1}
    invited = json.loads(roster.to_bytes())
    changed: list[tuple[str, dict[str, Any]]] = [
        ("deal", {**deal, "ceremony": hex0x(sha256(b"another"))}),
        ("deal", {**deal, "format": "yinxin-deal-2"}),
        ("deal", {**deal, "dealer": 2}),
        ("deal", {**deal, "more": 1}),
        ("deal", {**deal, "commitments": deal["commitments"][:2]}),
        ("deal", {**deal, "boxes": [*deal["boxes"], deal["boxes"][0]]}),
        ("deal", {**deal, "possession": json.loads(deals[2])["possession"]}),
        ("complaint", {**named, "against": [], "missing": []}),
        ("complaint", {**named, "against": [3, 2], "missing": []}),
        ("complaint", {**named, "against": [2], "missing": [2]}),
        ("complaint", {**named, "against": [6], "missing": []}),
        ("complaint", {**named, "against": [2], "member": 2, "missing": []}),
        ("roster", {**invited, "threshold": 1}),
        ("roster", {**invited, "threshold": 4}),
        ("roster", {**invited, "members": [*invited["members"], invited["members"][0]]}),
    ]
    for kind, value in changed:
        data = canonical(value)
        yield {"kind": kind, "text": data.decode(), "code": _code(kind, data, roster)}


def _code(kind: str, data: bytes, roster: Roster) -> str:
    try:
        if kind == "roster":
            Roster.from_bytes(data)
        elif kind == "deal":
            read_deal(data, roster, 1)
        else:
            Complaint.from_bytes(data, roster, 1)
    except YinxinError as error:
        return error.code
    raise AssertionError(f"{kind}: read, although it breaks a rule")


def _public(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _listed(words: Words) -> dict[str, dict[str, str]]:
    return {str(one): _hexed(said) for one, said in sorted(words.items())}


def _hexed(words: Mapping[int, bytes]) -> dict[str, str]:
    return {str(one): words[one].hex() for one in sorted(words)}
