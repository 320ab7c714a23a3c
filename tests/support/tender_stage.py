"""A real place for tenders: an embedded chain with all five contracts, everybody's homes, and a key that opens.

It is built once a run, at rest; each module that asks for ``tender_stage`` gets a copy with its chain running. Who is
there (each with a home of its own, made by ``yinxin init``; passphrase ``PASSPHRASE``, in the environment while the
stage runs):

==========================  ====================  ===========================================================
name                        account               who
==========================  ====================  ===========================================================
``authority``               ``authority``         deployed the contracts, registered and accredited the bureau
``officer``                 ``anchor``            the procuring entity ``BUREAU``, accredited for tenders
``supervisor``              ``account``           decides complaints
``custodian-1``, ``-2``     ``account``           keep sealed files
``holder-1`` … ``-5``       ``account``           key holders of ceremony 1 (3 of 5), run in full on the chain
==========================  ====================  ===========================================================

All homes stand side by side in ``stage.folder``, share the chain ``ledger`` and the board ``board``. For a
conftest.py::

    from tests.support.tender_fixtures import tender_stage, tender_template

and in a test (mark it ``loopback``)::

    def test_opens(tender_stage: TenderStage) -> None:
        stage = tender_stage
        tender = stage.publish(deadline_in=5)      # officer's terms; stage.ok("officer", "tender", …) runs commands
        bid = stage.submit(tender, bidder=1)       # a commitment signed by a fresh key and a custodian
        stage.close(tender)                        # waits for the deadline, ticks, waits, closes
        stage.wait_until(stage.ledger.tender(tender).open_at)
        stage.acts("custodian-1").open(tender, 1, 1, stage.live_set_signature(tender), keys_digest)

``stage.ledger`` is a TenderReader moved to the newest final block; ``stage.acts(name)`` writes from that person's
account; ``stage.key`` has number, opening key, shares, roster and judgement of ceremony 1, whose papers lie on
``stage.board``. ``stage.submit`` by one account is sequential, about a second each; :meth:`TenderStage.together` does
several at once. Times are real: a block a second (``HEARTBEAT``), a transaction is final within about one.
``stage.wait_until(second)`` waits until the chain's final block is later than that second. Short periods are fine; the
contracts take any of a second or more. Building takes about 25 s a run, a copy about one, a module's end one.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from chain.kernel.encoding import sha256, unb64url
from chain.kernel.home import Home
from chain.kernel.tender_facts import NO_FILE, CeremonyPlan, Commitment, NoticeTerms, SealedFile
from chain.keys import Keystore
from chain.keys.signatures import address_of, sign
from chain.ledger.connection import Ledger, open_ledger
from chain.ledger.node import NodeHandle, ensure_node, stop_node
from chain.ledger.tenders import AccountActs, TenderReader
from chain.sealing import KeyShare, LiveSet, Message, OpeningKey, Scope, combine
from chain.sealing.ceremony import Judgement, Member, Roster, Transcript, judge, make_deal, take_share
from chain.tenders.board import FolderBoard
from chain.tenders.digests import kind_digest
from chain.tenders.holding.card_keys import open_card
from chain.tenders.holding.places import Place
from chain.tenders.holding.store import ShareStore
from chain.tenders.typed import BookDomain, commitment_hash, custody_hash
from tests.api.town import PASSPHRASE, Said, cheap_keys, run_here
from tests.support.pace import in_time, roomy, soon

__all__ = ["BUREAU", "HEARTBEAT", "HOLDERS", "NAME", "PASSPHRASE", "PEOPLE", "StageKey", "TenderStage"]

BUREAU = "11440100000000002J"
NAME = "示例市公共资源采购中心"
HEARTBEAT = 1.0
THRESHOLD = 3
HOLDERS = tuple(f"holder-{number}" for number in range(1, 6))
CUSTODIANS = ("custodian-1", "custodian-2")
PEOPLE = ("authority", "officer", "supervisor", *CUSTODIANS, *HOLDERS)
"""Everybody with a home."""

_ROLES = {"officer": "procurement", "supervisor": "supervisor", "authority": "authority"}
_ACCOUNTS = {"officer": "anchor", "authority": "authority"}
_FOREVER = 10 * 365 * 86_400
_PATIENCE = 120.0


@dataclass(frozen=True)
class StageKey:
    """A ceremony's outcome.

    Attributes:
        number: of the ceremony on the ledger.
        roster: who was invited.
        judgement: who qualified, the transcript.
        shares: of each qualified member, by number.
    """

    number: int
    roster: Roster
    judgement: Judgement
    shares: dict[int, KeyShare]

    @property
    def opening_key(self) -> OpeningKey:
        """The key."""
        return self.judgement.opening_key

    def sign(self, message: Message, members: Iterable[int] = (1, 2, 3)) -> bytes:
        """The holders' signature over a message, made of those members' partial ones; 48 bytes."""
        partials = {member: self.shares[member].sign(message) for member in members}
        return combine(self.opening_key, message.digest(), partials).signature


@dataclass
class TenderStage:
    """See the module.

    Attributes:
        folder: holds the homes, the chain's folder ``ledger`` and the board's ``board``.
    """

    folder: Path
    _node: NodeHandle | None = field(default=None, repr=False)
    _ledgers: dict[str, Ledger] = field(default_factory=dict, repr=False)
    _accounts: dict[str, LocalAccount] = field(default_factory=dict, repr=False)
    _ends: list[Callable[[], None]] = field(default_factory=list, repr=False)

    # ------------------------------------------------------------------ building

    def build(self) -> None:
        """Homes, contracts, accreditation, a ceremony; the chain runs afterwards. About 30 s."""
        chain = self.folder / "ledger"
        chain.mkdir(parents=True)
        (chain / "node.toml").write_text(f"heartbeat = {HEARTBEAT}\n", encoding="utf-8")
        self.open()
        with cheap_keys():
            for name in PEOPLE:
                self.add_home(name, _ROLES.get(name, "custodian" if name in CUSTODIANS else "keyholder"))
        self.ok("authority", "authority", "deploy", "--delay", "60")
        self.ok("authority", "trust", "make", "--deployment", str(self.folder / "authority" / "deployment.json"))
        for name in PEOPLE[1:]:
            self.pin(name)
        self.ok("authority", "authority", "register", BUREAU, "--name", NAME)
        self.ok("authority", "authority", "accredit", BUREAU, "--type", "tenders")
        self.ok("authority", "authority", "enter", str(self.folder / "officer" / "card.json"))
        self.ceremony()

    def add_home(self, name: str, role: str, *, pin: bool = False) -> Path:
        """A home of that role beside the others, on the same chain and board; with the trust root if ``pin``."""
        home = self.folder / name
        bureau = ["--bureau", BUREAU] if role == "procurement" else []
        with cheap_keys():
            self.ok(name, "init", role, "--node", "../ledger", "--board", "../board", *bureau)
        if pin:
            self.pin(name)
        return home

    def pin(self, name: str) -> None:
        """Pin the authority's trust root in that home."""
        self.ok(name, "trust", "pin", str(self.folder / "authority" / "trust-root.json"))

    @classmethod
    def copy(cls, template: Path, target: Path) -> TenderStage:
        """A copy of a stage at rest."""
        shutil.copytree(template, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
        return cls(target)

    def open(self) -> None:
        """Let the chain run until :meth:`close_all`."""
        self._node = ensure_node(self.folder / "ledger")

    def at_end(self, end: Callable[[], None]) -> None:
        """Have something ended together with the stage."""
        self._ends.append(end)

    def close_all(self) -> None:
        """Stop the chain and close every connection."""
        while self._ends:
            self._ends.pop()()
        for ledger in self._ledgers.values():
            ledger.close()
        self._ledgers.clear()
        if self._node is not None:
            self._node.close()
            self._node = None
        stop_node(self.folder / "ledger")

    def stop_chain(self) -> None:
        """An outage: the chain stands still until :meth:`start_chain`."""
        stop_node(self.folder / "ledger")

    def start_chain(self) -> None:
        """The end of an outage; everybody's connections go on."""
        assert self._node is not None
        self._node.renew()

    # ------------------------------------------------------------------ people

    def home(self, name: str) -> Path:
        """The home of that person."""
        return self.folder / name

    def run(self, name: str, *arguments: str, as_json: bool = True) -> Said:
        """A command in that person's home, in this process."""
        return run_here(self.home(name), *arguments, as_json=as_json)

    def ok(self, name: str, *arguments: str) -> dict[str, Any]:
        """A command that must answer yes; its JSON."""
        said = self.run(name, *arguments)
        assert said.code == 0, (arguments, said)
        return said.data

    def keys(self, name: str) -> Keystore:
        """That person's keys."""
        return Keystore(self.home(name) / "keys", PASSPHRASE)

    def account(self, name: str) -> LocalAccount:
        """That person's account."""
        if name not in self._accounts:
            self._accounts[name] = self.keys(name).account(_ACCOUNTS.get(name, "account"))
        return self._accounts[name]

    def address(self, name: str) -> bytes:
        """Address of that person's account, 20 bytes."""
        return bytes.fromhex(self.account(name).address[2:])

    def acts(self, name: str) -> AccountActs:
        """Writing from that person's account."""
        return self._ledger(name).acts(self.account(name), timeout=_PATIENCE)

    def acts_of(self, key: bytes) -> AccountActs:
        """Writing from the account of a private key that no home has, such as a bidder's."""
        account: LocalAccount = Account.from_key(key)
        return self._ledger("authority").acts(account, timeout=_PATIENCE)

    def _ledger(self, name: str) -> Ledger:
        if name not in self._ledgers:
            self._ledgers[name] = open_ledger(Home(self.home(name)))
        return self._ledgers[name]

    # ------------------------------------------------------------------ what is known

    @property
    def ledger(self) -> TenderReader:
        """The contracts, at the newest final block."""
        reader = self._ledger("authority").tenders
        reader.refresh()
        return reader

    @property
    def board(self) -> FolderBoard:
        """Where everybody's papers lie."""
        return FolderBoard(self.folder / "board")

    @property
    def domain(self) -> BookDomain:
        """Where signatures of bidders and custodians count."""
        return BookDomain(self.ledger.chain_id, self.ledger.book)

    def now(self) -> int:
        """Time of the newest final block."""
        return self.ledger.block.time

    def wait_until(self, second: int) -> int:
        """Wait until the chain's final block is later than that second; its time."""
        deadline = time.monotonic() + max(0, second - self.now()) + _PATIENCE
        while (now := self.now()) <= second:
            assert time.monotonic() < deadline, f"the chain stands at {now}, {second} was waited for"
            time.sleep(0.1)
        return now

    # ------------------------------------------------------------------ the key

    @cached_property
    def key(self) -> StageKey:
        """Ceremony 1."""
        return self._load_key(1)

    def ceremony(self, n: int = 5, t: int = THRESHOLD, *, tender: int = 0, round_: int = 4) -> StageKey:
        """A new ceremony of the first n holders, run in full: messages by chain.sealing, digests on the chain.

        Args:
            n: members.
            t: threshold.
            tender: the one tender the key is for; 0 for a term.
            round_: seconds for the deals, more on a busy machine. The other rounds are of one second; it takes about
                ``round_`` + 4 s.
        """
        round_ = roomy(round_)
        ledger = self.ledger
        number = ledger.ceremonies() + 1
        names = HOLDERS[:n]
        members = tuple(Member(self.address(name), card_of(self, name)) for name in names)
        scope = Scope(ledger.genesis, ledger.book, "tender" if tender else "term", tender or number)
        roster = Roster(scope, t, members)
        now = max(self.now(), int(time.time()))
        plan = CeremonyPlan(
            "", ledger.book, tender, sha256(b"term %d" % number), roster.digest(), t, now + round_ + 1,
            now + round_ + 2,
            now + round_ + 3, now + round_ + 60, now + _FOREVER,
        )  # fmt: skip
        self.acts("authority").convene(number, plan, [member.address for member in members])
        self.board.put(roster.to_bytes())
        privates = {place: self._used_card(name, number, members[place - 1].key) for place, name in enumerate(names, 1)}
        seeds = {place: sha256(b"seed of %d in ceremony %d" % (place, number)) for place in privates}
        deals = {place: make_deal(roster, place, seed).to_bytes() for place, seed in seeds.items()}
        for data in deals.values():
            self.board.put(data)
        self.together([lambda p=p: self._member(p).deal(number, sha256(deals[p])) for p in deals])  # type: ignore[misc]
        judgement = judge(roster, Transcript(deals))
        shares = {place: take_share(judgement, place, private) for place, private in privates.items()}
        self.wait_until(plan.answers_until)
        outcome = (judgement.transcript, judgement.qualified, judgement.opening_key.key)
        self.together([lambda p=p: self._member(p).confirm(number, *outcome) for p in shares])  # type: ignore[misc]
        self._keep_key(number, roster, deals, shares)
        return StageKey(number, roster, judgement, shares)

    def _used_card(self, name: str, number: int, public: bytes) -> bytes:
        """The ceremony uses that person's card; private part of its key, 32 bytes."""
        store = self.shares(name)
        with cheap_keys():
            store.bind_card(number, public)
        return store.card_key(number)

    def shares(self, name: str) -> ShareStore:
        """What that key holder keeps."""
        return ShareStore(self.home(name) / "holding", self.keys(name), Place.of(self.ledger))

    def _member(self, place: int) -> AccountActs:
        return self.acts(HOLDERS[place - 1])

    def _keep_key(self, number: int, roster: Roster, deals: dict[int, bytes], shares: dict[int, KeyShare]) -> None:
        body = {
            "roster": sha256(roster.to_bytes()).hex(),
            "deals": {str(place): sha256(data).hex() for place, data in deals.items()},
            "shares": {str(place): share.to_bytes().decode() for place, share in shares.items()},
        }
        (self.folder / f"ceremony-{number}.json").write_text(json.dumps(body), encoding="utf-8")

    def _load_key(self, number: int) -> StageKey:
        body = json.loads((self.folder / f"ceremony-{number}.json").read_bytes())
        roster = Roster.from_bytes(self.board.get(bytes.fromhex(body["roster"])))
        deals = {int(place): self.board.get(bytes.fromhex(digest)) for place, digest in body["deals"].items()}
        shares = {int(place): KeyShare.from_bytes(text.encode()) for place, text in body["shares"].items()}
        return StageKey(number, roster, judge(roster, Transcript(deals)), shares)

    # ------------------------------------------------------------------ a tender

    def terms(self, *, deadline_in: int = 6, open_in: int = 2, **other: Any) -> NoticeTerms:
        """Terms of one lot with one envelope; ``deadline_in`` seconds from now, opening ``open_in`` after it.

        A deadline within the minute is later on a busy machine: what a test does before it takes longer there, too.
        """
        deadline_in = soon(deadline_in)
        now = max(self.now(), int(time.time()))
        values: dict[str, Any] = {
            "bureau": BUREAU, "digest": sha256(b"notice"), "lots": 1, "envelopes": 1, "minimum_bids": 1,
            "deadline": now + deadline_in, "open_at": now + deadline_in + open_in, "ceremony": 1,
            "supervisor": self.address("supervisor"), "gap": 60, "grace": 5, "reveal_window": 1, "amendment_margin": 1,
            "standstill": 1, "complaint_period": 1,
        }  # fmt: skip
        return NoticeTerms(**(values | other))

    def publish(self, *, custodians: Iterable[str] = CUSTODIANS, **terms: Any) -> int:
        """Publish a tender of :meth:`terms`; its number."""
        number = self.ledger.tenders() + 1
        accounts = [self.address(name) for name in custodians]
        self.acts("officer").publish(number, self.terms(**terms), accounts)
        return number

    def commitment(
        self, tender: int, *, lot: int = 1, bidder: int = 1, version: int = 1, **other: Any
    ) -> tuple[Commitment, bytes]:
        """A commitment of bidder 1, 2, 3 … and the bidder's signature; files are digests of nothing unless given."""
        state = self.ledger.tender(tender)
        assert state is not None
        values: dict[str, Any] = {
            "tender": tender, "lot": lot, "bidder": address_of(self.bidder_key(bidder)), "version": version,
            "recovery": address_of(self.bidder_key(bidder, recovery=True)), "not_after": state.deadline + 3600,
            "first": _file(f"{bidder} {version} first"),
            "second": _file(f"{bidder} {version} second") if state.envelopes == 2 else NO_FILE,
        }  # fmt: skip
        values["kind_digest"] = kind_digest(self.ledger.book, tender, lot, values["bidder"], sha256(b"salt"))
        made = Commitment(**(values | other))
        return made, sign(self.domain.digest(commitment_hash(made)), self.bidder_key(bidder))

    def custody(self, commitment: Commitment, custodian: str = "custodian-1") -> bytes:
        """That custodian's signature that the files are stored."""
        digest = self.domain.digest(custody_hash(commitment_hash(commitment)))
        return sign(digest, bytes(self.account(custodian).key))

    def submit(self, tender: int, *, custodian: str = "custodian-1", **other: Any) -> Commitment:
        """Submit a :meth:`commitment`, relayed by its custodian."""
        made, signature = self.commitment(tender, **other)
        self.acts(custodian).submit(made, signature, self.custody(made, custodian))
        return made

    def bidding(self, *bidders: int, deadline_in: int, publish: Callable[..., int] | None = None, **terms: Any) -> int:
        """Publish a tender and submit a bid of each, one after the other, all of them in time; its number.

        Args:
            bidders: 1, 2, 3 …
            deadline_in: seconds; a machine that is too slow for them gets another tender, with more.
            publish: another way to publish than :meth:`publish`.
            terms: of the tender.
        """

        def work(seconds: int) -> int:
            number = (publish or self.publish)(deadline_in=seconds, **terms)
            for bidder in bidders:
                self.submit(number, bidder=bidder)
            return number

        return in_time(work, deadline_in)

    def bidder_key(self, bidder: int, *, recovery: bool = False) -> bytes:
        """Private key of bidder 1, 2, 3 …, or of its recovery address."""
        return sha256(b"recovery %d" % bidder if recovery else b"bidder %d" % bidder)

    def tick(self, tender: int, *, by: str = "custodian-1") -> None:
        """Wait for the deadline's end and settle it by the two headers."""
        state = self.ledger.tender(tender)
        assert state is not None
        self.wait_until(state.deadline)
        headers = self.ledger.spanning_headers(state.deadline)
        assert headers is not None
        self.acts(by).tick(tender, *headers)

    def close(self, tender: int, *, lot: int = 1, by: str = "custodian-1") -> None:
        """Tick where that is still to do, wait for the end of the reveal window, close envelope 1 of the lot."""
        state = self.ledger.tender(tender)
        assert state is not None
        if not state.settled_at:
            self.tick(tender, by=by)
            state = self.ledger.tender(tender)
            assert state is not None
        window = self.ledger.tender_events(tender)[0].values["notice"].reveal_window
        self.wait_until(state.settled_at + window)
        self.acts(by).close(tender, lot, 1, 100)

    def live_set(self, tender: int, *, lot: int = 1, envelope: int = 1) -> LiveSet:
        """What the holders sign to open a closed envelope."""
        ledger = self.ledger
        live = ledger.live_set(tender, lot, envelope)
        return LiveSet(ledger.genesis, ledger.book, tender, lot, envelope, live.count, live.digest)

    def live_set_signature(self, tender: int, *, lot: int = 1, envelope: int = 1) -> bytes:
        """The holders' signature that opens a closed envelope; 48 bytes."""
        return self.key.sign(self.live_set(tender, lot=lot, envelope=envelope))

    def together(self, works: list[Callable[[], object]]) -> list[object]:
        """Do all at once, so that they share a block."""
        with ThreadPoolExecutor(len(works)) as pool:
            return [done.result() for done in [pool.submit(work) for work in works]]


def _file(text: str) -> SealedFile:
    return SealedFile(sha256(f"file {text}".encode()), 4096, sha256(f"form {text}".encode()))


def card_of(stage: TenderStage, name: str) -> bytes:
    """Public part of the key on that person's next card, 32 bytes."""
    with cheap_keys():
        return unb64url(open_card(stage.keys(name)).public)
