"""``yinxin correct`` and ``reprint``: one certificate put right, or written out again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.certificates.corrections import correct
from api.certificates.evidence import certificate
from api.certificates.printing import paper_of, seal_of, sealed
from api.certificates.reprints import reprint, reprints_of
from api.cli.issuing import create_and_run
from api.cli.shared import DEFAULT_WAIT, Wait, office_of
from chain.cli.common import complete, emit, state
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.rendering.page import draw
from chain.rendering.qr import make_code, render_png, render_svg

_Identifier = Annotated[str, typer.Argument(help="identifier of the certificate")]


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("correct")
    def correct_certificate(
        ctx: typer.Context,
        identifier: _Identifier,
        changes: Annotated[list[str], typer.Option("--set", help="FIELD=VALUE; empty takes it away; may be repeated")],
        reason: Annotated[str, typer.Option(help="written into the predecessor's record")],
        dry_run: Annotated[bool, typer.Option("--dry-run", help="show before and after, and stop")] = False,
        wait: Wait = DEFAULT_WAIT,
        out: Annotated[Path | None, typer.Option("--out", help="folder for bundle and QR code")] = None,
    ) -> None:
        """Correct a typo (更正): a next version follows with the named fields changed; the old one is superseded."""
        if not reason.strip():
            raise InvalidInput(
                "a correction needs a reason", code="correct.reason", field="reason", fix="give --reason"
            )
        pairs = dict(_pair(text) for text in changes)
        if len(pairs) != len(changes):
            raise InvalidInput("a field is named twice", code="correct.twice", field="set", fix="name it once")
        with office_of(ctx, writing=not dry_run) as office:
            found = correct(office, identifier, pairs)
            shown = {"changed": [item.as_dict() for item in found.changed], "successor": found.draft.identifier}
            lines = [
                f"{item.zh} {item.name}\n  - {item.before or ''}\n  + {item.after or ''}" for item in found.changed
            ]
            if dry_run:
                emit(ctx, {"dryRun": True, **shown}, Text("\n".join(lines)))
                return
            if not state(ctx).json:
                state(ctx).err.print(Text("\n".join(lines)))
            create_and_run(
                ctx, office, [found.draft], found.kind, "change", "更正 correction", reason, wait, out, more=shown
            )

    @app.command("reprint")
    def reprint_certificate(
        ctx: typer.Context,
        identifier: _Identifier,
        reason: Annotated[str, typer.Option(help="why; stays in the register")],
        out: Annotated[Path, typer.Option(help="folder to write to")] = Path("."),
    ) -> None:
        """Write the same bundle and QR code again (补发), and a PDF that says so (补打).

        Notes who, when, why and the how manieth it is."""
        pdf, no_pdf = None, None
        with office_of(ctx, writing=True) as office:
            try:
                seal = seal_of(office)
            except (NotFound, Refused) as error:  # bundle and code are good without
                seal, no_pdf = None, error
            printed = reprint(office, identifier, reason)
            code = make_code(office.home.settings.stamp.prefix, printed.stamp)
            if seal is not None:
                row = certificate(office.engine, identifier)
                pdf = sealed(paper_of(office, row, seal, printed.reprint), seal, draw)
        out.mkdir(parents=True, exist_ok=True)
        files = [out / f"{identifier}.json", out / f"{identifier}.png", out / f"{identifier}.svg"]
        files[0].write_bytes(printed.bundle)
        files[1].write_bytes(render_png(code))
        files[2].write_text(render_svg(code), encoding="utf-8")
        if pdf is not None:
            files.append(out / f"{identifier}.pdf")
            files[-1].write_bytes(pdf)
        why = None if no_pdf is None else complete(no_pdf)
        emit(
            ctx,
            {
                "files": [str(file) for file in files],
                "reprint": printed.reprint.as_dict(),
                "noPdf": None if why is None else why.as_dict(),
            },
            f"[green]✓[/] reprint number {printed.reprint.number} 第 {printed.reprint.number} 次补发\n"
            + "\n".join(f"  {file}" for file in files)
            + ("" if why is None else f"\n  [yellow]no PDF[/]: {why.message}; {why.fix}"),
        )

    @app.command("reprints")
    def show_reprints(ctx: typer.Context, identifier: _Identifier) -> None:
        """Show how often a certificate was reprinted, by whom and why."""
        with office_of(ctx) as office:
            found = [item.as_dict() for item in reprints_of(office, identifier)]
        lines = [f"{item['number']:>3}  {item['at']} by {item['operator']}: {item['reason']}" for item in found]
        emit(ctx, {"reprints": found}, Text("\n".join(lines) or "never reprinted"))


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise InvalidInput(f"{text!r} is not FIELD=VALUE", code="correct.form", field="set", fix="write FIELD=VALUE")
    return name.strip(), value
