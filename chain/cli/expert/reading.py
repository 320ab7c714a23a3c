"""``yinxin expert read``: a member of the committee opens the bids in a home of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli.common import NO, YES, emit, read_named, state
from chain.cli.expert._keys import box_key, expert_home
from chain.cli.tender._evaluating import LotOption, evaluating
from chain.containers import X25519Identity, decrypt
from chain.evaluation.report.computing import members_look_at
from chain.evaluation.sheets.reading import read_bids, unread
from chain.kernel.errors import NotFound
from chain.tenders.opening.finishing import standing_record
from chain.tenders.opening.granting import read_granted

Tender = Annotated[int, typer.Argument(help="number of the tender", min=1, metavar="N")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("read")(read)


def read(
    ctx: typer.Context,
    tender: Tender,
    keys: Annotated[Path, typer.Option("--keys", help="file from the officer: yinxin tender grant-keys --to YOUR BOX")],
    lot: LotOption = 1,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="folder; reading/N-L in the home if not given")
    ] = None,
    custody: Annotated[Path | None, typer.Option(help="folder of sealed files, besides the custodians")] = None,
) -> None:
    """Open and check the bids that the committee judges. Exit 1: one differs or cannot be read. 阅标."""
    home = expert_home(state(ctx))
    with evaluating(state(ctx), tender, lot) as here:
        record = standing_record(here.place.board, here.story, lot, 1)
        if record is None:
            raise NotFound(
                "there is no opening record to be had", code="evaluation.record", field="lot",
                fix="wait for the officer's yinxin tender finish-opening",
            )  # fmt: skip
        sealed = read_named(keys, code="sheet.keys", field="--keys")
        granted = read_granted(decrypt(sealed, X25519Identity(here.place.keys.desk(box_key(tender)))))
        folder = out or home / "reading" / f"{tender}-{lot}"
        places = members_look_at(record, here.notice)
        found = list(
            read_bids(here.live, here.keys, here.notice, record, places, here.sources([], custody), granted, folder)
        )
    wrong = unread(found)
    lines = []
    for one in found:
        mark = "[bold red]✗[/]" if one.place in wrong else "[green]✓[/]"
        words = one.problem or (f"read out otherwise: {', '.join(one.differs)}" if one.differs else str(one.folder))
        lines.append(f"{mark} {one.place}  {words}")
    data = {
        "folder": str(folder),
        "bids": [
            {
                "place": one.place, "folder": None if one.folder is None else str(one.folder), "problem": one.problem,
                "differs": list(one.differs),
            }
            for one in found
        ],
    }  # fmt: skip
    lines.append("  Destroy this folder when the evaluation is over 评标结束后销毁.")
    emit(ctx, data, "\n".join(lines), NO if wrong else YES)
