"""Bidders of the tests: a file of their own, a commitment to it, signed with a fresh key."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import Commitment, SealedFile
from chain.keys.signatures import address_of
from chain.tenders.custody import CustodianClient, Custodied
from tests.api.custody.served import SETTLED
from tests.support.tender_stage import TenderStage


@dataclass
class Bidder:
    """One bidder.

    Attributes:
        stage: the place.
        number: 1, 2, 3 …: its key.
    """

    stage: TenderStage
    number: int

    @property
    def address(self) -> bytes:
        """The fresh address, 20 bytes."""
        return address_of(self.stage.bidder_key(self.number))

    def sealed(self, size: int = 70_000) -> tuple[Path, SealedFile]:
        """A file of random bytes, as a sealed bid is one to a custodian."""
        data = os.urandom(size)
        path = self.stage.folder / f"bid-{sha256(data).hex()[:16]}.age"
        path.write_bytes(data)
        return path, SealedFile(sha256(data), size, os.urandom(32))

    def signed(self, tender: int, file: SealedFile, *, version: int = 1, **other: object) -> tuple[Commitment, bytes]:
        """A commitment to that file and its signature."""
        return self.stage.commitment(tender, bidder=self.number, version=version, first=file, **other)

    def bid(
        self, client: CustodianClient, tender: int, *, version: int = 1, size: int = 70_000, **other: object
    ) -> tuple[Commitment, Custodied]:
        """Upload a file and have it committed to and relayed."""
        path, file = self.sealed(size)
        client.upload(tender, path)
        commitment, signature = self.signed(tender, file, version=version, **other)
        return commitment, client.commit(self.stage.domain, commitment, signature, wait=SETTLED)
