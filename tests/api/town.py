"""A town for tests: an authority, an officer and an approver with homes of their own, and a real chain.

It is built once a run and then copied: each test that needs a fresh one gets a copy of the homes and of the
chain's folder. Keys are sealed at a low cost, so that unlocking them takes no time; the files say their cost.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from eth_account import Account
from eth_account.signers.local import LocalAccount
from sqlalchemy import text

from api.certificates.office import Office
from api.cli.approving import _signer_of as signer_of
from api.cli.sources import open_home_sources
from api.db import register_address, remove
from chain.cli import main
from chain.cli.common import State
from chain.cli.verify import run_verify
from chain.credentials.verification import Policy, Verification
from chain.desk.signer import Signer
from chain.kernel.clock import system_clock
from chain.kernel.errors import Unavailable
from chain.kernel.home import Home
from chain.keys import keystore
from chain.ledger.connection import open_ledger
from chain.ledger.node import NodeHandle, ensure_node, stop_node
from chain.ledger.reader import LedgerReader
from scripts.samples.lists import CHINESE, Sample, companies, csv_bytes

ROOT = Path(__file__).parents[2]
YINXIN = str(Path(sys.executable).with_name("yinxin"))
PASSPHRASE = "correct-horse-battery"
BUREAU = "11440100000000001F"
NAME = "示例市市场监督管理局"
OTHER = "11440100000000002J"
OTHER_NAME = "示例市行政审批局"
LICENCE = "11100000MB0143028R001"
EVENTS = "$events"
_PACE = 0.08
"""Seconds between two looks of a signer that works beside a test: looking costs milliseconds of processor each time."""


@dataclass(frozen=True)
class Said:
    """What a command said.

    Attributes:
        code: exit code.
        out: standard output.
        err: standard error.
    """

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """Standard output as JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def run_here(home: Path, *arguments: str, as_json: bool = True) -> Said:
    """One command line in this process; what it leaves to the end of the process is closed at once."""
    out, err = io.StringIO(), io.StringIO()
    later: list[Callable[[], object]] = []
    words = ["--home", str(home), *(["--json"] if as_json else []), *arguments]
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(atexit, "register", later.append),
    ):
        try:
            code = main.run(words)
        finally:
            for close in reversed(later):
                close()
    return Said(code, out.getvalue(), err.getvalue())


def cheap_keys(cost: int = 2**10) -> contextlib.ExitStack:
    """Keys made inside are sealed at a low cost."""
    stack = contextlib.ExitStack()
    encrypt = Account.encrypt
    stack.enter_context(mock.patch.object(keystore, "_SCRYPT", {"n": cost, "r": 8, "p": 1}))
    stack.enter_context(
        mock.patch.object(
            LocalAccount, "encrypt", lambda self, passphrase: encrypt(self.key, passphrase, iterations=cost)
        )
    )
    return stack


