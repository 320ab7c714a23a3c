"""``yinxin verify``: is this certificate genuine, and in force?"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from chain.catalogue import SHIPPED, Catalogue
from chain.cli.common import CANNOT_TELL, NO, YES, State, emit, printable, state
from chain.credentials.verification import ChainProofs, LinkIndex, NoLedger, Policy, Verdict, Verification
from chain.credentials.verification.inputs import MAX_INPUT, BundleService, verify_input
from chain.credentials.verification.policy import DAY
from chain.credentials.verification.service import HttpBundleService
from chain.credentials.verification.wording import RESULTS, STEP_NAMES, VERDICTS
from chain.kernel.clock import CHINA, parse_time, system_clock
from chain.kernel.errors import InvalidInput, YinxinError
from chain.kernel.ports import EvidenceIndex, TrustSource


@dataclass(frozen=True, slots=True)
class Sources:
    """What one check rests on.

    Attributes:
        trust: the chain or a snapshot.
        index: places, status lists, bundles; None if there is none.
        proofs: judges chain evidence in bundles; None without a trust root.
        links: neighbours of a certificate, for advice.
        services: asked for bundles by identifier.
        types: certificate types of the home.
    """

    trust: TrustSource
    index: EvidenceIndex | None = None
    proofs: ChainProofs | None = None
    links: LinkIndex | None = None
    services: tuple[BundleService, ...] = ()
    types: Catalogue = SHIPPED


SourceOpener = Callable[[State, bool, Path | None], Sources]
"""Opens the sources of a home: state, offline, snapshot file. Raises Unavailable, NotFound, InvalidInput."""

_openers: list[SourceOpener] = []


def provide_sources(opener: SourceOpener) -> None:
    """Say how a home's sources are opened; the last one given counts."""
    _openers.append(opener)


def exit_code(verification: Verification) -> int:
    """0 VALID, 2 UNKNOWN or CANNOT_CHECK, 1 every other verdict."""
    if verification.verdict is Verdict.VALID:
        return YES
    return CANNOT_TELL if verification.verdict in (Verdict.UNKNOWN, Verdict.CANNOT_CHECK) else NO


def run_verify(data: bytes, sources: Sources, *, at: int, policy: Policy) -> Verification:
    """Check one input with these sources.

    Args:
        data: the input's bytes.
        sources: what the check rests on.
        at: the time asked about, seconds since 1970 UTC.
        policy: the verifier's own demands.
    """
    return verify_input(
        data,
        trust=sources.trust,
        index=sources.index,
        at=at,
        policy=policy,
        proofs=sources.proofs,
        links=sources.links,
        services=sources.services,
        read_stamps=_read_stamps,
    )


def services_of(addresses: Sequence[str], token: str = "") -> tuple[BundleService, ...]:
    """The configured services. Raises InvalidInput for an address that is not https."""
    return tuple(HttpBundleService(address, token=token) for address in addresses)


def _read_stamps(picture: bytes) -> Sequence[bytes]:
    from chain.rendering.qr import read_stamps

    return read_stamps(picture)


_AGE = re.compile(r"(?:([0-9A-Za-z-]+)=)?([1-9][0-9]{0,8})([smhd]?)\Z")
_CODE = re.compile(r"[0-9A-Z]{21}\Z")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def parse_ages(values: Sequence[str]) -> tuple[int | None, dict[str, int]]:
    """``["3d", "business-licence=12h"]``: the limit for all types or None, and limits by type code.

    Raises:
        InvalidInput: not a number with s, m, h or d, or no such type.
    """
    from chain.catalogue import get_type

    general: int | None = None
    single: dict[str, int] = {}
    for value in values:
        match = _AGE.match(value)
        if match is None:
            raise InvalidInput(
                f"{value!r} is no age",
                code="verify.age",
                field="--max-age",
                fix="write 12h, 3d, or business-licence=12h",
            )
        seconds = int(match[2]) * _UNITS[match[3]]
        if match[1] is None:
            general = seconds
        else:
            # A code speaks for itself: a verifier need not know the bureau's own type behind it.
            single[match[1] if _CODE.match(match[1]) else get_type(match[1]).code] = seconds
    return general, single


