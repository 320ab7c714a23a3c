"""What one process of the service has open: its database, one office a bureau, the ledger as verifiers see it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fastapi import Request
from sqlalchemy import Engine

from api.certificates.office import Office
from api.db import open_service
from api.service.alive import Alive
from api.tenders.insight import Insight
from api.tenders.opendata import OpenData
from api.tenders.place import Tenders
from chain.contracting.ocds import Publication
from chain.kernel.clock import Clock, system_clock
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.kernel.home import Home, ServiceSettings
from chain.kernel.ports import BureauFacts
from chain.ledger.connection import Ledger, open_ledger


@dataclass
class Service:
    """One process of the service.

    Attributes:
        home: the service's home; ``service.bureaus`` names the homes of its bureaus.
        clock: for what is only noted; what counts is the ledger's.
    """

    home: Home
    clock: Clock = system_clock
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def settings(self) -> ServiceSettings:
        """Section ``[service]`` of the home."""
        return self.home.settings.service

    @cached_property
    def engine(self) -> Engine:
        """People, tokens, idempotency keys, audit entries."""
        return open_service(self.home)

    @cached_property
    def alive(self) -> Alive:
        """This process, as others of this home see it."""
        with self._lock:
            return Alive(self.home / "processes")

    @cached_property
    def _offices(self) -> dict[str, Office]:
        found: dict[str, Office] = {}
        for name in self.settings.bureaus:
            office = Office(Home(self.home.resolve(name)), self.clock)
            if office.bureau in found:
                raise Conflict(
                    f"two homes work for bureau {office.bureau}",
                    code="service.bureaus",
                    field="service.bureaus",
                    fix="name one home a bureau",
                )
            found[office.bureau] = office
        return found

    @property
    def bureaus(self) -> tuple[str, ...]:
        """USCCs of the bureaus served here, in the order of the settings."""
        with self._lock:
            return tuple(self._offices)

    def office(self, bureau: str) -> Office:
        """The office of a bureau. Raises NotFound if it is not served here."""
        with self._lock:
            found = self._offices.get(bureau)
        if found is None:
            raise NotFound(
                f"no bureau {bureau} here", code="bureau.unknown", field="bureau", fix="GET /v1/bureaus lists them"
            )
        return found

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger by the trust root of the service's own home."""
        with self._lock:
            return open_ledger(self.home)

    @cached_property
    def tenders(self) -> Tenders:
        """Ledger and boards of tenders, as the service's own home reaches them."""
        return Tenders(self.home)

    @cached_property
    def insight(self) -> Insight:
        """Facts of all tenders, for statistics and signals."""
        with self._lock:
            return Insight(self.tenders)

    @cached_property
    def opendata(self) -> OpenData:
        """Open contracting data of all tenders, under the address by which people know the service."""
        with self._lock:
            return OpenData(self.tenders, Publication(self.settings.public_url.rstrip("/")))

    def facts(self, bureau: str) -> tuple[BureauFacts | None, int]:
        """What the registry says of a bureau, and the time of the block at which it was read."""
        with self._lock:
            reader = self.ledger.refresh()
            return reader.bureau(bureau), reader.block.time

    def now(self) -> int:
        """The ledger's clock: time of the newest final block, seconds."""
        with self._lock:
            return self.ledger.rpc.final_block().time

    def close(self) -> None:
        """Let go of everything that was opened."""
        for office in self.__dict__.get("_offices", {}).values():
            office.close()
        if "engine" in self.__dict__:
            self.engine.dispose()
        if "ledger" in self.__dict__:
            self.ledger.close()
        if "tenders" in self.__dict__:
            self.tenders.close()
        if "alive" in self.__dict__:
            self.alive.close()


def open_service_home(path: Path) -> Service:
    """The service of a home. Raises NotFound, InvalidInput if it is none."""
    home = Home(path)
    if not home.exists or home.settings.role != "service":
        raise InvalidInput(
            f"{path} is not a service's home",
            code="service.home",
            field="home",
            fix="make one: yinxin init service --bureau-home FOLDER",
        )
    return Service(home)


def service_of(request: Request) -> Service:
    """The service that answers this request."""
    found: Service = request.app.state.service
    return found


__all__ = ["Service", "open_service_home", "service_of"]
