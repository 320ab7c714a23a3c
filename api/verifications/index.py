"""The registers of all bureaus of a service as one index of evidence; and what of it is in memory."""

from __future__ import annotations

from sqlalchemy import select

from api.certificates.evidence import QuickLook, RegisterIndex, evidence_header
from api.certificates.tables import batches
from api.certificates.trees import tree_at_hand
from api.service.context import Service
from api.verifications.facts import NotAtHand
from chain.kernel.ports import LeafPlace
from chain.kernel.remembered import Remembered

_LISTS = 64
_LIST_SIZE = 2**20
"""Bytes of a status list beyond which it is read anew each time."""


class BureauIndex:
    """The registers of all bureaus of this service as one :class:`chain.kernel.ports.EvidenceIndex`.

    Args:
        service: whose offices.
        bundles: give whole bundles by identifier; only for callers who may pull certificates.
    """

    def __init__(self, service: Service, *, bundles: bool) -> None:
        self._service = service
        self._bundles = bundles
        self._known: dict[str, RegisterIndex] = {}

    def index(self, bureau: str) -> RegisterIndex:
        """The register of one bureau."""
        if bureau not in self._known:
            office = self._service.office(bureau)
            self._known[bureau] = RegisterIndex(office.engine, office.store, office)
        return self._known[bureau]

    def _first(self, digest: bytes, *, stamp: bool) -> LeafPlace | None:
        for bureau in self._service.bureaus:
            index = self.index(bureau)
            found = index.find(digest, stamp=stamp)
            if found is not None:
                return index.place(found)
        return None

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that stamp, or None."""
        return self._first(stamp_digest, stamp=True)

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that issuer-signed JWT, or None."""
        return self._first(jwt_digest, stamp=False)

    def status_list(self, digest: bytes) -> bytes | None:
        """Bytes of a status list token, or None."""
        for bureau in self._service.bureaus:
            found = self.index(bureau).status_list(digest)
            if found is not None:
                return found
        return None

    def bundle(self, identifier: str) -> bytes | None:
        """Evidence bundle by identifier, for those who may pull certificates; else None."""
        if not self._bundles:
            return None
        for bureau in self._service.bureaus:
            found = self.index(bureau).bundle(identifier)
            if found is not None:
                return found
        return None

    def header(self, bureau: str, lane: str, sequence: int) -> bytes | None:
        """Header (RLP) of the block in which a batch of a bureau here was anchored, as its evidence has it, or None."""
        if bureau not in self._service.bureaus:
            return None
        batch = (batches.c.bureau == bureau, batches.c.certificate_type == lane, batches.c.sequence == sequence)
        with self._service.office(bureau).engine.connect() as connection:
            data = connection.execute(select(batches.c.evidence).where(*batch)).scalar()
        return None if data is None else evidence_header(bytes(data))


class AtHand:
    """What of an index can be told at once, by one thread and without waiting; all else raises NotAtHand.

    A look into a register on SQLite counts as at once: it takes microseconds and waits for nobody.

    Args:
        index: the registers.
    """

    def __init__(self, service: Service, index: BureauIndex) -> None:
        self._service = service
        self._index = index
        self._lists: Remembered[bytes, bytes] = Remembered(_LISTS)
        self._looks: dict[str, QuickLook] = {}

    def _look(self, bureau: str) -> QuickLook:
        look = self._looks.get(bureau)
        if look is None:
            engine = self._service.office(bureau).engine
            if engine.dialect.name != "sqlite":
                raise NotAtHand
            look = self._looks[bureau] = QuickLook(engine)
        return look

    def close(self) -> None:
        """Let go of the registers."""
        for look in self._looks.values():
            look.close()

    def keep(self, digest: bytes, token: bytes) -> None:
        """Remember the bytes of a status list."""
        if len(token) <= _LIST_SIZE:
            self._lists.get(digest, lambda: token)

    def _first(self, digest: bytes, *, stamp: bool) -> LeafPlace | None:
        for bureau in self._service.bureaus:
            found = self._look(bureau).find(digest, stamp=stamp)
            if found is not None:
                if tree_at_hand(found.root) is None:
                    raise NotAtHand
                return self._index.index(bureau).place(found)
        raise NotAtHand

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that stamp."""
        return self._first(stamp_digest, stamp=True)

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that issuer-signed JWT."""
        return self._first(jwt_digest, stamp=False)

    def status_list(self, digest: bytes) -> bytes | None:
        """Bytes of a status list token."""

        def missing() -> bytes:
            raise NotAtHand

        return self._lists.get(digest, missing)

    def bundle(self, identifier: str) -> bytes | None:
        """Not at hand: a bundle is put together from a record."""
        raise NotAtHand


class Keeping:
    """An index that shows what it found to another's memory.

    Args:
        index: asked.
        memory: told of status lists.
    """

    def __init__(self, index: BureauIndex, memory: AtHand) -> None:
        self._index = index
        self._memory = memory
        self.by_stamp, self.by_jwt, self.bundle = index.by_stamp, index.by_jwt, index.bundle

    def status_list(self, digest: bytes) -> bytes | None:
        """Bytes of a status list token, or None."""
        found = self._index.status_list(digest)
        if found is not None:
            self._memory.keep(digest, found)
        return found
