"""Holders in a town: a phone with a home of its own, letters opened, claims made and taken in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Row

from api.certificates.evidence import certificate
from api.claims.activations import request_activation, run_activation
from api.claims.bindings import BindingRow, bindings_of, lane_of
from api.claims.creating import create_claim
from api.claims.running import ClaimOutcome, run_claim
from chain.claims import BindingCheck, LaneReading, binding_in_force, make_claim
from chain.credentials.es256 import SoftwareSigner
from chain.desk.letters import FileLetters
from tests.api.town import BUREAU, Town

CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}\b")
NOW = 1_790_000_000
"""A device's clock, which nobody relies on."""


@dataclass
class Holders:
    """What the holders of a town do."""

    town: Town

    def letter(self, identifier: str) -> str:
        """Ask for a code and open the one letter that comes."""
        folder = FileLetters(self.town.approver / "letters")
        before = dict(folder.waiting())
        self.request(identifier)
        (text,) = [text for name, text in folder.waiting() if before.get(name) != text]
        assert identifier in text
        return text

    def code(self, identifier: str) -> str:
        """The code of a fresh letter."""
        (found,) = CODE.findall(self.letter(identifier))
        return str(found)

    def request(self, identifier: str) -> None:
        """Ask for a code and let the signer answer."""
        with self.town.signing(approve=False), self.town.office() as office, office.writing():
            number = request_activation(office, row_of(self.town, identifier))
            assert run_activation(office, number, wait=60).state == "complete"

    def claim(self, identifier: str, code: str, device: SoftwareSigner) -> bytes:
        """A claim as the device makes it."""
        return make_claim(code, BUREAU, identifier, device, NOW).to_bytes()

    def submit(self, claim: bytes, *, approve: bool = False) -> ClaimOutcome:
        """Take a claim in and let the signer answer."""
        with self.town.signing(approve=approve), self.town.office() as office, office.writing():
            return run_claim(office, create_claim(office, claim), wait=60)

    def bind(self, identifier: str) -> tuple[SoftwareSigner, BindingRow]:
        """A new device, bound."""
        device = SoftwareSigner.generate()
        outcome = self.submit(self.claim(identifier, self.code(identifier), device))
        assert outcome.state == "complete", outcome
        return device, self.bindings(identifier)[-1]

    def bindings(self, identifier: str) -> tuple[BindingRow, ...]:
        """As the register knows them."""
        with self.town.office() as office:
            return bindings_of(office, identifier)

    def lane(self) -> LaneReading:
        """The lane as the ledger has it."""
        with self.town.office() as office:
            return lane_of(office)

    def check(self, document: bytes, block: int | None = None) -> BindingCheck:
        """A binding against the ledger."""
        return binding_in_force(document, self.lane(), certificate=None, block=block)


def row_of(town: Town, identifier: str) -> Row[Any]:
    """Row of a certificate."""
    with town.office() as office:
        return certificate(office.engine, identifier)


def files_with(folder: Path, *needles: bytes) -> list[str]:
    """Files in which any of the needles lies, in whatever form a file may have it as plain bytes."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if any(needle in data for needle in needles):
                found.append(str(path.relative_to(folder)))
    return found
