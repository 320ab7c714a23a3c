"""A place where companies bid: the stage of tenders, a licensing bureau beside it, and custodians that run.

Companies have homes of their own (role ``bidder``), licences from the ledger and devices bound to them, made by the
commands that people use. Tenders are published from a sample draft, so that notices are real.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from api.cli.approving import _signer_of as signer_of
from chain.kernel.encoding import unb64url
from chain.kernel.home import Home
from chain.kernel.tender_facts import Phase
from chain.sealing import LiveSet, make_release
from chain.tenders.notice import Notice, Place, make_notice
from chain.tenders.opening import live_bids, read_story, releases_topic
from scripts.samples.tenders import People, Periods, desks, write
from tests.api.custody.served import serving
from tests.api.holders import Holders
from tests.api.town import BUREAU as LICENSING
from tests.api.town import NAME as LICENSING_NAME
from tests.api.town import Said, Town, cheap_keys, licences, run_here
from tests.support.pace import soon
from tests.support.prepared import prepared_once
from tests.support.tender_stage import BUREAU, CUSTODIANS, NAME, PASSPHRASE, TenderStage

__all__ = ["Company", "Market", "market_running", "market_template"]

COMPANIES = ("company-1", "company-2", "company-3")


class Licensing(Town):
    """The bureau that licenses companies, in homes beside those of the stage."""

    @property
    def officer(self) -> Path:
        """Its officer's home."""
        return self.folder / "licensing"

    @property
    def approver(self) -> Path:
        """Its approver's home."""
        return self.folder / "licensing-approver"


@dataclass(frozen=True)
class Company:
    """One company: its ``home``, and the files of licence and binding that it was given."""

    home: Path
    licence: Path
    binding: Path

    @property
    def papers(self) -> tuple[str, ...]:
        """Options that name both."""
        return ("--licence", str(self.licence), "--binding", str(self.binding))


