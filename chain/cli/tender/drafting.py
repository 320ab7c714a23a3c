"""``yinxin tender draft`` and ``check``: from an empty form to a draft without findings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from chain.catalogue import SHIPPED
from chain.cli._tenders import tender_place
from chain.cli.common import NO, YES, emit, state
from chain.cli.tender._common import Draft, findings_text, publisher_of
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.home import Home, write_atomically
from chain.keys import Keystore
from chain.tenders.notice import Findings, Notice, check_types, current_notice
from chain.tenders.notice.standing import state_of
from chain.tenders.notice.template import blank, draft_of, render

_KINDS = ("goods", "works", "services")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("draft")(draft)
    app.command("check")(check)


def draft(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help="goods 货物, works 工程 or services 服务")] = "",
    out: Annotated[Path, typer.Option("--out", "-o", help="file to write, TOML")] = Path("draft.toml"),
    lots: Annotated[int, typer.Option(min=1, max=256, help="how many lots 标段")] = 1,
    envelopes: Annotated[int, typer.Option(min=1, max=2, help="2: the price in an envelope of its own")] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="periods of seconds, for trying it out")] = False,
    language: Annotated[str, typer.Option(help="of the explanations: zh or en")] = "zh",
    amend: Annotated[int, typer.Option(min=0, help="the notice of this tender, to be changed")] = 0,
) -> None:
    """Write a draft of a notice with an explanation at every line 招标公告草稿; with --amend, of the one in force."""
    home = state(ctx).home
    if language not in ("zh", "en"):
        raise InvalidInput(f"language {language!r}", code="tender.language", field="--language", fix="zh or en")
    if out.exists():
        raise Conflict(f"{out} exists", code="draft.exists", field="--out", fix="choose another name")
    if amend:
        with tender_place(home) as place:
            place.ledger.refresh()
            standing = state_of(place.ledger, amend)
            value = draft_of(
                current_notice(place.ledger, place.board, amend), deadline=standing.deadline, open_at=standing.open_at
            )
    elif kind in _KINDS:
        value = _known(home, blank(_kind(kind), lots=lots, envelopes=envelopes, demo=demo))
    else:
        raise InvalidInput(
            f"{kind or 'nothing'} is no kind of tender", code="draft.kind", field="kind", fix="goods, works or services"
        )
    write_atomically(out, render(value, language).encode(), mode=0o644)
    then = f"yinxin tender {f'amend {amend}' if amend else 'publish'} {out}"
    emit(
        ctx,
        {"draft": str(out), "amends": amend or None},
        f"[green]✓[/] {out}\n  fill it in, then: yinxin tender check {out}"
        + (f" --amend {amend}" if amend else "")
        + f"\n  and: {then}",
    )


def _kind(kind: str) -> Literal["goods", "works", "services"]:
    return "goods" if kind == "goods" else "works" if kind == "works" else "services"


def _known(home: Home, value: dict[str, Any]) -> dict[str, Any]:
    """What this home knows of itself, filled in."""
    value["bureau"]["uscc"] = home.settings.bureau.acts_as or home.settings.bureau.uscc
    keys = Keystore(home / "keys", None)
    if keys.has("envelope"):
        for envelope in value["envelopes"]:
            envelope["officer"] = keys.card("envelope").public
    return value


def check(
    ctx: typer.Context,
    file: Draft,
    amend: Annotated[int, typer.Option(min=0, help="as an amendment of this tender")] = 0,
) -> None:
    """Say at once everything that is wrong with a draft, and what to know before publishing it. 检查草稿。"""
    with tender_place(state(ctx).home) as place:
        found = publisher_of(place).look(file, amends=amend or None)
    findings = with_home(state(ctx).home, found.notice, found.findings)
    errors = len(findings.errors)
    data = {
        "publishable": not errors,
        "errors": [one.as_dict() for one in findings.errors],
        "warnings": [one.as_dict() for one in findings.warnings],
    }
    text = findings_text(findings)
    end = f"{errors} to mend" if errors else "nothing to mend; it can be published"
    text.append(f"{end}, {len(findings.warnings)} to know")
    emit(ctx, data, text, NO if errors else YES)


def with_home(home: Home, notice: Notice | None, findings: Findings) -> Findings:
    """The findings, and what this home and the shipped certificate types say of the notice."""
    if notice is not None:
        more = Findings()
        mine = home.settings.bureau.acts_as or home.settings.bureau.uscc
        if mine and notice.bureau.uscc != mine:
            more.error(
                "bureau.uscc", "other_bureau", (f"this home works for {mine}", f"本机属于 {mine}"),
                ("the bureau whose accounts this home has", "请填写本机所属的招标人"),
            )  # fmt: skip
        paths = {rule.name: f"qualification[{place}]" for place, rule in enumerate(notice.qualification)}
        check_types(notice.qualification, paths, SHIPPED, more)
        findings.add(more)
    return findings
