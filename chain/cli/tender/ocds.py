"""``yinxin tender ocds``: a tender as open contracting data, from ledger and board alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.text import Text

from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import emit, one_line, progress, state
from chain.contracting.ocds import Publication, check, extension_files, publish, to_bytes
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput, NotFound, Unavailable, YinxinError
from chain.kernel.home import write_atomically

_FOLDER = "extension"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ocds")(ocds)


def ocds(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="folder to write to")],
    tender: Annotated[int | None, typer.Argument(help="number of the tender", min=1, metavar="[N]")] = None,
    everything: Annotated[bool, typer.Option("--all", help="every tender of the ledger 全部")] = False,
    base: Annotated[
        str, typer.Option("--base", help="address of the service that serves the papers, https://…; none: names only")
    ] = "",
) -> None:
    """Write a tender as OCDS 1.1.5: every release in one package, and the record of the whole. 开放招标数据。"""
    if (tender is not None) == everything:
        raise InvalidInput("one of N and --all", code="tender.which", field="N", fix="yinxin tender ocds 7 --out DIR")
    current, publication = state(ctx), _publication(base)
    lines: list[dict[str, Any]] = []
    with tender_place(current.home) as place:
        place.ledger.refresh()
        numbers = range(1, place.ledger.tenders() + 1) if everything else (tender or 0,)
        with progress(current, "tenders", len(numbers)) as done:
            for count, number in enumerate(numbers, 1):
                lines.append(_one(place, number, publication, out, alone=not everything))
                done(count)
    for name, data in extension_files().items():
        write_atomically(_folder(out / _FOLDER) / name, data)
    emit(ctx, {"tenders": lines, "folder": str(out)}, _text(lines, out), max((one["code"] for one in lines), default=0))


def _one(place: TenderPlace, number: int, publication: Publication, out: Path, *, alone: bool) -> dict[str, Any]:
    """Publish one tender. Of several, one that cannot be published stops no other."""
    try:
        found = publish(place.ledger, place.board, number, publication)
        check(found)
    except YinxinError as error:
        if alone:
            raise
        code = 2 if isinstance(error, (NotFound, Unavailable)) else 1
        return {"tender": number, "fault": error.message, "field": error.field, "code": code}
    files = []
    for name, package in (("releases", found.releases), ("record", found.record)):
        data = to_bytes(package)
        file = f"tender-{number}-{name}.json"
        write_atomically(_folder(out) / file, data)
        files.append({"file": file, "sha256": hex0x(sha256(data)), "size": len(data)})
    ocid = found.releases["releases"][0]["ocid"]
    newest = found.told.releases[-1].transition
    return {
        "tender": number, "ocid": ocid, "releases": len(found.told.releases), "newest": newest, "files": files,
        "code": 0,
    }  # fmt: skip


def _publication(base: str) -> Publication:
    parts = urlsplit(base)
    if base and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise InvalidInput(
            f"{base!r} is no address", code="tender.base", field="--base", fix="such as https://tenders.example.org"
        )
    return Publication(base.rstrip("/"))


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be made", code="tender.out", field="--out", fix="name a folder") from error
    return path


def _text(lines: list[dict[str, Any]], out: Path) -> Text:
    shown = Text()
    for one in lines:
        good = one["code"] == 0
        shown.append("✓" if good else "✗", style="green" if good else "bold red")
        shown.append(f" tender {one['tender']}: ")
        if good:
            shown.append(f"{one['ocid']}, {one['releases']} releases to {one['newest']}\n")
        else:
            shown.append(f"{one_line(one['field'] or '')}: {one_line(one['fault'])}\n")
    shown.append(f"OCDS 1.1.5 in {one_line(str(out))}")
    return shown
