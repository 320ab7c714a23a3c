"""The pinned trust root has one form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput, NotFound
from chain.ledger.trustroot import ANCHOR_LOG, REGISTRY, ContractRange, TrustRoot, WitnessKey
from tests.plugins.vectors import load_vectors


def key(number: int) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(sha256(b"witness %d" % number)).public_key().public_bytes_raw()


def address(number: int) -> bytes:
    return number.to_bytes(20, "big")


GOOD = TrustRoot(
    31_415,
    sha256(b"genesis"),
    (
        ContractRange(ANCHOR_LOG, address(1), 3, 100),
        ContractRange(ANCHOR_LOG, address(2), 100),
        ContractRange(REGISTRY, address(3), 2),
    ),
    (WitnessKey("a.example/w1", key(1)), WitnessKey("b.example/w1", key(2))),
    2,
)


def test_saves_and_loads(tmp_path: Path) -> None:
    GOOD.save(tmp_path / "trust-root.json")
    loaded = TrustRoot.load(tmp_path / "trust-root.json")
    assert loaded == GOOD
    assert loaded.digest == sha256(GOOD.to_bytes())


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        TrustRoot.load(tmp_path / "none.json")


def test_contracts_count_in_their_blocks_only() -> None:
    found = [GOOD.contract_at(ANCHOR_LOG, number) for number in (2, 3, 99, 100, 10**9)]
    assert [contract and contract.address for contract in found] == [None, *[address(1)] * 2, *[address(2)] * 2]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (["format"], "yinxin-trust-root-2", "trustroot.format"),
        (["chainId"], 0, "trustroot.chainId"),
        (["chainId"], True, "trustroot.chainId"),
        (["genesisHash"], "0x00", "encoding.hex"),
        (["threshold"], 0, "trustroot.threshold"),
        (["threshold"], 3, "trustroot.threshold"),
        (["witnesses"], [], "trustroot.threshold"),
        (["witnesses", 0, "name"], "c.example/w1", "trustroot.witnesses"),
        (["witnesses", 0, "name"], "a b", "trustroot.witness_name"),
        (["witnesses", 0, "name"], "A", "trustroot.witness_name"),
        (["witnesses", 0, "key"], "AA", "trustroot.witness_key"),
        (["witnesses", 0, "key"], GOOD.as_dict()["witnesses"][1]["key"], "trustroot.witnesses"),
        (["witnesses", 0, "more"], 1, "trustroot.more"),
        (["contracts"], [], "trustroot.contracts"),
        (["contracts", 0, "name"], "TenderLog", "trustroot.contracts.name"),
        (["contracts", 0, "untilBlock"], 99, "trustroot.contracts.untilBlock"),
        (["contracts", 0, "untilBlock"], None, "trustroot.contracts.untilBlock"),
        (["contracts", 0, "fromBlock"], 200, "trustroot.contracts.fromBlock"),
        (["contracts", 1, "untilBlock"], 300, "trustroot.contracts.untilBlock"),
        (["contracts", 0, "address"], GOOD.as_dict()["contracts"][1]["address"], "trustroot.contracts.address"),
        (["contracts", 0, "address"], "0x" + "AB" * 20, "encoding.hex"),
        (["more"], 1, "trustroot.more"),
    ],
)
def test_other_contents_are_refused(path: list[Any], value: Any, code: str) -> None:
    data = json.loads(GOOD.to_bytes())
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(InvalidInput) as caught:
        TrustRoot.from_bytes(canonical(data))
    assert caught.value.code == code


def test_other_spellings_are_refused() -> None:
    with pytest.raises(InvalidInput):
        TrustRoot.from_bytes(json.dumps(GOOD.as_dict()).encode())


def test_without_witnesses_the_threshold_is_zero() -> None:
    assert TrustRoot(1, sha256(b"g"), GOOD.contracts).threshold == 0
    with pytest.raises(InvalidInput):
        TrustRoot(1, sha256(b"g"), GOOD.contracts, (), 1)


@pytest.mark.parametrize("name", load_vectors("trust_root")["good"])
def test_vectors_that_the_browser_reads_too(name: str) -> None:
    case = load_vectors("trust_root")["good"][name]
    assert hex0x(TrustRoot.from_dict(case["root"]).digest) == case["digest"]


@pytest.mark.parametrize("name", load_vectors("trust_root")["refused"])
def test_vectors_that_the_browser_refuses_too(name: str) -> None:
    with pytest.raises(InvalidInput):
        TrustRoot.from_dict(load_vectors("trust_root")["refused"][name])


def test_a_book_counts_from_its_first_block_also_when_another_follows() -> None:
    root = TrustRoot.from_dict(load_vectors("trust_root")["good"]["with a book that follows another"]["root"])
    assert [book.holds(100) for book in root.ranges("TenderBook")] == [False, True]
