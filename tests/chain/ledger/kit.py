"""A real chain for tests: anvil on loopback, our contracts on it, one bureau with its keys."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_account import Account
from eth_account.signers.local import LocalAccount

from chain.kernel.encoding import b64url, sha256
from chain.keys.signatures import sign
from chain.ledger import writes
from chain.ledger.anchoring import SignedAnchor, SignedStatus, write_registry
from chain.ledger.compile import Compilation, compile_contracts
from chain.ledger.deploy import deploy
from chain.ledger.rpc import RpcClient
from chain.ledger.sender import Sender
from chain.ledger.trustroot import ContractRange, TrustRoot
from chain.ledger.typed import Anchor, Domain, StatusChange, anchor_thumbprint

ROOT = Path(__file__).parents[3]
ANVIL = ROOT / "node_modules" / ".bin" / "anvil"
BUREAU = "11440100000000001F"
NAME = "示例市场监督管理局"
LANE = "11100000MB0143028R001"
LIST = "business-licence-1"
GENESIS_TIME = 1_767_225_600


@cache
def compiled() -> Compilation:
    """The contracts, compiled once a run."""
    return compile_contracts()


def free_port() -> int:
    """A TCP port of loopback that was free a moment ago, below those that are given to whoever asks for any."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", random.randrange(20_000, 32_000)))
            return int(probe.getsockname()[1])


@contextlib.contextmanager
def nobody_at() -> Iterator[int]:
    """A TCP port of loopback at which nobody answers, nor can begin to: while this lasts it is taken."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


class PortTaken(Exception):
    """The program ended at once: since it was chosen, another one has taken the port."""


@dataclass
class Anvil:
    """A running anvil.

    Attributes:
        url: its address.
        process: the process, leader of its own group.
    """

    url: str
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path, *, chain_id: int = 31_415, block_time: int | None = None) -> Anvil:
        """Start it; blocks are made for each transaction, or every ``block_time`` seconds."""
        for _ in range(4):
            try:
                return cls._start(folder, free_port(), chain_id, block_time)
            except PortTaken:
                continue
        return cls._start(folder, free_port(), chain_id, block_time)

    @classmethod
    def _start(cls, folder: Path, port: int, chain_id: int, block_time: int | None) -> Anvil:
        command = [
            str(ANVIL), "--port", str(port), "--host", "127.0.0.1", "--no-cors", "--accounts", "0",
            "--chain-id", str(chain_id),
            "--hardfork", "prague", "--base-fee", "0", "--gas-price", "0", "--disable-min-priority-fee", "--silent",
            "--gas-limit", "1000000000", "--timestamp", str(GENESIS_TIME), "--cache-path", str(folder / "cache"),
            *(("--block-time", str(block_time)) if block_time else ()),
        ]  # fmt: skip
        process = subprocess.Popen(command, cwd=folder, start_new_session=True)
        client = RpcClient([f"http://127.0.0.1:{port}"], finality="latest", timeout=20)
        deadline = time.monotonic() + 60
        while True:
            try:
                client.chain_id()
                client.close()
                return cls(f"http://127.0.0.1:{port}", process)
            except Exception as error:
                if process.poll() is not None:
                    client.close()
                    raise PortTaken(f"anvil ended with {process.returncode}") from error
                if time.monotonic() > deadline:
                    process.kill()
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        """End its whole process group."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass(frozen=True)
class P256Key:
    """The public side of a fresh credential key, as the registry takes it."""

    public_key: bytes
    thumbprint: bytes

    @classmethod
    def generate(cls) -> P256Key:
        """A new one (RFC 7638 section 3 for the thumbprint)."""
        public = ec.generate_private_key(ec.SECP256R1()).public_key()
        numbers = public.public_numbers()
        x, y = (b64url(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
        thumbprint = sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode())
        return cls(public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint), thumbprint)


@dataclass
class World:
    """A chain with our contracts and one bureau accredited for business licences."""

    anvil: Anvil
    rpc: RpcClient
    trust_root: TrustRoot
    authority: LocalAccount
    anchor_key: LocalAccount
    signer: P256Key
    sender: Sender
    folder: Path

    @classmethod
    def build(cls, folder: Path, *, chain_id: int = 31_415, block_time: int | None = None) -> World:
        """Start the chain, deploy, register and accredit."""
        anvil = Anvil.start(folder, chain_id=chain_id, block_time=block_time)
        try:
            return cls._fill(anvil, folder, chain_id)
        except BaseException:
            anvil.stop()
            raise

    @classmethod
    def _fill(cls, anvil: Anvil, folder: Path, chain_id: int) -> World:
        authority, anchor_key, signer = account(1), account(2), P256Key.generate()
        deployment = deploy(
            anvil.url, account(9).key, bytes.fromhex(authority.address[2:]), 0, compilation=compiled(), timeout=60
        )
        contracts = sorted((c.name, c.address, c.block_number) for c in deployment.contracts)
        root = TrustRoot(chain_id, deployment.genesis_hash, tuple(ContractRange(*contract) for contract in contracts))
        rpc = RpcClient([anvil.url], finality="latest", timeout=30)
        sender = Sender(rpc, authority, folder / "authority.db", chain_id=chain_id)
        world = cls(anvil, rpc, root, authority, anchor_key, signer, sender, folder)
        address = bytes.fromhex(anchor_key.address[2:])
        for what, data in (
            ("register", writes.register_bureau(BUREAU, NAME, sha256(b"metadata"))),
            ("accredit", writes.accredit(BUREAU, LANE)),
            ("credential key", writes.add_key(BUREAU, signer.thumbprint, "credential", signer.public_key)),
            ("anchor key", writes.add_key(BUREAU, anchor_thumbprint(address), "anchor", b"")),
        ):
            world.registry(data, what)
        return world

    def registry(self, data: bytes, what: str = "test") -> None:
        """One write to BureauRegistry by the authority, final."""
        write_registry(self.sender, self.trust_root, data, what=what, timeout=60)

    @property
    def domain(self) -> Domain:
        """Where signatures count."""
        return Domain(self.trust_root.chain_id, self.trust_root.ranges("AnchorLog")[-1].address)

    def batch(
        self, sequence: int, root: bytes, *, lane: str = LANE, size: int = 3, manifest: bytes = b"m"
    ) -> SignedAnchor:
        """A batch signed by the bureau's anchor key."""
        digest = sha256(manifest)
        message = Anchor(BUREAU, lane, sequence, root, size, digest)
        return SignedAnchor(
            BUREAU, lane, sequence, root, size, digest, sign(message.digest(self.domain), self.anchor_key.key)
        )

    def status(self, previous: bytes, digest: bytes, *, name: str = LIST) -> SignedStatus:
        """A status change signed by the bureau's anchor key."""
        message = StatusChange(BUREAU, name, previous, digest, BUREAU)
        return SignedStatus(
            BUREAU, name, previous, digest, BUREAU, sign(message.digest(self.domain), self.anchor_key.key)
        )

    def close(self) -> None:
        """Leave nothing behind."""
        self.sender.close()
        self.rpc.close()
        self.anvil.stop()


def account(number: int) -> LocalAccount:
    """A fixed account of these tests."""
    found: LocalAccount = Account.from_key(sha256(b"account of a test %d" % number))
    return found
