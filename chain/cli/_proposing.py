"""``yinxin authority propose``, ``proposals`` and ``release``: the authority's four eyes.

In the authority's desk folder lie ``proposals/<digest>.json`` and the people's ``decisions``; receipts of what was
done, with the decisions that allowed it, lie in the home itself. A proposal is carried out once: each transaction's
label names the proposal, and one label is sent once (:mod:`chain.ledger.sender`).
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from chain.cli._person import person_key
from chain.cli.common import CANNOT_TELL, YES, emit, progress, state
from chain.desk._exchange import DecisionFolder
from chain.desk.decisions import MOST_VALIDITY, SignedDecision, sign_decision
from chain.desk.proposals import AUTHORITY, LIMIT, Proposal, released_by, steps_of
from chain.kernel.canonical import canonical
from chain.kernel.clock import system_clock
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.home import Home, write_atomically
from chain.keys import Keystore, passphrase_for
from chain.keys.signatures import address_of
from chain.ledger.connection import Ledger, open_ledger
from chain.ledger.decision import Decision
from chain.ledger.trustroot import REGISTRY

app = typer.Typer(help="Propose an act; a second person must agree before it is done.", no_args_is_help=True)

KEY = "authority"
RECEIPT_FORMAT = "yinxin-release-1"
_NAME = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class _Person:
    key: str


@app.callback()
def _who(
    ctx: typer.Context,
    key: Annotated[str, typer.Option(help="your keystore file (version 3), or an account of this home")] = "",
) -> None:
    """Propose an act; a second person must agree before it is done."""
    ctx.meta["yinxin.person"] = _Person(key)


def is_proposing(ctx: typer.Context) -> bool:
    """True inside ``yinxin authority propose``."""
    return isinstance(ctx.meta.get("yinxin.person"), _Person)


def propose(ctx: typer.Context, verb: str, arguments: dict[str, Any]) -> None:
    """Write a proposal with the proposer's own decision."""
    home, person = state(ctx).home, ctx.meta["yinxin.person"]
    steps_of(verb, arguments)
    private = person_key(home, person.key)
    mine = hex0x(address_of(private))
    if mine not in _persons(home):
        raise Refused(
            f"{mine} is none of this authority's people",
            code="authority.person",
            field="--key",
            fix="list the address in config.toml: [authority] persons",
        )
    ledger = open_ledger(home)
    try:
        root, now = ledger.trust_root, system_clock()
        proposal = Proposal(verb, arguments, root.chain_id, root.ranges(REGISTRY)[-1].address, mine, now)
        decision = Decision(AUTHORITY, proposal.digest, True, "proposed", now, now + MOST_VALIDITY)
        signed = sign_decision(decision, ledger.domain, private)
    finally:
        ledger.close()
    file = _folder(home) / f"{proposal.digest.hex()}.json"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(file, proposal.to_bytes())
    _decisions(home).put(signed)
    emit(
        ctx,
        {"proposal": hex0x(proposal.digest), "file": str(file), "lines": list(proposal.lines)},
        Text("\n".join((*proposal.lines, f"proposal {hex0x(proposal.digest)}", f"written to {file}"))),
    )


def proposals(ctx: typer.Context) -> None:
    """Show what is proposed, and who has agreed."""
    home = state(ctx).home
    ledger = open_ledger(home)
    try:
        rows = [_row(home, ledger, proposal) for proposal in _waiting(home)]
    finally:
        ledger.close()
    lines = [
        "\n  ".join((f"{row['proposal']}  {row['state']} ({len(row['agreed'])} of {row['needed']})", *row["lines"]))
        for row in rows
    ]
    emit(ctx, {"proposals": rows}, Text("\n".join(lines) or "nothing is proposed"))


