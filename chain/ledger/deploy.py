"""Puts the contracts on a chain, once, and keeps the record of it as data.

Deploying again by accident is refused twice over: if the file exists, and if contracts of ours that this deployer
created are already on the chain.
"""

from __future__ import annotations

import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import rlp
from eth_account import Account
from eth_hash.auto import keccak
from web3 import HTTPProvider, Web3
from web3.types import TxParams

from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import Conflict, InvalidInput, Refused, Unavailable
from chain.keys.signatures import address_of
from chain.ledger.compile import Compilation, CompiledContract, compile_contracts
from chain.ledger.deployment import DeployedContract, Deployment

MAX_DELAY = 365 * 24 * 3600
"""Longest hand-over delay we accept, in seconds; a slip here could not be undone."""
TENDER_CONTRACTS = ("KeyHolderRegistry", "TenderBook", "TenderProceedings")
"""What :func:`deploy_tenders` adds."""
_LOOK = 256
"""How many first and how many recent transactions of the deployer are looked at for contracts of ours."""


def deploy(
    chain: str | Web3,
    deployer_key: bytes,
    authority: bytes,
    delay: int,
    *,
    path: Path | None = None,
    compilation: Compilation | None = None,
    another: bool = False,
    timeout: float = 60.0,
) -> Deployment:
    """Compile by py-solc-x and deploy BureauRegistry, then AnchorLog.

    Args:
        chain: URL of a JSON-RPC endpoint, or a Web3 object.
        deployer_key: secp256k1 private key that pays; it keeps no rights. 32 bytes.
        authority: address that will govern the registry, 20 bytes.
        delay: seconds of delay of a hand-over and of a retirement, 0 to :data:`MAX_DELAY`.
        path: where to save the record; must not exist.
        compilation: what to deploy; None compiles the sources as they are now.
        another: deploy a further pair although this deployer has contracts of ours on the chain.
        timeout: seconds to wait for each transaction.

    Raises:
        Conflict: the file exists, or such contracts are on the chain already.
        InvalidInput: an argument breaks its rule.
        Refused: a transaction was mined but failed.
        Unavailable: the endpoint does not answer or does not mine in time.
    """
    if not any(authority) or len(authority) != 20:
        raise InvalidInput("authority: not an address", code="deploy.authority", field="authority")
    if not 0 <= delay <= MAX_DELAY:
        raise InvalidInput(f"delay: {delay} is not within 0..{MAX_DELAY} seconds", code="deploy.delay", field="delay")
    if path is not None and path.exists():
        raise Conflict(
            f"{path} describes a deployment already",
            code="deploy.file",
            field="path",
            fix="use it, or name another file for another chain",
        )
    web3 = Web3(HTTPProvider(chain, request_kwargs={"timeout": timeout})) if isinstance(chain, str) else chain
    compiled = compilation or compile_contracts()
    sender = _Sender(web3, deployer_key, timeout)
    if not another:
        _refuse_second(sender, compiled)
    arguments = authority.rjust(32, b"\0") + delay.to_bytes(32, "big")
    registry = sender.create(compiled.contracts["BureauRegistry"], arguments)
    log = sender.create(compiled.contracts["AnchorLog"], registry.address.rjust(32, b"\0"))
    deployment = Deployment(
        chain_id=sender.chain_id,
        genesis_hash=unhex0x(sender.raw("eth_getBlockByNumber", "0x0", False)["hash"], size=32),
        authority=authority,
        delay=delay,
        deployer=sender.address,
        compiler=compiled.compiler.version,
        contracts=(registry, log),
    )
    if path is not None:
        deployment.save(path)
    return deployment


