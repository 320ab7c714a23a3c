"""People who decide over the service: each with a home, a pinned trust root and a wallet of her own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account

from chain.desk.decisions import SignedDecision
from chain.kernel.encoding import sha256
from tests.api.town import PASSPHRASE, Town


@dataclass(frozen=True)
class Person:
    """Somebody with a device of her own.

    Attributes:
        town: where she lives.
        name: from which her key is made.
    """

    town: Town
    name: str

    @property
    def home(self) -> Path:
        """Her device."""
        return self.town.folder / self.name

    @property
    def key(self) -> bytes:
        """Her private key, 32 bytes."""
        return sha256(f"key of {self.name}".encode())

    @property
    def address(self) -> str:
        """0x hexadecimal, lower case."""
        return str(Account.from_key(self.key).address).lower()

    @property
    def wallet(self) -> Path:
        """Her keystore file."""
        return self.home / "wallet.json"

    def move_in(self) -> Person:
        """Make the device: a pinned trust root and a wallet, nothing else."""
        self.town.ok(self.home, "init", "clerk", "--node", "../ledger")
        self.town.ok(self.home, "trust", "pin", str(self.town.authority / "trust-root.json"))
        self.wallet.write_text(json.dumps(Account.encrypt(self.key, PASSPHRASE, iterations=2**10)))
        return self

    def listed(self, *more: str, kind: str = "*") -> Person:
        """Let the approver's home know her."""
        self.town.ok(self.town.approver, "approver", "add", self.address, "--name", self.name, "--kind", kind, *more)
        return self

    def decide(self, file: Path, *words: str) -> dict[str, Any]:
        """Look at a request and sign, as the command does it."""
        return self.town.ok(self.home, "decide", "--request-file", str(file), "--key", str(self.wallet), *words)

    def decision(self, file: Path, *words: str) -> SignedDecision:
        """The signed decision itself."""
        return SignedDecision.from_bytes(Path(self.decide(file, *words)["decision"]).read_bytes())


def content_of(town: Town, reference: str) -> Path:
    """A request as the bureau's service hands it out."""
    file = town.folder / f"{reference}.json"
    town.ok(town.officer, "decisions", "content", reference, "--out", str(file))
    return file


def hand_in(town: Town, reference: str, person: Person, *words: str) -> dict[str, Any]:
    """Fetch, look, sign and hand in."""
    decided = person.decide(content_of(town, reference), *words)
    town.ok(town.officer, "decisions", "submit", reference, decided["decision"])
    return decided
