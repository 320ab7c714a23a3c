"""``yinxin tender pool`` and ``conflicts``: the pool of experts before the deadline; who may not be drawn from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli._tenders import tender_place
from chain.cli.common import emit, read_named, state
from chain.cli.tender._common import Account, Number, acts_of
from chain.cli.tender._lines import keep_lines, kept_lines, read_line
from chain.cli.tender._opening import LotOption
from chain.evaluation import read_pool_paper
from chain.evaluation.committee import pool_on_record
from chain.evaluation.committee.planning import check_pool_time, conflicts_now, place_lines, pool_from
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.home import write_atomically
from chain.tenders.opening import read_story


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("pool")(pool)
    app.command("conflicts")(conflicts)


def pool(
    ctx: typer.Context,
    tender: Number,
    line: Annotated[
        list[Path] | None, typer.Argument(help="experts' lines: files of yinxin expert enrol, or folders of them")
    ] = None,
    paper: Annotated[
        Path | None, typer.Option(help="instead of lines: the pool's paper, from a keeper who has the names")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="write the pool's paper here and record nothing: for its keeper")
    ] = None,
    account: Account = "",
) -> None:
    """Put the pool of experts 评标专家库 on record, before the deadline and once. Names stay in this home."""
    home = state(ctx).home
    if bool(line) == (paper is not None):
        raise InvalidInput("give lines, or a paper", code="pool.lines", field="LINE", fix="yinxin tender pool N LINE…")
    with tender_place(home) as place:
        place.ledger.refresh()
        story = read_story(place.ledger, tender)
        if paper is not None:
            made = read_pool_paper(read_named(paper, code="pool.paper", field="--paper"))
        else:
            files = [one for path in line or [] for one in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
            lines = [read_line(file) for file in files]
            made = pool_from(lines, place.ledger, story).paper()
        known = check_pool_time(story, place.ledger.block.time, made)
        if paper is None:
            keep_lines(home, tender, lines)
        if out is not None:
            if out.exists() and out.read_bytes() != made.to_bytes():
                raise Conflict(f"{out} exists", code="pool.file", field="--out", fix="choose another name")
            write_atomically(out, made.to_bytes(), mode=0o644)
        elif known is None:
            digest = place.board.put(made.to_bytes())
            acts_of(place, account).record(tender, 0, "expert-pool", digest)
            place.ledger.refresh()
            # The transaction may have come a block too late, or behind another one: the ledger's order decides.
            if pool_on_record(place.board, read_story(place.ledger, tender))[0] != digest:
                raise Refused(
                    "another pool is on record before this one", code="pool.recorded", field="tender",
                    fix="nothing exchanges it",
                )  # fmt: skip
    fields = sorted({one.specialty for one in made.lines})
    emit(
        ctx,
        {
            "tender": tender, "pool": hex0x(made.digest()), "experts": len(made.lines), "new": known is None,
            "specialties": {field: sum(one.specialty == field for one in made.lines) for field in fields},
            "file": str(out) if out else None,
        },
        f"[green]✓[/] {len(made.lines)} experts; the pool "
        + (f"is in {out}; give it to the officer" if out else f"stands on the ledger: {hex0x(made.digest())}"),
    )  # fmt: skip


def conflicts(
    ctx: typer.Context,
    tender: Number,
    lot: LotOption = 1,
    lines: Annotated[list[Path] | None, typer.Option(help="more lines, or folders of them")] = None,
) -> None:
    """Places of the pool that the rules exclude from a draw 回避, as far as this home has the experts' lines."""
    with tender_place(state(ctx).home) as place:
        place.ledger.refresh()
        story = read_story(place.ledger, tender)
        if lot not in story.lots:
            raise InvalidInput(f"tender {tender} has no lot {lot}", code="opening.lot", field="--lot")
        _, paper = pool_on_record(place.board, story)
        known = place_lines(paper, kept_lines(place, tender, lines or []))
        found = conflicts_now(place.ledger, place.board, story, lot, known)
    rows = [{"place": at, "rule": found[at].rule.value} for at in sorted(found)]
    text = "\n".join(f"place {row['place']}: {row['rule']}" for row in rows) or "the rules exclude nobody"
    emit(
        ctx, {"tender": tender, "lot": lot, "lines": len(known), "experts": len(paper.lines), "excluded": rows},
        text + f"\n  lines at hand 已知专家: {len(known)} of {len(paper.lines)}",
    )  # fmt: skip
