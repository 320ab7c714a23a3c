"""``yinxin pdf`` and ``batch pdf``: certificates on paper."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import tee
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

from api.certificates.batches import batch
from api.certificates.evidence import certificate
from api.certificates.office import Office
from api.certificates.printing import paper_of, papers_of_batch, reprint_numbered, seal_of, sealed, sealed_over
from api.certificates.tables import certificates
from api.cli.issuing import batch_app
from api.cli.shared import office_of
from chain.cli.common import emit, progress, state
from chain.kernel.errors import Refused
from chain.kernel.home import write_atomically
from chain.rendering.page import draw
from chain.rendering.printers import Printers


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("pdf")
    def write_pdf(
        ctx: typer.Context,
        identifier: Annotated[str, typer.Argument(help="identifier of the certificate")],
        out: Annotated[
            Path | None, typer.Option("--out", "-o", help="file to write; IDENTIFIER.pdf if not given")
        ] = None,
        reprint: Annotated[
            int | None, typer.Option(min=1, help="as the reprint of that number, which yinxin reprint noted")
        ] = None,
    ) -> None:
        """Write a certificate as a sealed PDF (电子证照打印件), with its evidence bundle inside."""
        with office_of(ctx) as office:
            row = certificate(office.engine, identifier)
            noted = None if reprint is None else reprint_numbered(office, identifier, reprint)
            seal = seal_of(office)
            data = sealed(paper_of(office, row, seal, noted), seal, draw)
        file = out or Path(f"{identifier}.pdf")
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, data, mode=0o644)
        emit(ctx, {"file": str(file), "bytes": len(data), "reprint": reprint}, f"[green]✓[/] {file}")

    @batch_app.command("pdf")
    def write_batch(
        ctx: typer.Context,
        number: Annotated[int, typer.Argument(help="number of the batch", metavar="NUMBER")],
        out: Annotated[Path, typer.Option("--out", "-o", help="folder, or a file that ends in .zip")],
    ) -> None:
        """Write the sealed PDF of every certificate of a complete batch, to a folder or a zip file."""
        with office_of(ctx) as office:
            if batch(office, number).state != "complete":
                raise Refused(
                    f"batch {number} is {batch(office, number).state}, not complete",
                    code="bundle.not_released",
                    field="batch",
                    fix="certificates are released only after the ledger has confirmed them",
                )
            seal = seal_of(office)
            total = _count(office, number)
            printers = Printers()
            try:
                with progress(state(ctx), "printing", total) as done, _writer(out) as write:
                    papers, ahead = tee(papers_of_batch(office, number, seal))
                    pages = printers.draw_each(paper.job for paper in ahead)
                    for at, (paper, drawn) in enumerate(zip(papers, pages, strict=True), 1):
                        write(f"{paper.identifier}.pdf", sealed_over(drawn, paper, seal))
                        done(at)
            finally:
                printers.close()
        emit(ctx, {"batch": number, "written": total, "out": str(out)}, f"[green]✓[/] {total} PDFs in {out}")


def _count(office: Office, number: int) -> int:
    with office.engine.connect() as connection:
        query = select(func.count()).where(certificates.c.batch_id == number, certificates.c.shredded_at.is_(None))
        return int(connection.execute(query).scalar_one())


@contextmanager
def _writer(out: Path) -> Iterator[Callable[[str, bytes], object]]:
    """Writes to a folder, or to a zip file that appears under its name once it is whole."""
    if out.suffix.lower() != ".zip":
        out.mkdir(parents=True, exist_ok=True)
        yield lambda name, data: write_atomically(out / name, data, mode=0o644)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            yield archive.writestr
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
