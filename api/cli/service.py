"""``yinxin serve`` and ``yinxin account``: the service and its people."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.accounts import people
from api.accounts.principals import Membership
from api.accounts.roles import Role
from api.audit import anchoring
from api.cli.shared import DEFAULT_WAIT, Wait
from api.service.context import Service, open_service_home
from chain.cli.common import CANNOT_TELL, YES, emit, state
from chain.kernel.clock import rfc3339
from chain.kernel.errors import InvalidInput

account_app = typer.Typer(help="Accounts of the service.", no_args_is_help=True)
audit_app = typer.Typer(help="The audit log of the service.", no_args_is_help=True)


@contextmanager
def service_here(ctx: typer.Context) -> Iterator[Service]:
    """The service of this command's home; closed afterwards."""
    service = open_service_home(state(ctx).home.path)
    try:
        yield service
    finally:
        service.close()


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(account_app, name="account")

    app.add_typer(audit_app, name="audit-log")

    @app.command("serve")
    def serve(
        ctx: typer.Context,
        host: Annotated[str | None, typer.Option(help="address to listen on, if another than the setting")] = None,
        port: Annotated[int | None, typer.Option(min=0, max=65535, help="port; 0 for any free one")] = None,
        workers: Annotated[int | None, typer.Option(min=1, max=64, help="processes that answer")] = None,
        certificate: Annotated[Path | None, typer.Option(help="TLS certificate chain, PEM")] = None,
        key: Annotated[Path | None, typer.Option(help="its private key, PEM")] = None,
    ) -> None:
        """Serve the HTTP API until interrupted. yinxin worker does the work that it accepts."""
        from api.service.server import serve as run

        if (certificate is None) != (key is None):
            raise InvalidInput(
                "a certificate and its key go together", code="service.tls", field="certificate", fix="give both"
            )
        with service_here(ctx) as service:
            for bureau in service.bureaus:
                service.office(bureau).unlock()
            _ = service.engine
        run(service, host=host, port=port, workers=workers, certificate=certificate, key=key)


_Roles = Annotated[list[str], typer.Option("--role", help="ROLE, or ROLE@BUREAU; may be repeated: " + ", ".join(Role))]


@account_app.command("add")
def add_account(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="what one signs in with")],
    roles: _Roles,
    display: Annotated[str, typer.Option(help="how colleagues know it")] = "",
    address: Annotated[str | None, typer.Option(help="ledger address, for signing in and deciding by key")] = None,
    password: Annotated[
        bool, typer.Option("--password/--no-password", help="make a first password and show it once")
    ] = True,
) -> None:
    """Make an account. Its first password is shown once."""
    secret = secrets.token_urlsafe(12) if password else None
    with service_here(ctx) as service:
        made = people.create_account(
            service.engine,
            name,
            display or name,
            _memberships(roles),
            now=service.clock(),
            password=secret,
            address=address,
        )
    said = f"[green]✓[/] account {made.number}: {made.name}" + (f"\n  first password: {secret}" if secret else "")
    emit(ctx, {"account": made.number, "name": made.name, "password": secret}, said)


@account_app.command("list")
def list_accounts(ctx: typer.Context) -> None:
    """Show all accounts."""
    with service_here(ctx) as service:
        found = people.list_accounts(service.engine, bureau=None, after=0, limit=10_000)
    data = [
        {
            "account": one.number,
            "name": one.name,
            "display": one.display,
            "active": one.active,
            "roles": [f"{held.role}@{held.bureau}" if held.bureau else str(held.role) for held in one.memberships],
            "created": rfc3339(one.created_at),
        }
        for one in found
    ]
    lines = [f"{one['account']:>4}  {one['name']:<20} {', '.join(one['roles'])}" for one in data]  # type: ignore[arg-type]
    emit(ctx, {"accounts": data}, Text("\n".join(lines) or "no accounts yet"))


@account_app.command("close")
def close_account(ctx: typer.Context, number: Annotated[int, typer.Argument(help="number of the account")]) -> None:
    """Close an account; it is signed out everywhere."""
    with service_here(ctx) as service:
        people.change_account(service.engine, number, now=service.clock(), active=False)
    emit(ctx, {"account": number, "active": False}, f"[green]✓[/] account {number} is closed")


@audit_app.command("check")
def check_audit_log(ctx: typer.Context) -> None:
    """Recompute the audit log and compare it with its anchors on the ledger."""
    with service_here(ctx) as service:
        count, vouched = anchoring.check_log(service.engine, service.ledger.refresh())
    emit(
        ctx,
        {"entries": count, "anchored": vouched},
        f"[green]✓[/] {count} entries, whole; the ledger vouches for them up to entry {vouched}",
    )


@audit_app.command("anchor")
def anchor_audit_log(ctx: typer.Context, wait: Wait = DEFAULT_WAIT) -> None:
    """Anchor the audit log now, in the lane of every bureau that has new entries; yinxin worker does it by itself."""
    done: dict[str, str] = {}
    with service_here(ctx) as service:
        for bureau in service.bureaus:
            office = service.office(bureau)
            with office.writing():
                number = anchoring.seal_log(service.engine, bureau)
                if number is not None:
                    done[bureau] = anchoring.run_anchor(service.engine, office, number, wait=wait)
    lines = [f"{bureau}: {state}" for bureau, state in done.items()]
    whole = all(state == "confirmed" for state in done.values())
    emit(ctx, {"anchors": done}, "\n".join(lines) or "nothing new to anchor", YES if whole else CANNOT_TELL)


def _memberships(texts: Sequence[str]) -> list[Membership]:
    found = []
    for text in texts:
        name, _, bureau = text.partition("@")
        try:
            found.append(Membership(Role(name), bureau or None))
        except ValueError as error:
            raise InvalidInput(
                f"there is no role {name!r}", code="account.role", field="role", fix="one of " + ", ".join(Role)
            ) from error
    return found
