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
        officer: folder of the officer's home; approver: of the approver's, who signs; desk: what both share.
    """

    number: int
    code: str
    name: str
    officer: str
    approver: str
    desk: str


def _usual(number: int, code: str, name: str) -> Bureau:
    return Bureau(number, code, name, f"officer-{number}", f"approver-{number}", f"desk-{number}")


BUREAUS = (
    _usual(1, "11440100000000001F", "示例市市场监督管理局"),
    _usual(2, "11440100000000002J", "示例市行政审批局"),
)
OF_THE_DEMO = (
    Bureau(1, "11440100000000001F", "示例市市场监督管理局", "home", "approver", "desk"),
    Bureau(2, "11440100000000002J", "示例市公共资源采购中心", "office", "office-approver", "office-desk"),
    Bureau(3, "914401009999000110", "示例银行股份有限公司", "bank", "bank-approver", "bank-desk"),
)
"""What ``make demo`` has set up: the bureau, the buyer's own desk, the bank."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Folders and files of one installation.

    Attributes:
        folder: holds all of them.
        demo: the folder that ``make demo`` left, if its homes are served; else None.
    """

    folder: Path
    demo: Path | None = None

    @classmethod
    def of_demo(cls, demo: Path) -> Layout:
        """What ``make demo`` left, served."""
        return cls(demo / "up", demo)

    @property
    def bureaus(self) -> tuple[Bureau, ...]:
        """For whom."""
        return BUREAUS if self.demo is None else OF_THE_DEMO

    @property
    def homes(self) -> Path:
        """Homes, ledger, desks, records: there once they are whole."""
        return self.demo or self.folder / "homes"

    @property
    def making(self) -> Path:
        """The same while they are made."""
        return self.folder / ".making"

    @property
    def snapshot(self) -> Path:
        """The newest trust snapshot; `scripts.up.homes` tells the service of it."""
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