def deploy_tenders(
    chain: str | Web3,
    deployer_key: bytes,
    deployment: Deployment,
    *,
    path: Path | None = None,
    compilation: Compilation | None = None,
    timeout: float = 60.0,
) -> Deployment:
    """Deploy KeyHolderRegistry, TenderBook and TenderProceedings beside a registry that stands already.

    Args:
        chain: URL of a JSON-RPC endpoint, or a Web3 object.
        deployer_key: secp256k1 private key that pays; it keeps no rights. 32 bytes.
        deployment: of the registry, on the same chain; without tender contracts.
        path: where to save the whole record; must not exist.
        compilation: what to deploy; None compiles the sources as they are now.
        timeout: seconds to wait for each transaction.

    Returns:
        The deployment with the three contracts added.

    Raises:
        Conflict: the file exists, the deployment has tender contracts, or the chain is another one.
        Refused: a transaction was mined but failed.
        Unavailable: the endpoint does not answer or does not mine in time.
    """
    if path is not None and path.exists():
        raise Conflict(f"{path} describes a deployment already", code="deploy.file", field="path")
    if any(contract.name in TENDER_CONTRACTS for contract in deployment.contracts):
        raise Conflict("this deployment has tender contracts", code="deploy.twice")
    web3 = Web3(HTTPProvider(chain, request_kwargs={"timeout": timeout})) if isinstance(chain, str) else chain
    check_deployment(web3, deployment, timeout=timeout)
    compiled = compilation or compile_contracts()
    sender = _Sender(web3, deployer_key, timeout)
    registry = deployment.address("BureauRegistry")
    holders = sender.create(
        compiled.contracts["KeyHolderRegistry"], registry.rjust(32, b"\0") + deployment.genesis_hash
    )
    # The book names its proceedings, which come next from the same account and check that.
    proceedings = create_address(sender.address, sender.nonce() + 1)
    book = sender.create(
        compiled.contracts["TenderBook"], holders.address.rjust(32, b"\0") + proceedings.rjust(32, b"\0")
    )
    last = sender.create(compiled.contracts["TenderProceedings"], book.address.rjust(32, b"\0"))
    whole = replace(deployment, contracts=(*deployment.contracts, holders, book, last))
    if path is not None:
        whole.save(path)
    return whole


def check_deployment(chain: str | Web3, deployment: Deployment, *, timeout: float = 30.0) -> None:
    """Check that the chain is the one recorded and that its code is the one deployed.

    Raises:
        Conflict: another chain id, another genesis, or other code (or none) at an address.
        Unavailable: the endpoint does not answer.
    """
    web3 = Web3(HTTPProvider(chain, request_kwargs={"timeout": timeout})) if isinstance(chain, str) else chain
    chain_id = int(_raw(web3, "eth_chainId"), 16)
    if chain_id != deployment.chain_id:
        raise Conflict(f"this is chain {chain_id}, not {deployment.chain_id}", code="deploy.chain")
    genesis = unhex0x(_raw(web3, "eth_getBlockByNumber", "0x0", False)["hash"], size=32)
    if genesis != deployment.genesis_hash:
        raise Conflict(f"chain {chain_id} has another genesis block", code="deploy.chain")
    for contract in deployment.contracts:
        code = unhex0x(_raw(web3, "eth_getCode", hex0x(contract.address), "latest"))
        if sha256(code).digest() != contract.runtime_sha256:
            raise Conflict(f"{contract.name} at {hex0x(contract.address)} has other code", code="deploy.code")


def create_address(deployer: bytes, nonce: int) -> bytes:
    """Address of the contract that ``deployer`` creates with that nonce (Yellow Paper, section 7); 20 bytes."""
    return bytes(keccak(rlp.encode([deployer, nonce])))[12:]


def _refuse_second(sender: _Sender, compiled: Compilation) -> None:
    count = sender.nonce()
    # A deployer seldom does anything else; one that does deployed with its first transactions or with recent ones.
    nonces = sorted({*range(min(count, _LOOK)), *range(max(0, count - _LOOK), count)})
    for nonce in nonces:
        address = create_address(sender.address, nonce)
        code = unhex0x(sender.raw("eth_getCode", hex0x(address), "latest"))
        if not code:
            continue
        for name, contract in compiled.contracts.items():
            if contract.matches(code):
                raise Conflict(
                    f"this deployer already created {name} at {hex0x(address)} on chain {sender.chain_id}",
                    code="deploy.twice",
                    fix="use the deployment file of that chain; a second pair must be asked for explicitly",
                )