@dataclass
class Town:
    """Homes, a chain and what one does with them.

    Attributes:
        folder: holds all of them.
    """

    folder: Path
    _node: NodeHandle | None = field(default=None, repr=False)

    @property
    def authority(self) -> Path:
        """The authority's home."""
        return self.folder / "authority"

    @property
    def officer(self) -> Path:
        """The officer's home."""
        return self.folder / "officer"

    @property
    def approver(self) -> Path:
        """The approver's home."""
        return self.folder / "approver"

    @property
    def desk(self) -> Path:
        """The folder that officer and approver share."""
        return self.folder / "desk"

    # ------------------------------------------------------------------ building

    def build(self) -> None:
        """Make the homes, deploy, register and accredit the bureau, enter its keys."""
        with cheap_keys():
            self.ok(self.authority, "init", "authority", "--node", "../ledger")
            self.add_home("officer", "officer", BUREAU, "../desk")
            self.add_home("approver", "approver", BUREAU, "../desk")
        self.ok(self.authority, "authority", "deploy", "--delay", "60")
        self.make_trust_root("--deployment", str(self.authority / "deployment.json"))
        self.admit(BUREAU, NAME, "officer", "approver")
        with signer_of(Home(self.approver)):
            pass

    def make_trust_root(self, *deployment: str) -> None:
        """Without witnesses; a town that has some makes another."""
        self.ok(self.authority, "trust", "make", *deployment, "--threshold", "0")

    def add_home(self, name: str, role: str, bureau: str, desk: str) -> Path:
        """A home beside the others, on the same chain."""
        home = self.folder / name
        with cheap_keys():
            self.ok(
                home,
                "init",
                role,
                "--bureau",
                bureau,
                "--operator",
                f"{name}-001",
                "--node",
                "../ledger",
                "--desk",
                desk,
                "--blobs",
                "../blobs",
            )
        return home

    def admit(self, bureau: str, legal_name: str, *homes: str) -> None:
        """Register and accredit a bureau, and enter the keys of its homes."""
        for name in homes:
            self.ok(self.folder / name, "trust", "pin", str(self.authority / "trust-root.json"))
        self.ok(self.authority, "authority", "register", bureau, "--name", legal_name)
        self.ok(self.authority, "authority", "accredit", bureau, "--type", "business-licence")
        self.ok(self.authority, "authority", "enter", *(str(self.folder / name / "card.json") for name in homes))

    def open(self) -> None:
        """Keep the chain running until :meth:`close`."""
        self._node = ensure_node(self.folder / "ledger")

    def close(self) -> None:
        """Stop the chain."""
        if self._node is not None:
            self._node.close()
            self._node = None
        stop_node(self.folder / "ledger")

    # ------------------------------------------------------------------ commands

    def run(self, home: Path, *arguments: str, as_json: bool = True) -> Said:
        """A command, in this process."""
        return run_here(home, *arguments, as_json=as_json)

    def ok(self, home: Path, *arguments: str) -> dict[str, Any]:
        """A command that must answer yes."""
        said = self.run(home, *arguments)
        assert said.code == 0, (arguments, said)
        return said.data

    def spawn(self, home: Path, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        """The real command in a process of its own."""
        environment = {**os.environ, **more.pop("env", {})}
        return subprocess.Popen(
            [YINXIN, "--home", str(home), "--json", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            **more,
        )

    @contextlib.contextmanager
    def signing(self, *, approve: bool = True, home: Path | None = None) -> Iterator[None]:
        """While this lasts the signer runs, and (if asked) a person who approves of everything."""
        stop = threading.Event()
        failed: list[BaseException] = []

        def work() -> None:
            try:
                while not stop.is_set():
                    with contextlib.suppress(Unavailable), signer_of(Home(home or self.approver)) as signer:
                        while not stop.is_set():
                            for item in signer.waiting() if approve else ():
                                signer.approve(item.name)
                            signer.answer_waiting()
                            stop.wait(_PACE)
            except BaseException as error:  # noqa: BLE001 - shown to the test below
                failed.append(error)

        thread = threading.Thread(target=work, name="signer")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
        assert not failed, failed

    @contextlib.contextmanager
    def signer(self, home: Path | None = None) -> Iterator[Signer]:
        """The signer itself, for asking it step by step."""
        with signer_of(Home(home or self.approver)) as signer:
            yield signer

    @contextlib.contextmanager
    def office(self, home: Path | None = None) -> Iterator[Office]:
        """The officer's office."""
        office = Office(Home(home or self.officer))
        try:
            yield office
        finally:
            office.close()

    @contextlib.contextmanager
    def reader(self) -> Iterator[LedgerReader]:
        """The ledger itself."""
        ledger = open_ledger(Home(self.officer))
        try:
            yield ledger.reader
        finally:
            ledger.close()

    def lose_register(self) -> None:
        """What a burnt database leaves: nothing."""
        remove(register_address(Home(self.officer)))

    # ------------------------------------------------------------------ lists and certificates

    def write_list(self, name: str, samples: Sequence[Sample], *, encoding: str = "utf-8") -> Path:
        """A CSV list."""
        file = self.folder / name
        file.write_bytes(csv_bytes([CHINESE, *(sample.values for sample in samples)], encoding))
        return file

    def issue(self, samples: Sequence[Sample], *, name: str = "list.csv", verb: str = "issue") -> dict[str, Any]:
        """Issue (or renew, change) and finish, with a signer and an approver at hand."""
        file = self.write_list(name, samples)
        with self.signing():
            return self.ok(self.officer, verb, str(file), "--type", "business-licence", "--wait", "60")

    def identifiers(self, batch: int) -> list[str]:
        """Identifiers of a batch, in order."""
        with self.office() as office, office.engine.connect() as connection:
            query = text("SELECT identifier FROM certificates WHERE batch_id = :batch ORDER BY position")
            return [row[0] for row in connection.execute(query, {"batch": batch})]

    def act(self, verb: str, *arguments: str) -> dict[str, Any]:
        """A status act, approved and finished."""
        with self.signing():
            return self.ok(self.officer, verb, *arguments, "--wait", "60")

    def bundle(self, identifier: str) -> bytes:
        """The certificate's evidence bundle."""
        out = self.folder / "bundles"
        self.ok(self.officer, "bundle", identifier, "--out", str(out))
        return (out / f"{identifier}.json").read_bytes()

    def verify(self, data: bytes, *, at: int | None = None, home: Path | None = None) -> Verification:
        """Check one input with the sources of a home."""
        return self.verify_all([data], at=at, home=home)[0]

    def verify_all(
        self, inputs: Sequence[bytes], *, at: int | None = None, home: Path | None = None
    ) -> list[Verification]:
        """Check many inputs at one state of the ledger."""
        later: list[Callable[[], object]] = []
        current = State(Home(home or self.officer), True, None, None)  # type: ignore[arg-type]
        with mock.patch.object(atexit, "register", later.append):
            sources = open_home_sources(current, False, None)
        try:
            moment = system_clock() if at is None else at
            policy = Policy(past=at is not None, types=sources.types)
            return [run_verify(data, sources, at=moment, policy=policy) for data in inputs]
        finally:
            for close in reversed(later):
                close()

    def verdict(self, data: bytes, *, at: int | None = None) -> str:
        """The verdict alone."""
        return str(self.verify(data, at=at).verdict)


def licences(count: int, first: int = 1) -> list[Sample]:
    """Companies that do not exist; with an end of validity, and without."""
    return companies(count, seed=11, first=first)


def copy_town(template: Path, target: Path) -> Town:
    """A copy of a town whose chain stands still."""
    shutil.copytree(template, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
    return Town(target)
