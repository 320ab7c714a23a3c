"""Bases of reports of nobody's: notices, opening records, committees and sheets, without a chain."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from chain.evaluation.committee import Committee, Member, MemberKind
from chain.evaluation.report.computing import Asked, Basis
from chain.evaluation.sheets import (
    BidSheet,
    Clarification,
    ClarificationQuestion,
    ClarificationVote,
    Opinion,
    ScoreSheet,
)
from chain.kernel.encoding import sha256
from chain.sealing import Disclosure, FaultKind
from chain.sealing.form import Figure
from chain.tenders.notice import Notice
from chain.tenders.opening import (
    LotPlace,
    NamedOrganisation,
    OpeningRecord,
    Outcome,
    RecordedBid,
    RecordedFault,
)
from tests.chain.tenders.notice.samples import sample

PASSED = Opinion(True)
MEMBERS = 5


@cache
def notice(name: str = "desks") -> Notice:
    """The sample notice of desks (one envelope) or roads (two), with neither certificates nor a guarantee."""
    with tempfile.TemporaryDirectory() as folder:
        return sample(Path(folder), name, qualification=[], guarantee=None)


def place(name: str = "desks") -> LotPlace:
    """Lot 1 of the sample."""
    found = notice(name)
    return LotPlace(found.genesis, found.book, found.tender, 1)


@cache
def committee(members: int = MEMBERS) -> Committee:
    """Experts, and one representative."""
    return Committee(
        place(), 1, sha256(b"pool"), (sha256(b"drawn"),),
        tuple(
            Member(
                seat, sha256(b"account %d" % seat)[:20], sha256(b"box %d" % seat),
                MemberKind.EXPERT if seat < members else MemberKind.OWNER, seat if seat < members else None,
            )
            for seat in range(1, members + 1)
        ),
    )  # fmt: skip


def bid(number: int, figures: Mapping[str, str] | None, code: str = "", result: str = "valid") -> RecordedBid:
    """A bid of a company of its own, or one that did not open."""
    fault = None if figures is not None else RecordedFault(FaultKind.BAD_HEADER, "junk", {})
    who = NamedOrganisation(result, code or f"CODE{number}", f"示例{number}号公司")
    shown = tuple(Disclosure(Figure(name, value, bytes(32)), 0, 1, ()) for name, value in (figures or {}).items())
    outcome = Outcome.OPENED if fault is None else Outcome.REVOKED
    return RecordedBid(
        number, sha256(b"bid %d" % number), sha256(b"bidder %d" % number)[:20], 1, outcome,
        who if fault is None else None, shown, fault,
    )  # fmt: skip


def record(bids: Sequence[RecordedBid], name: str = "desks", envelope: int = 1) -> OpeningRecord:
    """An opening record of these bids."""
    return OpeningRecord(
        place(name), envelope, notice(name).digest, 1, sha256(b"live"), sha256(b"keys"), (1, 2, 3), (), tuple(bids),
        len(bids), 1,
    )  # fmt: skip


def sheet(seat: int, bids: Sequence[BidSheet]) -> ScoreSheet:
    """The sheet of that seat."""
    account = committee().members[seat - 1].account
    return ScoreSheet(place(), 1, 1, sha256(b"committee"), account, sha256(b"salt %d" % seat), tuple(bids))


def judged(number: int, points: str | None, name: str = "quality", *, formal: str = "", skill: str = "") -> BidSheet:
    """What a member says of a bid: points, or why it fails, formally or in qualification."""
    given = {} if points is None else {name: Decimal(points)}
    return BidSheet(
        number, Opinion(False, formal) if formal else PASSED, Opinion(False, skill) if skill else PASSED, given
    )


def asked(number: int, votes: Sequence[bool], matter: str = "low-price", envelope: int = 1) -> Asked:
    """A clarification of a bid, with the votes of the first seats."""
    question = ClarificationQuestion(place(), envelope, number, matter, "请说明。", 1)
    digest = sha256(question.to_bytes())
    given = tuple(
        ClarificationVote(place(), number, digest, None, sha256(b"committee"), member.account, accept, f"第{at}席意见")
        for at, (member, accept) in enumerate(zip(committee().members, votes, strict=False), 1)
    )
    paper = Clarification(place(), number, digest, None, sha256(b"committee"), given)
    return Asked(sha256(paper.to_bytes()), question, paper, MEMBERS)


def basis(bids: Sequence[RecordedBid], sheets: Sequence[ScoreSheet], **more: object) -> Basis:
    """What a report on the desks follows from."""
    said = record(bids)
    values: dict[str, object] = {
        "committee": (sha256(b"committee"), committee()), "commitments": sha256(b"commitments"),
        "sheets": tuple(sheets),
    }  # fmt: skip
    return Basis(notice(), place(), 1, (sha256(said.to_bytes()), said), **{**values, **more})  # type: ignore[arg-type]
