"""Several indexes asked one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chain.kernel.errors import Unavailable
from chain.kernel.ports import EvidenceIndex, LeafPlace

T = TypeVar("T")


class FirstOf:
    """An :class:`chain.kernel.ports.EvidenceIndex`: the first that knows answers.

    If none knows and one could not be asked, the answer is that it could not be asked, never "unknown".

    Args:
        indexes: in the order of asking.
    """

    def __init__(self, *indexes: EvidenceIndex) -> None:
        self._indexes = indexes

    def _ask(self, question: Callable[[EvidenceIndex], T | None]) -> T | None:
        fault: Unavailable | None = None
        for index in self._indexes:
            try:
                found = question(index)
            except Unavailable as error:
                fault = error
                continue
            if found is not None:
                return found
        if fault is not None:
            raise fault
        return None

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that stamp, or None."""
        return self._ask(lambda index: index.by_stamp(stamp_digest))

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that issuer-signed JWT, or None."""
        return self._ask(lambda index: index.by_jwt(jwt_digest))

    def status_list(self, digest: bytes) -> bytes | None:
        """Bytes of a status list token, or None."""
        return self._ask(lambda index: index.status_list(digest))

    def bundle(self, identifier: str) -> bytes | None:
        """Evidence bundle by identifier, or None."""
        return self._ask(lambda index: index.bundle(identifier))
