"""``yinxin init``: make a home for one role."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.authority import KEY, write_card
from chain.cli.common import emit, state
from chain.identifiers import uscc
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.home import Home, check_settings
from chain.keys import Keystore, passphrase_for

_ROLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "authority": ((KEY, "account", ""),),
    "officer": (
        ("credential", "credential", "credential"),
        ("seal", "seal", "seal"),
        ("account", "account", ""),
        ("vault", "secret", ""),
    ),
    "approver": (("anchor", "account", "anchor"), ("desk", "desk", "")),
    "clerk": (),
    "service": (),
    "procurement": (("anchor", "account", "anchor"), ("envelope", "desk", "")),
    "supervisor": (("account", "account", ""), ("envelope", "desk", "")),
    "keyholder": (("account", "account", ""),),
    "custodian": (("account", "account", ""),),
    "bidder": (("papers", "desk", ""),),
    "expert": (("papers", "desk", ""),),
}
"""Role: its keys as (name, kind, purpose in the registry)."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("init")
    def init(
        ctx: typer.Context,
        role: Annotated[str, typer.Argument(help=", ".join(_ROLES))],
        bureau: Annotated[str, typer.Option(help="USCC of the bureau (officer, approver, procurement)")] = "",
        acts_as: Annotated[str, typer.Option(help="successor that answers for this bureau (officer)")] = "",
        operator: Annotated[str, typer.Option(help="staff number or name written into acts")] = "",
        node: Annotated[
            str | None, typer.Option(help="folder of the embedded node; <home>/node if nothing is given")
        ] = None,
        endpoint: Annotated[
            list[str], typer.Option(help="JSON-RPC address instead of an embedded node; may be repeated")
        ] = [],  # noqa: B006
        quorum: Annotated[int, typer.Option(min=1, help="how many endpoints must agree")] = 1,
        desk: Annotated[str, typer.Option(help="folder shared by officer and approver")] = "desk",
        blobs: Annotated[str, typer.Option(help="folder of the local store")] = "blobs",
        store: Annotated[
            str, typer.Option(help="local, ipfs, or kubo (a private node started with the command)")
        ] = "local",
        kubo: Annotated[str, typer.Option(help="folder of the private IPFS node")] = "kubo",
        bureau_home: Annotated[
            list[str], typer.Option(help="officer's home the service works for; may be repeated (service)")
        ] = [],  # noqa: B006
        witness: Annotated[
            list[str], typer.Option(help="address or folder where a witness publishes; may be repeated")
        ] = [],  # noqa: B006
        board: Annotated[
            list[str], typer.Option(help="folder or address of a board with papers of tenders; may be repeated")
        ] = [],  # noqa: B006
    ) -> None:
        """Make a home: its config.toml, its keys, and the card it shows to the authority."""
        home = state(ctx).home
        if role not in _ROLES:
            raise InvalidInput(
                f"there is no role {role!r}", code="init.role", field="role", fix="one of " + ", ".join(_ROLES)
            )
        if (home / "config.toml").exists():
            raise Conflict(
                f"{home.path} is a home already",
                code="init.exists",
                field="home",
                fix="choose another folder with --home",
            )
        if role in ("officer", "approver", "procurement"):
            uscc.parse(bureau, field="bureau")
        values: dict[str, Any] = {
            "role": role,
            "operator": operator,
            "ledger": {"quorum": quorum, "witnesses": witness}
            | ({"endpoints": endpoint} if endpoint else {"node": node or "node"}),
            "documents": {"store": store, "blobs": blobs, "kubo": kubo},
            "bureau": {"uscc": bureau, "acts_as": acts_as},
            "desk": {"path": desk},
        } | ({"tenders": {"boards": board}} if board else {})
        if role == "service":
            values = {"role": role, "operator": operator, "service": {"bureaus": _bureau_homes(home, bureau_home)}}
        check_settings(values)
        passphrase = passphrase_for(home.path, new=True) if _ROLES[role] else None
        home.make()
        keys = Keystore(home / "keys", passphrase)
        shown = []
        for name, kind, purpose in _ROLES[role]:
            card = keys.card(name) if keys.has(name) else keys.create(name, kind)
            if purpose:
                public = "" if kind == "account" else card.public
                shown.append({"purpose": purpose, "thumbprint": card.thumbprint, "publicKey": public})
        card_file: Path | None = write_card(home, role, acts_as or bureau, shown) if shown else None
        home.write_config(values)
        emit(
            ctx,
            {
                "home": str(home.path),
                "role": role,
                "keys": [card.as_dict() for card in keys.cards()],
                "card": str(card_file) if card_file else None,
            },
            f"[green]✓[/] {role}'s home {home.path}" + (f"\n  give {card_file} to the authority" if card_file else ""),
        )


def _bureau_homes(home: Home, names: list[str]) -> list[str]:
    """The names as given, once each is an officer's home."""
    if not names:
        raise InvalidInput(
            "a service works for at least one bureau",
            code="init.bureaus",
            field="--bureau-home",
            fix="name each officer's home: --bureau-home FOLDER",
        )
    for name in names:
        folder = home.resolve(name)
        if Home(folder).settings.role != "officer":
            raise InvalidInput(
                f"{folder} is not an officer's home",
                code="init.bureau_home",
                field="--bureau-home",
                fix="make it first: yinxin init officer; relative names start at the service's home",
            )
    return names