def read_input(value: str) -> bytes:
    """The input's bytes: ``-`` is standard input, a file's name its content, anything else the text itself.

    Raises:
        InvalidInput: no such file, not a file, or too large.
    """
    if value == "-":
        return sys.stdin.buffer.read(MAX_INPUT + 1)
    path = Path(value)
    try:
        if path.is_file():
            with path.open("rb") as file:
                return file.read(MAX_INPUT + 1)
        if path.is_dir():
            raise InvalidInput(f"{value} is a folder", code="input.file", field="INPUT", fix="name one file in it")
    except (OSError, ValueError) as error:
        # A long text is no file name; a file that may not be read is a fault worth naming.
        if isinstance(error, PermissionError):
            raise InvalidInput(
                f"{value} may not be read", code="input.file", field="INPUT", fix="let its owner give you the right"
            ) from error
        return value.encode("utf-8", "surrogateescape")
    if len(value) < 200 and ("/" in value or "\\" in value or path.suffix.lower() in _SUFFIXES) and "#" not in value:
        raise InvalidInput(f"there is no file {value}", code="input.file", field="INPUT", fix="check the name")
    return value.encode("utf-8", "surrogateescape")


_SUFFIXES = frozenset({".json", ".png", ".jpg", ".jpeg", ".webp", ".pdf", ".txt", ".jwt", ".ofd", ".svg"})


def render(verification: Verification, lang: str = "both") -> Text:
    """What a clerk reads: one glance first, the steps below. Readable without colour.

    Args:
        verification: the answer.
        lang: ``zh``, ``en`` or ``both``.
    """
    words = VERDICTS[verification.verdict]
    style = {"green": "bold white on dark_green", "yellow": "bold black on yellow", "red": "bold white on red"}
    out = Text()
    out.append(f"  {words.symbol}  {_choose(words.zh, words.en, lang, '  ')}  ", style=style[words.colour])
    out.append("\n" + _choose(words.says_zh, words.says_en, lang, "\n") + "\n\n")
    for zh, en, value in _rows(verification, lang):
        out.append(f"{_choose(zh, en, lang, ' ')}: ", style="bold")
        out.append(f"{value}\n")
    out.append("\n" + _choose("下一步", "Next", lang, " ") + ": ", style="bold")
    out.append(_choose(words.next_zh, words.next_en, lang, "\n") + "\n\n")
    for step in verification.steps:
        symbol, zh_result = RESULTS[step.result]
        result = _choose(zh_result, str(step.result), lang, " ")
        out.append(f"{symbol} {step.n} {_choose(STEP_NAMES[step.name], step.name, lang, ' ')}: {result}\n")
        if step.code != "skipped":
            for language in ("zh", "en") if lang == "both" else (lang,):
                out.append(f"    {step.detail(language)}\n", style="dim")
    return out


def _choose(zh: str, en: str, lang: str, between: str) -> str:
    return {"zh": zh, "en": en}.get(lang, f"{zh}{between}{en}")


def _rows(verification: Verification, lang: str) -> list[tuple[str, str, str]]:
    shown = verification.certificate
    rows: list[tuple[str, str, str]] = []
    if shown:
        bureau, kind, validity = shown["bureau"], shown["type"], shown["validity"]
        if not shown["confirmed"]:
            rows.append(
                (
                    "注意",
                    "Note",
                    _choose("以下为证照自称,未经证实", "claimed by the document, not confirmed", lang, " / "),
                )
            )
        if bureau["name"] is not None:
            rows.append(("颁发机构", "Bureau", f"{bureau['name']} ({bureau['uscc']})"))
        else:
            rows.append(
                (
                    "颁发机构",
                    "Bureau",
                    f"{bureau['uscc']} ({_choose('无登记名称', 'no name from the registry', lang, ' / ')})",
                )
            )
        rows.append(("证照类型", "Type", _choose(kind["zh"] or kind["code"], kind["en"] or kind["code"], lang, " ")))
        if shown["identifier"]:
            rows.append(("证照标识", "Identifier", shown["identifier"]))
        if shown["holder"]:
            rows.append(("持证主体", "Holder", shown["holder"]))
        rows += [(field["zh"], field["en"], _text(field["value"])) for field in shown["fields"]]
        start, end = _local(validity["notBefore"]), validity["expires"]
        rows.append(
            ("有效期", "Validity", f"{start} – {_local(end) if end else _choose('长期', 'no end', lang, ' / ')}")
        )
        if shown["predecessor"]:
            rows.append(("原证照", "Replaces", shown["predecessor"]))
        if shown["successor"]:
            rows.append(("新证照", "Replaced by", shown["successor"]))
    as_of = verification.as_dict()["statusAsOf"]
    rows.append(("状态截至", "Status as of", _local(as_of) if as_of else _choose("未读取", "not read", lang, " / ")))
    if shown:
        rows.append(("依据", "Source", shown["source"]))
    return rows


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _local(moment: str) -> str:
    from datetime import datetime

    return datetime.fromtimestamp(parse_time(moment), CHINA).strftime("%Y-%m-%d %H:%M:%S +08:00")


