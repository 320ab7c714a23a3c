"""Questions about a tender: anybody asks, without a name; who leads the tender reads; answers are published papers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_tender, public
from api.service.context import Service
from api.service.rates import Rates, address_of
from api.service.routes import Here, ServiceRoute, ruled
from api.service.shapes import Shape
from api.tenders.news import question_asked
from api.tenders.query import tender_row
from api.tenders.schemas import TenderNumber
from chain.kernel.errors import Conflict, NotFound
from chain.tenders.notice.answers import LONGEST_QUESTION, Question, question_name, questions, tidy

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])


class QuestionRequest(Shape):
    """A question. Do not say who you are: nobody is to know who may bid."""

    text: str = Field(
        min_length=1, max_length=LONGEST_QUESTION, examples=["Is lot 1 measured with or without fittings?"]
    )


class QuestionView(Shape):
    """A question as it lies on the board."""

    name: str = Field(description="made from its text", examples=["3fc9b689459d"])
    text: str = Field(examples=["Is lot 1 measured with or without fittings?"])


class Questions(Shape):
    """Questions about a tender, oldest first."""

    items: list[QuestionView]


@router.post("/tenders/{tender}/questions", status_code=201, **ruled(public(noted=True, repeats=True)))
def ask_question(request: Request, service: Here, tender: TenderNumber, body: QuestionRequest) -> QuestionView:
    """Ask about a tender, until the time its notice names; no account is needed. The same again changes nothing.

    The question becomes a note on the public board; neither account nor address is kept with it.
    """
    # Not about(): the audit log would tell of a signed-in account which tender it asks about.
    rates: Rates = request.app.state.question_rates
    rates.take(address_of(request))
    with service.engine.connect() as connection:
        row = tender_row(connection, tender)
    now = service.clock()
    if row.cancelled or now > row.deadline or (row.questions_until is not None and now > row.questions_until):
        raise Conflict(
            "questions are not taken any more", code="question.late", field="tender",
            fix="the notice says until when; ask the bureau in person",
        )  # fmt: skip
    root = service.ledger.trust_root
    book = _book(service)
    question = Question(root.genesis_hash, book, tender, tidy(body.text))
    service.tenders.board.post(f"questions/{tender}", question.name, question.to_bytes())
    question_asked(service.engine, tender, int(question.name, 16), now=now)
    return QuestionView(name=question.name, text=question.text)


@router.get("/tenders/{tender}/questions", **ruled(in_tender(Role.PROCUREMENT, Role.AGENT, scope=Scope.TENDERS)))
def list_questions(service: Here, tender: TenderNumber) -> Questions:
    """The questions on the board, for those who lead the tender. Answers are published with `yinxin tender answer`."""
    with service.tenders.chain() as chain:
        ledger = chain.ledger
    found = questions(ledger, service.tenders.board, tender)  # a slow board holds up nobody who reads the ledger
    return Questions(items=[QuestionView(name=question_name(one.text), text=one.text) for one in found])


def _book(service: Service) -> bytes:
    ranges = service.ledger.trust_root.ranges("TenderBook")
    if not ranges:
        raise NotFound("this ledger has no tenders", code="ledger.no_tenders", field="tender")
    return bytes(ranges[-1].address)


__all__ = ["router"]
