"""JSON shapes of batches, certificates and status acts."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from sqlalchemy.engine import Row

from api.certificates.search import Found
from api.service.paging import MOST, USUAL, Page
from api.service.shapes import SAMPLE_BUREAU, SAMPLE_IDENTIFIER, CertificateName, Hex, Shape, Time, hex_of, time_of
from chain.catalogue.lists import Finding, ListReport

SAMPLE_TYPE = "11100000MB0143028R001"
SAMPLE_NUMBER = "91440101000000001A"
SAMPLE_HOLDER = "示例一号商贸有限公司"
BatchState = Literal["waiting", "released", "sealed", "signed", "confirmed", "complete", "recalled"]
ActState = Literal["waiting", "sealed", "signed", "noted", "complete", "refused"]
Operation = Literal["issue", "renew", "change"]
StatusOperation = Literal["suspend", "reinstate", "revoke", "cancel", "lapse", "penalise", "close"]
StatusName = Literal[
    "VALID", "REVOKED", "SUSPENDED", "SUPERSEDED", "CANCELLED", "LAPSED", "TRANSFERRED", "PENALTY", "OTHER"
]


class BatchView(Shape):
    """One list on its way to the ledger."""

    number: int = Field(examples=[12])
    bureau: str = Field(examples=[SAMPLE_BUREAU])
    type: str = Field(description="certificate type code", examples=[SAMPLE_TYPE])
    type_version: int = Field(examples=[1])
    operation: str = Field(description="issue, renew, change, transfer or import", examples=["issue"])
    state: str = Field(
        description="waiting (for the second person), released, sealed, signed, confirmed, complete or recalled",
        examples=["complete"],
    )
    size: int = Field(description="certificates", examples=[500])
    done: int | None = Field(None, description="certificates made so far, while they are being made", examples=[200])
    source: str = Field(description="name of the list", examples=["2026-11 licences.xlsx"])
    operator: str = Field(examples=["officer-001"])
    created: Time
    sequence: int | None = Field(None, description="number of its anchor in the bureau's lane", examples=[4])
    root: Hex | None = None

    @classmethod
    def of(cls, row: Row[Any], done: int | None = None) -> BatchView:
        """From a row of ``batches``."""
        return cls(
            number=row.id,
            bureau=row.bureau,
            type=row.certificate_type,
            type_version=row.template_version,
            operation=row.operation,
            state=row.state,
            size=row.size,
            done=done,
            source=row.source,
            operator=row.operator,
            created=time_of(row.created_at),
            sequence=row.sequence,
            root=hex_of(row.root),
        )


class Batches(Page):
    """A page of batches, newest first."""

    items: list[BatchView]


class BatchRequest(Shape):
    """Rows to be issued. A list in a file goes to `/lists` instead."""

    type: str = Field(description="certificate type, by slug or code", max_length=64, examples=["business-licence"])
    operation: Operation = Field("issue", examples=["issue"])
    name: str = Field(description="what to call the list", min_length=1, max_length=200, examples=["hall, 31 January"])
    reason: str = Field("", description="written into the predecessors' records", max_length=500, examples=["更名"])
    dry_run: bool = Field(False, description="judge every row and stop", examples=[False])
    rows: list[dict[str, str]] = Field(
        description="one object a certificate: names of fields, or column headings, to texts",
        min_length=1,
        max_length=5_000,
        examples=[[{"证照编号": SAMPLE_NUMBER, "持证主体": SAMPLE_HOLDER}]],
    )


class FindingView(Shape):
    """What is wrong, or was changed, in one row."""

    row: int = Field(description="as the spreadsheet shows it", examples=[17])
    column: str = Field(description="heading", examples=["统一社会信用代码"])
    field: str | None = Field(None, examples=["certificateHolderCode"])
    level: str = Field(examples=["error"])
    rule: str = Field(examples=["uscc.check"])
    value: str = Field(examples=["91440101000000001B"])
    message: str = Field(examples=["check character B should be A"])
    message_zh: str = Field(examples=["校验码应为 A"])
    fix: str | None = Field(None, examples=["correct the code"])
    fix_zh: str | None = Field(None, examples=["请更正代码"])

    @classmethod
    def of(cls, one: Finding) -> FindingView:
        """From the reader of lists."""
        return cls(
            row=one.row,
            column=one.column,
            field=one.field,
            level=one.level,
            rule=one.rule,
            value=one.value,
            message=one.message,
            message_zh=one.message_zh,
            fix=one.fix,
            fix_zh=one.fix_zh,
        )


class TakenView(Shape):
    """A row whose number is taken."""

    row: int = Field(examples=[17])
    number: str = Field(examples=[SAMPLE_NUMBER])
    batch: int = Field(examples=[9])
    identifier: str | None = Field(None, examples=[SAMPLE_IDENTIFIER])


class ListOutcome(Shape):
    """What became of a list."""

    accepted: bool = Field(description="it is a batch now (or, in a dry run, could be)", examples=[True])
    batch: BatchView | None = Field(None, description="the batch, unless it was a dry run or has faults")
    known: bool = Field(
        False, description="this very list was given before, and its batch is answered", examples=[False]
    )
    rows: int = Field(examples=[500])
    rows_ok: int = Field(examples=[500])
    findings: list[FindingView] = Field(description="at most a thousand; faults first")
    findings_left_out: int = Field(0, examples=[0])
    taken: list[TakenView] = Field(description="rows whose numbers are issued or waiting already")

    @classmethod
    def of(cls, report: ListReport, **more: Any) -> ListOutcome:
        """From the reader of lists."""
        ordered = [*report.errors, *report.warnings]
        return cls(
            rows=report.row_count,
            rows_ok=len(report.rows),
            findings=[FindingView.of(one) for one in ordered[:1000]],
            findings_left_out=max(0, len(ordered) - 1000) + report.findings_left_out,
            **{"taken": [], **more},
        )


class CertificateView(Shape):
    """A certificate of the register. What is true stands on the ledger."""

    entry: int = Field(description="number in the register, for addresses: it says nothing", examples=[77])
    identifier: str = Field(examples=[SAMPLE_IDENTIFIER])
    number: str = Field(examples=[SAMPLE_NUMBER])
    holder: str = Field(examples=[SAMPLE_HOLDER])
    holder_code: str = Field(examples=[SAMPLE_NUMBER])
    type: str = Field(examples=[SAMPLE_TYPE])
    batch: int = Field(examples=[12])
    batch_state: str = Field(examples=["complete"])
    status: str | None = Field(
        None, description="by the newest anchored list; null before it has a place", examples=["VALID"]
    )
    not_before: Time
    expires: Time | None = None
    predecessor: str | None = Field(None, examples=[SAMPLE_IDENTIFIER])
    successor: str | None = Field(None, examples=[SAMPLE_IDENTIFIER])

    @classmethod
    def of(cls, found: Found) -> CertificateView:
        """From the register."""
        row = found.row
        return cls(
            entry=row.id,
            identifier=row.identifier,
            number=row.number,
            holder=row.holder_name,
            holder_code=row.holder_code,
            type=found.batch.certificate_type,
            batch=row.batch_id,
            batch_state=found.batch.state,
            status=None if found.status is None else found.status.name,
            not_before=time_of(row.not_before),
            expires=time_of(row.expires),
            predecessor=row.predecessor,
            successor=row.successor,
        )


class SearchRequest(Shape):
    """What to look for; all that is given must hold."""

    name: str | None = Field(
        None, description="part of the holder's name", min_length=1, max_length=100, examples=["示例"]
    )
    number: str | None = Field(None, description="certificate number, whole", max_length=100, examples=[SAMPLE_NUMBER])
    identifier: str | None = Field(None, description="whole", max_length=140, examples=[SAMPLE_IDENTIFIER])
    holder: str | None = Field(None, description="holder code, whole", max_length=64, examples=[SAMPLE_NUMBER])
    state: StatusName | None = Field(None, description="by the newest list", examples=["SUSPENDED"])
    type: str | None = Field(None, description="certificate type", max_length=64, examples=["business-licence"])
    batch: int | None = Field(None, description="number of a batch", ge=1, le=2**53 - 1, examples=[12])
    expiring_within: int | None = Field(
        None, description="days from now, by the ledger's clock", ge=0, le=3660, examples=[30]
    )
    limit: int = Field(USUAL, description="items of a page", ge=1, le=MOST, examples=[USUAL])
    cursor: str | None = Field(None, description="`next` of the page before", max_length=200, examples=["WzEyXQ"])


class Certificates(Page):
    """A page of certificates."""

    items: list[CertificateView]


class HistoryEntry(Shape):
    """One status act on a certificate."""

    operation: str = Field(examples=["suspend"])
    before: str = Field(examples=["VALID"])
    after: str = Field(examples=["SUSPENDED"])
    operator: str = Field(examples=["officer-001"])
    reason: str = Field(examples=["整改期间"])
    at: Time
    state: str = Field(examples=["complete"])
    successor: str | None = Field(None, examples=[SAMPLE_IDENTIFIER])


class CertificateDetail(CertificateView):
    """A certificate with all its fields and what was done to it."""

    fields: dict[str, Any] = Field(examples=[{"certificateNumber": SAMPLE_NUMBER}])
    history: list[HistoryEntry]


class ActRequest(Shape):
    """A status act on certificates of the bureau."""

    operation: StatusOperation = Field(examples=["suspend"])
    certificates: list[CertificateName] = Field(
        default_factory=list, description="identifiers or numbers", max_length=5_000, examples=[[SAMPLE_IDENTIFIER]]
    )
    holder: str | None = Field(
        None,
        description="instead: all live certificates of the holder with this code",
        max_length=64,
        examples=[SAMPLE_NUMBER],
    )
    expired: bool = Field(
        False, description="for lapse: all that are past their date by the ledger's clock", examples=[False]
    )
    reason: str = Field(min_length=1, max_length=500, examples=["整改期间"])


class ActView(Shape):
    """A status act over one status list."""

    number: int = Field(examples=[5])
    operation: str = Field(examples=["suspend"])
    state: str = Field(description="waiting, sealed, signed, noted, complete or refused", examples=["complete"])
    size: int = Field(description="certificates", examples=[1])
    operator: str = Field(examples=["officer-001"])
    at: Time
    status_list: str = Field(examples=["s0001"])

    @classmethod
    def of(cls, row: Row[Any]) -> ActView:
        """From a row of ``acts``."""
        return cls(
            number=row.id,
            operation=row.operation,
            state=row.state,
            size=row.size,
            operator=row.operator,
            at=time_of(row.at),
            status_list=row.status_list,
        )


class Acts(Page):
    """Status acts, newest first."""

    items: list[ActView]


class ActsMade(Shape):
    """The acts that a request became: one a status list."""

    items: list[ActView]
