"""What has no rows of its own: following the ledger, opening lists that wait, bringing blobs to IPFS."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from api.certificates.issuing import open_list
from api.certificates.office import Office
from api.certificates.tables import batches, status_lists
from api.indexer.follow import follow
from chain.documents.push import push
from chain.documents.stores.local import LocalStore
from chain.kernel.errors import Damaged
from chain.kernel.steps import reached

Progress = Callable[[str, int, int], None]


def always(_office: Office) -> list[int]:
    """Upkeep of the whole register has the number 0 and is never over."""
    return [0]


def open_lists(office: Office) -> list[int]:
    """Status lists made but not anchored yet, by the number in their names, that no batch is about to open.

    A batch that was taken back, or whose register was restored, may have left one.
    """
    with office.engine.connect() as connection:
        if connection.execute(select(batches.c.id).where(batches.c.state == "released").limit(1)).first():
            return []
        query = select(status_lists.c.name).where(status_lists.c.bureau == office.bureau, status_lists.c.head.is_(None))
        return sorted(int(name[1:]) for name in connection.execute(query).scalars())


def run_list(office: Office, number: int, _progress: Progress) -> str:
    """Go on with opening it, if no batch has done so meanwhile."""
    if number not in open_lists(office):
        return ""
    return "" if open_list(office, 0) else "signer"


def run_index(office: Office, _number: int, _progress: Progress) -> str:
    """Bring the copies of the ledger's events to the newest final block."""
    follow(office.engine, office.ledger.refresh(), office.bureau)
    return ""


def push_wanted(office: Office) -> list[int]:
    """Blobs are pushed where the bureau's home keeps them locally and names an IPFS node to copy them to."""
    settings = office.home.settings.documents
    return [0] if settings.store == "local" and settings.push else []


def run_push(office: Office, _number: int, _progress: Progress) -> str:
    """Copy what the IPFS node does not hold pinned yet. Raises Unavailable, Damaged."""
    settings = office.home.settings.documents
    local = office.store
    assert isinstance(local, LocalStore)
    mark = f"{settings.push} {local.stat().blobs}\n"
    done = office.home / "pushed"
    if done.is_file() and done.read_text(encoding="ascii") == mark:
        return ""
    from chain.documents.kubo import KuboNode
    from chain.documents.stores.ipfs import IpfsStore

    node = KuboNode(office.home.resolve(settings.kubo)).start() if settings.push == "kubo" else None
    try:
        address = node.api if node else settings.ipfs_api
        target = IpfsStore(address, authorization=settings.ipfs_authorization or None)
        report = push(local, target, done=lambda _count: reached("pushed"))
        target.close()
    finally:
        if node is not None:
            node.stop()
    if report.damaged:
        raise Damaged(
            f"{len(report.damaged)} blobs of the local store are damaged",
            code="documents.damaged",
            field="blobs",
            fix="run yinxin blobs check",
        )
    done.write_text(mark, encoding="ascii")
    return ""
