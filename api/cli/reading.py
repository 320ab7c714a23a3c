"""``yinxin find``, ``show``, ``bundle``: look into the register."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from api.certificates.evidence import bundle_of, certificate
from api.certificates.records import read_record
from api.certificates.reprints import reprints_of
from api.certificates.search import find, history
from api.cli.shared import office_of
from chain.cli.common import NO, YES, emit
from chain.rendering.qr import make_code, render_png, render_svg


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("find")
    def find_certificates(
        ctx: typer.Context,
        text: Annotated[
            str, typer.Argument(help="part of the holder's name, or a number, holder code, identifier or digest")
        ],
        limit: Annotated[int, typer.Option(min=1, max=10_000, help="how many at most")] = 100,
    ) -> None:
        """Find certificates in the register."""
        with office_of(ctx) as office:
            found = [item.as_dict() for item in find(office, text, limit=limit)]
        lines = [
            f"{item['identifier']}\n  {item['status'] or item['batchState']:<10} {item['number']}  {item['holder']}"
            for item in found
        ]
        emit(ctx, {"certificates": found}, Text("\n".join(lines) or "nothing found"), YES if found else NO)

    @app.command("show")
    def show(
        ctx: typer.Context, identifier: Annotated[str, typer.Argument(help="identifier of the certificate")]
    ) -> None:
        """Show one certificate of the register with its history."""
        with office_of(ctx) as office:
            row = certificate(office.engine, identifier)
            data: dict[str, Any] = find(office, identifier, limit=1)[0].as_dict()
            data["reprints"] = len(reprints_of(office, identifier))
            data["history"] = list(history(office, row.id))
        lines = [f"{name:<12} {value}" for name, value in data.items() if name != "history" and value is not None]
        lines += [
            f"  {act['at']} {act['operation']}: {act['before']} → {act['after']} "
            f"by {act['operator']}: {act['reason']} ({act['state']})"
            for act in data["history"]
        ]
        emit(ctx, data, Text("\n".join(lines)))

    @app.command("bundle")
    def bundle(
        ctx: typer.Context,
        identifier: Annotated[str, typer.Argument(help="identifier of the certificate")],
        out: Annotated[Path, typer.Option(help="folder to write to")] = Path("."),
    ) -> None:
        """Write a certificate's evidence bundle and its QR code."""
        with office_of(ctx) as office:
            row = certificate(office.engine, identifier)
            data = bundle_of(office, row)
            code = make_code(office.home.settings.stamp.prefix, read_record(office, row).stamp)
        out.mkdir(parents=True, exist_ok=True)
        files = [out / f"{identifier}.json", out / f"{identifier}.png", out / f"{identifier}.svg"]
        files[0].write_bytes(data)
        files[1].write_bytes(render_png(code))
        files[2].write_text(render_svg(code), encoding="utf-8")
        emit(
            ctx,
            {"files": [str(file) for file in files], "qrVersion": code.version},
            "\n".join(f"[green]✓[/] {file}" for file in files),
        )
