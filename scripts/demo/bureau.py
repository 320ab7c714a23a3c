"""A bureau in the demo: officer, approver and signer, each with a home of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.demo.stage import PATIENCE, Role, Stage, Unexpected


class Bureau:
    """One bureau: an entity that issues certificates, be it an authority, a bank or a buyer.

    Args:
        stage: where it plays.
        code: unified social credit code.
        title: legal name.
        officer: folder of the officer's home; approver: of the approver's; desk: what both share.
    """

    def __init__(self, stage: Stage, code: str, title: str, *, officer: str, approver: str, desk: str) -> None:
        self.stage, self.code, self.title, self.desk = stage, code, title, desk
        self.officer, self.approver = Role(stage, officer), Role(stage, approver)

    def settle(
        self, staff: str, root: Path, shared: Sequence[str], store: Sequence[str], *, quiet: bool = False
    ) -> None:
        """Make both homes, which trust the root.

        Args:
            staff: first letters of the staff numbers that acts carry.
            root: file of the trust root.
            shared: options of ``init`` for both.
            store: more of them for the officer: where records go.
            quiet: do not show the commands.
        """
        common = ("--bureau", self.code, *shared, "--desk", f"../{self.desk}")
        papers = ("--witness", "../witness", "--board", "../board", *store)
        self.officer.run("init", "officer", *common, "--operator", f"{staff}-0101", *papers, quiet=quiet)
        self.approver.run("init", "approver", *common, "--operator", f"{staff}-0202", quiet=quiet)
        for role in (self.officer, self.approver):
            role.run("trust", "pin", root, quiet=True)

    def accredit(self, authority: Role, types: Sequence[str], *, known: bool = False, quiet: bool = False) -> None:
        """The authority registers it (unless it is ``known``), accredits it and enters its keys; the signer runs."""
        if not known:
            authority.run("authority", "register", self.code, "--name", self.title, quiet=quiet)
        for kind in types:
            authority.run("authority", "accredit", self.code, "--type", kind, quiet=quiet)
        cards = (self.officer.home / "card.json", self.approver.home / "card.json")
        authority.run("authority", "enter", *cards, quiet=quiet)
        self.approver.start("signer")

    def issue(self, file: Path, kind: str, out: Path, *, quiet: bool = False) -> dict[str, Any]:
        """Issue the certificates of a list, with both pairs of eyes; what ``batch run`` answers."""
        issue = self.officer.run("issue", file, "--type", kind, "--wait", "0", expect=(2,), quiet=quiet)
        self.approver.run("approve", "--all", quiet=quiet)
        batch = str(issue.data["batch"])
        done = self.officer.run("batch", "run", batch, "--wait", PATIENCE, "--out", out, quiet=quiet).data
        if done.get("state") != "complete":
            raise Unexpected(f"batch not complete: {done}")
        return done

    def act(self, *arguments: str, quiet: bool = False) -> None:
        """An act on a certificate, such as ``suspend``, released by the approver."""
        self.officer.run(*arguments, "--wait", "0", expect=(2,), quiet=quiet)
        self.approver.run("approve", "--all", quiet=quiet)
        self.officer.run("acts", "--wait", PATIENCE, quiet=quiet)