class _Sender:
    """Sends creations from one key, each confirmed before the next."""

    def __init__(self, web3: Web3, private_key: bytes, timeout: float) -> None:
        self._web3 = web3
        self._key = private_key
        self._timeout = timeout
        self.address = address_of(private_key)
        self.chain_id = int(self.raw("eth_chainId"), 16)

    def raw(self, method: str, *params: Any) -> Any:
        return _raw(self._web3, method, *params)

    def nonce(self, block: str = "latest") -> int:
        return int(self.raw("eth_getTransactionCount", hex0x(self.address), block), 16)

    def create(self, contract: CompiledContract, arguments: bytes) -> DeployedContract:
        nonce = self.nonce()
        if self.nonce("pending") != nonce:
            raise Unavailable(
                f"the deployer {hex0x(self.address)} has transactions waiting",
                code="deploy.pending",
                fix="wait until they are mined, then try again",
            )
        data = contract.creation + arguments
        gas = int(self.raw("eth_estimateGas", {"from": hex0x(self.address), "data": hex0x(data)}), 16)
        price = int(self.raw("eth_gasPrice"), 16)
        transaction: TxParams = {
            "chainId": self.chain_id,
            "nonce": nonce,  # type: ignore[typeddict-item]
            "gas": gas + gas // 10,
            "gasPrice": price,  # type: ignore[typeddict-item]
            "value": 0,  # type: ignore[typeddict-item]
            "data": data,
        }
        signed = Account.sign_transaction(transaction, self._key)
        digest = unhex0x(self.raw("eth_sendRawTransaction", hex0x(bytes(signed.raw_transaction))), size=32)
        receipt = self._wait(digest)
        if int(receipt["status"], 16) != 1:
            raise Refused(f"creation of {contract.name} failed in {hex0x(digest)}", code="deploy.failed")
        address = create_address(self.address, nonce)
        code = unhex0x(self.raw("eth_getCode", hex0x(address), receipt["blockNumber"]))
        if not contract.matches(code):
            raise Refused(f"{contract.name} at {hex0x(address)} is not what was sent", code="deploy.code")
        return DeployedContract(
            name=contract.name,
            address=address,
            block_number=int(receipt["blockNumber"], 16),
            block_hash=unhex0x(receipt["blockHash"], size=32),
            transaction=digest,
            creation_sha256=sha256(contract.creation).digest(),
            runtime_sha256=sha256(code).digest(),
        )

    def _wait(self, digest: bytes) -> Any:
        deadline = time.monotonic() + self._timeout
        while True:
            receipt = self.raw("eth_getTransactionReceipt", hex0x(digest))
            # A receipt may be told a moment before its block is the newest; what is read next is read there.
            if receipt is not None and int(self.raw("eth_blockNumber"), 16) >= int(receipt["blockNumber"], 16):
                return receipt
            if time.monotonic() > deadline:
                raise Unavailable(f"{hex0x(digest)} was not mined in {self._timeout} s", code="deploy.timeout")
            time.sleep(0.05)


def _raw(web3: Web3, method: str, *params: Any) -> Any:
    """One call; normalises every fault at this door."""
    try:
        answer = web3.provider.make_request(method, list(params))  # type: ignore[arg-type]
    except Exception as error:  # providers raise whatever their transport raises
        reason = type(error).__name__
        raise Unavailable(f"{method}: the endpoint does not answer ({reason})", code="deploy.rpc") from error
    if "error" in answer:
        fault = answer["error"]
        text = fault if isinstance(fault, str) else fault.get("message", "")
        raise Refused(f"{method}: {text}", code="deploy.rpc")
    return answer.get("result")
