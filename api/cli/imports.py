"""``yinxin import``: existing certificates with the identifiers they have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.certificates.imports import drafts_for_import
from api.cli.issuing import create_and_run, findings_of, show_findings
from api.cli.shared import DEFAULT_WAIT, Wait, office_of
from chain.catalogue.lists import Stock, read_list, write_report
from chain.cli.common import NO, emit, progress, state


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("import")
    def import_stock(
        ctx: typer.Context,
        file: Annotated[Path, typer.Argument(help="list with a column 证照标识: CSV or xlsx", metavar="FILE")],
        certificate_type: Annotated[str, typer.Option("--type", help="certificate type, by name or code")],
        mint_missing: Annotated[
            bool, typer.Option("--mint-missing", help="give rows without an identifier one; otherwise refused")
        ] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="check every row and stop")] = False,
        sheet: Annotated[str | None, typer.Option(help="sheet of an xlsx file; the first if not given")] = None,
        wait: Wait = DEFAULT_WAIT,
        out: Annotated[Path | None, typer.Option("--out", help="folder for bundles and QR codes")] = None,
        report: Annotated[Path | None, typer.Option("--report", help="write the findings to a file")] = None,
    ) -> None:
        """Import existing certificates (存量导入) with their identifiers and dates. Run again, it goes on."""
        with office_of(ctx, writing=not dry_run) as office:
            kind = office.catalogue.find(certificate_type)
            with progress(state(ctx), "reading the list", None):
                found = read_list(file, kind, sheet=sheet, stock=Stock(office.bureau, mint_missing))
            if report is not None:
                write_report(found, report)
            if not found.ok:
                emit(ctx, findings_of(found), lambda console: show_findings(console, found), NO)
            stock = drafts_for_import(office, found.rows, kind)
            counts = {"kept": stock.kept, "minted": stock.minted, "failing": list(stock.failing)}
            words = (
                f"{stock.kept} keep their identifier, {stock.minted} get one, "
                f"{len(stock.failing)} fail the check character (校验码不符)"
            )
            if dry_run:
                emit(
                    ctx,
                    {"dryRun": True, **findings_of(found), **counts},
                    lambda console: show_findings(console, found, f"{words}; nothing was imported (dry run)"),
                )
                return
            if not state(ctx).json:
                show_findings(state(ctx).err, found, words)
            numbers = [row.number for row in found.rows]
            create_and_run(ctx, office, stock.drafts, kind, "import", file.name, "", wait, out, numbers, counts)
