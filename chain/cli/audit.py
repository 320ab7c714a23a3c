"""``yinxin audit``: recompute batches and tenders from the ledger and the stored files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from chain.audit import Report, Result, audit_lane, audit_list
from chain.audit.tenders import audit_grants, audit_package, audit_tender
from chain.cli._licences import evidence_of
from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import USAGE, emit, printable, progress, state
from chain.containers import X25519Identity, decrypt
from chain.contracting.ocds import read_package
from chain.documents.configured import open_store
from chain.kernel.clock import rfc3339
from chain.kernel.errors import InvalidInput, NotFound, YinxinError
from chain.kernel.ports import BlobStore, BlockRef
from chain.kernel.tender_ports import Board, TenderLedger
from chain.ledger.connection import Ledger
from chain.ledger.reader import LedgerReader
from chain.ledger.tenders.inputs import TransactionInputs
from chain.tenders.boards import open_board
from chain.tenders.custody.client import CustodianClient
from chain.tenders.notice import current_notice
from chain.tenders.opening.granting import read_granted
from chain.tenders.opening.session import FileFolder, FileSource

_MARKS = {Result.BROKEN: ("✗", "bold red"), Result.UNKNOWN: ("?", "yellow"), Result.NOTE: ("–", "dim")}
_NOTICE = "notice"


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("audit")(audit)


def audit(
    ctx: typer.Context,
    tender: Annotated[int | None, typer.Option(help="number of a tender 招标项目", min=1)] = None,
    batch: Annotated[int | None, typer.Option(help="number of a batch in its lane 批次", min=1)] = None,
    lane: Annotated[str, typer.Option(help="type code of the batch's lane; the bureau's only one if not given")] = "",
    bureau: Annotated[str, typer.Option(help="USCC of the bureau; this home's own if not given")] = "",
    everything: Annotated[bool, typer.Option("--all", help="every batch, status list and tender 全部")] = False,
    keys: Annotated[list[Path] | None, typer.Option(help="file keys granted to the auditor; repeat it")] = None,
    board: Annotated[
        list[str] | None, typer.Option(help="folder or address of a board; those of this home if not given")
    ] = None,
    custody: Annotated[
        list[str] | None,
        typer.Option(help="where sealed files lie: folder, address, or 'notice' for the notice's"),
    ] = None,
    ocds: Annotated[
        list[Path] | None, typer.Option(help="published OCDS package of the tender; repeat it 开放招标数据")
    ] = None,
) -> None:
    """Recompute a tender, a batch or everything. Exit 0 clean, 1 broken, 2 could not tell. 审计."""
    if sum((tender is not None, batch is not None, everything)) != 1:
        typer.echo("yinxin audit: one of --tender N, --batch N, --all", err=True)
        raise typer.Exit(USAGE)
    if batch is not None and (keys or custody):
        typer.echo("yinxin audit: --keys and --custody go with --tender or --all", err=True)
        raise typer.Exit(USAGE)
    if ocds and tender is None:
        typer.echo("yinxin audit: --ocds goes with --tender", err=True)
        raise typer.Exit(USAGE)
    current, report = state(ctx), Report()
    with tender_place(current.home) as place, progress(current, "audit", None) as told:
        looks = 0

        def said(_subject: str) -> None:
            nonlocal looks
            looks += 1
            told(looks)

        report.said = said
        sources = list(custody or ([_NOTICE] if keys else []))  # a key opens nothing without a file
        work = _Work(report, place, list(keys or []), sources, list(board or []))
        if batch is not None:
            work.batch(bureau or current.home.settings.bureau.uscc, lane, batch)
        elif tender is not None:
            work.tender(tender)
            for file in ocds or ():
                work.package(tender, file)
        else:
            work.all()
        work.look_back_at_keys()
        block = work.reader.block
    level = work.level
    data = {"level": level, "block": {"number": block.number, "time": block.time}, **report.as_dict()}
    emit(ctx, data, lambda out: _show(out, report, level, block), report.exit_code)


class _Work:
    """What is looked at, from one home."""

    def __init__(
        self, report: Report, place: TenderPlace, keys: list[Path], custody: list[str], boards: list[str]
    ) -> None:
        self._report, self._place, self._custody, self._boards = report, place, custody, boards
        self.reader: LedgerReader = place.connection.refresh()
        self._store: BlobStore = open_store(place.home)
        self._witnesses = _Witnesses(place.connection) if place.home.settings.ledger.witnesses else None
        self._granted: dict[bytes, bytes] = {}
        self._fitted: frozenset[bytes] = frozenset()
        self._files = self._opened = 0
        for file in keys:
            self._granted |= self._read(file)

    @property
    def level(self) -> str:
        """How deep it went: ``public``; ``files`` were had; with ``keys``, some were opened."""
        return "keys" if self._opened else "files" if self._files else "public"

    def look_back_at_keys(self) -> None:
        """Report granted keys that fitted no bid."""
        audit_grants(self._report, frozenset(self._granted), self._fitted)

    def batch(self, bureau: str, lane: str, number: int) -> None:
        """One batch."""
        lanes = [name for code, name in self.reader.lanes() if code == bureau and not name.startswith("$")]
        if not lane and len(lanes) != 1:
            raise InvalidInput(
                f"{bureau or 'this home'} has {len(lanes)} lanes of certificates", code="audit.lane", field="lane",
                fix="name one with --lane" + (f": {', '.join(lanes)}" if lanes else ", and the bureau with --bureau"),
            )  # fmt: skip
        audit_lane(
            self._report, self.reader, self._store, bureau, lane or lanes[0], only=number, witnesses=self._witnesses
        )

    def tender(self, number: int) -> None:
        """One tender."""
        self._place.ledger.refresh()
        self._tender(self._place.ledger, number)

    def package(self, number: int, file: Path) -> None:
        """A published package of a tender."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise InvalidInput(
                f"{file}: cannot be read", code="audit.ocds", field="--ocds", fix="name a package"
            ) from error
        audit_package(self._report, self._place.ledger, self._board, number, read_package(data))

    def all(self) -> None:
        """Every lane, list and tender that the ledger knows."""
        for bureau, lane in self.reader.lanes():
            audit_lane(self._report, self.reader, self._store, bureau, lane, witnesses=self._witnesses)
        for bureau, name in self.reader.status_lists():
            audit_list(self._report, self.reader, self._store, bureau, name)
        try:
            ledger = self._place.ledger
        except NotFound:  # a ledger without the contracts of tenders
            return
        ledger.refresh()
        for number in range(1, ledger.tenders() + 1):
            self._tender(ledger, number)

    def _tender(self, ledger: TenderLedger, number: int) -> None:
        try:
            board = self._board
        except InvalidInput as error:  # a home that has nothing to do with tenders
            self._report.unknown("A401", f"tender {number}", error.message)
            return
        depth = audit_tender(
            self._report, ledger, board, number, calls=TransactionInputs(self._place.connection.rpc),
            witnesses=self._witnesses, custody=self._sources(ledger, number), granted=self._granted,
            evidence=evidence_of(self._place.home, self._place.connection) if self._granted else None,
            anchors=self.reader,
        )  # fmt: skip
        self._fitted |= depth.fitted
        self._files, self._opened = self._files + depth.files, self._opened + depth.opened

    @property
    def _board(self) -> Board:
        """The boards given, or those of the home. Raises InvalidInput: none is named."""
        return open_board(self._boards, Path.cwd()) if self._boards else self._place.board

    def _sources(self, ledger: TenderLedger, number: int) -> list[FileSource]:
        out: list[FileSource] = []
        for name in self._custody:
            if name == _NOTICE:
                try:
                    notice = current_notice(ledger, self._board, number)
                except YinxinError as error:
                    words = f"which custodians the notice names cannot be told: {error.message}"
                    self._report.unknown("A801", f"tender {number}", words)
                    continue
                out += [CustodianClient(one.url, patience=1.0) for one in notice.custodians]
            elif "://" in name:
                out.append(CustodianClient(name, patience=1.0))
            else:
                out.append(FileFolder(Path(name)))
        return out

    def _read(self, file: Path) -> dict[bytes, bytes]:
        """File keys from a file in the clear, or encrypted to a desk key of this home."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise InvalidInput(
                f"{file}: cannot be read", code="audit.keys", field="keys", fix="name the file"
            ) from error
        if not data.startswith(b"age-encryption.org/"):
            return read_granted(data)
        for card in self._place.keys.cards():
            if card.kind == "desk":
                try:
                    return read_granted(decrypt(data, X25519Identity(self._place.keys.desk(card.name))))
                except YinxinError:
                    continue
        raise NotFound(
            f"{file} is encrypted to no key of this home", code="audit.keys", field="keys",
            fix="use the home whose key the keys were granted to",
        )  # fmt: skip


class _Witnesses:
    """The witnesses that this home is set to."""

    def __init__(self, connection: Ledger) -> None:
        self._connection = connection

    def vouch(self, block: BlockRef) -> tuple[str, ...]:
        """Names of those who vouch for that block."""
        found = self._connection.checkpoint(block)
        return () if found is None else tuple(found.checkpoint.signers)


def _show(out: Console, report: Report, level: str, block: BlockRef) -> None:
    for number, finding in enumerate(report.findings, 1):
        mark, style = _MARKS[finding.result]
        out.print(
            Text.assemble(
                f"{number:>3} ", (mark, style), f" {finding.rule} ", (printable(finding.subject), "bold"),
                f"\n      {printable(finding.detail)}",
            )
        )  # fmt: skip
        rule = finding.as_dict()
        out.print(Text(f"      {rule['zh']} {rule['en']}", style="dim"))
    looks = sum(report.looked.values())
    at = f"{len(report.looked)} rules, {looks} looks, level {level}, as of block {block.number} ({rfc3339(block.time)})"
    verdict = {0: "[green]✓[/] clean", 1: "[bold red]✗[/] broken", 2: "[yellow]?[/] could not be told"}[
        report.exit_code
    ]
    out.print(Text.from_markup(verdict) + Text(f": {at}"))
