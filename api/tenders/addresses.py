"""Parts that the ledger gives an address in a tender; an account with that address has them too, appointed or not.

From the index alone, but for two things that it does not have: who is the officer now, and who stands in the pool of
experts or sits on a committee (:func:`on_the_ledger`). A part that an address gets later is not seen here; the draw and
the committee are checked on the ledger, where it is (:mod:`chain.evaluation.committee.conflicts`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import Connection, select

from api.accounts.roles import Role
from api.tenders.place import Tenders
from api.tenders.tables import ceremony_members, tender_places, tender_records, tenders
from chain.evaluation.committee import read_committee
from chain.evaluation.pool import read_pool_paper
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.tender_ports import Board


def in_the_index(connection: Connection, tender: int, address: bytes) -> frozenset[Role]:
    """Parts of an address (20 bytes) in a tender, as the index has them; none for a tender that it has not."""
    row = connection.execute(select(tenders).where(tenders.c.number == tender)).one_or_none()
    if row is None:
        return frozenset()
    found = set()
    if bytes(row.supervisor) == address:
        found.add(Role.SUPERVISOR)
    members = select(ceremony_members.c.account).where(ceremony_members.c.ceremony == row.ceremony)
    keeping = {hex0x(bytes(account)) for account in connection.execute(members).scalars()} | set(row.custodians)
    if hex0x(address) in keeping:
        # A custodian keeps files as a key holder keeps shares: what goes with one goes with the other.
        found.add(Role.KEYHOLDER)
    bids = select(tender_places.c.place).where(tender_places.c.tender == tender, tender_places.c.bidder == address)
    if connection.execute(bids.limit(1)).first() is not None:
        found.add(Role.BIDDER)
    return frozenset(found)


def on_the_ledger(connection: Connection, place: Tenders, tender: int, address: bytes) -> frozenset[Role]:
    """What the index does not tell: is it the officer's, or does it stand in the pool or on a committee?

    A paper that no board has, or that is none, tells nothing. Raises Unavailable where chain or board does not answer.
    """
    found = set()
    with place.chain() as chain:
        if chain.ledger.is_officer(tender, address):
            found.add(Role.PROCUREMENT)
    if any(address in accounts for accounts in _evaluating(connection, place.board, tender)):
        found.add(Role.EXPERT)
    return frozenset(found)


def _evaluating(connection: Connection, board: Board, tender: int) -> Iterator[frozenset[bytes]]:
    query = select(tender_records).where(
        tender_records.c.tender == tender, tender_records.c.kind.in_(("expert-pool", "committee"))
    )
    for row in connection.execute(query).all():
        with suppress(NotFound, InvalidInput):
            data = board.get(bytes(row.digest))
            if row.kind == "committee":
                yield frozenset(member.account for member in read_committee(data).members)
            else:
                yield frozenset(line.account for line in read_pool_paper(data).lines)


__all__ = ["in_the_index", "on_the_ledger"]
