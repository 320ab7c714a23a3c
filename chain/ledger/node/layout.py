"""The files of one node folder, and unix sockets whose path may be too long for the system."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from chain.kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class NodeDir:
    """Names every file of a node folder.

    Attributes:
        path: the folder, absolute.
    """

    path: Path

    @classmethod
    def at(cls, path: Path | str) -> NodeDir:
        """The node folder at ``path``; nothing is created."""
        return cls(Path(path).expanduser().resolve())

    @property
    def identity(self) -> Path:
        """Chain id, genesis time and genesis hash, written once."""
        return self.path / "node.json"

    @property
    def config(self) -> Path:
        """Settings of the node (TOML), may be absent."""
        return self.path / "node.toml"

    @property
    def contracts(self) -> Path:
        """Addresses that strangers may send transactions to."""
        return self.path / "contracts.json"

    @property
    def snapshot(self) -> Path:
        """The newest durable whole snapshot (gzip of the node's own JSON)."""
        return self.path / "state.json.gz"

    @property
    def archive(self) -> Path:
        """Every served block with its transactions, receipts and logs (SQLite)."""
        return self.path / "blocks.sqlite"

    @property
    def endpoint(self) -> Path:
        """Where the gateway listens; there only while it does."""
        return self.path / "endpoint.json"

    @property
    def port(self) -> Path:
        """The free port taken last, tried first at the next start."""
        return self.path / "port"

    @property
    def log(self) -> Path:
        """What the supervisor did (two files of at most 1 MiB)."""
        return self.path / "node.log"

    @property
    def anvil_log(self) -> Path:
        """What the EVM process printed since its last start."""
        return self.path / "anvil.log"

    @property
    def crash_log(self) -> Path:
        """What the supervisor printed outside its log, such as a traceback."""
        return self.path / "supervisor.err"

    @property
    def run_lock(self) -> Path:
        """Held by the one supervisor while it lives."""
        return self.path / "run.lock"

    @property
    def start_lock(self) -> Path:
        """Held by the one process that starts a supervisor."""
        return self.path / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by all users; the supervisor takes it alone when the last has gone."""
        return self.path / "users.lock"

    @property
    def processes(self) -> Path:
        """Process ids with start times, so that leftovers of an earlier run can be ended."""
        return self.path / "processes.json"

    @property
    def owner_socket(self) -> Path:
        """JSON-RPC for the owner of the folder: contract creation, control."""
        return self.path / "owner.sock"

    @property
    def anvil_socket(self) -> Path:
        """Private socket of the EVM process; nobody but the supervisor uses it."""
        return self.path / "anvil.sock"

    @property
    def work(self) -> Path:
        """Scratch files of the EVM process, emptied at each start."""
        return self.path / "work"

    def make(self) -> None:
        """Create the folder with mode 0700, or check that no one else can reach it.

        Raises:
            Unavailable: it cannot be created, or belongs to somebody else.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.path.stat().st_uid != os.geteuid():
                raise Unavailable(
                    f"{self.path} belongs to another user",
                    code="node.owner",
                    fix="choose a folder of your own with --home",
                )
            if self.path.stat().st_mode & 0o077:
                self.path.chmod(0o700)
        except OSError as error:
            raise Unavailable(
                f"cannot use {self.path}: {error.strerror}",
                code="node.folder",
                fix="make the folder writable or choose another",
            ) from error
