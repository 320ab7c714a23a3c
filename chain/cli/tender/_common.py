"""What commands about tenders share: findings as people read them, a home's limits, who acts, texts and times."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from chain.cli._tenders import TenderPlace
from chain.cli.common import State, one_line, printable
from chain.desk.tender_acts import Agreement, TenderAct
from chain.kernel.clock import rfc3339, system_clock
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.home import Home
from chain.kernel.tender_ports import TenderActs
from chain.tenders.notice import Limits, NoticeFinding, Words
from chain.tenders.notice.answers import PassedOver, tidy
from chain.tenders.notice.publishing import Publisher
from chain.tenders.notice.standing import civil

Number = Annotated[int, typer.Argument(help="number of the tender", min=1, metavar="N")]
Draft = Annotated[Path, typer.Argument(help="draft, TOML or JSON: begin with yinxin tender draft")]
Account = Annotated[str, typer.Option("--account", help="account of this home that acts")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask before sending")]

_ACCOUNTS = {"procurement": "anchor", "authority": "authority"}


def limits_of(home: Home) -> Limits:
    """The limits that this home's settings give."""
    said = home.settings.tenders
    return Limits(Decimal(said.guarantee_percent), said.bid_days)


def acts_of(place: TenderPlace, account: str) -> TenderActs:
    """Writing from the account named, or from the one that this role acts with. Raises NotFound."""
    name = account or _ACCOUNTS.get(place.home.settings.role, "account")
    if not place.keys.has(name):
        raise NotFound(
            f"this home has no account {name}", code="tender.account", field="--account",
            fix="name an account of this home (yinxin keys list), or use the procuring officer's home",
        )  # fmt: skip
    return place.acts(name)


def publisher_of(place: TenderPlace) -> Publisher:
    """What publishes for this home."""
    place.ledger.refresh()
    return Publisher(place.ledger, place.board, place.home / "tenders", limits_of(place.home))


def agreed(place: TenderPlace, act: TenderAct) -> tuple[bytes, ...]:
    """Who agreed to an act, where this home lists people; nobody is asked otherwise.

    Raises:
        Refused: too few agreed so far, or somebody refused; the act lies on the desk to be decided on.
    """
    settings = place.home.settings
    folder = place.home.resolve(settings.desk.path) / "tenders"
    said = Agreement(folder, settings.tenders.persons, settings.tenders.threshold, settings.operator_address)
    if not settings.tenders.persons:
        return ()
    return said.require(act, place.connection.domain, system_clock())


def findings_text(findings: Iterable[NoticeFinding]) -> Text:
    """Findings, one below the other, errors first."""
    out = Text()
    for one in sorted(findings, key=lambda one: one.level != "error"):
        mark, style = ("✗", "bold red") if one.level == "error" else ("!", "bold yellow")
        out.append(mark, style=style)
        out.append(f" {printable(one.field)}", style="bold")
        out.append(f": {printable(one.message)} {printable(one.message_zh)}\n")
        if one.fix:
            out.append(f"    {printable(one.fix)} {printable(one.fix_zh)}\n")
    return out


def shown(words: Words) -> str:
    """Both languages on one line."""
    return one_line(" / ".join(one for one in (words.zh, words.en) if one))


def others_data(others: Iterable[PassedOver]) -> list[dict[str, Any]]:
    """Papers on record as answers that count for nothing, as plain data."""
    return [{"paper": hex0x(one.digest), "block": one.block, "why": one.why} for one in others]


def others_text(out: Text, others: Iterable[dict[str, Any]]) -> None:
    """The same for people, after what is there."""
    for one in others:
        out.append("!", style="bold yellow")
        out.append(f" answers on record that do not count 不计的答疑: {one['paper']}, block {one['block']}: ")
        out.append(f"{one_line(one['why'])}\n")


def moment(seconds: int) -> str:
    """A second for people: civil time of China."""
    return f"{civil(seconds)} (UTC+8)"


def time_data(seconds: int) -> dict[str, Any]:
    """A second as plain data."""
    return {"seconds": seconds, "time": rfc3339(seconds)}


def text_of(text: str, file: Path | None, *, field: str) -> str:
    """A text from an option or a file, tidied. Raises InvalidInput unless exactly one of them is given."""
    if bool(text) == (file is not None):
        raise InvalidInput(
            f"give {field} as text or as a file, not both", code="tender.text", field=field, fix=f'{field} "…"'
        )
    if file is None:
        return tidy(text)
    try:
        return tidy(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{file}: no readable UTF-8 text", code="tender.text", field=field, fix="name a text file"
        ) from error  # fmt: skip


def confirm(current: State, yes: bool, question: str) -> None:
    """Ask a person at a terminal; without one, or with --yes or --json, nobody is asked."""
    if not yes and not current.json and current.err.is_terminal:
        typer.confirm(question, abort=True, err=True)
