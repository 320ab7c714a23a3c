"""Deploying once, and only once; and the record of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from web3 import HTTPProvider, Web3
from web3.providers.base import BaseProvider

from chain.kernel.canonical import canonical
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable
from chain.keys.signatures import address_of
from chain.ledger.compile import Compilation
from chain.ledger.deploy import (
    MAX_DELAY,
    TENDER_CONTRACTS,
    check_deployment,
    create_address,
    deploy,
    deploy_tenders,
)
from chain.ledger.deployment import DeployedContract, Deployment
from tests.chain.ledger.kit import Anvil, compiled, nobody_at

KEY = sha256(b"deployer of a test").digest()
AUTHORITY = address_of(sha256(b"authority of a test").digest())
DELAY = 3600


def _contract(name: str, byte: int) -> DeployedContract:
    return DeployedContract(name, bytes([byte]) * 20, byte, *(bytes([byte + i]) * 32 for i in range(1, 5)))


RECORD = Deployment(
    chain_id=440100,
    genesis_hash=b"\x01" * 32,
    authority=AUTHORITY,
    delay=DELAY,
    deployer=address_of(KEY),
    compiler="0.8.37",
    contracts=(_contract("BureauRegistry", 16), _contract("AnchorLog", 32)),
)


@pytest.fixture(scope="module")
def compilation() -> Compilation:
    return compiled()


@pytest.fixture
def anvil(tmp_path: Path) -> Iterator[Anvil]:
    node = Anvil.start(tmp_path)
    yield node
    node.stop()


class TestRecord:
    def test_round_trip(self, tmp_path: Path) -> None:
        path = tmp_path / "deployment.json"
        RECORD.save(path)
        assert Deployment.load(path) == RECORD

    def test_file_is_never_overwritten(self, tmp_path: Path) -> None:
        path = tmp_path / "deployment.json"
        path.write_text("something else", encoding="utf-8")
        with pytest.raises(Conflict):
            RECORD.save(path)
        assert path.read_text(encoding="utf-8") == "something else"

    def test_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match=r"deployment\.json"):
            Deployment.load(tmp_path / "deployment.json")

    def test_contracts_are_found_by_name(self) -> None:
        assert RECORD.address("AnchorLog") == bytes([32]) * 20
        with pytest.raises(NotFound):
            RECORD.contract("TenderBook")

    @pytest.mark.parametrize(
        "change",
        [
            {"format": "yinxin-deployment-2"},
            {"chainId": "440100"},
            {"chainId": -1},
            {"chainId": True},
            {"genesisHash": "0x01"},
            {"authority": "0x" + "AB" * 20},
            {"contracts": "none"},
            {"contracts": [{}]},
            {"contracts": [None]},
            {"contracts": None},
            {"genesisHash": None},
            {"extra": 1},
        ],
    )
    def test_other_form_is_refused(self, change: dict[str, Any]) -> None:
        value = json.loads(RECORD.to_json()) | change
        with pytest.raises(InvalidInput):
            Deployment.from_json(canonical(value))

    def test_missing_member_is_refused(self) -> None:
        for name in json.loads(RECORD.to_json()):
            value = json.loads(RECORD.to_json())
            del value[name]
            with pytest.raises(InvalidInput):
                Deployment.from_json(canonical(value))

    @pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{}", b'{"format": "yinxin-deployment-1"}'])
    def test_junk_is_refused(self, data: bytes) -> None:
        with pytest.raises(InvalidInput):
            Deployment.from_json(data)


@pytest.mark.loopback
class TestDeploy:
    def test_what_py_solc_x_compiled_stands_on_the_chain(
        self, anvil: Anvil, tmp_path: Path, compilation: Compilation
    ) -> None:
        path = tmp_path / "deployment.json"
        deployment = deploy(anvil.url, KEY, AUTHORITY, DELAY, path=path, compilation=compilation)
        assert Deployment.load(path) == deployment
        web3 = Web3(HTTPProvider(anvil.url))
        assert deployment.chain_id == web3.eth.chain_id
        assert deployment.genesis_hash == bytes(web3.eth.get_block(0)["hash"])
        assert (deployment.authority, deployment.delay, deployment.deployer) == (AUTHORITY, DELAY, address_of(KEY))
        assert [contract.name for contract in deployment.contracts] == ["BureauRegistry", "AnchorLog"]
        for contract in deployment.contracts:
            receipt = web3.eth.get_transaction_receipt(contract.transaction)
            assert bytes.fromhex(receipt["contractAddress"][2:]) == contract.address
            assert (receipt["blockNumber"], bytes(receipt["blockHash"])) == (contract.block_number, contract.block_hash)
            code = bytes(web3.eth.get_code(Web3.to_checksum_address(contract.address)))
            assert compilation.contracts[contract.name].matches(code)
        check_deployment(anvil.url, deployment)
        assert _call(web3, compilation, deployment, "BureauRegistry", "authority") == _checksum(AUTHORITY)
        assert _call(web3, compilation, deployment, "BureauRegistry", "retirementDelay") == DELAY
        assert _call(web3, compilation, deployment, "AnchorLog", "retirementDelay") == DELAY
        registry = _checksum(deployment.address("BureauRegistry"))
        assert _call(web3, compilation, deployment, "AnchorLog", "registry") == registry

    def test_tender_contracts_are_added_once_and_know_each_other(
        self, anvil: Anvil, tmp_path: Path, compilation: Compilation
    ) -> None:
        first = deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=compilation)
        path = tmp_path / "whole.json"
        whole = deploy_tenders(anvil.url, KEY, first, path=path, compilation=compilation)
        assert Deployment.load(path) == whole
        assert [contract.name for contract in whole.contracts[2:]] == list(TENDER_CONTRACTS)
        check_deployment(anvil.url, whole)
        web3 = Web3(HTTPProvider(anvil.url))
        holders, book, proceedings = (_checksum(whole.address(name)) for name in TENDER_CONTRACTS)
        for name, function, expected in (
            ("KeyHolderRegistry", "registry", _checksum(first.address("BureauRegistry"))),
            ("KeyHolderRegistry", "genesis", first.genesis_hash),
            ("KeyHolderRegistry", "retirementDelay", DELAY),
            ("TenderBook", "keyHolders", holders),
            ("TenderBook", "registry", _checksum(first.address("BureauRegistry"))),
            ("TenderBook", "genesis", first.genesis_hash),
            ("TenderBook", "proceedings", proceedings),
            ("TenderProceedings", "book", book),
        ):
            assert _call(web3, compilation, whole, name, function) == expected, (name, function)
        with pytest.raises(Conflict) as caught:
            deploy_tenders(anvil.url, KEY, whole, compilation=compilation)
        assert caught.value.code == "deploy.twice"
        with pytest.raises(Conflict):
            deploy_tenders(anvil.url, KEY, first, path=path, compilation=compilation)

    def test_second_time_is_refused_by_the_file(self, anvil: Anvil, tmp_path: Path, compilation: Compilation) -> None:
        path = tmp_path / "deployment.json"
        deploy(anvil.url, KEY, AUTHORITY, DELAY, path=path, compilation=compilation)
        before = path.read_bytes()
        with pytest.raises(Conflict) as caught:
            deploy(anvil.url, KEY, AUTHORITY, DELAY, path=path, compilation=compilation, another=True)
        assert caught.value.code == "deploy.file"
        assert path.read_bytes() == before

    def test_second_time_is_refused_by_the_chain(self, anvil: Anvil, compilation: Compilation) -> None:
        first = deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=compilation)
        with pytest.raises(Conflict) as caught:
            deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=compilation)
        assert caught.value.code == "deploy.twice"
        assert first.address("BureauRegistry").hex() in caught.value.message
        assert Web3(HTTPProvider(anvil.url)).eth.block_number == 2

    def test_another_pair_on_purpose(self, anvil: Anvil, compilation: Compilation) -> None:
        first = deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=compilation)
        second = deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=compilation, another=True)
        assert first.address("AnchorLog") != second.address("AnchorLog")
        check_deployment(anvil.url, first)
        check_deployment(anvil.url, second)

    def test_another_deployer_is_no_accident(self, anvil: Anvil, compilation: Compilation) -> None:
        deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=compilation)
        deploy(anvil.url, sha256(b"another").digest(), AUTHORITY, DELAY, compilation=compilation)

    def test_broken_off_deployment_is_seen(self, anvil: Anvil, compilation: Compilation) -> None:
        half = _Breaking(HTTPProvider(anvil.url), "eth_sendRawTransaction", after=1)
        with pytest.raises(Unavailable):
            deploy(Web3(half), KEY, AUTHORITY, DELAY, compilation=compilation)
        with pytest.raises(Conflict, match="BureauRegistry"):
            deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=compilation)

    def test_check_sees_another_chain_genesis_or_code(self, anvil: Anvil, compilation: Compilation) -> None:
        deployment = deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=compilation)
        other = replace(deployment.contracts[0], address=b"\x01" * 20)
        for changed in (
            replace(deployment, chain_id=1),
            replace(deployment, genesis_hash=bytes(32)),
            replace(deployment, contracts=(other,)),
        ):
            with pytest.raises(Conflict):
                check_deployment(anvil.url, changed)

    def test_failing_creation_is_refused(self, anvil: Anvil, compilation: Compilation) -> None:
        broken = replace(compilation.contracts["BureauRegistry"], creation=bytes.fromhex("60006000fd"))
        contracts = {**compilation.contracts, "BureauRegistry": broken}
        with pytest.raises(Refused):
            deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=replace(compilation, contracts=contracts))

    def test_code_that_is_not_what_was_sent_is_refused(self, anvil: Anvil, compilation: Compilation) -> None:
        other = replace(compilation.contracts["BureauRegistry"], runtime=b"\x00")
        contracts = {**compilation.contracts, "BureauRegistry": other}
        with pytest.raises(Refused, match="not what was sent"):
            deploy(anvil.url, KEY, AUTHORITY, DELAY, compilation=replace(compilation, contracts=contracts))

    def test_nobody_at_the_address(self, compilation: Compilation) -> None:
        with nobody_at() as port, pytest.raises(Unavailable):
            deploy(f"http://127.0.0.1:{port}", KEY, AUTHORITY, DELAY, compilation=compilation, timeout=2)


class TestArguments:
    @pytest.mark.parametrize("authority", [b"", bytes(20), b"\x01" * 32])
    def test_authority_must_be_an_address(self, authority: bytes, compilation: Compilation) -> None:
        with pytest.raises(InvalidInput) as caught:
            deploy("http://127.0.0.1:1", KEY, authority, DELAY, compilation=compilation)
        assert caught.value.field == "authority"

    @pytest.mark.parametrize("delay", [-1, MAX_DELAY + 1])
    def test_delay_must_be_in_range(self, delay: int, compilation: Compilation) -> None:
        with pytest.raises(InvalidInput) as caught:
            deploy("http://127.0.0.1:1", KEY, AUTHORITY, delay, compilation=compilation)
        assert caught.value.field == "delay"

    def test_existing_file_is_refused_before_anything_else(self, tmp_path: Path) -> None:
        path = tmp_path / "deployment.json"
        path.touch()
        with pytest.raises(Conflict):
            deploy("http://127.0.0.1:1", KEY, AUTHORITY, DELAY, path=path)

    def test_created_address_as_published(self) -> None:
        # Sender and address of the example in the Ethereum wiki's discussion of CREATE.
        sender = bytes.fromhex("6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0")
        expected = [
            "cd234a471b72ba2f1ccf0a70fcaba648a5eecd8d",
            "343c43a37d37dff08ae8c4a11544c718abb4fcf8",
            "f778b86fa74e846c4f0a1fbd1335fe81c00a0c91",
        ]
        assert [create_address(sender, nonce).hex() for nonce in range(3)] == expected


class _Breaking(BaseProvider):
    """Passes calls on, but breaks at one method after so many of them."""

    def __init__(self, inner: HTTPProvider, method: str, *, after: int) -> None:
        super().__init__()
        self._inner, self._method, self._left = inner, method, after

    def make_request(self, method: Any, params: Any) -> Any:
        if method == self._method:
            if self._left == 0:
                raise ConnectionResetError
            self._left -= 1
        return self._inner.make_request(method, params)


def _checksum(address: bytes) -> str:
    return str(Web3.to_checksum_address(address))


def _call(web3: Web3, compilation: Compilation, deployment: Deployment, name: str, view: str) -> Any:
    address = Web3.to_checksum_address(deployment.address(name))
    contract = web3.eth.contract(address=address, abi=compilation.contracts[name].abi)
    return contract.functions[view]().call()
