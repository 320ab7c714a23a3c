"""The record of a deployment, as data: one canonical JSON file a chain (``yinxin-deployment-1``).

Reading it needs neither a compiler nor a node.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.kernel.home import write_atomically

FORMAT = "yinxin-deployment-1"


@dataclass(frozen=True, slots=True)
class DeployedContract:
    """One contract on the chain.

    Attributes:
        name: as in contracts/, such as ``BureauRegistry``.
        address: 20 bytes.
        block_number: block of its creation.
        block_hash: 32 bytes.
        transaction: hash of the creating transaction, 32 bytes.
        creation_sha256: SHA-256 of the creation bytecode without arguments, 32 bytes.
        runtime_sha256: SHA-256 of the code on chain (immutables included), 32 bytes.
    """

    name: str
    address: bytes
    block_number: int
    block_hash: bytes
    transaction: bytes
    creation_sha256: bytes
    runtime_sha256: bytes


@dataclass(frozen=True, slots=True)
class Deployment:
    """All that was put on one chain.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis_hash: hash of block 0, 32 bytes.
        authority: address that governs the registry at the start, 20 bytes.
        delay: seconds of delay of a hand-over and of a retirement.
        deployer: address that sent the transactions, 20 bytes.
        compiler: compiler release.
        contracts: in the order of deployment.
    """

    chain_id: int
    genesis_hash: bytes
    authority: bytes
    delay: int
    deployer: bytes
    compiler: str
    contracts: tuple[DeployedContract, ...]

    def contract(self, name: str) -> DeployedContract:
        """The contract of that name. Raises NotFound."""
        for contract in self.contracts:
            if contract.name == name:
                return contract
        raise NotFound(f"this deployment has no {name}", code="deploy.contract", field="name")

    def address(self, name: str) -> bytes:
        """20-byte address of the contract of that name. Raises NotFound."""
        return self.contract(name).address

    def to_json(self) -> bytes:
        """Canonical JSON, ``yinxin-deployment-1``."""
        return canonical(
            {
                "format": FORMAT,
                "chainId": self.chain_id,
                "genesisHash": hex0x(self.genesis_hash),
                "authority": hex0x(self.authority),
                "delay": self.delay,
                "deployer": hex0x(self.deployer),
                "compiler": self.compiler,
                "contracts": [
                    {
                        "name": contract.name,
                        "address": hex0x(contract.address),
                        "blockNumber": contract.block_number,
                        "blockHash": hex0x(contract.block_hash),
                        "transaction": hex0x(contract.transaction),
                        "creationSha256": hex0x(contract.creation_sha256),
                        "runtimeSha256": hex0x(contract.runtime_sha256),
                    }
                    for contract in self.contracts
                ],
            }
        )

    @staticmethod
    def from_json(data: bytes) -> Deployment:
        """Inverse of :meth:`to_json`. Raises InvalidInput for any other form."""
        value = read_canonical(data, what="deployment", limit=2**20)
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise InvalidInput(f"deployment: not of format {FORMAT}", code="deploy.format")
        try:
            deployment = Deployment(
                chain_id=_integer(value["chainId"]),
                genesis_hash=unhex0x(value["genesisHash"], size=32),
                authority=unhex0x(value["authority"], size=20),
                delay=_integer(value["delay"]),
                deployer=unhex0x(value["deployer"], size=20),
                compiler=str(value["compiler"]),
                contracts=tuple(
                    DeployedContract(
                        name=str(entry["name"]),
                        address=unhex0x(entry["address"], size=20),
                        block_number=_integer(entry["blockNumber"]),
                        block_hash=unhex0x(entry["blockHash"], size=32),
                        transaction=unhex0x(entry["transaction"], size=32),
                        creation_sha256=unhex0x(entry["creationSha256"], size=32),
                        runtime_sha256=unhex0x(entry["runtimeSha256"], size=32),
                    )
                    for entry in value["contracts"]
                ),
            )
        except (KeyError, TypeError) as error:
            raise InvalidInput(f"deployment: {error} missing or malformed", code="deploy.format") from error
        if deployment.to_json() != data:
            raise InvalidInput("deployment: unknown members", code="deploy.format")
        return deployment

    def replace(self, path: Path) -> None:
        """Write, replacing an older record of the same deployment at once."""
        write_atomically(path, self.to_json(), mode=0o644)

    def save(self, path: Path) -> None:
        """Write to a new file. Raises Conflict if it exists."""
        try:
            with path.open("xb") as file:
                file.write(self.to_json())
        except FileExistsError as error:
            raise Conflict(f"{path} exists already", code="deploy.file", field="path") from error

    @staticmethod
    def load(path: Path) -> Deployment:
        """Read a file that :meth:`save` wrote. Raises NotFound, InvalidInput."""
        try:
            return Deployment.from_json(path.read_bytes())
        except FileNotFoundError as error:
            raise NotFound(f"no deployment at {path}", code="deploy.file", field="path") from error


def _integer(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise InvalidInput(f"deployment: {value!r} is no whole number", code="deploy.format")
    return value
