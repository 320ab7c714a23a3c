"""``yinxin bid entrust``, ``party``, ``state``, ``countersign``: who bids, and who signs for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from chain.claims import parse_binding
from chain.cli.bid._place import LotOption, Tender, bid_here
from chain.cli.claim import KEY
from chain.cli.common import NO, YES, emit, read_named, state
from chain.credentials.es256 import P256Signer
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.clock import parse_time, system_clock
from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.home import Home, write_atomically
from chain.keys import Keystore, passphrase_for
from chain.tenders.bidding import (
    ACTS,
    Mandate,
    Party,
    Statement,
    alone,
    read_mandate,
    read_party,
    read_statement,
    together,
)
from chain.tenders.bidding.certificates import load_certificate
from chain.tenders.bidding.organisation import CODE, NAME

_Licence = Annotated[Path, typer.Option(help="the company's business licence 营业执照: evidence bundle or SD-JWT")]
_Binding = Annotated[Path, typer.Option(help="binding of the licence, as the bureau handed it out")]
_Key = Annotated[str, typer.Option(help="name of the signing key: the claimed device's, or the agent's")]
_MandateFile = Annotated[Path | None, typer.Option(help="mandate 授权委托书 under which an agent signs")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("entrust")(entrust)
    app.command("party")(party)
    app.command("state")(state_)
    app.command("countersign")(countersign)


def entrust(
    ctx: typer.Context,
    out: Annotated[Path, typer.Argument(help="mandate to write; give it to the agent")],
    tender: Annotated[int, typer.Option(help="number of the one tender that it is for", min=1)],
    name: Annotated[str, typer.Option(help="the agent's name; stands in sealed bids only")],
    agent_key: Annotated[str, typer.Option(help="the agent's key, base64url (yinxin keys list in the agent's home)")],
    until: Annotated[str, typer.Option(help="last moment at which it holds, such as 2026-12-31")],
    licence: _Licence,
    binding: _Binding,
    act: Annotated[list[str], typer.Option(help=", ".join(ACTS) + "; may be repeated")] = ["bid"],  # noqa: B006
    key: _Key = KEY,
) -> None:
    """Let an agent act for this company in one tender, signed by the claimed device. 授权委托."""
    current = state(ctx)
    signer, document = _signer(current.home, key), _read(binding, "binding")
    code = load_certificate(licence).fields.get(CODE)
    if not isinstance(code, str):
        raise InvalidInput("the licence hides its code", code="bidding.licence", field="licence", fix="give the bundle")
    with bid_here(current, tender, 1) as here:
        given = Mandate(
            here.ledger.genesis, here.ledger.book, tender, code, sha256(document), name,
            unb64url(agent_key, field="agent-key"), tuple(one for one in ACTS if one in act),
            min(here.ledger.block.time, system_clock()), parse_time(until, field="until"),
        )  # fmt: skip
    if parse_binding(document).key != signer.public_key:
        raise _foreign_key()
    signed = read_mandate(given.signed(signer).to_bytes())
    write_atomically(out, signed.to_bytes())
    emit(
        ctx, {"file": str(out), "acts": list(signed.acts), "until": signed.until},
        f"[green]✓[/] {out}: {name} may {', '.join(signed.acts)} for {code} in tender {tender}",
    )  # fmt: skip


def party(
    ctx: typer.Context,
    out: Annotated[Path, typer.Argument(help="file to write; give it to the consortium's leader")],
    licence: _Licence,
    binding: _Binding,
    mandate: _MandateFile = None,
) -> None:
    """Write what this company shows as a member of a consortium; nothing is signed yet. 联合体成员资料."""
    shown = _party(licence, binding, mandate)
    write_atomically(out, canonical(shown.as_dict()))
    emit(ctx, {"file": str(out), "code": shown.code}, f"[green]✓[/] {out}: {shown.code}; give it to the leader")


def state_(
    ctx: typer.Context,
    tender: Tender,
    licence: _Licence,
    binding: _Binding,
    lot: LotOption = 1,
    mandate: _MandateFile = None,
    member: Annotated[list[Path], typer.Option(help="a consortium member's file; may be repeated, in order")] = [],  # noqa: B006
    agreement: Annotated[
        Path | None, typer.Option(help="consortium agreement 联合体协议, a document of the bid")
    ] = None,
    countersigned: Annotated[
        list[Path], typer.Option(help="the statement as a member countersigned it; may be repeated")
    ] = [],  # noqa: B006
    key: _Key = KEY,
) -> None:
    """Make and sign the statement of who bids from the fresh address. Exit 1: signatures are missing. 投标主体声明."""
    current = state(ctx)
    with bid_here(current, tender, lot) as here:
        _, place = here.current
        mine = _party(licence, binding, mandate)
        if bool(member) != (agreement is not None):
            raise InvalidInput(
                "a consortium has members and an agreement", code="bidding.consortium", field="agreement",
                fix="give --member and --agreement, or neither",
            )  # fmt: skip
        if agreement is None:
            made = alone(place, mine)
        else:
            others = [_read_party(file) for file in member]
            made = together(place, sha256(_read(agreement, "agreement")), [mine, *others])
        signer = _signer(current.home, key)
        if made.parties[0].signer != signer.public_key:
            raise _foreign_key()
        made = _with_signatures(made.signed(0, signer), countersigned)
        here.folder.state(made)
        file = here.folder.path / "statement.json"
    _say(ctx, made, file)


def countersign(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="the statement, as the leader sent it")],
    out: Annotated[Path, typer.Argument(help="file to write; give it back to the leader")],
    key: _Key = KEY,
) -> None:
    """Sign a consortium's statement as one of its members; shows first what it says. 联合体成员签署."""
    statement = _statement(file)
    signer = _signer(state(ctx).home, key)
    mine = [number for number, one in enumerate(statement.parties) if one.signer == signer.public_key]
    if not mine:
        raise _foreign_key()
    signed = statement.signed(mine[0], signer)
    write_atomically(out, signed.to_bytes())
    _say(ctx, signed, out, YES)


