"""A member's way to a ceremony without a board or node of its own: papers, and what is put, posted and sent for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select

from api.accounts.principals import Principal
from api.accounts.roles import Scope
from api.accounts.rules import Forbidden, signed_in
from api.holding.acts import check_act, count_of, hand_on
from api.service.context import Service
from api.service.routes import Caller, Here, ServiceRoute, ruled
from api.service.shapes import SAMPLE_DIGEST, Shape
from api.tenders import query
from api.tenders.schemas import SAMPLE_ACCOUNT, CeremonyNumber, CeremonyView
from api.tenders.tables import ceremony_members
from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.errors import NotFound, Unavailable
from chain.kernel.tender_ports import TenderLedger
from chain.ledger.fees import fees
from chain.ledger.rpc import RpcClient
from chain.ledger.transactions import SignedTransaction
from chain.tenders.holding.relaying import announced, papers_of, post_confirmation, put_deal

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])
_READING = signed_in(Scope.TENDERS)
_SAYING = signed_in(Scope.TENDERS, noted=True, repeats=True)
_MOST = 50
_PAPER = 2**20
"""Characters of a deal: ten times what a hundred members need."""
_NOTE = 4_096
_TRANSACTION = 4_096
_SAMPLE = "eyJmb3JtYXQiOiJ5aW54aW4t"


class OwnCeremony(Shape):
    """A ceremony in which the account is a member."""

    member: int = Field(description="its number in the roster", examples=[2])
    title: str | None = Field(
        None, description="term or occasion, as announced; null if no announcement fits the ledger", examples=["2026"]
    )
    ceremony: CeremonyView


class OwnCeremonies(Shape):
    """Newest first."""

    items: list[OwnCeremony]


class CeremonyPapers(Shape):
    """What the service's board has of a ceremony, base64url. Whoever reads it hashes it before it is believed."""

    roster: str | None = Field(None, description="of the digest in the plan", examples=[_SAMPLE])
    announcement: str | None = Field(
        None, description="title and members' cards, if ledger and roster bear them out", examples=[_SAMPLE]
    )
    deals: dict[str, str] = Field(
        description="by SHA-256, those that the ledger knows", examples=[{SAMPLE_DIGEST: _SAMPLE}]
    )
    confirmations: dict[str, str] = Field(description="by member, the newest", examples=[{"2": _SAMPLE}])


class DealBody(Shape):
    """A deal as `yinxin keyholder run` makes it (docs/formats/opening-key.md)."""

    deal: str = Field(description="its bytes, base64url", min_length=1, max_length=_PAPER, examples=[_SAMPLE])


class ConfirmationBody(Shape):
    """A confirmation as `yinxin keyholder run` makes it (docs/formats/opening-key.md)."""

    member: int = Field(description="number in the roster", ge=1, le=255, examples=[2])
    confirmation: str = Field(description="its bytes, base64url", min_length=1, max_length=_NOTE, examples=[_SAMPLE])


class ActBody(Shape):
    """A member's act, signed: `deal`, `complain`, `answer` or `confirm` of the KeyHolderRegistry."""

    transaction: str = Field(
        description="of type 2 (EIP-1559), as a node takes it", pattern=r"^0x([0-9a-f]{2})+$", max_length=_TRANSACTION,
        examples=["0x02f8b0"],
    )  # fmt: skip


class MemberAccount(Shape):
    """What a member's account needs to know to sign its next act."""

    address: str = Field(description="its ledger address", examples=[SAMPLE_ACCOUNT])
    member: int = Field(description="its number in the roster", examples=[2])
    count: int = Field(description="its transactions in the newest final block: the next one's number", examples=[5])
    fee: str = Field(description="what a unit of gas may cost at most, wei; 0 where nothing is asked", examples=["0"])
    tip: str = Field(description="of it for who makes the block, wei", examples=["0"])


@dataclass(frozen=True, slots=True)
class _Seat:
    """The ledger at one final block, and a member at it."""

    ledger: TenderLedger
    rpc: RpcClient
    members: tuple[bytes, ...]
    member: int

    @property
    def address(self) -> bytes:
        return self.members[self.member - 1]


@router.get("/me/ceremonies", **ruled(_READING))
def list_own_ceremonies(service: Here, caller: Caller) -> OwnCeremonies:
    """The newest ceremonies in which this account, by its ledger address, is a member."""
    return OwnCeremonies(items=own_ceremonies(service, caller))


def own_ceremonies(service: Service, caller: Principal, only: int | None = None) -> list[OwnCeremony]:
    """Those in which the caller is a member, newest first; or ``only`` that one, if it is."""
    if caller.address is None:
        return []
    table, account = ceremony_members, unhex0x(caller.address, size=20)
    wanted = select(table.c.ceremony, table.c.member).where(table.c.account == account)
    if only is not None:
        wanted = wanted.where(table.c.ceremony == only)
    with service.engine.connect() as connection:
        rows = connection.execute(wanted.order_by(table.c.ceremony.desc()).limit(_MOST)).all()
    items = []
    for row in rows:
        view = query.ceremony(service.engine, row.ceremony)
        items.append(OwnCeremony(member=row.member, title=_title(service, row.ceremony), ceremony=view))
    return items


