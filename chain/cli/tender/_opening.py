"""What the commands of an opening have in common: ledger, notice, live bids and keys of one lot's envelope."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

import typer

from chain.cli._licences import evidence_of
from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import State
from chain.kernel.encoding import unb64url
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused
from chain.kernel.tender_ports import TenderActs
from chain.sealing import Recipients
from chain.tenders.bidding.folder import folder_of
from chain.tenders.custody.client import CustodianClient
from chain.tenders.holding import opening_key
from chain.tenders.notice import Notice, current_notice
from chain.tenders.opening import LiveBids, LotPlace, OpeningKeys, ReleaseBox, live_bids, read_story
from chain.tenders.opening.naming import name_keys, published_keys
from chain.tenders.opening.organisations import Judge, deadline_block, judge_with
from chain.tenders.opening.session import FileFolder, FileSource
from chain.tenders.story import Story

Tender = Annotated[int, typer.Argument(help="number of the tender", min=1)]
LotOption = Annotated[int, typer.Option("--lot", help="number of the lot 标段", min=1)]
EnvelopeOption = Annotated[int, typer.Option("--envelope", help="1, or 2 for the price 报价信封", min=1, max=2)]
AccountOption = Annotated[str, typer.Option("--account", help="account to write from; this home's own if not given")]
WaitOption = Annotated[int, typer.Option("--wait", help="seconds to wait for what is not there yet", min=0)]

_PAUSE = 0.5
_ACCOUNTS = {"procurement": "anchor"}


@dataclass
class OpeningHere:
    """One envelope of one lot, seen from one home as of one final block."""

    place: TenderPlace
    tender: int
    lot: int
    envelope: int

    @cached_property
    def story(self) -> Story:
        """The tender, told by its events and compared with the contracts."""
        found = read_story(self.place.ledger, self.tender)
        if self.lot not in found.lots:
            raise InvalidInput(
                f"tender {self.tender} has {found.terms.lots} lot(s)", code="opening.lot", field="lot",
                fix="name one of them with --lot",
            )  # fmt: skip
        return found

    @cached_property
    def notice(self) -> Notice:
        """The newest notice, compared with the ledger."""
        return current_notice(self.place.ledger, self.place.board, self.tender)

    @cached_property
    def live(self) -> LiveBids:
        """The live bids; Refused while the envelope is not closed."""
        return live_bids(self.story, self.place.ledger.genesis, self.lot, self.envelope)

    @cached_property
    def box(self) -> ReleaseBox:
        """For the key holders' messages."""
        return ReleaseBox(opening_key(self.place.ledger, self.place.board, self.story.terms.ceremony), self.live)

    @property
    def lot_place(self) -> LotPlace:
        """As papers name it."""
        ledger = self.place.ledger
        return LotPlace(ledger.genesis, ledger.book, self.tender, self.lot)

    @property
    def opened(self) -> bool:
        """True once the envelope is opened on the ledger."""
        return self.envelope in self.story.lots[self.lot].openings

    @property
    def keys_digest(self) -> bytes:
        """SHA-256 of the published keys, as the opening or since then the officer named them."""
        if not self.opened:
            raise Refused(
                f"lot {self.lot}, envelope {self.envelope} is not opened", code="opening.not_opened", field="lot",
                fix=f"yinxin tender open {self.tender} --lot {self.lot} --envelope {self.envelope}",
            )  # fmt: skip
        return self._published[0]

    @property
    def keys(self) -> OpeningKeys:
        """The published keys, each checked."""
        return self._published[1]

    @cached_property
    def _published(self) -> tuple[bytes, OpeningKeys]:
        return published_keys(self.story.lots[self.lot], self.place.board, self.notice.opening_key, self.live)

    def name_keys(self, account: str) -> None:
        """Where whoever opened named keys that nobody has, the officer names the right ones."""
        try:
            _ = self._published
        except (NotFound, Damaged, InvalidInput):
            acts = self.acts(account)
            if not self.place.ledger.is_officer(self.tender, acts.address):
                raise
            name_keys(self.story.lots[self.lot], self.place.board, acts, self.box)
            self.renew()

    @property
    def folder(self) -> Path:
        """Where this home keeps what it opens."""
        return self.place.home / "openings" / f"{self.tender}-{self.lot}-{self.envelope}"

    @property
    def recipients(self) -> Recipients:
        """Whose keys lock 2 of this envelope is for."""
        envelope = self.notice.envelope(self.envelope)
        if envelope is None:
            raise InvalidInput("the notice has no such envelope", code="opening.envelope", field="envelope")
        return envelope.recipients

    @cached_property
    def side(self) -> tuple[str, bytes]:
        """``officer`` or ``supervisor``, and the private key of lock 2 that this home has for this envelope."""
        envelope = self.recipients
        sides = {envelope.officer: "officer", envelope.supervisor: "supervisor"}
        for card in self.place.keys.cards():
            if card.kind == "desk" and (side := sides.get(unb64url(card.public))) is not None:
                return side, self.place.keys.desk(card.name)
        raise NotFound(
            "this home has no key of lock 2 for this envelope", code="opening.key", field="key",
            fix="use the home of the officer or supervisor whose key the notice names",
        )  # fmt: skip

    def sources(self, files: list[Path], folder: Path | None) -> list[FileSource]:
        """Where sealed files are looked for: what was handed in, a folder, then the notice's custodians."""
        given: list[FileSource] = [FileFolder(file) for file in files]
        if folder is not None:
            given.append(FileFolder(folder))
        return [*given, *(CustodianClient(one.url, patience=1.0) for one in self.notice.custodians)]

    @property
    def judge(self) -> Judge:
        """Says who stands behind an opened bid, from this home's ledger and store."""
        ledger = self.place.ledger
        deadline = deadline_block(ledger, self.story.deadline)
        evidence = evidence_of(self.place.home, self.place.connection)
        return judge_with(evidence, self.live, deadline, ledger.block.time, consortium=self.notice.consortium)

    def acts(self, account: str) -> TenderActs:
        """Writes from that account, or from the home's own."""
        return self.place.acts(account or account_of(self))

    def renew(self) -> None:
        """Look at the newest final block."""
        self.place.ledger.refresh()
        for name in ("story", "live", "notice", "_published"):
            self.__dict__.pop(name, None)

    def wait_for_block(self, after: int, wait: int) -> bool:
        """True once the newest final block is later than that second; False if ``wait`` seconds do not reach it."""
        end = time.monotonic() + wait
        while self.place.ledger.block.time <= after:
            if time.monotonic() >= end:
                return False
            time.sleep(_PAUSE)
            self.place.ledger.refresh()
        self.renew()
        return True


@contextmanager
def opening_here(current: State, tender: int, lot: int, envelope: int = 1) -> Iterator[OpeningHere]:
    """One envelope, seen from the home in use, as of the newest final block."""
    with tender_place(current.home) as place:
        place.ledger.refresh()
        yield OpeningHere(place, tender, lot, envelope)


def account_of(here: OpeningHere) -> str:
    """Name of the account that this home writes from: by its role, a bidder's own that acts for the lot now."""
    role = here.place.home.settings.role
    if role != "bidder":
        return _ACCOUNTS.get(role, "account")
    folder = folder_of(here.place.home / "bids", here.tender, here.lot)
    name = folder.current(here.place.ledger)[0] if folder.exists else ""
    return name or f"bid-{here.tender}-{here.lot}"
