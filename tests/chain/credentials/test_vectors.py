"""The golden vectors hold: what is good reads as stated and verifies, what is bad is refused for the stated reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chain.credentials import credential as credentials
from chain.credentials import stamp as stamps
from chain.credentials import status_list as lists
from chain.credentials.credential import parse_credential
from chain.credentials.leaf import certificate_leaf, event_leaf
from chain.credentials.stamp import digits, from_digits, parse_stamp
from chain.credentials.status_list import Status, parse_status_token
from chain.kernel.encoding import b64url, unb64url, unhex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import LeafParts
from chain.merkle import EMPTY_ROOT, Tree, leaf_hash, node_hash, verify_consistency, verify_inclusion
from tests.chain.credentials.samples import signer

Vectors = Callable[[str], Any]


def check_key(key: dict[str, str]) -> bytes:
    assert unb64url(key["thumbprint"]) == signer("yinxin test vector 1").thumbprint
    assert unb64url(key["publicKey"]) == signer("yinxin test vector 1").public_key
    return unb64url(key["publicKey"])


def refuses(parse: Callable[[Any], Any], value: Any, code: str) -> bool:
    with pytest.raises(InvalidInput) as caught:
        parse(value)
    return caught.value.code == code


def test_merkle(vectors: Vectors) -> None:
    golden = vectors("merkle")
    leaves = [leaf_hash(bytes.fromhex(text)) for text in golden["inputs"]]
    assert [leaf.hex() for leaf in leaves] == golden["leafHashes"]
    assert EMPTY_ROOT.hex() == golden["emptyRoot"]
    pair = {name: bytes.fromhex(text) for name, text in golden["nodeHash"].items()}
    assert node_hash(pair["left"], pair["right"]) == pair["hash"]
    roots = {tree["size"]: bytes.fromhex(tree["root"]) for tree in golden["trees"]}
    for tree in golden["trees"]:
        size, root = tree["size"], roots[tree["size"]]
        assert Tree(leaves[:size]).root == root
        for index, path in enumerate(tree["paths"]):
            assert verify_inclusion(leaves[index], index, size, [bytes.fromhex(node) for node in path], root)
        for earlier, proof in enumerate(tree["consistency"], 1):
            assert verify_consistency(earlier, size, roots[earlier], root, [bytes.fromhex(node) for node in proof])
    made = {name: bytes.fromhex(text) for name, text in golden["certificateLeaf"].items()}
    assert certificate_leaf(LeafParts(made["jwt"], made["stamp"], made["record"])) == made["leaf"]
    assert event_leaf(bytes.fromhex(golden["eventLeaf"]["record"])).hex() == golden["eventLeaf"]["leaf"]


def test_credential(vectors: Vectors) -> None:
    golden = vectors("credential")
    key = check_key(golden["key"])
    parsed = parse_credential(golden["credential"])
    assert credentials.verify_signature(parsed, key)
    assert b64url(parsed.jwt_digest) == golden["jwtDigest"]
    assert (parsed.bureau, parsed.certificate_type) == (golden["bureau"], golden["certificateType"])
    assert (parsed.not_before, parsed.expires) == (golden["notBefore"], golden["expires"])
    assert (parsed.status_list, parsed.status_index) == (golden["statusList"], golden["statusIndex"])
    assert (parsed.identifier, dict(parsed.fields)) == (golden["identifier"], golden["fields"])
    assert parsed.present(golden["presentation"]["names"]) == golden["presentation"]["credential"]
    assert len(golden["refused"]) > 90
    for bad in golden["refused"]:
        assert refuses(parse_credential, bad["credential"], bad["code"]), bad["fault"]
    for bad in golden["refusedBySignature"]:
        assert not credentials.verify_signature(parse_credential(bad["credential"]), key), bad["fault"]


def test_stamp(vectors: Vectors) -> None:
    golden = vectors("stamp")
    parsed = parse_stamp(unb64url(golden["stamp"]))
    content = parsed.content
    assert stamps.verify_signature(parsed, check_key(golden["key"]))
    assert b64url(parsed.digest) == golden["digest"]
    assert digits(parsed.data) == golden["digits"]
    assert from_digits(golden["digits"]) == parsed.data
    assert (content.bureau, content.certificate_type) == (golden["bureau"], golden["certificateType"])
    assert (content.identifier, content.holder_name) == (golden["identifier"], golden["holderName"])
    assert (content.not_before, content.expires) == (golden["notBefore"], golden["expires"])
    assert (content.status_list, content.status_index) == (golden["statusList"], golden["statusIndex"])
    assert [list(pair) for pair in content.face] == golden["face"]
    assert b64url(content.credential_digest) == golden["credentialDigest"]
    assert len(golden["refused"]) > 50
    for bad in golden["refused"]:
        assert refuses(parse_stamp, unb64url(bad["stamp"]), bad["code"]), bad["fault"]


def test_status_list(vectors: Vectors) -> None:
    golden = vectors("status_list")
    parsed = parse_status_token(golden["token"].encode("ascii"))
    assert lists.verify_signature(parsed, check_key(golden["key"]))
    assert b64url(parsed.digest) == golden["digest"]
    assert (parsed.bureau, parsed.list, parsed.issued_at) == (golden["bureau"], golden["list"], golden["issuedAt"])
    assert parsed.previous_head == unhex0x(golden["previousHead"])
    assert parsed.status_list.size == golden["size"]
    for index, number, name in golden["entries"]:
        assert parsed.status_list.get(index) is Status[name.upper()] is Status(number)
    assert len(golden["refused"]) > 25
    for bad in golden["refused"]:
        assert refuses(parse_status_token, bad["token"].encode("ascii"), bad["code"]), bad["fault"]
