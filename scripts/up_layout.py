"""Where ``make up`` keeps what, and for whom it sets up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bureau:
    """A bureau that is set up.

    Attributes:
        number: stands at the end of its people's names.
        code: unified social credit code; belongs to nobody.
        name: legal name.
    """

    number: int
    code: str
    name: str


BUREAUS = (
    Bureau(1, "11440100000000001F", "示例市市场监督管理局"),
    Bureau(2, "11440100000000002J", "示例市行政审批局"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Folders and files of one installation.

    Attributes:
        folder: holds all of them.
    """

    folder: Path

    @property
    def homes(self) -> Path:
        """Homes, ledger, desks, records: there once they are whole."""
        return self.folder / "homes"

    @property
    def making(self) -> Path:
        """The same while they are made."""
        return self.folder / ".making"

    @property
    def snapshot(self) -> Path:
        """The newest trust snapshot; `up_homes` tells the service of it."""
        return self.homes / "trust.snapshot"

    @property
    def sign_in(self) -> Path:
        """First passwords: a file an account, as POST /v1/sessions takes it."""
        return self.homes / "people" / "sign-in"

    @property
    def logs(self) -> Path:
        """A log a process."""
        return self.folder / "logs"

    @property
    def authority(self) -> Path:
        """The certificate authority for the local network."""
        return self.folder / "ca"

    @property
    def lock(self) -> Path:
        """Held while it runs."""
        return self.folder / "lock"

    @property
    def running(self) -> Path:
        """Which processes run, and where they answer."""
        return self.folder / "running.json"

    @property
    def port(self) -> Path:
        """The port of the last time."""
        return self.folder / "port"

    def passwords(self) -> list[tuple[str, str]]:
        """Accounts and their first passwords."""
        found = [json.loads(file.read_bytes()) for file in sorted(self.sign_in.glob("*.json"))]
        return [(one["name"], one["password"]) for one in found]
