"""``yinxin issue``, ``renew``, ``change`` and ``batch``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy import select

from api.certificates.batches import NumbersTaken, batch, create_batch, drafts_for_issue, drafts_for_successors, recall
from api.certificates.evidence import bundles_of_batch
from api.certificates.issuing import Outcome, run_batch
from api.certificates.office import Office
from api.certificates.tables import batches
from api.cli.shared import DEFAULT_WAIT, Wait, batch_progress, office_of
from chain.catalogue import CertificateType
from chain.catalogue.lists import ListReport, read_list, write_report
from chain.cli.common import CANNOT_TELL, NO, YES, emit, progress, state
from chain.issuing.contents import Draft
from chain.kernel.clock import rfc3339
from chain.kernel.errors import InvalidInput
from chain.rendering.qr import make_code, render_png, render_svg

_SHOWN = 20
batch_app = typer.Typer(help="Batches: list, show, go on, recall, write out.", no_args_is_help=True)

_Type = Annotated[str, typer.Option("--type", help="certificate type, by name or code")]
_File = Annotated[Path, typer.Argument(help="list: CSV (UTF-8, GB18030) or xlsx", metavar="FILE")]
_Out = Annotated[Path | None, typer.Option("--out", help="folder for bundles and QR codes once the batch is complete")]
_Number = Annotated[int, typer.Argument(help="number of the batch, as yinxin batch list shows it", metavar="NUMBER")]
_Report = Annotated[Path | None, typer.Option("--report", help="write the findings to a .csv, .xlsx or .md file")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(batch_app, name="batch")

    @app.command("issue")
    def issue(
        ctx: typer.Context,
        file: _File,
        certificate_type: _Type,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="check every row and stop")] = False,
        sheet: Annotated[str | None, typer.Option(help="sheet of an xlsx file; the first if not given")] = None,
        wait: Wait = DEFAULT_WAIT,
        out: _Out = None,
        report: _Report = None,
    ) -> None:
        """Issue certificates from a list. Run again after any interruption, it goes on."""
        _issue(ctx, file, certificate_type, "issue", dry_run, sheet, wait, out, report, "")

    for operation, words in _FOLLOWING.items():
        app.command(operation, help=words)(_following(operation))


_FOLLOWING = {
    "renew": "Renew (延续): the list's numbers name certificates; each gets a next version, the old one is superseded.",
    "change": "Change (变更): as renew, for certificates whose content changes.",
}
"""What follows an existing certificate, and its help."""


def _following(operation: str) -> Callable[..., None]:
    def command(
        ctx: typer.Context,
        file: _File,
        certificate_type: _Type,
        reason: Annotated[str, typer.Option(help="written into the predecessors' records")] = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="check every row and stop")] = False,
        sheet: Annotated[str | None, typer.Option(help="sheet of an xlsx file")] = None,
        wait: Wait = DEFAULT_WAIT,
        out: _Out = None,
        report: _Report = None,
    ) -> None:
        _issue(ctx, file, certificate_type, operation, dry_run, sheet, wait, out, report, reason)

    command.__name__ = operation
    return command


def _issue(
    ctx: typer.Context,
    file: Path,
    certificate_type: str,
    operation: str,
    dry_run: bool,
    sheet: str | None,
    wait: float,
    out: Path | None,
    report_file: Path | None,
    reason: str,
) -> None:
    with office_of(ctx) as office, ExitStack() as stack:
        kind = office.catalogue.find(certificate_type)
        with progress(state(ctx), "reading the list", None):
            report = _read(file, kind, sheet)
        if report_file is not None:
            write_report(report, report_file)
        if not report.ok:
            emit(ctx, findings_of(report), lambda console: show_findings(console, report), NO)
        if not dry_run:
            stack.enter_context(office.writing())
        drafts: Iterable[Draft] = (
            drafts_for_issue(office, report.rows, kind)
            if operation == "issue"
            else drafts_for_successors(office, report.rows, kind)
        )
        if dry_run:
            count = sum(1 for _ in drafts)  # made and let go: what cannot be made is told now
            emit(
                ctx,
                {"dryRun": True, **findings_of(report)},
                lambda console: show_findings(
                    console, report, f"{count} rows can be issued; nothing was issued (dry run)"
                ),
            )
            return
        numbers = [row.number for row in report.rows]
        create_and_run(ctx, office, drafts, kind, operation, file.name, reason, wait, out, numbers)


def _read(file: Path, kind: CertificateType, sheet: str | None) -> ListReport:
    if not file.is_file():
        raise InvalidInput(f"there is no file {file}", code="list.file", field="FILE", fix="check the name")
    return read_list(file, kind, sheet=sheet)


def create_and_run(
    ctx: typer.Context,
    office: Office,
    drafts: Iterable[Draft],
    kind: CertificateType,
    operation: str,
    source: str,
    reason: str,
    wait: float,
    out: Path | None,
    row_numbers: Sequence[int] | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Put a list into the register, take it as far as it goes, and say so.

    Args:
        row_numbers: as :func:`api.certificates.batches.create_batch` takes them.
        more: further members of the answer as plain data.
    """
    try:
        batch_id, new = create_batch(
            office, drafts, kind, operation=operation, source=source, reason=reason, row_numbers=row_numbers
        )
    except NumbersTaken as error:
        taken = [
            {"row": item.row, "number": item.number, "batch": item.batch, "identifier": item.identifier}
            for item in error.taken
        ]
        lines = [f"[bold red]✗[/] {error.message}"] + [
            f"  row {item.row}: {item.number} is in batch {item.batch}" for item in error.taken[:_SHOWN]
        ]
        emit(
            ctx,
            {"issued": 0, "error": error.as_dict(), "taken": taken},
            "\n".join([*lines, f"  fix:   {error.fix}"]),
            NO,
        )
        return
    before = batch(office, batch_id).state
    if not new and before == "complete":
        emit(
            ctx,
            {"batch": batch_id, "state": "complete", "issued": 0, "known": True, **(more or {})},
            f"every row of this list was issued before, in batch {batch_id}; nothing to do",
        )
        return
    take_further(ctx, office, batch_id, wait, out, more)


