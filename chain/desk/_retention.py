"""What a signer demands before it forgets certificates whose time of keeping is over: that each has ended for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.credentials.status_list import Status, StatusList, parse_status_token
from chain.desk.state import SignerState
from chain.kernel.encoding import sha256, unb64url
from chain.kernel.errors import Refused
from chain.kernel.ports import TrustSource


def check_ended(ledger: TrustSource, state: SignerState, bureau: str, body: Mapping[str, Any]) -> list[str]:
    """Identifiers of a retention request, each of which is in a final state by a list that is or was on the ledger.

    A final state is never left, so a list that has been replaced since shows it as well. Without this, who holds the
    officer's home could have certificates in force forgotten and so made irrevocable.

    Raises:
        Refused: a list that was never anchored, a certificate in force, or one that stands elsewhere.
        InvalidInput: a token that is none.
    """
    lists: dict[str, StatusList] = {}
    for item in body["lists"]:
        token = unb64url(item["token"])
        name = str(item["name"])
        if sha256(token) not in {facts.digest for facts in ledger.status_history(bureau, name)}:
            raise Refused(f"list {name} was never on the ledger so", code="desk.retention", field="lists")
        lists[name] = parse_status_token(token).status_list
    found = []
    for position, record in enumerate(body["records"], 1):
        identifier, name, index = str(record["identifier"]), str(record["list"]), int(record["index"])
        if not Status(lists[name].get(index)).terminal:
            raise Refused(f"record {position} is in force", code="desk.retention", field="records")
        if state.slot_holder(name, index) not in (None, bytes(32), sha256(identifier.encode())):
            raise Refused(f"record {position} has another entry", code="desk.identifier", field="records")
        found.append(identifier)
    return found


def settle(ledger: TrustSource, state: SignerState, bureau: str) -> None:
    """Forget the drafts of every list whose root stands on the ledger: it is signed for one place only."""
    done = False
    for digest in state.unsettled():
        released = state.released(digest)
        for sequence, root in state.roots_of(digest):
            held = None if released is None else ledger.anchor(bureau, released[1], sequence)
            if held is not None and held.root == root:
                with state.transaction():
                    state.settle(digest)
                done = True
    if done:
        state.flush()
