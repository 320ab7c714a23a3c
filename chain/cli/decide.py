"""``yinxin decide``: look at a request and sign yes or no, without a browser and without believing the server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from chain.catalogue import Catalogue, read_definition
from chain.cli._drafts import hold_rows
from chain.cli._person import person_key
from chain.cli.common import emit, state
from chain.desk.decisions import MOST_VALIDITY, request_digest, sign_decision
from chain.desk.messages import LIMIT, Request
from chain.desk.proposals import AUTHORITY, Proposal, is_proposal
from chain.desk.summary import summary_of
from chain.desk.tender_acts import TenderAct, is_tender_act
from chain.kernel.clock import system_clock
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.ledger.connection import open_ledger
from chain.ledger.decision import Decision


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("decide")
    def decide(
        ctx: typer.Context,
        request_file: Annotated[
            Path, typer.Option(help="the request or proposal, to the byte as it was handed to you")
        ],
        drafts: Annotated[
            Path | None,
            typer.Option(help="all rows of a long list, as JSON lines: drafts, or pages as the service answers them"),
        ] = None,
        approve: Annotated[
            bool | None, typer.Option("--approve/--refuse", help="yes or no; neither only shows")
        ] = None,
        reason: Annotated[str, typer.Option(help="why; the maker will read it")] = "",
        key: Annotated[str, typer.Option(help="your keystore file (version 3), or an account of this home")] = "",
        valid_for: Annotated[
            int, typer.Option(min=60, max=MOST_VALIDITY, help="seconds within which it must be taken up")
        ] = 86_400,
        certificate_type: Annotated[
            list[Path], typer.Option("--type", help="definition of a type of the bureau's own; may be repeated")
        ] = [],  # noqa: B006
        out: Annotated[Path | None, typer.Option(help="file to write the signed decision to")] = None,
        typed_data: Annotated[
            bool, typer.Option("--typed-data", help="print what a wallet signs, instead of signing here")
        ] = False,
    ) -> None:
        """Show a request from its own bytes and sign yes or no with a key of your own. 复核签名."""
        data = _read(request_file)
        bureau, lines = _shown(data, certificate_type, drafts, decided=bool(approve))
        digest = request_digest(data)
        answer: dict[str, Any] = {"request": hex0x(digest), "bureau": bureau, "lines": list(lines)}
        text = Text("\n".join((*lines, f"request {hex0x(digest)}")))
        if approve is None:
            emit(ctx, answer, text)
            return
        home = state(ctx).home
        ledger = open_ledger(home)
        try:
            domain = ledger.domain  # from the trust root pinned here, so that no server chooses it
        finally:
            ledger.close()
        now = system_clock()
        decision = Decision(bureau, digest, approve, reason, now, now + valid_for)
        if typed_data:
            emit(ctx, {**answer, "typedData": decision.typed_data(domain)}, text)
            return
        signed = sign_decision(decision, domain, person_key(home, key))
        path = out or request_file.with_name(f"{signed.name}.json")
        write_atomically(path, signed.to_bytes())
        verb = "approved" if approve else "refused"
        text.append(f"\n✓ {verb} by {hex0x(signed.address)}: {path}")
        emit(ctx, {**answer, "approve": approve, "address": hex0x(signed.address), "decision": str(path)}, text)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LIMIT + 1)
    except OSError as error:
        raise InvalidInput(
            f"{path}: {error.strerror}", code="decide.file", field="--request-file", fix="check the name"
        ) from error


def _shown(data: bytes, definitions: list[Path], file: Path | None, *, decided: bool) -> tuple[str, tuple[str, ...]]:
    """For whom a decision is, and what the bytes say. Whoever says yes to a long list has all its rows at hand."""
    if is_tender_act(data):
        act = TenderAct.from_bytes(data)
        return act.bureau, act.lines
    if is_proposal(data):
        return AUTHORITY, Proposal.from_bytes(data).lines
    request = Request.from_bytes(data)
    try:
        checked = hold_rows(request.body, file, decided=decided) if request.kind == "release" else ()
        kinds = Catalogue(read_definition(_read(path)).kind for path in definitions)
        return request.bureau, (*summary_of(request.id, request, kinds).lines, *checked)
    except Refused as error:
        raise Refused(
            f"{error.message}, as far as this device knows",
            code=error.code,
            field="--type",
            fix="name the definition of the bureau's own type with --type, and what it is a new version of",
        ) from error
    except (AttributeError, LookupError, NotFound, TypeError, ValueError) as error:
        raise InvalidInput(
            "this request is malformed", code="desk.form", field="--request-file", fix="refuse it, or fetch it again"
        ) from error