def open_sources(current: State, offline: bool, snapshot: Path | None) -> Sources:
    """The sources of this home: those of :func:`provide_sources`, else ledger and manifests alone.

    Raises:
        Unavailable, NotFound, InvalidInput, Refused: they cannot be opened; says why.
    """
    if _openers:
        return _openers[-1](current, offline, snapshot)
    from chain.cli.sources import open_sources as open_home

    return open_home(current, offline, snapshot)


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(name="verify")
    def verify(
        ctx: typer.Context,
        source: Annotated[
            str,
            typer.Argument(
                metavar="INPUT",
                help="bundle, sealed PDF, SD-JWT, picture with a QR code (files); scanned digits, an address from a "
                "QR code or an identifier (text); - for standard input",
            ),
        ],
        offline: Annotated[bool, typer.Option("--offline", help="use the trust snapshot only, no network")] = False,
        trust: Annotated[
            Path | None, typer.Option("--trust", metavar="SNAPSHOT", help="trust snapshot for --offline")
        ] = None,
        at: Annotated[
            str | None,
            typer.Option("--at", metavar="TIME", help="state at a past time: 2026-01-31, RFC 3339 or seconds"),
        ] = None,
        max_age: Annotated[
            list[str] | None,
            typer.Option(
                "--max-age", metavar="[TYPE=]AGE", help="oldest status accepted, e.g. 12h or business-licence=3d"
            ),
        ] = None,
        lang: Annotated[str, typer.Option("--lang", help="zh, en or both")] = "both",
    ) -> None:
        """Check a certificate. 核验证照.

        Says whether it is genuine, whether it is in force, and as of when.
        Exit code 0: valid; 1: no; 2: could not tell.
        """
        current = state(ctx)
        if trust is not None and not offline:
            raise typer.BadParameter("only together with --offline", param_hint="--trust")
        if lang not in ("zh", "en", "both"):
            raise typer.BadParameter("zh, en or both", param_hint="--lang")
        try:
            general, single = parse_ages(max_age or [])
            moment = None if at is None else parse_time(at, field="--at")
        except InvalidInput as error:
            raise typer.BadParameter(f"{error.message}; {error.fix}") from error
        try:
            data = read_input(source)
        except InvalidInput as error:
            raise typer.BadParameter(f"{error.message}; {error.fix}", param_hint="INPUT") from error
        now = system_clock() if moment is None else moment
        limit = general
        try:
            if limit is None:
                limit = current.home.settings.verify.status_max_age
            sources = open_sources(current, offline, trust)
        except YinxinError as error:
            # A ledger that cannot be opened says nothing about the certificate: exit code 2, never 1.
            sources = Sources(NoLedger(error.message if error.fix is None else f"{error.message} ({error.fix})", now))
        policy = Policy(max_status_age=limit or DAY, type_max_age=single, past=moment is not None, types=sources.types)
        verification = run_verify(data, sources, at=now, policy=policy)

        def show(console: Console) -> None:
            text = render(verification, lang)
            console.print(Text(printable(text.plain), spans=text.spans), highlight=False, soft_wrap=True)

        emit(ctx, verification.as_dict(), show, exit_code(verification))
