"""What a tender's transactions cost on a fresh anvil: a real ceremony, real bids, a true threshold signature.

Called by scripts/gas_report.py, whose figures are compared by a test. The signature that opens is combined from three
of five shares by py-arkworks-bls12381, a library the contracts know nothing of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint

from chain.kernel.encoding import hex0x
from chain.keys.signatures import address_of
from chain.ledger import writes
from chain.ledger.compile import Compilation
from chain.ledger.deploy import deploy_tenders
from chain.ledger.deployment import Deployment
from chain.ledger.proofs import header_rlp
from scripts.vectors.ledger import DOMAIN_TYPE
from scripts.vectors.tender import TYPES, group_key, partial_signatures, threshold_signature

LIMITS = {"submit (first of a lot)": 130_000, "submit": 130_000, "open": 220_000}
"""What may never be exceeded: gas of the whole transaction."""

PAGES = (12, 100)
BIDS = sum(PAGES)
BUREAU = "11440100000000002J"


def _key(text: str) -> bytes:
    return sha256(f"gas report {text}".encode()).digest()


@dataclass(frozen=True, slots=True)
class _Town:
    """One chain with the five contracts, and who sends.

    Attributes:
        web3: the node.
        send: sends call data to a contract with a key; the gas used.
        contracts: by name, for encoding and for reading.
        genesis: hash of block 0.
    """

    web3: Web3
    send: Callable[[bytes, bytes, bytes], int]
    contracts: dict[str, Any]
    genesis: bytes

    def call(self, contract: str, function: str, arguments: list[Any], key: bytes) -> int:
        """Gas of a transaction."""
        target = self.contracts[contract]
        data = bytes.fromhex(target.encode_abi(function, args=arguments)[2:])
        return self.send(bytes.fromhex(target.address[2:]), data, key)

    def now(self) -> int:
        """Time of the newest block."""
        return int(self.web3.eth.get_block("latest")["timestamp"])

    def jump(self, time: int) -> None:
        """The next block's time."""
        self.web3.provider.make_request(RPCEndpoint("evm_setNextBlockTimestamp"), [time])


def measure_tender(
    url: str,
    compilation: Compilation,
    deployment: Deployment,
    send: Callable[[bytes, bytes, bytes], int],
    deployer: bytes,
    authority: bytes,
    officer: bytes,
) -> dict[str, int]:
    """Gas of each kind of transaction, by name.

    Args:
        url: the anvil.
        compilation: of all contracts.
        deployment: of registry and log; the officer's key is an anchor key of :data:`BUREAU` there.
        send: sends call data to an address with a key and answers the gas used.
        deployer, authority, officer: private keys.
    """
    whole = deploy_tenders(url, deployer, deployment, compilation=compilation)
    web3 = Web3(HTTPProvider(url))
    town = _Town(
        web3,
        send,
        {
            name: web3.eth.contract(
                address=Web3.to_checksum_address(whole.address(name)), abi=compilation.contracts[name].abi
            )
            for name in ("KeyHolderRegistry", "TenderBook", "TenderProceedings")
        },
        whole.genesis_hash,
    )
    send(whole.address("BureauRegistry"), writes.accredit(BUREAU, "tenders"), authority)
    gas = _ceremony(town, officer)
    deadline, gas["publish"] = _publish(town, officer)
    gas |= _bids(town)
    return gas | _opening(town, deadline)


def _ceremony(town: _Town, officer: bytes) -> dict[str, int]:
    members = [_key(f"holder {i}") for i in range(5)]
    now, book = town.now(), town.contracts["TenderBook"].address
    plan = (BUREAU.encode(), book, 0, _key("term"), _key("roster"), 3, *(now + n for n in (60, 61, 62, 90, 10**6)))
    accounts = [Web3.to_checksum_address(address_of(key)) for key in members]
    gas = {"convene (5 members)": town.call("KeyHolderRegistry", "convene", [1, plan, accounts], officer)}
    for key in members:
        gas["deal"] = town.call("KeyHolderRegistry", "deal", [1, _key("deal")], key)
    town.jump(now + 65)
    for name, key in zip(("first", "second", "last"), members, strict=False):
        confirmation = [1, _key("transcript"), 31, group_key()]
        gas[f"confirm ({name})"] = town.call("KeyHolderRegistry", "confirm", confirmation, key)
    del gas["confirm (second)"]
    return gas


def _publish(town: _Town, officer: bytes) -> tuple[int, int]:
    deadline = town.now() + 1000
    custodian = Web3.to_checksum_address(address_of(_key("custodian")))
    notice = (BUREAU.encode(), _key("notice"), 1, 1, 3, deadline, deadline + 60, 1, custodian, 600, 60, 5, 10, 10, 10)
    return deadline, town.call("TenderBook", "publish", [1, notice, [custodian]], officer)


