"""Papers of draws and committees: one form each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chain.evaluation import Expert, ExpertLine
from chain.evaluation.committee import (
    Committee,
    CommitteeNames,
    Drawn,
    DrawReasons,
    Exclusion,
    ExclusionRule,
    FloatPointDrawn,
    Member,
    MemberKind,
    Replacement,
    TieDrawn,
    read_committee,
    read_names,
)
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.keys.signatures import address_of
from chain.tenders.opening import LotPlace

LOT = LotPlace(sha256(b"genesis"), sha256(b"book")[:20], 3, 1)
KEY = sha256(b"account of nobody")
EXPERT = Expert("ZJ-0001", "示例专家", "", "A08", address_of(KEY), sha256(b"box"), sha256(b"salt"))
OWNER = Member(5, sha256(b"owner")[:20], sha256(b"owner's box"), MemberKind.OWNER, None)
SEATED = Member(1, EXPERT.account, EXPERT.box, MemberKind.EXPERT, 7)
REASONS = DrawReasons(
    LOT, 2, (Exclusion(3, ExclusionRule.DECLARED, "供应商亲属"), Exclusion(7, ExclusionRule.DRAWN)),
    (Replacement(7, "病假"),),
)  # fmt: skip
PAPERS: list[tuple[Any, Callable[[bytes], Any]]] = [
    (REASONS, DrawReasons.from_bytes),
    (Drawn(LOT, sha256(b"draw"), 1, bytes(48), (4, 0, 9)), Drawn.from_bytes),
    (FloatPointDrawn(LOT, sha256(b"notice"), 1, bytes(48), Decimal("2.5")), FloatPointDrawn.from_bytes),
    (TieDrawn(LOT, sha256(b"tie"), 2, bytes(48), (5, 2)), TieDrawn.from_bytes),
    (Committee(LOT, 1, sha256(b"pool"), (sha256(b"drawn"),), (SEATED, OWNER)), read_committee),
    (CommitteeNames(LOT, sha256(b"committee"), ((7, EXPERT),), ((OWNER.account, "示例代表"),)), read_names),
    (ExpertLine.sign(LOT.genesis, LOT.book, 3, EXPERT, KEY), ExpertLine.from_bytes),
]


@pytest.mark.parametrize(("paper", "read"), PAPERS, ids=lambda one: type(one).__name__)
def test_a_paper_is_read_as_it_was_written_and_in_no_other_form(paper: Any, read: Callable[[bytes], Any]) -> None:
    data = paper.to_bytes()
    assert read(data) == paper
    for place in range(0, len(data), 3):
        altered = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            assert read(altered) != paper
        except InvalidInput:
            continue
    for other in (data[:-1] + b',"x":1}', data.replace(b'-1"', b'-2"', 1), b" " + data):
        with pytest.raises(InvalidInput):
            read(other)


def test_a_conflict_that_is_declared_is_said_in_words() -> None:
    with pytest.raises(InvalidInput, match="reason"):
        replace(REASONS, excluded=(Exclusion(3, ExclusionRule.DECLARED),)).to_bytes()
    with pytest.raises(InvalidInput, match="ascend"):
        replace(REASONS, excluded=REASONS.excluded[::-1]).to_bytes()


@pytest.mark.parametrize(
    "members",
    [
        (OWNER, SEATED),
        (SEATED, replace(SEATED, seat=2)),
        (SEATED, replace(OWNER, account=SEATED.account)),
        (SEATED, replace(OWNER, place=3)),
        (replace(SEATED, place=None), OWNER),
    ],
    ids=["seats descend", "one twice", "one account", "an owner from the pool", "an expert from nowhere"],
)
def test_a_committee_that_cannot_be_is_refused(members: tuple[Member, ...]) -> None:
    committee: Committee = PAPERS[4][0]
    with pytest.raises(InvalidInput):
        read_committee(replace(committee, members=members).to_bytes())


def test_nobody_enrols_with_somebody_elses_account() -> None:
    with pytest.raises(InvalidInput, match="not signed by its account"):
        ExpertLine.sign(LOT.genesis, LOT.book, 3, EXPERT, sha256(b"another key"))
    line: ExpertLine = PAPERS[6][0]
    with pytest.raises(InvalidInput, match="not signed by its account"):
        ExpertLine.from_bytes(replace(line, tender=4).to_bytes())