@router.get("/ceremonies/{ceremony}/papers", **ruled(_READING))
def show_ceremony_papers(service: Here, caller: Caller, ceremony: CeremonyNumber) -> CeremonyPapers:
    """Roster, announcement, deals and confirmations of a ceremony, for its members."""
    with _seat(service, caller, ceremony) as seat:
        papers = papers_of(seat.ledger, service.tenders.board, ceremony)
    return CeremonyPapers(
        roster=None if papers.roster is None else b64url(papers.roster),
        announcement=None if papers.announcement is None else b64url(papers.announcement),
        deals={hex0x(digest): b64url(data) for digest, data in papers.deals.items()},
        confirmations={str(member): b64url(data) for member, data in sorted(papers.confirmations.items())},
    )


@router.post("/ceremonies/{ceremony}/deals", status_code=204, **ruled(_SAYING))
def put_member_deal(service: Here, caller: Caller, ceremony: CeremonyNumber, body: DealBody) -> None:
    """Put a deal on the board: one that the ledger knows, or while deals are made the member's own.

    The same again changes nothing.
    """
    data = unb64url(body.deal, field="deal")
    with _seat(service, caller, ceremony) as seat:
        put_deal(seat.ledger, service.tenders.board, ceremony, seat.member, data)


@router.post("/ceremonies/{ceremony}/confirmations", status_code=204, **ruled(_SAYING))
def leave_member_confirmation(service: Here, caller: Caller, ceremony: CeremonyNumber, body: ConfirmationBody) -> None:
    """Leave the member's own confirmation on the board, if it is what the messages of the ceremony give.

    The same again changes nothing.
    """
    data = unb64url(body.confirmation, field="confirmation")
    with _seat(service, caller, ceremony) as seat:
        if body.member != seat.member:
            raise Forbidden(
                f"this account is member {seat.member}, not {body.member}", code="holding.stranger", field="member",
                fix="leave your own confirmation",
            )  # fmt: skip
        post_confirmation(seat.ledger, service.tenders.board, ceremony, seat.member, data)


@router.post("/ceremonies/{ceremony}/acts", status_code=204, **ruled(_SAYING))
def hand_on_act(service: Here, caller: Caller, ceremony: CeremonyNumber, body: ActBody) -> None:
    """Hand a member's signed act on to the ledger's nodes; everything else is refused.

    The same again changes nothing. That it is handed on says nothing about what the contract does with it: look at the
    ledger.
    """
    signed = SignedTransaction.from_bytes(unhex0x(body.transaction, field="transaction"))
    with _seat(service, caller, ceremony) as seat:
        check_act(signed, seat.ledger, ceremony, seat.address)
        hand_on(seat.rpc, signed)


@router.get("/ceremonies/{ceremony}/account", **ruled(_READING))
def show_member_account(service: Here, caller: Caller, ceremony: CeremonyNumber) -> MemberAccount:
    """How many transactions of the caller's account, a member's, are final, and what gas costs."""
    with _seat(service, caller, ceremony) as seat:
        count = count_of(seat.rpc, seat.ledger.block, seat.address)
        offered = fees(seat.rpc, seat.rpc.call("eth_getBlockByNumber", ["latest", False]))
    price = offered.get("maxFeePerGas", offered.get("gasPrice", 0))
    tip = offered.get("maxPriorityFeePerGas", price)
    return MemberAccount(address=hex0x(seat.address), member=seat.member, count=count, fee=str(price), tip=str(tip))


@contextmanager
def _seat(service: Service, caller: Principal, ceremony: int) -> Iterator[_Seat]:
    """The caller's seat in a ceremony: its account's ledger address is a member's. Raises NotFound, Forbidden."""
    with service.tenders.chain() as chain:
        state = chain.ledger.ceremony(ceremony)
        if state is None:
            raise NotFound(
                f"there is no ceremony {ceremony}", code="holding.unknown", field="ceremony",
                fix="GET /v1/me/ceremonies lists yours",
            )  # fmt: skip
        address = None if caller.address is None else unhex0x(caller.address, size=20)
        if address not in state.members:
            raise Forbidden(
                f"this account is no member of ceremony {ceremony}", code="holding.stranger", field="Authorization",
                fix="sign in with the account that the roster names",
            )  # fmt: skip
        yield _Seat(chain.ledger, chain.connection.rpc, state.members, state.members.index(address) + 1)


def _title(service: Service, ceremony: int) -> str | None:
    try:
        with service.tenders.chain() as chain:
            found = announced(chain.ledger, service.tenders.board, ceremony)
    except Unavailable:  # the list is of use without titles
        return None
    return None if found is None else found.title


__all__ = ["own_ceremonies", "router"]