def take_further(
    ctx: typer.Context,
    office: Office,
    batch_id: int,
    wait: float,
    out: Path | None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Take a batch as far as it goes, and say so."""
    with batch_progress(state(ctx)) as show:
        outcome = run_batch(office, batch_id, wait=wait, progress=show)
    row = batch(office, batch_id)
    data: dict[str, Any] = {
        "batch": batch_id,
        "state": outcome.state,
        "size": row.size,
        "waitingFor": outcome.waiting_for or None,
        **(more or {}),
    }
    if outcome.state == "complete":
        data |= {"issued": row.size, "sequence": row.sequence, "root": "0x" + bytes(row.root).hex()}
        if out is not None:
            data["out"] = str(out)
            _write_out(ctx, office, batch_id, out)
    emit(ctx, data, _said(outcome, row.size, row.sequence, out), YES if outcome.state == "complete" else CANNOT_TELL)


def _said(outcome: Outcome, size: int, sequence: int | None, out: Path | None) -> str:
    if outcome.state == "complete":
        where = f"\n  bundles and QR codes: {out}" if out is not None else ""
        return f"[green]✓[/] batch {outcome.batch}: {size} certificates issued, anchor {sequence}{where}"
    if outcome.state == "recalled":
        return f"batch {outcome.batch} was recalled; nothing was issued"
    who = {
        "release": "a second person: yinxin approve, in the approver's home",
        "signer": "the signer: yinxin signer, in the approver's home",
    }
    who_waits = f"batch {outcome.batch}: {size} rows wait for {who[outcome.waiting_for]}"
    return f"{who_waits}\n  then: yinxin batch run {outcome.batch}"


def _write_out(ctx: typer.Context, office: Office, batch_id: int, out: Path) -> None:
    """bundles/*.json, qr/*.png and qr/*.svg, named by identifier."""
    size = batch(office, batch_id).size
    prefix = office.home.settings.stamp.prefix
    for name in ("bundles", "qr"):
        (out / name).mkdir(parents=True, exist_ok=True)
    with progress(state(ctx), "bundles and QR codes", size) as done:
        for number, (row, stamp, bundle) in enumerate(bundles_of_batch(office, batch_id), 1):
            (out / "bundles" / f"{row.identifier}.json").write_bytes(bundle)
            code = make_code(prefix, stamp)
            (out / "qr" / f"{row.identifier}.png").write_bytes(render_png(code))
            (out / "qr" / f"{row.identifier}.svg").write_text(render_svg(code), encoding="utf-8")
            done(number)


def findings_of(report: ListReport) -> dict[str, Any]:
    """A list's findings as plain data."""
    return {**report.summary(), "findings": [finding.as_dict() for finding in report.findings]}


def show_findings(console: Console, report: ListReport, last: str = "") -> None:
    """Print a list's findings, and one line more."""
    errors = len(report.errors)
    console.print(
        f"{report.filename or 'list'}: {report.row_count} rows, {len(report.rows)} can be issued, {errors} faults"
        f" ({report.form} {report.encoding})",
        highlight=False,
        markup=False,
    )
    for finding in report.findings[:_SHOWN]:
        mark = "✗" if finding.level == "error" else "!"
        where = f"row {finding.row}" + (f", {finding.column}" if finding.column else "")
        console.print(
            f"{mark} {where}: {finding.value!r} — {finding.message_zh} / {finding.message} [{finding.rule}]",
            highlight=False,
            markup=False,
        )
        if finding.fix:
            console.print(f"    {finding.fix_zh} / {finding.fix}", highlight=False, markup=False)
    left = len(report.findings) - _SHOWN + report.findings_left_out
    if left > 0:
        console.print(f"… and {left} more; --report FILE writes all of them", highlight=False)
    if errors:
        console.print("nothing was issued: a list is issued whole or not at all", highlight=False)
    if last:
        console.print(last, highlight=False)


@batch_app.command("list")
def list_batches(ctx: typer.Context) -> None:
    """Show all batches, newest first."""
    with office_of(ctx) as office, office.engine.connect() as connection:
        rows = connection.execute(select(batches).order_by(batches.c.id.desc())).all()
        catalogue = office.catalogue
        names = {row.id: catalogue.find(row.certificate_type, row.template_version).zh for row in rows}
    data = [_batch(row) for row in rows]
    lines = [
        f"{row.id:>5}  {row.state:<9} {row.size:>7}  {names[row.id]}  {row.operation}  {row.source}" for row in rows
    ]
    emit(ctx, {"batches": data}, Text("\n".join(lines) or "no batches yet"))


@batch_app.command("show")
def show_batch(ctx: typer.Context, number: _Number) -> None:
    """Show one batch."""
    with office_of(ctx) as office:
        data = _batch(batch(office, number))
    emit(ctx, data, Text("\n".join(f"{name:<12} {value}" for name, value in data.items() if value is not None)))


def _batch(row: Any) -> dict[str, Any]:
    return {
        "batch": row.id,
        "state": row.state,
        "size": row.size,
        "type": row.certificate_type,
        "version": row.template_version,
        "operation": row.operation,
        "source": row.source,
        "operator": row.operator,
        "createdAt": rfc3339(row.created_at),
        "sequence": row.sequence,
        "root": None if row.root is None else "0x" + bytes(row.root).hex(),
    }


@batch_app.command("run")
def go_on(ctx: typer.Context, number: _Number, wait: Wait = DEFAULT_WAIT, out: _Out = None) -> None:
    """Go on with a batch that waits or was interrupted."""
    with office_of(ctx, writing=True) as office:
        batch(office, number)
        take_further(ctx, office, number, wait, out)


@batch_app.command("recall")
def recall_batch(ctx: typer.Context, number: _Number, wait: Wait = DEFAULT_WAIT) -> None:
    """Take back a batch whose root is not signed yet; its numbers are free again."""
    with office_of(ctx, writing=True) as office:
        recall(office, number, wait=wait)
    emit(
        ctx, {"batch": number, "state": "recalled"}, f"[green]✓[/] batch {number} is recalled; nothing of it was issued"
    )


@batch_app.command("out")
def write_out(
    ctx: typer.Context,
    number: _Number,
    folder: Annotated[Path, typer.Argument(help="bundles/ and qr/ are made in it", metavar="FOLDER")],
) -> None:
    """Write bundles and QR codes of a complete batch to a folder."""
    with office_of(ctx) as office:
        batch(office, number)
        _write_out(ctx, office, number, folder)
    emit(ctx, {"batch": number, "out": str(folder)}, f"[green]✓[/] {folder}")
