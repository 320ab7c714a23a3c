"""``yinxin authority``: put the contracts on the ledger, register and accredit bureaus, enter and withdraw keys.

Each act is one command. Called as ``yinxin authority suspend …`` it is done at once, by one person; called as
``yinxin authority propose suspend …`` it becomes a proposal that a second person must agree to. Once people are listed
(``[authority] persons``) the first way is open for emergencies only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.catalogue import CertificateType, get_type, read_definition
from chain.cli import _proposing
from chain.cli.common import emit, progress, state
from chain.desk.proposals import TENDERS, Steps, steps_of
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.clock import parse_time
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.home import Home, write_atomically
from chain.keys import Keystore, passphrase_for
from chain.ledger.anchoring import write_registry
from chain.ledger.connection import open_ledger

app = typer.Typer(help="For the authority: deploy, register, accredit, keys, succession.", no_args_is_help=True)

KEY = "authority"
CARD_FORMAT = "yinxin-card-1"

_Bureau = Annotated[str, typer.Argument(help="USCC of the bureau, 18 characters", metavar="USCC")]


def _do(ctx: typer.Context, verb: str, arguments: dict[str, Any], data: dict[str, Any], text: str) -> None:
    """Do it, or propose it, as the command was called; the answer says which."""
    if _proposing.is_proposing(ctx):
        _proposing.propose(ctx, verb, arguments)
        return
    rules = state(ctx).home.settings.authority
    if rules.persons and verb not in rules.emergency:
        raise Refused(
            "people are listed for this authority, so one alone does nothing but in an emergency",
            code="authority.four_eyes",
            field="authority.persons",
            fix=f"yinxin authority propose --key YOURS {verb} …, then let a second person release it",
        )
    _write(ctx, steps_of(verb, arguments))
    _said(ctx, data, text)


def _write(ctx: typer.Context, steps: Steps) -> None:
    """Send call data one after the other, each final before the next."""
    home = state(ctx).home
    ledger = open_ledger(home)
    try:
        account = Keystore(home / "keys", passphrase_for(home.path)).account(KEY)
        with progress(state(ctx), "ledger", len(steps)) as done:
            for number, (what, data) in enumerate(steps, 1):
                write_registry(ledger.sender(account), ledger.trust_root, data, what=what)
                done(number)
    finally:
        ledger.close()


def _said(ctx: typer.Context, data: dict[str, Any], text: str) -> None:
    emit(ctx, {"done": True, **data}, f"[green]✓[/] {text}")


@app.command("deploy")
def deploy_contracts(
    ctx: typer.Context,
    delay: Annotated[
        int, typer.Option(min=0, help="seconds between proposing and doing a hand-over or a retirement")
    ] = 172_800,
) -> None:
    """Compile the contracts by py-solc-x and put them on the ledger, once; write deployment.json.

    A deployment from before there were tenders, or one that was cut short, gets what it lacks.
    """
    from chain.ledger.compile import compile_contracts
    from chain.ledger.install import install, unfinished

    current = state(ctx)
    unfinished(current.home)  # before anything is compiled for nothing
    account = Keystore(current.home / "keys", passphrase_for(current.home.path)).account(KEY)
    with progress(current, "compiling and deploying", None):
        deployment = install(current.home, bytes(account.key), delay=delay, compilation=compile_contracts())
    addresses = {contract.name: hex0x(contract.address) for contract in deployment.contracts}
    _said(
        ctx,
        {"chainId": deployment.chain_id, "compiler": deployment.compiler, "contracts": addresses},
        f"chain {deployment.chain_id}, compiled by {deployment.compiler}: "
        + ", ".join(f"{name} {at}" for name, at in addresses.items()),
    )


@app.command()
def register(
    ctx: typer.Context,
    bureau: _Bureau,
    name: Annotated[str, typer.Option(help="legal name")],
    metadata: Annotated[
        Path | None, typer.Option(help="public metadata (JSON); its SHA-256 goes on the ledger")
    ] = None,
) -> None:
    """Register a bureau under its legal name."""
    if metadata is not None and not metadata.is_file():
        raise InvalidInput(
            f"there is no file {metadata}", code="bureau.metadata", field="--metadata", fix="check the name"
        )
    data = metadata.read_bytes() if metadata is not None else canonical({"uscc": bureau, "name": name})
    arguments = {"bureau": bureau, "name": name, "metadata": hex0x(sha256(data))}
    _do(ctx, "register", arguments, {"bureau": bureau, "name": name}, f"registered {name} {bureau}")


@app.command()
def accredit(
    ctx: typer.Context,
    bureau: _Bureau,
    certificate_type: Annotated[
        str,
        typer.Option(
            "--type",
            help="certificate type, by name or code, or a bureau's definition (a .json file); "
            "tenders for a procuring entity 招标人",
        ),
    ],
    since: Annotated[str | None, typer.Option("--from", help="time from which, now if not given")] = None,
    until: Annotated[str | None, typer.Option(help="time until which; open if not given")] = None,
) -> None:
    """Accredit a bureau to issue certificates of a type, or to procure by sealed tender."""
    kind = None if certificate_type == TENDERS else _type_named(certificate_type)
    code = TENDERS if kind is None else kind.code
    arguments = {
        "bureau": bureau,
        "type": code,
        "from": parse_time(since, field="--from") if since else 0,
        "until": parse_time(until, field="--until") if until else 0,
    }
    said = f"{bureau} may procure by sealed tender" if kind is None else f"{bureau} may issue {kind.zh} {kind.en}"
    _do(ctx, "accredit", arguments, {"bureau": bureau, "type": code}, said)


def _type_named(name: str) -> CertificateType:
    """A shipped type, or the one a bureau's definition defines: an authority's home has no catalogue of bureaus."""
    if not name.endswith(".json"):
        return get_type(name)
    try:
        return read_definition(Path(name).read_bytes()).kind
    except OSError as error:
        raise InvalidInput(
            f"{name}: {error.strerror}", code="catalogue.file", field="--type", fix="check the name"
        ) from error


@app.command()
def enter(
    ctx: typer.Context,
    cards: Annotated[list[Path], typer.Argument(help="card.json files of officers, approvers and procuring entities")],
) -> None:
    """Enter the public keys that a bureau's home (officer, approver, procurement) has shown on its card."""
    keys = [{"bureau": card["bureau"], **key} for card in map(read_card, cards) for key in card["keys"]]
    shown = [{name: key[name] for name in ("bureau", "purpose", "thumbprint")} for key in keys]
    said = f"entered {len(keys)} keys: " + ", ".join(f"{key['purpose']} {key['thumbprint'][:18]}…" for key in shown)
    _do(ctx, "enter", {"keys": keys}, {"keys": shown}, said)


