"""Makes the homes that ``make up`` runs with, once: ``python -m scripts.up.homes FOLDER [--demo]``.

An authority, a witness, officer and approver of two bureaus, and a service with accounts for everybody, each with a
random passphrase of its own in a file that only the owner may read. The folder counts once it is whole: the caller
makes it under another name and renames it. All of it runs in one process of its own, which ends, and the keys with it.

``--demo``: FOLDER is what ``make demo`` left. Its homes stay as they are; a service with accounts is added.
"""

from __future__ import annotations

import contextlib
import io
import json
import secrets
import sys
import tomllib
from pathlib import Path
from typing import Any

from api.accounts import people
from api.accounts.principals import Membership
from api.accounts.roles import Role
from api.service.context import open_service_home
from chain.catalogue import all_types
from chain.cli import main as yinxin
from chain.cli.authority import KEY, read_card
from chain.desk.proposals import Steps, steps_of
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.home import Home, write_atomically
from chain.keys import Keystore, passphrase_for
from chain.ledger.connection import open_ledger
from chain.ledger.trustroot import REGISTRY
from scripts.up.layout import Bureau, Layout

DECISION = "decision"
"""Name of the key with which an approver decides, in a home of the approver's own."""


_IN_A_BUREAU = (Role.OFFICER, Role.APPROVER, Role.CLERK, Role.AUDITOR, Role.MACHINE)


class SetUp:
    """The way from an empty folder to homes that work.

    Args:
        folder: where the homes are made.
        layout: for whom, and where the rest lies.
    """

    def __init__(self, folder: Path, layout: Layout) -> None:
        self.folder, self.bureaus = folder, layout.bureaus
        self.root = folder / ("authority/trust-root.json" if layout.demo is None else "trust-root.json")
        self.stores = {"blobs": "blobs"} if layout.demo is None else _stores_of(folder / "home")
        self.addresses: dict[str, str] = {}

    def run(self) -> None:
        """Make everything."""
        self._ledger_and_witness()
        for bureau in self.bureaus:
            self._bureau(bureau)
        _say("authority registers and accredits two bureaus", "主管机关登记并授权两家机关")
        self._register()
        self.beside()

    def beside(self) -> None:
        """Add what a service needs to homes that are there."""
        for bureau in self.bureaus:
            self._decider(bureau)
        self._service()
        _say("accounts", "建立账号")
        self._accounts()
        self._admit()

    # ------------------------------------------------------------------ homes

    def _home(self, name: str) -> Path:
        home = self.folder / name
        home.mkdir(mode=0o700, parents=True)
        write_atomically(home / "passphrase", secrets.token_urlsafe(24).encode() + b"\n")
        return home

    def _ledger_and_witness(self) -> None:
        _say("contracts are compiled and put on a ledger of this machine", "编译合约并部署到本机账本")
        authority = self._home("authority")
        _run(authority, "init", "authority", "--node", "../ledger")
        _run(authority, "authority", "deploy")
        made = _run(
            self._home("witness"),
            "witness",
            "init",
            "--name",
            "witness.local",
            "--node",
            "../ledger",
            "--blobs",
            "../blobs",
        )
        deployment = str(authority / "deployment.json")
        _run(authority, "trust", "make", "--deployment", deployment, "--witness", made["witness"])
        self._pin("witness")

    def _bureau(self, bureau: Bureau) -> None:
        _say(f"homes of {bureau.name}: officer, approver", "经办与复核的密钥")
        where = ("--node", "../ledger", "--blobs", "../blobs", "--witness", "../witness")
        for role, name in ((Role.OFFICER, bureau.officer), (Role.APPROVER, bureau.approver)):
            shared = ("--bureau", bureau.code, "--operator", name, "--desk", f"../{bureau.desk}")
            _run(self._home(name), "init", role, *shared, *where)
            self._pin(name)

    def _decider(self, bureau: Bureau) -> None:
        """The approver's own key, in a home of its own: neither the service nor the signer has it."""
        name = f"people/approver-{bureau.number}"
        home = self._home(name)
        where = [word for name, value in self.stores.items() for word in (f"--{name}", _from(value, "../.."))]
        _run(home, "init", "clerk", "--node", "../../ledger", "--witness", "../../witness", *where)
        self._pin(name)
        card = Keystore(home / "keys", passphrase_for(home)).create(DECISION, "account")
        self.addresses[f"approver-{bureau.number}"] = card.public

    def _admit(self) -> None:
        """The approvers' homes take their people's decisions; with the first passwords in place everything is whole."""
        for bureau in self.bureaus:
            name = f"approver-{bureau.number}"
            _run(self.folder / bureau.approver, "approver", "add", self.addresses[name], "--name", name, "--kind", "*")
        (self.folder / "people" / ".sign-in").rename(self.folder / "people" / "sign-in")

    def _pin(self, name: str) -> None:
        _run(self.folder / name, "trust", "pin", str(self.root))

    # ------------------------------------------------------------------ ledger

    def _register(self) -> None:
        first: Steps = []
        then: Steps = []
        for bureau in self.bureaus:
            about = hex0x(sha256(canonical({"uscc": bureau.code, "name": bureau.name})))
            first += steps_of("register", {"bureau": bureau.code, "name": bureau.name, "metadata": about})
            for kind in all_types():
                then += steps_of("accredit", {"bureau": bureau.code, "type": kind.code, "from": 0, "until": 0})
            for name in (bureau.officer, bureau.approver):
                card = read_card(self.folder / name / "card.json")
                then += steps_of("enter", {"keys": [{"bureau": bureau.code, **key} for key in card["keys"]]})
        home = Home(self.folder / "authority")
        ledger = open_ledger(home)
        try:
            sender = ledger.sender(Keystore(home / "keys", passphrase_for(home.path)).account(KEY))
            registry = ledger.trust_root.ranges(REGISTRY)[-1].address
            # Sent together, so that one block takes them all; the second half needs the first to be final.
            for steps in (first, then):
                for sent in [sender.act(registry, data, what=what) for what, data in steps]:
                    sender.wait_final(sent)
        finally:
            ledger.close()

    # ------------------------------------------------------------------ service

    def _service(self) -> None:
        home = Home(self.folder / "service")
        (self.folder / "board").mkdir(mode=0o700, exist_ok=True)
        home.write_config(
            {
                "role": "service",
                "ledger": {"node": "../ledger", "witnesses": ["../witness"]},
                "documents": {name: _from(value, "..") for name, value in self.stores.items()},
                "verify": {"snapshot": "../trust.snapshot"},
                "service": {"bureaus": [f"../{bureau.officer}" for bureau in self.bureaus]},
                "tenders": {"boards": ["../board"]},
            }
        )
        self._pin("service")

    def _accounts(self) -> None:
        """One account a role and bureau; each with a file that ``POST /v1/sessions`` takes as it is."""
        folder = self.folder / "people" / ".sign-in"
        folder.mkdir(mode=0o700)
        wanted = [("authority", Membership(Role.AUTHORITY, None))]
        wanted += [
            (f"{role}-{bureau.number}", Membership(role, bureau.code))
            for bureau in self.bureaus
            for role in _IN_A_BUREAU
        ]
        service = open_service_home(self.folder / "service")
        try:
            for name, membership in wanted:
                password = secrets.token_urlsafe(12)
                people.create_account(
                    service.engine,
                    name,
                    name,
                    [membership],
                    now=service.clock(),
                    password=password,
                    address=self.addresses.get(name),
                )
                write_atomically(folder / f"{name}.json", json.dumps({"name": name, "password": password}).encode())
        finally:
            service.close()


