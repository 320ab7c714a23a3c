"""``yinxin approver``: who may decide by signature; kept in the approver's home, where no server reaches."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from chain.cli.common import emit, state
from chain.desk.approvers import (
    Approver,
    Approvers,
    Rule,
    check_approver,
    check_rule,
    load_approvers,
    save_approvers,
)
from chain.desk.evidence import Evidence
from chain.kernel.clock import parse_time, rfc3339, system_clock
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.kernel.home import Home

app = typer.Typer(help="Who may decide by signature: add, list, remove, rules, decisions kept.", no_args_is_help=True)

_Address = Annotated[str, typer.Argument(help="address of the person's key, 0x…", metavar="ADDRESS")]


def _home(ctx: typer.Context) -> Home:
    home = state(ctx).home
    if home.settings.role != "approver":
        raise InvalidInput(
            f"{home.path} is not an approver's home", code="signer.home", field="home", fix="name the right --home"
        )
    return home


def _shown(one: Approver, now: int) -> str:
    kinds = ", ".join(kind if most is None else f"{kind} (alone up to {most})" for kind, most in one.kinds.items())
    until = f" until {rfc3339(one.until)}" if one.until is not None else ""
    made = f"; not on what {', '.join(one.operators)} made" if one.operators else ""
    return f"{'✓' if one.is_active(now) else '–'} {one.address}  {one.name}: {kinds}{until}{made}"


@app.command()
def add(
    ctx: typer.Context,
    address: _Address,
    name: Annotated[str, typer.Option(help="who that is")],
    kind: Annotated[
        list[str], typer.Option(help="issue, status, revoke, … or *; KIND=N lets her decide up to N entries alone")
    ],
    operator: Annotated[
        list[str], typer.Option(help="name under which she makes requests herself; may be repeated")
    ] = [],  # noqa: B006
    since: Annotated[str | None, typer.Option(help="time from which, now if not given")] = None,
    until: Annotated[str | None, typer.Option(help="time until which; open if not given")] = None,
) -> None:
    """Let a person decide by signatures of her own key."""
    home, now = _home(ctx), system_clock()
    one = Approver(
        address.lower(),
        name,
        parse_time(since, field="--since") if since else now,
        parse_time(until, field="--until") if until else None,
        dict(_kind(text) for text in kind),
        tuple(operator),
    )
    check_approver(one)
    known = load_approvers(home.path)
    if known.find(one.address, now) is not None:
        raise Conflict(
            f"{one.address} may decide already", code="approver.exists", field="address", fix="remove it first"
        )
    save_approvers(home.path, replace(known, people=(*known.people, one)))
    emit(ctx, {"address": one.address, "name": one.name}, _shown(one, now))


@app.command("list")
def list_approvers(ctx: typer.Context) -> None:
    """Show who may decide, and the rules."""
    known, now = load_approvers(_home(ctx).path), system_clock()
    people = [
        {
            "address": one.address,
            "name": one.name,
            "active": one.is_active(now),
            "since": one.since,
            "until": one.until,
            "kinds": dict(one.kinds),
            "operators": list(one.operators),
        }
        for one in known.people
    ]
    rules = [
        {"kind": kind, "minimum": rule.minimum, "above": rule.above, "minimumAbove": rule.minimum_above}
        for kind, rule in known.rules.items()
    ]
    lines = [_shown(one, now) for one in known.people] or ["nobody: people decide at this home, with yinxin approve"]
    lines += [f"{kind}: {_words(rule)}" for kind, rule in known.rules.items()]
    emit(ctx, {"people": people, "rules": rules}, "\n".join(lines))


@app.command()
def remove(ctx: typer.Context, address: _Address) -> None:
    """End a person's right to decide, from now on. What she decided before stays."""
    home, now = _home(ctx), system_clock()
    known = load_approvers(home.path)
    one = known.find(address.lower(), now)
    if one is None:
        raise NotFound(
            f"{address} may not decide anyway", code="approver.unknown", field="address", fix="see yinxin approver list"
        )
    ended = replace(one, until=now)
    people = tuple(ended if other is one else other for other in known.people)
    save_approvers(home.path, Approvers(people, known.rules))
    emit(ctx, {"address": one.address, "until": now}, _shown(ended, now))


@app.command()
def rule(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help="issue, status, revoke, … or *")],
    minimum: Annotated[int, typer.Option(min=1, help="how many people must agree")] = 1,
    above: Annotated[int | None, typer.Option(min=0, help="number of entries beyond which more people must")] = None,
    minimum_above: Annotated[int, typer.Option(min=1, help="how many then")] = 2,
) -> None:
    """Say how many people must agree to requests of a kind."""
    home = _home(ctx)
    made = Rule(minimum, above, minimum_above if above is not None else 1)
    check_rule(kind, made)
    known = load_approvers(home.path)
    save_approvers(home.path, Approvers(known.people, {**known.rules, kind: made}))
    emit(ctx, {"kind": kind, "minimum": made.minimum, "above": made.above}, f"{kind}: {_words(made)}")


@app.command()
def decisions(ctx: typer.Context) -> None:
    """Show every decision this signer took up, with its signature: the evidence of who agreed to what."""
    home = _home(ctx)
    evidence = Evidence(home / "signer.sqlite")
    try:
        kept = list(evidence.all())
    finally:
        evidence.close()
    names = {one.address: one.name for one in load_approvers(home.path).people}
    rows: list[dict[str, Any]] = [
        {
            "request": hex0x(one.signed.decision.request),
            "address": hex0x(one.signed.address),
            "name": names.get(hex0x(one.signed.address), ""),
            "approve": one.signed.decision.approve,
            "reason": one.signed.decision.reason,
            "at": one.signed.decision.at,
            "notAfter": one.signed.decision.not_after,
            "signature": hex0x(one.signed.signature),
            "receivedAt": one.received_at,
            "kind": one.kind,
            "size": one.size,
        }
        for one in kept
    ]
    lines = [
        f"{rfc3339(one['receivedAt'])}  {'yes' if one['approve'] else 'no '}  {one['kind']} × {one['size']}  "
        f"{one['name'] or one['address']}  {one['request']}"
        for one in rows
    ]
    emit(ctx, {"decisions": rows}, "\n".join(lines) or "none yet")


def _kind(text: str) -> tuple[str, int | None]:
    name, equals, most = text.partition("=")
    if equals and not (most.isascii() and most.isdigit()):
        raise InvalidInput(f"kind {text!r}", code="approver.kind", field="--kind", fix="write revoke or revoke=50")
    return name, int(most) if equals else None


def _words(rule: Rule) -> str:
    more = f", {rule.minimum_above} above {rule.above} entries" if rule.above is not None else ""
    return f"{rule.minimum} must agree{more}"
