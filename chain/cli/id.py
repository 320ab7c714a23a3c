"""``yinxin id``: check and mint identifiers, holder codes and names. Needs no home and no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from chain.cli.common import NO, YES, emit
from chain.identifiers import (
    PartFinding,
    check_name,
    check_report,
    first_error,
    holder_codes,
    mask_name,
    mint,
    passes,
    uscc,
)

app = typer.Typer(help="Identifiers, holder codes and names: check, mint.", no_args_is_help=True)


@app.command("check")
def check(
    ctx: typer.Context,
    identifier: Annotated[str, typer.Argument(help="certificate identifier, 1.2.156.3005.2.…")],
    foreign: Annotated[
        bool, typer.Option("--foreign", help="issued elsewhere: wrong check characters only warn")
    ] = False,
) -> None:
    """Say of each part of a certificate identifier (GB/T 36904) whether it is right."""
    _answer(ctx, {"identifier": identifier, "foreign": foreign}, check_report(identifier, foreign=foreign))


@app.command("mint")
def mint_identifier(
    ctx: typer.Context,
    type_code: Annotated[str, typer.Argument(metavar="TYPE", help="certificate type code, 21 characters")],
    issuer: Annotated[str, typer.Argument(help="unified social credit code of the bureau")],
    serial: Annotated[str, typer.Argument(help="7 to 32 digits and capitals")],
    version: Annotated[str, typer.Argument(help="3 digits")] = "001",
) -> None:
    """Make a certificate identifier with its check character."""
    made = mint(type_code, issuer, serial, version)
    emit(ctx, {"identifier": made.text, "check": made.check}, made.text)


@app.command("uscc")
def check_uscc(
    ctx: typer.Context,
    code: Annotated[
        str, typer.Argument(help="unified social credit code; with 17 characters its check character is computed")
    ],
) -> None:
    """Check a unified social credit code (GB 32100), or compute its check character."""
    if len(code) == 17:
        whole = code + uscc.compute(code)
        emit(ctx, {"uscc": whole, "check": whole[17]}, whole)
        return
    _answer(ctx, {"uscc": code}, uscc.check_report(code))


@app.command("holder")
def check_holder(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="number of the holder's document")],
    kind: Annotated[
        str | None, typer.Option(help="its kind: code or name, such as 111 or citizen; guessed without")
    ] = None,
) -> None:
    """Check a holder code: citizen number, passport, travel or residence permit, or unified social credit code."""
    if kind is None:
        found = holder_codes.guess(code)
        data: dict[str, Any] = {"code": code, "ok": bool(found), "kinds": [_kind(one) for one in found]}
        lines = [f"{one.code} {one.name_zh} ({one.name_en})" for one in found] or [
            "no kind of holder code has this form"
        ]
        emit(ctx, data, lambda out: _print(out, lines), YES if found else NO)
        return
    wanted = holder_codes.kind(kind)
    _answer(ctx, {"code": code, "kind": _kind(wanted)}, holder_codes.check_report(kind, code))


@app.command("name")
def check_holder_name(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="name of a person, or of an organisation")],
    organisation: Annotated[bool, typer.Option("--organisation", help="it is the name of an organisation")] = False,
) -> None:
    """Check a name, and show its canonical and its masked form."""
    report = check_name(name, "organisation" if organisation else "person")
    masked = mask_name(report.value, "organisation" if organisation else "person")
    data: dict[str, Any] = {"name": name, "canonical": report.value, "masked": masked}
    _answer(ctx, data, report.findings, [f"{report.value}  →  {masked}"] if report.ok else [])


def _kind(one: holder_codes.HolderCodeKind) -> dict[str, str]:
    return {"code": one.code, "slug": one.slug, "zh": one.name_zh, "en": one.name_en, "source": one.source}


def _answer(ctx: typer.Context, data: dict[str, Any], found: Sequence[PartFinding], before: Sequence[str] = ()) -> None:
    good = passes(found)
    wrong = first_error(found)
    data |= {"ok": good, "wrong": wrong.part if wrong else None, "parts": [one.as_dict() for one in found]}
    emit(ctx, data, lambda out: _show(out, found, before), YES if good else NO)


def _show(out: Console, found: Sequence[PartFinding], before: Sequence[str]) -> None:
    _print(out, before)
    for one in found:
        mark, style = ("✓", "green") if one.ok else ("!", "yellow") if one.level == "warning" else ("✗", "red")
        line = Text()
        line.append(f"{mark} ", style=style)
        line.append(f"{one.part:<8} {one.value}  ")
        line.append(f"{one.message}  {one.message_zh}", style="" if one.ok else style)
        out.print(line, highlight=False)
        if not one.ok and one.fix:
            out.print(Text(f"           fix: {one.fix}"), highlight=False)


def _print(out: Console, lines: Sequence[str]) -> None:
    for line in lines:
        out.print(Text(line), highlight=False)