def _say(ctx: typer.Context, statement: Statement, file: Path, code: int | None = None) -> None:
    place = statement.place
    who = [(one.role, one.code, one.credential.fields.get(NAME, ""), one.code in statement.missing)
           for one in statement.parties]  # fmt: skip
    data: dict[str, Any] = {
        "file": str(file),
        "tender": place.tender,
        "lot": place.lot,
        "agreement": None if statement.agreement is None else b64url(statement.agreement),
        "parties": [
            {"role": role, "code": one, "name": name, "signed": not missing} for role, one, name, missing in who
        ],
        "missing": list(statement.missing),
    }
    lines = [f"  {'…' if missing else '✓'} {role} {name} {one}" for role, one, name, missing in who]
    words = f"{file}: tender {place.tender}, lot {place.lot}, address 0x{place.bidder.hex()}\n" + "\n".join(lines)
    emit(ctx, data, words, (NO if statement.missing else YES) if code is None else code)


def _with_signatures(statement: Statement, files: list[Path]) -> Statement:
    for file in files:
        other = _statement(file)
        if other.signed_digest != statement.signed_digest:
            raise Refused(
                f"{file} signs another statement", code="bidding.other", field="countersigned",
                fix="send the newest statement to every member and have it signed again",
            )  # fmt: skip
        kept = tuple(
            replace(one, signature=theirs.signature) if theirs.signature and other.is_signed(number) else one
            for number, (one, theirs) in enumerate(zip(statement.parties, other.parties, strict=True))
        )
        statement = replace(statement, parties=kept)
    return statement


def _party(licence: Path, binding: Path, mandate: Path | None) -> Party:
    certificate = load_certificate(licence)
    code = certificate.fields.get(CODE)
    if not isinstance(code, str) or NAME not in certificate.fields:
        raise InvalidInput(
            "the licence hides name or code", code="bidding.licence", field="licence", fix="give the whole bundle"
        )
    given = None if mandate is None else read_mandate(_read(mandate, "mandate"))
    return Party("bidder", code, certificate.present((NAME, CODE)), _read(binding, "binding"), given)


def _read_party(file: Path) -> Party:
    value = read_canonical(_read(file, "member"), what="party")
    return read_party(value, "member", complete=False)


def _statement(file: Path) -> Statement:
    return read_statement(read_canonical(_read(file, "file"), what="statement"), complete=False)


def _signer(home: Home, key: str) -> P256Signer:
    return Keystore(home / "keys", passphrase_for(home.path)).signer(key)


def _foreign_key() -> Refused:
    return Refused(
        "this home's key is not the one that must sign", code="bidding.key", field="key",
        fix="use the device that claimed the licence, or the agent's key with --mandate and --key",
    )  # fmt: skip


def _read(file: Path, field: str) -> bytes:
    return read_named(file, code="bidding.file", field=field, fix="name the file")
