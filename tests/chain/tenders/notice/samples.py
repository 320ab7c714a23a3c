"""Notices of nobody, made from the sample drafts; shared by the tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from chain.kernel.encoding import sha256
from chain.tenders.notice import Drafted, Notice, Place, make_notice
from scripts.samples.tenders import STATUTORY, People, desks, roads, write
from tests.chain.sealing.samples import BOOK, GENESIS, holders, public

NOW = 1_790_000_000
SUPERVISOR = sha256(b"sample supervisor")[:20]
CUSTODIANS = tuple(
    (sha256(f"sample custodian {name}".encode())[:20], f"示例存管{name}", f"http://custody-{name}.example")
    for name in ("a", "b")
)
PEOPLE = People(public("officer"), public("supervisor"), SUPERVISOR, CUSTODIANS)

DRAFTS: dict[str, Callable[..., dict[str, Any]]] = {"desks": desks, "roads": roads}


def place(tender: int = 7, now: int = NOW) -> Place:
    """A place on a ledger of nobody's, where ceremony 1 has a key and tender 3 a notice."""
    return Place(
        GENESIS, 1337, BOOK, tender, now, lambda number: holders().key.key if number == 1 else b"",
        lambda number: sha256(b"notice 3") if number == 3 else None,
    )  # fmt: skip


def drafted(folder: Path, draft: dict[str, Any], before: Notice | None = None) -> Drafted:
    """What becomes of a draft."""
    write(folder, {**draft, "documents": [one for one in draft["documents"] if "path" in one]})
    return make_notice(draft, folder, place(), before)


def sample(folder: Path, name: str = "desks", **changes: Any) -> Notice:
    """A sound notice."""
    done = drafted(folder, {**DRAFTS[name](PEOPLE, STATUTORY), **changes})
    assert done.notice is not None, [one.as_dict() for one in done.findings.errors]
    return done.notice
