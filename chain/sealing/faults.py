"""What can be wrong with an opening, and on whose side the evidence puts it.

The order in which an opening looks decides nothing by guess: a bidder is named only where everything that others
contribute (the stored file, the group's signature, the key of lock 2) has been proved right by public evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from chain.kernel.errors import Damaged
from chain.kernel.excerpts import excerpt

LONGEST_MESSAGE = 1_000
"""Characters of a fault's message: it may quote what stands in a bid, and it stands in a public record."""


class Party(StrEnum):
    """On whose side a fault lies."""

    BIDDER = "bidder"
    STORAGE = "storage"
    KEY_HOLDERS = "key_holders"
    UNDECIDED = "undecided"
    """The evidence at hand does not say: more must be shown."""


class FaultKind(StrEnum):
    """One name a fault; :attr:`party` says on whose side it lies."""

    MISSING_FILE = "missing_file"
    """No custodian has the file."""
    WRONG_FILE = "wrong_file"
    """The file at hand is not the one that was committed."""
    MISSING_SHARES = "missing_shares"
    """Fewer right partial signatures than the threshold."""
    WRONG_SIGNATURE = "wrong_signature"
    """What is said to be the group's signature over this bid's identity is not."""
    WRONG_LOCK_KEY = "wrong_lock_key"
    """The shown k2 fits neither a box nor the header: it does not belong to this bid."""
    SHUT_BOX = "shut_box"
    """A recipient's box of lock 2 does not open with the recipient's key; the other box, or the bidder, decides."""
    BAD_HEADER = "bad_header"
    """The committed file is not a sealed bid in its one form."""
    FOREIGN = "foreign"
    """Sealed under another identity: a copy of another bid, or meant for another place."""
    BAD_LOCK_ONE = "bad_lock_one"
    """Lock 1 does not open with the right signature."""
    BAD_LOCK_TWO = "bad_lock_two"
    """Lock 2 is not what its proved k2 makes."""
    BAD_CIPHERTEXT = "bad_ciphertext"
    """Both locks opened, header or payload do not authenticate."""
    BAD_MANIFEST = "bad_manifest"
    """The manifest is malformed."""
    WRONG_FORM = "wrong_form"
    """The opening form is not the committed one."""
    BAD_DOCUMENT = "bad_document"
    """A document is not what the manifest says, or is cut off."""
    BAD_PADDING = "bad_padding"
    """Behind the documents stands something else than the padding that must."""

    @property
    def party(self) -> Party:
        """On whose side the fault lies."""
        return _PARTIES.get(self, Party.BIDDER)


_PARTIES = {
    FaultKind.MISSING_FILE: Party.STORAGE,
    FaultKind.WRONG_FILE: Party.STORAGE,
    FaultKind.MISSING_SHARES: Party.KEY_HOLDERS,
    FaultKind.WRONG_SIGNATURE: Party.KEY_HOLDERS,
    FaultKind.WRONG_LOCK_KEY: Party.UNDECIDED,
    FaultKind.SHUT_BOX: Party.UNDECIDED,
}


class BidFault(Damaged):
    """A sealed bid does not open.

    Attributes:
        kind: what is wrong.
        party: on whose side.
        evidence: plain data that lets others come to the same answer; no secrets.
    """

    def __init__(
        self, kind: FaultKind, message: str, *, evidence: Mapping[str, Any] | None = None, fix: str | None = None
    ) -> None:
        super().__init__(excerpt(message, LONGEST_MESSAGE), code=f"bid.{kind}", fix=fix)
        self.kind = kind
        self.party = kind.party
        self.evidence = dict(evidence or {})
