"""The trust root: what a verifier pins, and everything else is checked against.

It names one chain by its id and genesis hash, the contracts that count with the blocks in which
they count, and the witnesses whose co-signatures make a checkpoint or a snapshot believable.
Written form: ``docs/formats/trust-root.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, sha256, unb64url, unhex0x
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.home import write_atomically

FORMAT = "yinxin-trust-root-1"
REGISTRY: Literal["BureauRegistry"] = "BureauRegistry"
ANCHOR_LOG: Literal["AnchorLog"] = "AnchorLog"
_NEEDED = (ANCHOR_LOG, REGISTRY)
_NAMES = (*_NEEDED, "KeyHolderRegistry", "TenderBook", "TenderProceedings")
_WITNESS = re.compile(r"[a-z0-9](?:[a-z0-9./-]{0,62}[a-z0-9])?\Z")
_LIMIT = 2**20


@dataclass(frozen=True, slots=True)
class ContractRange:
    """One deployed contract and the blocks in which it counts.

    Attributes:
        name: ``BureauRegistry``, ``AnchorLog``; of tenders ``KeyHolderRegistry``, ``TenderBook``,
            ``TenderProceedings``.
        address: 20 bytes.
        from_block: first block whose state or events count.
        until_block: first block that no longer counts, None while it is in use. In a contract of tenders nothing begins
            from that block on; what is under way there counts to its end.
    """

    name: str
    address: bytes
    from_block: int
    until_block: int | None = None

    def holds(self, number: int) -> bool:
        """True if the contract counts in block ``number``."""
        return self.from_block <= number and (self.until_block is None or number < self.until_block)


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """One witness.

    Attributes:
        name: key name in signed notes (C2SP signed-note): a-z, 0-9, ``.``, ``-`` and ``/``.
        key: Ed25519 public key, 32 bytes.
    """

    name: str
    key: bytes

    def __post_init__(self) -> None:
        if not _WITNESS.match(self.name):
            raise InvalidInput(
                f"witness name {self.name!r}", code="trustroot.witness_name", field="witnesses.name",
                fix="use a-z, 0-9, '.', '-' and '/', at most 64 characters",
            )  # fmt: skip
        if len(self.key) != 32:
            raise InvalidInput(f"key of witness {self.name}: not 32 bytes", code="trustroot.witness_key")


@dataclass(frozen=True, slots=True)
class TrustRoot:
    """What a verifier pins.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis_hash: hash of block 0, 32 bytes.
        contracts: by name, then by first block; ranges of one name neither overlap nor leave a gap.
        witnesses: by name; names and keys are distinct.
        threshold: how many witnesses must have signed; 0 only if there is no witness.
    """

    chain_id: int
    genesis_hash: bytes
    contracts: tuple[ContractRange, ...]
    witnesses: tuple[WitnessKey, ...] = ()
    threshold: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.chain_id < 2**53:
            raise _bad("chainId", f"chain id {self.chain_id}")
        if len(self.genesis_hash) != 32:
            raise _bad("genesisHash", "genesis hash is not 32 bytes")
        _check_contracts(self.contracts)
        names = [witness.name for witness in self.witnesses]
        if names != sorted(set(names)):
            raise _bad("witnesses", "witnesses must be distinct and ordered by name")
        if len({witness.key for witness in self.witnesses}) != len(names):
            raise _bad("witnesses", "two witnesses share a key")
        if not min(1, len(names)) <= self.threshold <= len(names):
            raise _bad("threshold", f"threshold {self.threshold} with {len(names)} witnesses")

    def as_dict(self) -> dict[str, Any]:
        """The trust root as plain data."""
        return {
            "format": FORMAT,
            "chainId": self.chain_id,
            "genesisHash": hex0x(self.genesis_hash),
            "contracts": [
                {"name": c.name, "address": hex0x(c.address), "fromBlock": c.from_block, "untilBlock": c.until_block}
                for c in self.contracts
            ],
            "witnesses": [{"name": w.name, "key": b64url(w.key)} for w in self.witnesses],
            "threshold": self.threshold,
        }

    def to_bytes(self) -> bytes:
        """Its canonical JSON."""
        return canonical(self.as_dict())

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical JSON, 32 bytes."""
        return sha256(self.to_bytes())

    def ranges(self, name: str) -> tuple[ContractRange, ...]:
        """All contracts of that name, oldest first."""
        return tuple(contract for contract in self.contracts if contract.name == name)

    def contract_at(self, name: str, number: int) -> ContractRange | None:
        """The contract of that name that counts in block ``number``, or None if none had been deployed."""
        return next((contract for contract in self.ranges(name) if contract.holds(number)), None)

    def witness(self, name: str) -> WitnessKey | None:
        """The witness of that name, or None."""
        return next((witness for witness in self.witnesses if witness.name == name), None)

    def with_witnesses(self, witnesses: Iterable[WitnessKey], threshold: int) -> TrustRoot:
        """A copy with these witnesses, put in order."""
        ordered = tuple(sorted(witnesses, key=lambda witness: witness.name))
        return TrustRoot(self.chain_id, self.genesis_hash, self.contracts, ordered, threshold)

    def save(self, path: Path) -> None:
        """Write the file, replacing an old one at once."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, self.to_bytes() + b"\n", mode=0o644)

    @classmethod
    def load(cls, path: Path) -> TrustRoot:
        """Read the file.

        Raises:
            NotFound: there is none.
            InvalidInput: not a trust root in its one form; names the field.
        """
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                f"no trust root at {path}", code="trustroot.missing", field="trust_root",
                fix="copy the trust root that the authority publishes to that place",
            ) from error  # fmt: skip
        return cls.from_bytes(data.removesuffix(b"\n"))

    @classmethod
    def from_bytes(cls, data: bytes) -> TrustRoot:
        """Read canonical JSON. Raises InvalidInput."""
        return cls.from_dict(read_canonical(data, what="trust root", limit=_LIMIT))

    @classmethod
    def from_dict(cls, value: Any) -> TrustRoot:
        """Read plain data. Raises InvalidInput."""
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise _bad("format", f"not a {FORMAT}")
        _exact(value, {"format", "chainId", "genesisHash", "contracts", "witnesses", "threshold"}, "trust root")
        for name in ("chainId", "threshold"):
            if type(value[name]) is not int:
                raise _bad(name, f"{name} is not an integer")
        for name in ("contracts", "witnesses"):
            if not isinstance(value[name], list) or not all(isinstance(item, dict) for item in value[name]):
                raise _bad(name, f"{name} is not a list of objects")
        return cls(
            value["chainId"],
            unhex0x(value["genesisHash"], size=32, field="genesisHash"),
            tuple(_contract(item) for item in value["contracts"]),
            tuple(_witness(item) for item in value["witnesses"]),
            value["threshold"],
        )


def _bad(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"trust root: {message}", code="trustroot." + field, field=field)


def _exact(value: dict[str, Any], names: set[str], where: str) -> None:
    if set(value) != names:
        odd = sorted(set(value) ^ names)[0]
        raise _bad(odd, f"{where}: missing or unknown member {odd}")


def _contract(value: dict[str, Any]) -> ContractRange:
    _exact(value, {"name", "address", "fromBlock", "untilBlock"}, "contract")
    first, end = value["fromBlock"], value["untilBlock"]
    if type(first) is not int or not (end is None or type(end) is int):
        raise _bad("contracts.fromBlock", "block numbers are integers")
    return ContractRange(value["name"], unhex0x(value["address"], size=20, field="contracts.address"), first, end)


def _witness(value: dict[str, Any]) -> WitnessKey:
    _exact(value, {"name", "key"}, "witness")
    if not isinstance(value["name"], str) or not isinstance(value["key"], str):
        raise _bad("witnesses", "name and key are text")
    return WitnessKey(value["name"], unb64url(value["key"], field="witnesses.key"))


def _check_contracts(contracts: tuple[ContractRange, ...]) -> None:
    for name in _NEEDED:
        if not any(contract.name == name for contract in contracts):
            raise _bad("contracts", f"no {name} is named")
    if len({contract.address for contract in contracts}) != len(contracts):
        raise _bad("contracts.address", "two contracts share an address")
    before: ContractRange | None = None
    for contract in contracts:
        if contract.name not in _NAMES:
            raise _bad("contracts.name", f"unknown contract {contract.name!r}")
        if len(contract.address) != 20:
            raise _bad("contracts.address", "an address is 20 bytes")
        end = contract.until_block
        if contract.from_block < 0 or (end is not None and end <= contract.from_block):
            raise _bad("contracts.fromBlock", f"{contract.name}: empty or negative range of blocks")
        if before is not None and before.name > contract.name:
            raise _bad("contracts", "contracts must be ordered by name, then by first block")
        if before is not None and before.name == contract.name and before.until_block != contract.from_block:
            raise _bad("contracts.untilBlock", f"{contract.name}: ranges must follow each other without gap or overlap")
        before = contract
    last: dict[str, ContractRange] = {contract.name: contract for contract in contracts}
    for contract in last.values():
        if contract.until_block is not None:
            raise _bad("contracts.untilBlock", f"the newest {contract.name} must have no end")
