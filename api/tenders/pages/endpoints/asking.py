"""What a reader of a tender's page sends: a question, a receipt to be checked, the wish to follow it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, public
from api.service.languages import language_of
from api.service.pages.rendering import is_piece, render
from api.service.pages.routes import PageRoute
from api.service.routes import Caller, Here, PerhapsCaller, ruled
from api.tenders.endpoints.people import follow_tender, unfollow_tender
from api.tenders.endpoints.questions import QuestionRequest, ask_question
from api.tenders.endpoints.receipts import ReceiptRequest, check_receipt
from api.tenders.pages.endpoints.tender import receipt_values, tender_page
from api.tenders.pages.showing import telling
from api.tenders.schemas import TenderNumber
from chain.tenders.bidding.receipt import LARGEST
from chain.tenders.notice.answers import LONGEST_QUESTION

router = APIRouter(route_class=PageRoute)
_FOLLOWING = anywhere(Role.BIDDER, scope=Scope.TENDERS, noted=True)


@router.post("/tenders/{tender}/questions", **ruled(public(noted=True)))
def send_question(
    request: Request,
    service: Here,
    tender: TenderNumber,
    text: Annotated[str, Form(min_length=1, max_length=LONGEST_QUESTION)],
) -> Response:
    """Ask; then the page again, which says so."""
    ask_question(request, service, tender, QuestionRequest(text=text))
    return _back(f"/tenders/{tender}?asked=true#questions")


@router.post("/tenders/{tender}/receipt", **ruled(public()))
def preview_receipt(
    request: Request,
    service: Here,
    caller: PerhapsCaller,
    tender: TenderNumber,
    receipt: Annotated[str, Form(min_length=1, max_length=LARGEST)],
) -> Response:
    """Check a receipt; the page again, with what was found. Nothing of it is kept."""
    found = check_receipt(service, tender, ReceiptRequest(receipt=receipt.strip()))
    if is_piece(request):
        return render(
            request, "tenders/receipt_answer.html", words="board", h=telling(language_of(request)),
            **receipt_values(found),
        )  # fmt: skip
    return tender_page(request, service, caller, tender, receipt=found)


@router.post("/tenders/{tender}/following", **ruled(_FOLLOWING))
def follow_here(
    service: Here, caller: Caller, tender: TenderNumber, follow: Annotated[Literal["yes", "no"], Form()]
) -> Response:
    """Follow a tender, or no more."""
    (follow_tender if follow == "yes" else unfollow_tender)(service, caller, tender)
    return _back(f"/tenders/{tender}")


def _back(place: str) -> Response:
    return RedirectResponse(place, 303, {"Cache-Control": "no-store"})


__all__ = ["router"]
