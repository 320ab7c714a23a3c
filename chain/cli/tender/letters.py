"""``yinxin tender letter`` and ``performance``: certificates of the ledger about an award and its contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from chain.catalogue import get_type
from chain.cli.common import CANNOT_TELL, NO, emit, state
from chain.cli.tender._after import award_of, line_of
from chain.cli.tender._opening import AccountOption, LotOption, OpeningHere, Tender, opening_here
from chain.cli.verify import exit_code, open_sources, run_verify
from chain.contracting.award import (
    TYPES,
    CertificateUse,
    contradiction,
    day_of,
    letter_row,
    list_of,
    on_record,
    performance_row,
    put_on_record,
    standing_contract,
)
from chain.credentials.bundle import MAX_BUNDLE
from chain.credentials.verification import Policy
from chain.kernel.clock import system_clock
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.home import write_atomically

OutOption = Annotated[Path | None, typer.Option("--out", help="write the list that the bureau issues from")]
IssuedOption = Annotated[
    Path | None, typer.Option("--issued", help="evidence bundle of the certificate that the bureau has issued")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("letter")(letter)
    app.command("performance")(performance)


def letter(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    out: OutOption = None,
    issued: IssuedOption = None,
    period: Annotated[
        str, typer.Option(help="period of performance 工期; as notice and bid have it if not given")
    ] = "",
    account: AccountOption = "",
) -> None:
    """Award letter 中标通知书: --out writes the list for the bureau, --issued puts the certificate on record.

    The bureau issues the list like any other (yinxin issue LIST --type award-letter, two people).
    """
    use = CertificateUse.AWARD_LETTER
    with opening_here(state(ctx), tender, lot) as here:
        if _is_list(out, issued):
            award, event = award_of(here), line_of(here).awards[-1]
            row = letter_row(award, event.block.time, here.notice, period)
            _write(ctx, here, out, use, row)
        else:
            _record(ctx, here, issued, use, account)


def performance(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    out: OutOption = None,
    issued: IssuedOption = None,
    grade: Annotated[
        Literal["优秀", "良好", "合格", "不合格"] | None, typer.Option(help="grade of performance 评价等级")
    ] = None,
    completed: Annotated[str, typer.Option(help="day on which the contract was carried out, such as 2026-06-30")] = "",
    account: AccountOption = "",
) -> None:
    """Performance record 履约评价: --out writes the list for the bureau, --issued puts the certificate on record."""
    use = CertificateUse.PERFORMANCE
    with opening_here(state(ctx), tender, lot) as here:
        if not _is_list(out, issued):
            _record(ctx, here, issued, use, account)
            return
        standing = standing_contract(here.place.board, line_of(here))
        if standing is None:
            raise Refused(
                f"lot {lot} has no contract", code="performance.contract", field="lot", fix="yinxin tender contract"
            )
        if grade is None or not completed:
            raise InvalidInput(
                "the list needs a grade and the day of completion", code="performance.grade", field="--grade",
                fix="--grade 优秀|良好|合格|不合格 --completed 2026-06-30",
            )  # fmt: skip
        row = performance_row(
            award_of(here), standing, here.notice, grade=grade, completed=_day(completed),
            issued=day_of(here.place.ledger.block.time),
        )  # fmt: skip
        _write(ctx, here, out, use, row)


def _is_list(out: Path | None, issued: Path | None) -> bool:
    if (out is None) == (issued is None):
        raise InvalidInput(
            "either --out, for the list, or --issued, for the certificate", code="letter.what", field="--out",
            fix="--out list.csv first; --issued BUNDLE once the bureau has issued it",
        )  # fmt: skip
    return out is not None


def _write(ctx: typer.Context, here: OpeningHere, out: Path | None, use: CertificateUse, row: dict[str, str]) -> None:
    assert out is not None
    kind = get_type(TYPES[use])
    write_atomically(out, list_of(kind, row))
    emit(
        ctx, {"tender": here.tender, "lot": here.lot, "file": str(out), "type": kind.slug, "row": row},
        f"[green]✓[/] {out}: one {kind.zh}, {row['certificateNumber']}, for {row['certificateHolderName']}\n"
        f"  the bureau issues it: yinxin issue {out} --type {kind.slug}; then --issued with its bundle",
    )  # fmt: skip


def _record(ctx: typer.Context, here: OpeningHere, issued: Path | None, use: CertificateUse, account: str) -> None:
    assert issued is not None
    current, award, kind = state(ctx), award_of(here), get_type(TYPES[use])
    data = _bytes(issued)
    paper = on_record(here.lot_place, use, data)
    wrong = contradiction(paper, data, award, kind.code, here.story.terms.bureau)
    if wrong:
        raise Refused(
            f"this is not the {kind.en} of this award: {wrong}", code="letter.fits", field="--issued",
            fix="name the bundle that was issued from this award's list",
        )  # fmt: skip
    limit = current.home.settings.verify.status_max_age
    policy = Policy(max_status_age=limit) if limit else Policy()
    seen = run_verify(data, open_sources(current, False, None), at=system_clock(), policy=policy)
    if exit_code(seen):
        told: dict[str, Any] = {"recorded": False, "verdict": str(seen.verdict), "steps": seen.as_dict()["steps"]}
        words = f"[bold red]✗[/] not put on record: the certificate is {seen.verdict} (yinxin verify {issued})"
        emit(ctx, told, words, CANNOT_TELL if exit_code(seen) == CANNOT_TELL else NO)
        return
    digest = put_on_record(here.acts(account), here.place.board, line_of(here), paper, data)
    out = {
        "tender": here.tender, "lot": here.lot, "recorded": True, "verdict": str(seen.verdict), "paper": hex0x(digest),
        "bundle": hex0x(paper.bundle), "leaf": hex0x(paper.leaf), "sequence": paper.sequence,
    }  # fmt: skip
    emit(ctx, out, f"[green]✓[/] {kind.zh} is {seen.verdict} on the ledger and on record: {hex0x(digest)}")


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BUNDLE + 1)
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be read", code="letter.file", field="--issued", fix="name the evidence bundle"
        ) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            f"{text!r} is no day", code="performance.day", field="--completed", fix="such as 2026-06-30"
        ) from error
