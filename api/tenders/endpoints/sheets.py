"""Score sheets of a lot: what its members judge now, their commitments and, once all are on the ledger, sheets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_tender
from api.service.context import Service
from api.service.routes import Here, ServiceRoute, ruled
from api.service.shapes import Hex, Shape
from api.tenders.query import lot_row
from api.tenders.schemas import Account, LotNumber, TenderNumber
from chain.evaluation.report.computing import members_look_at
from chain.evaluation.sheets import SheetCommitment, read_sheet, sheets_topic
from chain.evaluation.sheets.acts import ENVELOPE, Round, round_of
from chain.evaluation.sheets.standing import left_commitments
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.tenders.notice import Notice, current_notice
from chain.tenders.opening import LotPlace, OpeningRecord, read_story
from chain.tenders.opening.finishing import standing_record

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])
_LOOKING = in_tender(Role.EXPERT, scope=Scope.TENDERS)
_HANDING = in_tender(Role.EXPERT, scope=Scope.TENDERS, noted=True, repeats=True)
_LONGEST_SHEET = 1_000_000


class LeftCommitment(Shape):
    """A commitment that lies on the board for this round."""

    account: Account
    sheet: Hex = Field(description="SHA-256 of the sheet")


class SheetsView(Shape):
    """What the members of a committee judge now. Every paper that it names is public."""

    round: int = Field(description="the round that is under way", examples=[1])
    committee: Hex = Field(description="SHA-256 of the committee's paper")
    record: Hex = Field(description="SHA-256 of the opening record of the first envelope")
    places: list[int] = Field(description="of the bids to be judged, ascending", examples=[[1, 2, 3]])
    commitments: Hex | None = Field(
        None, description="SHA-256 of the paper with the commitments of all members; null: not all have committed yet"
    )
    left: list[LeftCommitment] = Field(description="commitments of members that lie on the board")


class CommitmentBody(Shape):
    """A member's commitment as `yinxin expert commit` makes it (docs/formats/evaluation.md)."""

    format: Literal["yinxin-sheet-commitment-1"] = Field(examples=["yinxin-sheet-commitment-1"])
    genesis: Hex
    book: Account
    tender: int = Field(ge=1, examples=[12])
    lot: int = Field(ge=1, examples=[1])
    envelope: int = Field(ge=1, examples=[1])
    round: int = Field(ge=1, examples=[1])
    committee: Hex
    account: Account
    sheet: Hex
    signature: str = Field(description="by the account, base64url", max_length=87, examples=["g" * 87])


class SheetBody(Shape):
    """A sheet that may be shown."""

    paper: str = Field(
        max_length=_LONGEST_SHEET,
        description="`yinxin-score-sheet-1`, canonical JSON",
        examples=['{"format":"yinxin-score-sheet-1"}'],
    )


@dataclass(frozen=True, slots=True)
class _Lot:
    """A lot at the newest final block."""

    place: LotPlace
    notice: Notice
    at: Round
    record: OpeningRecord


@router.get("/tenders/{tender}/lots/{lot}/sheets", **ruled(_LOOKING))
def show_sheets(service: Here, tender: TenderNumber, lot: LotNumber) -> SheetsView:
    """The round under way, its committee, the bids to be judged and what of it stands on the ledger."""
    with _lot(service, tender, lot) as found:
        at, record = found.at, found.record
        left = left_commitments(service.tenders.board, found.place, ENVELOPE, at.number, at.digest, at.committee)
        return SheetsView(
            round=at.number,
            committee=hex0x(at.digest),
            record=hex0x(sha256(record.to_bytes())),
            places=list(members_look_at(record, found.notice)),
            commitments=None if at.recorded is None else hex0x(at.recorded.digest),
            left=[LeftCommitment(account=hex0x(one.account), sheet=hex0x(one.sheet)) for one in left.values()],
        )


@router.post("/tenders/{tender}/lots/{lot}/sheet-commitments", status_code=204, **ruled(_HANDING))
def leave_commitment(service: Here, tender: TenderNumber, lot: LotNumber, body: CommitmentBody) -> None:
    """Leave a member's commitment on the board. The same again changes nothing; another of that round is refused."""
    data = canonical(body.model_dump(by_alias=True))
    note = SheetCommitment.from_bytes(data)
    board = service.tenders.board
    with _lot(service, tender, lot) as found:
        at, place = found.at, found.place
        said = (note.lot_place, note.envelope, note.round, note.committee)
        if said != (place, ENVELOPE, at.number, at.digest) or at.committee.member(note.account) is None:
            raise InvalidInput(
                f"not a commitment of a member to a sheet of round {at.number}", code="sheet.foreign",
                field="committee", fix="look at the round under way and commit anew",
            )  # fmt: skip
        if not note.is_signed:
            raise InvalidInput("the account has not signed this", code="sheet.signature", field="signature")
        left = left_commitments(board, place, ENVELOPE, at.number, at.digest, at.committee).get(note.account)
        if left is not None and left.sheet != note.sheet:
            raise Conflict(
                f"this member has committed to another sheet in round {at.number}", code="sheet.committed",
                field="sheet", fix="nobody takes a commitment back; show that sheet",
            )  # fmt: skip
        if at.recorded is not None and left is None:
            raise Conflict(
                f"the commitments of round {at.number} are on record", code="sheet.recorded", field="round",
                fix="show the sheet that was committed to",
            )  # fmt: skip
    board.post(sheets_topic(tender, lot, ENVELOPE), "commitment", data)


@router.post("/tenders/{tender}/lots/{lot}/sheets", status_code=204, **ruled(_HANDING))
def show_sheet(service: Here, tender: TenderNumber, lot: LotNumber, body: SheetBody) -> None:
    """Put a sheet on the board, once the commitments of all members are on the ledger; never before."""
    data = body.paper.encode("utf-8", "surrogatepass")
    sheet = read_sheet(data)
    with _lot(service, tender, lot) as found:
        recorded = found.at.recorded
        if recorded is None or recorded.paper is None:
            raise Conflict(
                "not all members' commitments are on record: nobody shows a sheet before", code="sheet.early",
                field="lot", fix=f"the officer: yinxin tender commitments {tender} --lot {lot}",
            )  # fmt: skip
        commitment = recorded.paper.of(sheet.account)
        if commitment is None or commitment.sheet != sheet.digest:
            raise InvalidInput(
                "no member has committed to this sheet on record", code="sheet.differs", field="paper",
                fix="show the sheet as it was committed to",
            )  # fmt: skip
    service.tenders.board.put(data)


@contextmanager
def _lot(service: Service, tender: int, lot: int) -> Iterator[_Lot]:
    """Raises NotFound: no such lot, no opening record, no committee."""
    board = service.tenders.board
    with service.engine.connect() as connection:
        lot_row(connection, tender, lot)
    with service.tenders.chain() as chain:
        ledger = chain.ledger
        story = read_story(ledger, tender)
        notice = current_notice(ledger, board, tender)
        record = standing_record(board, story, lot, ENVELOPE)
        if record is None:
            raise NotFound(
                "there is no opening record to be had", code="evaluation.record", field="lot",
                fix="wait for the officer's yinxin tender finish-opening",
            )  # fmt: skip
        place = LotPlace(ledger.genesis, ledger.book, tender, lot)
        at = round_of(ledger, board, story, notice, lot)
        yield _Lot(place, notice, at, record)


__all__ = ["router"]