def release(
    ctx: typer.Context,
    proposal: Annotated[str, typer.Argument(help="its file, or its digest as yinxin authority proposals shows it")],
    decision: Annotated[
        list[Path], typer.Option(help="a signed decision on it, as yinxin decide wrote it; may be repeated")
    ] = [],  # noqa: B006
) -> None:
    """Carry out a proposal that enough people have signed, once."""
    home = state(ctx).home
    found = _load(home, proposal)
    receipt = home / "releases" / f"{found.digest.hex()}.json"
    if receipt.is_file():
        emit(ctx, {"proposal": hex0x(found.digest), "done": True, "again": True}, "done already")
        return
    for path in decision:
        _decisions(home).put(_decision(path))
    ledger = open_ledger(home)
    try:
        counted = _counted(home, ledger, found)
        needed = home.settings.authority.threshold
        if len(counted) < needed or hex0x(counted[0].address) != found.proposer:
            emit(
                ctx,
                {"proposal": hex0x(found.digest), "done": False, "have": len(counted), "needed": needed},
                f"{len(counted)} of {needed} people have signed, the proposer included",
                CANNOT_TELL,
            )
        _carry_out(ctx, home, ledger, found)
    finally:
        ledger.close()
    receipt.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = [b64url(signed.to_bytes()) for signed in counted]
    body = {"format": RECEIPT_FORMAT, "proposal": b64url(found.to_bytes()), "decisions": kept, "at": system_clock()}
    write_atomically(receipt, canonical(body))
    emit(
        ctx,
        {"proposal": hex0x(found.digest), "done": True, "persons": [hex0x(signed.address) for signed in counted]},
        Text("\n".join((*found.lines, "✓ done")), style=""),
        YES,
    )


# --------------------------------------------------------------------------- inside


def _persons(home: Home) -> list[str]:
    return [address.lower() for address in home.settings.authority.persons]


def _folder(home: Home) -> Path:
    return home.resolve(home.settings.desk.path) / "proposals"


def _decisions(home: Home) -> DecisionFolder:
    return DecisionFolder(home.resolve(home.settings.desk.path))


def _decision(path: Path) -> SignedDecision:
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise InvalidInput(
            f"{path}: {error.strerror}", code="decision.file", field="--decision", fix="check the name"
        ) from error
    return SignedDecision.from_bytes(data)


def _load(home: Home, named: str) -> Proposal:
    digest = named.removeprefix("0x")
    path = _folder(home) / f"{digest}.json" if _NAME.match(digest) else Path(named)
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise NotFound(
            f"no proposal {named}", code="proposal.unknown", field="proposal", fix="see yinxin authority proposals"
        ) from error
    found = Proposal.from_bytes(data)
    if _NAME.match(digest) and found.digest.hex() != digest:
        raise Refused("the file holds another proposal than its name says", code="proposal.changed", field="proposal")
    return found


def _waiting(home: Home) -> list[Proposal]:
    found = []
    for path in sorted(_folder(home).glob("*.json")):
        with suppress(InvalidInput, NotFound, Refused):
            found.append(_load(home, path.stem))
    return sorted(found, key=lambda proposal: proposal.at)


def _counted(home: Home, ledger: Ledger, proposal: Proposal) -> list[SignedDecision]:
    """Decisions that count, the proposer's first."""
    given = list(_decisions(home).on(proposal.digest))
    counted = released_by(proposal, given, _persons(home), domain=ledger.domain, now=system_clock())
    return sorted(counted, key=lambda signed: hex0x(signed.address) != proposal.proposer)


def _row(home: Home, ledger: Ledger, proposal: Proposal) -> dict[str, Any]:
    row: dict[str, Any] = {
        "proposal": hex0x(proposal.digest),
        "verb": proposal.verb,
        "lines": list(proposal.lines),
        "needed": home.settings.authority.threshold,
        "agreed": [],
        "state": "waiting",
    }
    if (home / "releases" / f"{proposal.digest.hex()}.json").is_file():
        return {**row, "state": "done"}
    try:
        counted = _counted(home, ledger, proposal)
    except Refused as error:
        return {**row, "state": "refused", "message": error.message}
    return {**row, "agreed": [hex0x(signed.address) for signed in counted]}


def _carry_out(ctx: typer.Context, home: Home, ledger: Ledger, proposal: Proposal) -> None:
    registry = ledger.trust_root.ranges(REGISTRY)[-1].address
    if (proposal.chain_id, proposal.registry) != (ledger.trust_root.chain_id, registry):
        raise Refused(
            "this proposal is for another ledger", code="proposal.ledger", field="proposal", fix="propose it anew"
        )
    steps = proposal.steps
    sender = ledger.sender(Keystore(home / "keys", passphrase_for(home.path)).account(KEY))
    with progress(state(ctx), "ledger", len(steps)) as done:
        for number, (what, data) in enumerate(steps, 1):
            label = f"proposal {proposal.digest.hex()} {number}: {what}"
            sender.wait_final(sender.send(registry, data, label=label))
            done(number)
