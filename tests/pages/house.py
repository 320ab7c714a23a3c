"""A house for the pages' tests: a real chain with a witness, certificates in many states, the real server.

Built once a run and kept: browsers are slow enough. Everything about it is real, down to the snapshot that the witness
signs; only the companies are invented.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from chain.credentials.bundle import read_bundle
from chain.credentials.stamp import digits
from tests.api.fixtures import surroundings
from tests.api.service.hall import Hall, open_hall, open_second_bureau
from tests.api.service.served import Served, serving
from tests.api.town import Town, licences

T = TypeVar("T")

FIRST = ("good", "endless", "long", "suspended", "revoked", "cancelled", "superseded", "lapsed", "transferred")
"""What becomes of each certificate; "good" and the two after it stay as they are."""
NUMBERS = (1, 5, 31, 2, 3, 4, 6, 7, 8)
"""Which sample each is: the fifth has no end, the thirty-first a very long name."""


class WitnessedTown(Town):
    """A town whose trust root names a witness, so that there are snapshots."""

    @property
    def witness(self) -> Path:
        """The witness' home."""
        return self.folder / "witness"

    def build(self) -> None:
        """As any town, and a second bureau."""
        super().build()
        open_second_bureau(self)

    def make_trust_root(self, *deployment: str) -> None:
        """With the witness."""
        where = ("--node", "../ledger", "--blobs", "../blobs")
        key = self.ok(self.witness, "witness", "init", "--name", "witness.example", *where)["witness"]
        self.ok(self.authority, "trust", "make", *deployment, "--witness", key)
        self.ok(self.witness, "trust", "pin", str(self.authority / "trust-root.json"))

    def snapshot(self) -> Path:
        """A snapshot of now, signed by the witness."""
        file = self.folder / "trust.snapshot"
        self.ok(self.officer, "snapshot", "make", "--out", str(file))
        self.ok(self.witness, "witness", "sign", str(file))
        return file


def apart(work: Callable[..., T], *arguments: Any, **more: Any) -> T:
    """Do something in a thread of its own: Playwright keeps an event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *arguments, **more).result()


@dataclass
class House:
    """What the tests walk into.

    Attributes:
        hall: the service and its people.
        served: the running server.
        identifiers: by what became of the certificate.
        stamps: digits of the QR code, by the same.
        bundles: evidence bundles, by the same.
    """

    hall: Hall
    served: Served
    identifiers: dict[str, str] = field(default_factory=dict)
    stamps: dict[str, str] = field(default_factory=dict)
    bundles: dict[str, bytes] = field(default_factory=dict)
    papers: dict[str, bytes] = field(default_factory=dict)

    @property
    def town(self) -> WitnessedTown:
        """The homes below."""
        assert isinstance(self.hall.town, WitnessedTown)
        return self.hall.town

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return self.served.site

    def apart(self, work: Callable[..., T], *arguments: Any, **more: Any) -> T:
        """As :func:`apart`."""
        return apart(work, *arguments, **more)

    def keep(self, name: str, identifier: str) -> None:
        """Remember a certificate under a name."""
        self.identifiers[name] = identifier
        self.bundles[name] = self.town.bundle(identifier)
        self.stamps[name] = digits(read_bundle(self.bundles[name]).stamp)

    def issue(self, name: str, number: int) -> str:
        """A fresh certificate, on the ledger when this returns; its digits."""

        def work() -> None:
            made = self.town.issue(licences(1, first=number), name=f"{name}.csv")
            self.keep(name, self.town.identifiers(made["batch"])[0])

        self.apart(work)
        return self.stamps[name]

    def paper(self, name: str) -> bytes:
        """The certificate as a sealed PDF; of what is not in force it was printed while it was."""
        if name not in self.papers:
            self.papers[name] = self.apart(_printed, self.town, self.identifiers[name])
        return self.papers[name]

    def act(self, verb: str, name: str) -> None:
        """A status act, on the ledger when this returns."""
        self.apart(self.town.act, verb, self.identifiers[name], "--reason", "sample")


@contextlib.contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """Build it, serve it, and leave nothing behind."""
    with surroundings(folder):
        town = WitnessedTown(folder)
        try:
            town.build()
            town.open()
            with contextlib.contextmanager(open_hall)(town) as hall:
                snapshot = folder / "trust.snapshot"
                with serving(hall, workers=1, YINXIN_VERIFY__SNAPSHOT=str(snapshot)) as served:
                    house = House(hall, served)
                    _furnish(house)
                    town.snapshot()
                    yield house
        finally:
            town.close()


def _printed(town: Town, identifier: str) -> bytes:
    file = town.folder / "paper.pdf"
    town.ok(town.officer, "pdf", identifier, "-o", str(file))
    return file.read_bytes()


def _furnish(house: House) -> None:
    town = house.town
    made = town.issue([licences(1, first=number)[0] for number in NUMBERS])
    for name, identifier in zip(FIRST, town.identifiers(made["batch"]), strict=True):
        house.keep(name, identifier)
    later = licences(1, first=51)[0].with_value("certificateEffectiveDate", "2045-01-01")
    made = town.issue([later.with_value("certificateExpiringDate", "长期")], name="future.csv")
    house.keep("future", town.identifiers(made["batch"])[0])
    of = house.identifiers
    house.papers["revoked"] = _printed(town, of["revoked"])
    for verb, name in (("suspend", "suspended"), ("revoke", "revoked"), ("cancel", "cancelled"), ("lapse", "lapsed")):
        town.act(verb, of[name], "--reason", "sample")
    there = of["transferred"]
    town.act("transfer", of["transferred"], "--successor", there, "--reason", "sample")
    changed = licences(1, first=NUMBERS[FIRST.index("superseded")])[0].with_value(
        "KZ_domicile", "广州市天河区样本大道9号"
    )
    town.issue([changed], name="change.csv", verb="change")
