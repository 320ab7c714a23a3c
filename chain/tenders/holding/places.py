"""Where a ceremony's number counts: one key registry on one ledger. Its name stands in the names of files and secrets.

The name is short, so that people can read and compare it: the first eight hexadecimal digits of the registry's address
and of the ledger's first block. Whoever gets hold of two registries of one name gains nothing: the folder says in full
whose it is, and the second one is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.home import write_atomically
from chain.kernel.tender_ports import TenderLedger

FORMAT = "yinxin-holding-place-1"
_FILE = "place.json"


@dataclass(frozen=True, slots=True)
class Place:
    """One key registry.

    Attributes:
        genesis: hash of the ledger's first block, 32 bytes.
        registry: address of the KeyHolderRegistry, 20 bytes.
        book: address of the TenderBook whose tenders are seen through it, 20 bytes.
    """

    genesis: bytes
    registry: bytes
    book: bytes

    @classmethod
    def of(cls, ledger: TenderLedger) -> Place:
        """Of a ledger."""
        return cls(ledger.genesis, ledger.key_registry, ledger.book)

    @property
    def name(self) -> str:
        """``<registry>-<ledger>``, eight digits each."""
        return f"{self.registry.hex()[:8]}-{self.genesis.hex()[:8]}"

    def as_dict(self) -> dict[str, str]:
        """Ledger and registry in full."""
        return {"genesis": hex0x(self.genesis), "registry": hex0x(self.registry)}

    def check(self, folder: Path) -> None:
        """Raises Conflict if ``folder`` belongs to another registry of the same short name."""
        file = folder / _FILE
        if not file.exists():
            return
        try:
            value = read_canonical(file.read_bytes(), what="place", limit=4096)
        except InvalidInput:
            value = None
        if value != {"format": FORMAT, **self.as_dict()}:
            raise Conflict(
                f"{folder} belongs to another registry than {hex0x(self.registry)} of the ledger {hex0x(self.genesis)}",
                code="holding.other_registry", field="home", fix="take part from a home of its own",
            )  # fmt: skip

    def settle(self, folder: Path) -> None:
        """Make ``folder`` for this registry, or find that it is. Raises Conflict."""
        self.check(folder)
        if not (folder / _FILE).exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(folder / _FILE, canonical({"format": FORMAT, **self.as_dict()}))
