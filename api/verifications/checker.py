"""What a check over HTTP rests on: the ledger at its newest final block, and every bureau's register as an index.

A check is first tried with what is in memory, at once; if anything is missing it is made anew by one of a few threads,
which may wait. The verdict is the same; only facts at one block and results of pure functions are remembered.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property

from api.certificates.evidence import certificate
from api.certificates.office import Office
from api.service.context import Service
from api.verifications.facts import Facts, NotAtHand
from api.verifications.index import AtHand, BureauIndex, Keeping
from api.verifications.standing import Moved, Standing
from chain.catalogue import SHIPPED, Catalogue, CertificateType
from chain.credentials.verification import Links, Policy, Verification
from chain.credentials.verification.inputs import verify_input
from chain.documents.configured import open_store
from chain.evidence import FirstOf, ManifestIndex
from chain.kernel.errors import NotFound, Unavailable
from chain.kernel.ports import AnchorFacts, EvidenceIndex, LeafPlace
from chain.ledger.evidence import LedgerProofs
from chain.ledger.reader import LedgerReader
from chain.rendering.qr import read_stamps

_THREADS = 4
_QUEUE = 256
"""Checks that may wait for a thread."""
_TIMEOUT = 5.0
"""Seconds for one exchange with one endpoint."""
_TRIES = 5
"""How often a check begins again because the ledger has moved on meanwhile."""


class _Anchors:
    """The ledger's lanes, for :class:`chain.evidence.ManifestIndex`."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def lanes(self) -> Sequence[tuple[str, str]]:
        """(bureau, lane) of every lane in use."""
        return self._standing.with_reader(lambda reader: reader.lanes())

    def anchors(self, uscc: str, lane: str) -> Sequence[AnchorFacts]:
        """Every anchor of a lane."""
        return self._standing.with_reader(lambda reader: tuple(reader.anchors(uscc, lane)))


class _Manifests:
    """The manifests of every bureau on the ledger, one look-up at a time; listed anew when the ledger has changed."""

    def __init__(self, service: Service, standing: Standing) -> None:
        self._service = service
        self._standing = standing
        self._lock = threading.Lock()
        self._stale = False

    @cached_property
    def _index(self) -> ManifestIndex:
        return ManifestIndex(_Anchors(self._standing), open_store(self._service.home))

    def renew(self) -> None:
        """The ledger has changed."""
        self._stale = True

    def _find(self, method: str, digest: bytes) -> LeafPlace | None:
        with self._lock:
            if self._stale:
                self._stale = False
                self._index.renew()
            found: LeafPlace | None = getattr(self._index, method)(digest)
            return found

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that stamp, or None."""
        return self._find("by_stamp", stamp_digest)

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that issuer-signed JWT, or None."""
        return self._find("by_jwt", jwt_digest)

    def status_list(self, digest: bytes) -> bytes | None:
        """Bytes of a status list token, or None."""
        with self._lock:
            return self._index.status_list(digest)

    def bundle(self, identifier: str) -> bytes | None:
        """None: manifests name no identifiers."""
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
    """Checks inputs at the newest final block. Safe to share between threads and one event loop.

    Args:
        service: ledger, registers and settings.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        index = BureauIndex(service, bundles=False)
        self._at_hand = AtHand(service, index)
        self._standing = Standing(self._open, index.header, self._renewed)
        self._manifests = _Manifests(service, self._standing)
        self._indexes: dict[bool, EvidenceIndex] = {
            pulling: FirstOf(Keeping(BureauIndex(service, bundles=pulling), self._at_hand), self._manifests)
            for pulling in (False, True)
        }
        self._policies: dict[bool, Policy] = {past: Policy(past=past) for past in (False, True)}
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="checks")
        self._places = threading.Semaphore(_THREADS + _QUEUE)

    @cached_property
    def _proofs(self) -> LedgerProofs:
        return LedgerProofs(self._service.ledger.trust_root)

    def _open(self) -> LedgerReader:
        return self._service.ledger.own_reader(timeout=_TIMEOUT)

    def _renewed(self, changed: bool) -> None:
        """In the background, every second: the types that the bureaus know now."""
        if changed:
            self._manifests.renew()
        known = _all_types([self._service.office(bureau).catalogue for bureau in self._service.bureaus])
        self._policies = {past: replace(policy, types=known) for past, policy in self._policies.items()}

    def check_at_once(self, data: bytes, *, at: int | None) -> Verification | None:
        """Check one input with what is in memory, without waiting for anything; None if something is missing.

        For one thread alone: the event loop's.

        Args:
            data: bundle, credential or digits, untrusted.
            at: a time in the past to judge by, seconds; None for now.
        """
        facts = self._standing.at_hand()
        if facts is None:
            return None
        try:
            return self._judge(data, facts, self._at_hand, at, None)
        except NotAtHand:
            return None

    def check(self, data: bytes, *, at: int | None, pulling: bool) -> Verification:
        """Check one input, waiting for what is missing: seconds at most.

        Args:
            data: bundle, credential, picture, digits or identifier, untrusted.
            at: a time in the past to judge by, seconds; None for now.
            pulling: the caller may have certificates looked up by identifier.

        Raises:
            Unavailable: the ledger does not answer, and has not for too long to answer without it.
        """
        links = _Neighbours(self._service) if pulling else None
        for _ in range(_TRIES):
            try:
                return self._judge(data, self._standing.asking(), self._indexes[pulling], at, links)
            except Moved:
                continue
        raise Unavailable("the ledger moves faster than it can be read", code="ledger.busy", fix="try again")

    async def check_soon(self, data: bytes, *, at: int | None, pulling: bool) -> Verification:
        """As :meth:`check`, by one of a few threads of its own, so that what waits for the ledger holds up only checks.

        Raises:
            Unavailable: also if too many wait already.
        """
        if not self._places.acquire(blocking=False):
            raise Unavailable("too many checks wait for the ledger", code="ledger.busy", fix="try again in a second")
        try:
            work = self._threads.submit(self.check, data, at=at, pulling=pulling)
        except BaseException:
            self._places.release()
            raise
        work.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(work)

    def close(self) -> None:
        """Let go of threads and connections."""
        self._standing.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._at_hand.close()

    def _judge(
        self, data: bytes, facts: Facts, index: EvidenceIndex, at: int | None, links: _Neighbours | None
    ) -> Verification:
        return verify_input(
            data,
            trust=facts,
            index=index,
            at=self._service.clock() if at is None else at,
            policy=self._policies[at is not None],
            proofs=self._proofs,
            links=links,
            read_stamps=_stamps,
        )


def _all_types(catalogues: Sequence[Catalogue]) -> Catalogue:
    """What all bureaus know. A type that two of them have made differently is left out: it has no one reading."""
    shipped = {(kind.code, kind.version): kind for kind in SHIPPED.every()}
    own: dict[tuple[str, int], list[CertificateType]] = {}
    for catalogue in catalogues:
        for kind in catalogue.every():
            place = (kind.code, kind.version)
            if shipped.get(place) != kind and kind not in own.setdefault(place, []):
                own[place].append(kind)
    if not own:
        return SHIPPED
    return Catalogue(kinds[0] for kinds in own.values() if len(kinds) == 1)


def _stamps(picture: bytes) -> Sequence[bytes]:
    return read_stamps(picture)
