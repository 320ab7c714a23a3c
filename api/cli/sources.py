"""What ``yinxin verify`` rests on in a home that may have a register of its own."""

from __future__ import annotations

import atexit
from dataclasses import replace
from pathlib import Path

from rich.text import Text

from api.certificates.evidence import RegisterIndex, certificate
from api.certificates.office import Office
from api.db import exists, register_address
from chain.cli.common import State, printable
from chain.cli.sources import open_sources
from chain.cli.verify import Sources
from chain.credentials.verification import Links
from chain.evidence import FirstOf
from chain.kernel.errors import NotFound, YinxinError


class _RegisterLinks:
    def __init__(self, office: Office) -> None:
        self._office = office

    def links(self, identifier: str) -> Links | None:
        """Neighbours of a certificate, as the register has them."""
        try:
            row = certificate(self._office.engine, identifier)
        except NotFound:
            return None
        return Links(row.predecessor, row.successor)


def open_home_sources(current: State, offline: bool, snapshot: Path | None) -> Sources:
    """The toolkit's sources, and the register as one more index where the home has one."""
    sources = open_sources(current, offline, snapshot)
    if not current.home.may_have_register:
        return sources
    try:
        if not exists(register_address(current.home)):
            return sources
        office = Office(current.home)
        atexit.register(office.close)
        own, types = RegisterIndex(office.engine, office.store, office), office.catalogue
    except YinxinError as error:
        # The register only saves time here: without it ledger and manifests answer alone.
        if not current.json:
            current.err.print(Text(f"checking without the register: {printable(error.message)}"))
        return sources
    index = own if sources.index is None else FirstOf(own, sources.index)
    return replace(sources, index=index, links=_RegisterLinks(office), types=types)
