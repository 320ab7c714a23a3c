"""Put the contracts on the ledger that a home is set to, and note it in ``deployment.json``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from web3 import HTTPProvider, Web3
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.home import Home
from chain.keys.signatures import address_of
from chain.ledger.compile import Compilation
from chain.ledger.deploy import TENDER_CONTRACTS, deploy, deploy_tenders
from chain.ledger.deployment import Deployment
from chain.ledger.node import allow_contracts, ensure_node
from chain.ledger.rpc import RpcClient, RpcFailure


class _OwnerProvider(BaseProvider):
    """Lets web3 speak through the owner's unix socket, where contracts may be created."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._rpc = RpcClient([address], finality="latest")

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One call; the node's own errors come back as JSON-RPC errors."""
        try:
            return cast(RPCResponse, {"jsonrpc": "2.0", "id": 1, "result": self._rpc.call(method, params)})
        except RpcFailure as error:
            return cast(RPCResponse, {"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": error.message}})


def install(home: Home, key: bytes, *, delay: int, compilation: Compilation) -> Deployment:
    """Deploy all five contracts, once; what a record lacks, of an older deployment or one cut short, is added.

    Args:
        home: its ledger settings name the embedded node or one endpoint.
        key: the authority's private key, 32 bytes; it deploys and governs.
        delay: seconds of delay of a hand-over or retirement.
        compilation: what py-solc-x made of the sources.

    Raises:
        Conflict: this home has deployed all of them, this key has on that chain, or the record is of another chain.
        Unavailable: the ledger does not answer.
    """
    path = home / "deployment.json"
    known = unfinished(home)
    settings = home.settings.ledger
    if settings.endpoints:
        web3 = Web3(HTTPProvider(settings.endpoints[0]))
        return _tenders(web3, key, known or _first(web3, key, delay, path, compilation), path, compilation)
    if settings.node is None:
        raise InvalidInput(
            "neither ledger.node nor ledger.endpoints is set",
            code="ledger.none",
            field="ledger",
            fix="set one in config.toml",
        )
    folder = home.resolve(settings.node)
    with ensure_node(folder) as node:
        web3 = Web3(_OwnerProvider(node.owner))
        deployment = _tenders(web3, key, known or _first(web3, key, delay, path, compilation), path, compilation)
        allow_contracts(folder, [contract.address for contract in deployment.contracts])
    return deployment


def unfinished(home: Home) -> Deployment | None:
    """The home's record of a deployment that lacks contracts; None where nothing was deployed.

    Raises:
        Conflict: all contracts are deployed.
    """
    path = home / "deployment.json"
    known = Deployment.load(path) if path.exists() else None
    if known is not None and {contract.name for contract in known.contracts} >= set(TENDER_CONTRACTS):
        raise Conflict(
            f"{path} describes a deployment already",
            code="deploy.file",
            field="deployment",
            fix="use it, or take a new home for another chain",
        )
    return known


def _first(web3: Web3, key: bytes, delay: int, path: Path, compilation: Compilation) -> Deployment:
    return deploy(web3, key, address_of(key), delay, path=path, compilation=compilation)


def _tenders(web3: Web3, key: bytes, known: Deployment, path: Path, compilation: Compilation) -> Deployment:
    whole = deploy_tenders(web3, key, known, compilation=compilation)
    whole.replace(path)
    return whole
