"""What a check over HTTP rests on: the ledger at its newest final block, and every bureau's register as an index."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import cached_property

from api.certificates.evidence import RegisterIndex, certificate
from api.certificates.office import Office
from api.service.context import Service
from chain.credentials.verification import Links, Policy, Verification
from chain.credentials.verification.inputs import verify_input
from chain.documents.configured import open_store
from chain.evidence import FirstOf, ManifestIndex
from chain.kernel.errors import NotFound
from chain.kernel.ports import EvidenceIndex, LeafPlace
from chain.ledger.evidence import LedgerProofs
from chain.ledger.reader import LedgerReader
from chain.rendering.qr import read_stamps

_FRESH = 1.0
"""Seconds after which the newest final block is asked for again."""


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

    def _index(self, bureau: str) -> RegisterIndex:
        if bureau not in self._known:
            office = self._service.office(bureau)
            self._known[bureau] = RegisterIndex(office.engine, office.store, office)
        return self._known[bureau]

    def _first(self, method: str, digest: bytes) -> LeafPlace | None:
        for bureau in self._service.bureaus:
            found: LeafPlace | None = getattr(self._index(bureau), method)(digest)
            if found is not None:
                return found
        return None

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that stamp, or None."""
        return self._first("by_stamp", stamp_digest)

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that issuer-signed JWT, or None."""
        return self._first("by_jwt", jwt_digest)

    def status_list(self, digest: bytes) -> bytes | None:
        """Bytes of a status list token, or None."""
        for bureau in self._service.bureaus:
            found = self._index(bureau).status_list(digest)
            if found is not None:
                return found
        return None

    def bundle(self, identifier: str) -> bytes | None:
        """Evidence bundle by identifier, for those who may pull certificates; else None."""
        if not self._bundles:
            return None
        for bureau in self._service.bureaus:
            found = self._index(bureau).bundle(identifier)
            if found is not None:
                return found
        return None


class _Neighbours:
    def __init__(self, service: Service) -> None:
        self._service = service

    def links(self, identifier: str) -> Links | None:
        """Predecessor and successor, as the registers have them."""
        for bureau in self._service.bureaus:
            office: Office = self._service.office(bureau)
            try:
                row = certificate(office.engine, identifier)
            except NotFound:
                continue
            return Links(row.predecessor, row.successor)
        return None


class Checker:
    """Checks inputs at the newest final block, which is asked for once a second.

    Args:
        service: ledger, registers and settings.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._asked = 0.0

    @cached_property
    def _manifests(self) -> ManifestIndex:
        return ManifestIndex(self._service.ledger.reader, open_store(self._service.home))

    @cached_property
    def _proofs(self) -> LedgerProofs:
        return LedgerProofs(self._service.ledger.trust_root)

    @cached_property
    def _indexes(self) -> dict[bool, EvidenceIndex]:
        return {
            pulling: FirstOf(BureauIndex(self._service, bundles=pulling), self._manifests) for pulling in (False, True)
        }

    def _reader(self) -> LedgerReader:
        reader = self._service.ledger.reader
        if time.monotonic() - self._asked > _FRESH:
            reader.refresh()
            self._asked = time.monotonic()
        return reader

    def check(self, data: bytes, *, at: int | None, pulling: bool) -> Verification:
        """Check one input.

        Args:
            data: bundle, credential, picture, digits or identifier, untrusted.
            at: a time in the past to judge by, seconds; None for now.
            pulling: the caller may have certificates looked up by identifier.

        Raises:
            Unavailable: the ledger does not answer.
        """
        with self._lock:
            reader = self._reader()
            return verify_input(
                data,
                trust=reader,
                index=self._indexes[pulling],
                at=self._service.clock() if at is None else at,
                policy=Policy(past=at is not None),
                proofs=self._proofs,
                links=_Neighbours(self._service) if pulling else None,
                read_stamps=_stamps,
            )


def _stamps(picture: bytes) -> Sequence[bytes]:
    return read_stamps(picture)