@dataclass
class Market:
    """See the module.

    Attributes:
        stage: chain, officer, supervisor, custodians, key holders.
        urls: addresses of the running custodians.
    """

    stage: TenderStage
    urls: dict[str, str] = field(default_factory=dict)

    @property
    def licensing(self) -> Licensing:
        """The licensing bureau."""
        return Licensing(self.stage.folder)

    # ------------------------------------------------------------------ building

    def build(self) -> None:
        """Admit the licensing bureau and license, house and bind the companies."""
        bureau = self.licensing
        bureau.add_home("licensing", "officer", LICENSING, "../licensing-desk")
        bureau.add_home("licensing-approver", "approver", LICENSING, "../licensing-desk")
        bureau.admit(LICENSING, LICENSING_NAME, "licensing", "licensing-approver")
        with signer_of(Home(bureau.approver)):
            pass
        bureau.issue(licences(len(COMPANIES)))
        for name, identifier in zip(COMPANIES, bureau.identifiers(1), strict=True):
            self.add_home(name)
            self._bind(name, identifier)

    def add_home(self, name: str) -> Path:
        """A bidder's home that reads this ledger, board and store."""
        home = self.stage.home(name)
        with cheap_keys():
            self.stage.ok(name, "init", "bidder", "--node", "../ledger", "--board", "../board", "--blobs", "../blobs")
            self.stage.pin(name)
        return home

    def _bind(self, name: str, identifier: str) -> None:
        bureau, home = self.licensing, self.stage.home(name)
        (home / "licence.json").write_bytes(bureau.bundle(identifier))
        holders = Holders(bureau)
        (home / "code").write_text(holders.code(identifier), encoding="utf-8")
        claim = home / "claim.json"
        with cheap_keys():
            words = ("--bureau", LICENSING, "--out", str(claim), "--code-file", str(home / "code"))
            self.stage.ok(name, "claim", "make", identifier, *words)
        assert holders.submit(claim.read_bytes()).state == "complete"
        shown = home / "bindings"
        bureau.ok(bureau.officer, "claims", "show", identifier, "--out", str(shown))
        (document,) = shown.iterdir()
        shutil.copyfile(document, home / "binding.json")

    # ------------------------------------------------------------------ people

    def company(self, name: str) -> Company:
        """A company of that name."""
        home = self.stage.home(name)
        return Company(home, home / "licence.json", home / "binding.json")

    def run(self, name: str, *arguments: str, as_json: bool = True) -> Said:
        """A command in that home, in this process; keys made by it are cheap."""
        with cheap_keys():
            return run_here(self.stage.home(name), *arguments, as_json=as_json)

    def ok(self, name: str, *arguments: str, code: int = 0) -> dict[str, Any]:
        """A command that must end with that code; its JSON."""
        said = self.run(name, *arguments)
        assert said.code == code, (arguments, said)
        return said.data

    def looks_up_licences(self, name: str) -> None:
        """That person's home reads the store in which licences and bindings are found."""
        home = Home(self.stage.home(name))
        values = home.settings.model_dump()
        kept = {part: values[part] for part in ("role", "ledger", "tenders", "bureau", "desk")}
        home.write_config(kept | {"documents": {"store": "local", "blobs": "../blobs"}})

    # ------------------------------------------------------------------ tenders

    def publish(self, *, deadline_in: int = 60, edit: Callable[[dict[str, Any]], object] | None = None) -> int:
        """Publish a sample tender; its number.

        Args:
            deadline_in: seconds from now; more on a busy machine if it is within the minute.
            edit: changes the draft in place.
        """
        stage = self.stage
        deadline_in = soon(deadline_in)
        number, ledger = stage.ledger.tenders() + 1, stage.ledger
        custodians = [
            (stage.address(name), f"示例存管{name[-1]}", self.urls.get(name, f"http://{name}.example"))
            for name in CUSTODIANS
        ]
        officer, supervisor = (unb64url(stage.keys(name).card("envelope").public) for name in ("officer", "supervisor"))
        people = People(officer, supervisor, stage.address("supervisor"), custodians, 1, BUREAU, NAME)
        periods = replace(
            Periods(), questions=f"+{max(1, deadline_in - 2)}s", deadline=f"+{deadline_in}s",
            opening=f"+{deadline_in + 2}s", reveal=1, margin=1,
        )  # fmt: skip
        draft = desks(people, periods) | {"minimumBids": 1}
        draft.pop("guarantee", None)
        if edit is not None:
            edit(draft)
        notice = self._notice(draft, number, ledger.chain_id, ledger.genesis, ledger.book, ledger.block.time)
        stage.board.put(notice.data)
        stage.acts("officer").publish(number, notice.terms, [one.account for one in notice.custodians])
        return number

    def close_and_release(self, tender: int, envelope: int = 1) -> None:
        """Wait for the end of lot 1's bidding; then three key holders leave their messages for that envelope."""
        stage = self.stage
        while stage.ledger.lot(tender, 1).phase is Phase.BIDDING:  # the custodian closes it as soon as it may
            stage.wait_until(stage.now())
        live = live_bids(read_story(stage.ledger, tender), stage.ledger.genesis, 1, envelope)
        message: LiveSet = live.message
        for holder in (1, 3, 5):
            data = make_release(stage.key.shares[holder], message, live.identities).to_bytes()
            stage.board.post(releases_topic(tender, 1, envelope), f"holder-{holder}", data)

    def _notice(
        self, draft: dict[str, Any], number: int, chain_id: int, genesis: bytes, book: bytes, now: int
    ) -> Notice:
        place = Place(
            genesis, chain_id, book, number, now, lambda _ceremony: self.stage.key.opening_key.key, lambda _tender: None
        )
        folder = Path(tempfile.mkdtemp(dir=self.stage.folder))
        write(folder, draft)
        done = make_notice(draft, folder, place)
        assert done.notice is not None, [one.as_dict() for one in done.findings.errors]
        return done.notice


_built: list[Path] = []


@pytest.fixture(scope="session")
def market_template(tender_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A market at rest: built once a run, whoever asks first."""
    if not _built:

        def build(folder: Path) -> None:
            with _surroundings(tender_template, folder) as stage:
                Market(stage).build()

        _built.append(prepared_once("market-template", build, tmp_path_factory))
    return _built[0]


@contextmanager
def _surroundings(template: Path, folder: Path) -> Iterator[TenderStage]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YINXIN_PASSPHRASE", PASSPHRASE)
        stage = TenderStage.copy(template, folder)
        try:
            stage.open()
            yield stage
        finally:
            stage.close_all()


@contextmanager
def market_running(template: Path, folder: Path, *custodians: str) -> Iterator[Market]:
    """A copy of a market, with those custodians running."""
    with _surroundings(template, folder) as stage, ExitStack() as stack:
        market = Market(stage)
        for name in custodians:
            market.urls[name] = stack.enter_context(serving(stage, name)).url
        yield market
