"""What commands after the evaluation have in common: cases with who filed them, candidates, the award."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.cli.tender._opening import OpeningHere
from chain.contracting.award import Award, ReadCase, Window, due, read_cases, shaken, standing_award, window
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.errors import NotFound, Refused
from chain.kernel.tender_facts import CaseKind
from chain.tenders.opening import OpeningRecord
from chain.tenders.opening.finishing import standing_record
from chain.tenders.story import LotStory

KINDS = {CaseKind.OBJECTION: ("异议", "objection"), CaseKind.COMPLAINT: ("投诉", "complaint")}


@dataclass(frozen=True)
class Filed:
    """Who filed something: ``role`` is ``bidder``, ``supervisor`` or ``officer``; place and name of a bidder's bid."""

    role: str
    place: int | None
    name: str | None


def line_of(here: OpeningHere) -> LotStory:
    """The lot's story."""
    return here.story.lots[here.lot]


def now_of(here: OpeningHere) -> int:
    """The chain's clock, seconds."""
    return here.place.ledger.block.time


def cases_of(here: OpeningHere) -> tuple[ReadCase, ...]:
    """Every case of the lot, read."""
    return read_cases(here.place.board, line_of(here), here.lot_place)


def award_of(here: OpeningHere) -> Award:
    """The award in force. Raises Refused: none yet."""
    found = standing_award(here.place.board, line_of(here), here.lot_place)
    if found is None:
        raise Refused(
            f"lot {here.lot} is not awarded", code="award.none", field="lot",
            fix=f"yinxin tender award {here.tender} --lot {here.lot}",
        )  # fmt: skip
    return found


def who_filed(here: OpeningHere, account: bytes) -> Filed:
    """Who has that account, as far as ledger and opening record tell."""
    if account == here.story.terms.supervisor:
        return Filed("supervisor", None, here.notice.supervisor.name)
    line = line_of(here)
    bid = next((one for one in line.bids if account == one.bidder), None)
    if bid is None:
        return Filed("officer", None, here.notice.bureau.name)
    return Filed("bidder", bid.place, _names(here).get(bid.place))


def _names(here: OpeningHere) -> dict[int, str]:
    """Organisations by place, as the opening records name them; what one lacks the other may have."""
    found: dict[int, str] = {}
    for envelope in sorted(line_of(here).openings):
        record: OpeningRecord | None = standing_record(here.place.board, here.story, here.lot, envelope)
        for bid in record.bids if record is not None else ():
            if bid.organisation is not None and bid.organisation.name:
                found.setdefault(bid.place, bid.organisation.name)
    return found


def case_data(here: OpeningHere, one: ReadCase, by: Filed) -> dict[str, Any]:
    """A case as plain data, with its clocks."""
    case, now, ends = one.case, now_of(here), due(one.case, here.notice)
    outcome = one.outcome
    return {
        "number": case.number, "kind": KINDS[case.kind][1], "by": hex0x(case.by), "role": by.role, "place": by.place,
        "organisation": by.name, "filed": case.filed.block.time, "paper": hex0x(case.digest),
        "text": None if one.paper is None else one.paper.text, "objection": one.objection, "due": ends,
        "open": case.settled is None, "overdue": case.settled is None and now > ends,
        "answered": None if case.settled is None else case.settled.block.time,
        "answer": None if case.answer is None else hex0x(case.answer),
        "answerText": None if one.answer is None else one.answer.text,
        "decision": None if outcome is None else outcome.as_dict()["decision"],
        "stands": None if outcome is None else outcome.stands, "trouble": one.trouble or None,
    }  # fmt: skip


def case_lines(one: dict[str, Any], now: int) -> list[str]:
    """A case for people."""
    zh, en = next(words for words in KINDS.values() if words[1] == one["kind"])
    name = one["organisation"] or ("" if one["place"] is None else f"place {one['place']}")
    lines = [f"[bold]{one['number']}[/] {zh} {en}  {name} ({one['role']})  {rfc3339(one['filed'])}"]
    lines.append(f"   {one['text'] or '(paper missing)'}")
    if one["objection"]:
        lines.append(f"   after objection {one['objection']}")
    if one["open"]:
        left = one["due"] - now
        said = f"{left} s left" if left >= 0 else f"overdue by {-left} s"
        lines.append(f"   [yellow]→ waits for an answer 待答复[/], due {rfc3339(one['due'])} ({said})")
        return lines
    words = {"upheld": "upheld 成立", "rejected": "rejected 不成立"}.get(one["decision"] or "", "answered 已答复")
    if one["decision"] == "upheld":
        words += ", the result stands 结果不变" if one["stands"] else ", the result does not stand 结果不成立"
    lines.append(f"   → {words}, {rfc3339(one['answered'])}: {one['answerText'] or one['answer']}")
    if one["trouble"]:
        lines.append(f"   [bold red]✗[/] {one['trouble']}")
    return lines


def window_data(found: Window | None) -> dict[str, Any] | None:
    """The running period as plain data."""
    if found is None:
        return None
    return {"phase": found.phase.name.lower(), "until": found.until, "left": max(0, found.left), "open": found.is_open}


def window_words(found: Window | None) -> str:
    """How long there is, for people."""
    if found is None:
        return "nothing may be filed in this phase 本阶段不受理"
    if not found.is_open:
        return f"the period ended 期限已过 {rfc3339(found.until)}"
    return f"may be filed until 受理至 {rfc3339(found.until)}, {found.left} s more by the chain's clock"


def window_of(here: OpeningHere) -> Window | None:
    """The period that runs."""
    return window(here.story, here.lot, now_of(here))


def shaken_numbers(here: OpeningHere) -> list[int]:
    """Numbers of upheld cases that nothing has answered since."""
    return [one.case.number for one in shaken(line_of(here), cases_of(here))]


def filed_number(here: OpeningHere, digest: bytes, account: bytes) -> int:
    """Number of the case that this account filed with that paper, the newest. Raises NotFound."""
    mine = [case.number for case in line_of(here).cases if (case.digest, case.by) == (digest, account)]
    if not mine:
        raise NotFound(
            "the ledger does not show it yet", code="case.unseen", field="lot", fix="run the command again"
        )  # fmt: skip
    return mine[-1]