def _run(home: Path, *arguments: str) -> dict[str, Any]:
    """One ``yinxin`` command, in this process: starting a Python for each would take most of the time."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = yinxin.run(["--home", str(home), "--json", *arguments])
    if code != 0:
        raise SystemExit(f"yinxin {' '.join(arguments[:2])}: exit {code}\n{out.getvalue()}{err.getvalue()}")
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def _say(text: str, chinese: str) -> None:
    print(f"  {text}  {chinese}", flush=True)


def _stores_of(home: Path) -> dict[str, str]:
    """Where a home of the demo keeps records, as seen from the folder of all homes."""
    told = tomllib.loads((home / "config.toml").read_text(encoding="utf-8")).get("documents", {})
    return {
        name: value if name == "store" else f"{home.name}/{value}"
        for name, value in told.items()
        if name in ("store", "blobs", "kubo")
    }


def _from(value: str, up: str) -> str:
    """A path within the folder, or the word ``local`` or ``kubo``, as a home below it names it."""
    return value if value in ("local", "kubo") else f"{up}/{value}"


def main() -> int:
    """Make the homes in the folder that is named, or what is missing in the demo's."""
    folder = Path(sys.argv[1]).resolve()
    if "--demo" in sys.argv[2:]:
        SetUp(folder, Layout.of_demo(folder)).beside()
        return 0
    folder.mkdir(mode=0o700, parents=True)
    SetUp(folder, Layout(folder.parent)).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