def _commitment(index: int, version: int) -> dict[str, Any]:
    return {
        "tender": 1, "lot": 1, "bidder": Account.from_key(_key(f"bidder {index}")).address, "version": version,
        "recovery": Account.from_key(_key(f"recovery {index}")).address, "notAfter": 2**40 - 1,
        "kindDigest": _key(f"kind {index}"), "file1": _key(f"file {index} {version}"), "size1": 5 * 10**6,
        "form1": _key(f"form {index} {version}"), "file2": bytes(32), "size2": 0, "form2": bytes(32),
    }  # fmt: skip


def _typed(town: _Town, primary: str, message: dict[str, Any], key: bytes) -> tuple[bytes, bytes]:
    """Struct hash and signature."""
    members = [dict(zip(("type", "name"), part.split(" "), strict=True)) for part in TYPES[primary].split(",")]
    book = town.contracts["TenderBook"].address
    domain = {
        "name": "Yinxin TenderBook", "version": "1", "chainId": town.web3.eth.chain_id, "verifyingContract": book,
    }  # fmt: skip
    types = {"EIP712Domain": DOMAIN_TYPE, primary: members}
    signable = encode_typed_data(
        full_message={"types": types, "primaryType": primary, "domain": domain, "message": message}
    )
    return bytes(signable.body), bytes(Account.sign_message(signable, key).signature)


def _submit(town: _Town, index: int, version: int) -> int:
    commitment = _commitment(index, version)
    struct_hash, signature = _typed(town, "Commitment", commitment, _key(f"bidder {index}"))
    _, custody = _typed(town, "Custody", {"commitment": struct_hash}, _key("custodian"))
    return town.call("TenderBook", "submit", [tuple(commitment.values()), signature, custody], _key("relay"))


def _bids(town: _Town) -> dict[str, int]:
    gas = {"submit (first of a lot)": _submit(town, 0, 1)}
    gas["submit"] = max(_submit(town, index, 1) for index in range(1, BIDS))
    gas["replace"] = _submit(town, 1, 2)
    message = {
        "tender": 1, "lot": 1, "bidder": _commitment(2, 2)["bidder"], "version": 2, "notAfter": 2**40 - 1,
    }  # fmt: skip
    _, signature = _typed(town, "Withdrawal", message, _key("bidder 2"))
    gas["withdraw"] = town.call("TenderBook", "withdraw", [*message.values(), signature], _key("relay"))
    return gas


def _opening(town: _Town, deadline: int) -> dict[str, int]:
    relay = _key("relay")
    town.jump(deadline)
    town.web3.provider.make_request(RPCEndpoint("evm_mine"), [])
    town.jump(deadline + 1)
    town.web3.provider.make_request(RPCEndpoint("evm_mine"), [])
    newest = int(town.web3.eth.block_number)
    gas = {"tick": town.call("TenderBook", "tick", [1, _header(town, newest - 1), _header(town, newest)], relay)}
    town.jump(town.now() + 100)
    for page in PAGES:
        gas[f"close (page of {page})"] = town.call("TenderBook", "close", [1, 1, 1, page], relay)
    digest, cursor, count = town.contracts["TenderBook"].functions.liveSetOf(1, 1, 1).call()
    if (cursor, count) != (BIDS, BIDS - 1):
        raise RuntimeError(f"live set of {count}, {cursor} places")
    book = bytes.fromhex(town.contracts["TenderBook"].address[2:])
    tag = b"yinxin-live-set-v1".ljust(32, b"\0")
    place = (1).to_bytes(8, "big") + (1).to_bytes(4, "big") + b"\1" + count.to_bytes(4, "big")
    message = sha256(tag + town.genesis + book + place + digest).digest()
    signature = threshold_signature(partial_signatures(message, (1, 3, 5)))
    _must_fail(town, [1, 1, 1, threshold_signature(partial_signatures(message, (1, 3))), _key("keys")])
    gas["open"] = town.call("TenderBook", "open", [1, 1, 1, signature, _key("keys")], relay)
    return gas


def _header(town: _Town, number: int) -> bytes:
    answer = town.web3.provider.make_request(RPCEndpoint("eth_getBlockByNumber"), [hex(number), False])
    return header_rlp(answer["result"])


def _must_fail(town: _Town, arguments: list[Any]) -> None:
    book = town.contracts["TenderBook"]
    data = book.encode_abi("open", args=arguments)
    answer = town.web3.provider.make_request(RPCEndpoint("eth_call"), [{"to": book.address, "data": data}, "latest"])
    if "error" not in answer:
        raise RuntimeError(f"two holders opened: {hex0x(data[:4].encode())}")