@app.command()
def compromised(
    ctx: typer.Context,
    bureau: _Bureau,
    thumbprint: Annotated[str, typer.Argument(help="0x thumbprint, as yinxin keys list shows it")],
    since: Annotated[str, typer.Option(help="nothing anchored with this key from then on counts")],
) -> None:
    """Mark a key as compromised since a time (of the ledger's clock)."""
    arguments = {"bureau": bureau, "thumbprint": thumbprint, "since": parse_time(since, field="since")}
    said = f"{thumbprint} counts no more for what was anchored since {since}"
    _do(ctx, "compromised", arguments, {"bureau": bureau, "thumbprint": thumbprint}, said)


@app.command("retire-key")
def retire_key(
    ctx: typer.Context, bureau: _Bureau, thumbprint: Annotated[str, typer.Argument(help="0x thumbprint")]
) -> None:
    """End a key's time; what it signed before stays good."""
    arguments = {"bureau": bureau, "thumbprint": thumbprint}
    _do(ctx, "retire-key", arguments, {**arguments}, f"{thumbprint} signs no more")


@app.command()
def suspend(
    ctx: typer.Context,
    bureau: _Bureau,
    reason: Annotated[str, typer.Option(help="why; its SHA-256 goes on the ledger")],
) -> None:
    """Suspend a bureau: it issues nothing, but may still change statuses."""
    _do(ctx, "suspend", {"bureau": bureau, "reason": reason}, {"bureau": bureau}, f"{bureau} is suspended")


@app.command()
def reinstate(ctx: typer.Context, bureau: _Bureau) -> None:
    """Let a suspended bureau issue again."""
    _do(ctx, "reinstate", {"bureau": bureau}, {"bureau": bureau}, f"{bureau} may issue again")


@app.command()
def succeed(
    ctx: typer.Context,
    bureau: _Bureau,
    successor: Annotated[str, typer.Argument(help="USCC of the bureau that follows")],
) -> None:
    """Name the bureau that answers for another one's certificates from now on."""
    arguments = {"bureau": bureau, "successor": successor}
    _do(ctx, "succeed", arguments, {**arguments}, f"{successor} answers for {bureau}")


for _verb, _command in (
    ("register", register), ("accredit", accredit), ("enter", enter), ("compromised", compromised),
    ("retire-key", retire_key), ("suspend", suspend), ("reinstate", reinstate), ("succeed", succeed),
):  # fmt: skip
    _proposing.app.command(_verb)(_command)
app.add_typer(_proposing.app, name="propose")
app.command("proposals")(_proposing.proposals)
app.command("release")(_proposing.release)


def write_card(home: Home, role: str, bureau: str, keys: list[dict[str, str]], *, name: str = "card.json") -> Path:
    """Write a card: what a home shows to the authority."""
    path = home / name
    write_atomically(path, canonical({"format": CARD_FORMAT, "role": role, "bureau": bureau, "keys": keys}), mode=0o644)
    return path


def read_card(path: Path) -> dict[str, Any]:
    """Read a card. Raises InvalidInput."""
    try:
        card: dict[str, Any] = read_canonical(path.read_bytes(), what=path.name, limit=64 * 1024)
        assert card["format"] == CARD_FORMAT
        assert all({"purpose", "thumbprint", "publicKey"} == set(key) for key in card["keys"])
    except (OSError, KeyError, TypeError, AssertionError, InvalidInput) as error:
        raise InvalidInput(
            f"{path}: not a card ({error.strerror if isinstance(error, OSError) else 'another format'})",
            code="card.form",
            field="card",
            fix="give the card.json that yinxin init wrote",
        ) from error
    return card
