"""EIP-712 and heads, against golden vectors that other libraries made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.encoding import unhex0x
from chain.kernel.errors import InvalidInput
from chain.keys.signatures import address_of, recover, sign
from chain.ledger.typed import (
    ZERO_HEAD,
    Anchor,
    Domain,
    StatusChange,
    anchor_thumbprint,
    lane_head,
    name32,
    status_head,
    text_of_name,
    text_of_uscc,
    uscc18,
)

MARKET = "11440100000000001F"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
NAMES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=32)
USCC = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18)
DIGESTS = st.binary(min_size=32, max_size=32)
ANCHORS = st.builds(Anchor, USCC, NAMES, st.integers(0, 2**64 - 1), DIGESTS, st.integers(0, 2**32 - 1), DIGESTS)


@pytest.fixture(scope="module")
def golden(vectors: Callable[[str], Any]) -> Any:
    return vectors("ledger")


def _domain(golden: Any) -> Domain:
    return Domain(golden["chainId"], unhex0x(golden["contract"]))


def _anchor(entry: Any) -> Anchor:
    root, manifest = unhex0x(entry["root"]), unhex0x(entry["manifestDigest"])
    return Anchor(entry["bureau"], entry["lane"], int(entry["sequence"]), root, entry["size"], manifest)


def _status(entry: Any) -> StatusChange:
    previous, digest = unhex0x(entry["previousHead"]), unhex0x(entry["listDigest"])
    return StatusChange(entry["bureau"], entry["list"], previous, digest, entry["actor"] or None)


class TestGoldenVectors:
    def test_anchors(self, golden: Any) -> None:
        key, domain = unhex0x(golden["privateKey"]), _domain(golden)
        for entry in golden["anchors"]:
            anchor, digest = _anchor(entry), unhex0x(entry["digest"])
            assert domain.separator() == unhex0x(entry["separator"])
            assert anchor.struct_hash() == unhex0x(entry["structHash"])
            assert anchor.digest(domain) == digest
            assert sign(digest, key) == unhex0x(entry["signature"])
            assert recover(digest, unhex0x(entry["signature"])) == unhex0x(golden["address"])
            assert lane_head(unhex0x(entry["previousHead"]), anchor, int(entry["time"])) == unhex0x(entry["head"])

    def test_statuses(self, golden: Any) -> None:
        key, domain = unhex0x(golden["privateKey"]), _domain(golden)
        for entry in golden["statuses"]:
            change, digest = _status(entry), unhex0x(entry["digest"])
            assert change.struct_hash() == unhex0x(entry["structHash"])
            assert change.digest(domain) == digest
            assert sign(digest, key) == unhex0x(entry["signature"])
            head = status_head(
                change.previous_head, change.bureau, change.list, change.digest_of_list, int(entry["time"])
            )
            assert head == unhex0x(entry["head"])

    def test_names(self, golden: Any) -> None:
        for entry in golden["names"]:
            assert name32(entry["text"]) == unhex0x(entry["word"])
            assert text_of_name(unhex0x(entry["word"])) == entry["text"]
        for word in golden["badNames"]:
            with pytest.raises(InvalidInput):
                text_of_name(unhex0x(word))

    def test_address(self, golden: Any) -> None:
        assert address_of(unhex0x(golden["privateKey"])) == unhex0x(golden["address"])


class TestTypedData:
    @given(ANCHORS, st.integers(0, 2**256 - 1), st.binary(min_size=20, max_size=20))
    def test_digest_equals_eth_account(self, anchor: Anchor, chain_id: int, contract: bytes) -> None:
        signable = encode_typed_data(
            {
                "name": "Yinxin AnchorLog",
                "version": "1",
                "chainId": chain_id,
                "verifyingContract": "0x" + contract.hex(),
            },
            {
                "Anchor": [
                    {"name": "bureau", "type": "bytes18"},
                    {"name": "lane", "type": "bytes32"},
                    {"name": "sequence", "type": "uint64"},
                    {"name": "root", "type": "bytes32"},
                    {"name": "size", "type": "uint32"},
                    {"name": "manifestDigest", "type": "bytes32"},
                ]
            },
            {
                "bureau": anchor.bureau.encode(),
                "lane": name32(anchor.lane),
                "sequence": anchor.sequence,
                "root": anchor.root,
                "size": anchor.size,
                "manifestDigest": anchor.manifest_digest,
            },
        )
        domain = Domain(chain_id, contract)
        assert domain.separator() == signable.header
        assert anchor.struct_hash() == signable.body

    def test_actor_none_is_eighteen_zero_bytes(self) -> None:
        change = StatusChange(MARKET, "list-1", ZERO_HEAD, bytes([1]) * 32, None)
        assert change.struct_hash() != replace(change, actor=MARKET).struct_hash()

    @pytest.mark.parametrize(
        "change",
        [
            {"bureau": "1144"},
            {"bureau": "11440100000000001f"},
            {"lane": ""},
            {"lane": "x" * 33},
            {"lane": "with space"},
            {"lane": "执照"},
            {"sequence": -1},
            {"sequence": 2**64},
            {"root": bytes(31)},
            {"size": 2**32},
            {"manifest_digest": b""},
        ],
    )
    def test_member_out_of_range_is_refused(self, change: dict[str, Any]) -> None:
        anchor = Anchor(MARKET, "$events", 1, bytes(32), 1, bytes(32))
        with pytest.raises(InvalidInput) as caught:
            replace(anchor, **change).struct_hash()
        assert caught.value.field is not None


class TestSignatures:
    KEY = bytes(31) + b"\x07"
    DIGEST = bytes(range(32))

    @given(st.integers(1, ORDER - 1), DIGESTS)
    def test_recovers_its_signer(self, secret: int, digest: bytes) -> None:
        key = secret.to_bytes(32, "big")
        signature = sign(digest, key)
        assert len(signature) == 65
        assert int.from_bytes(signature[32:64], "big") <= ORDER // 2
        assert recover(digest, signature) == address_of(key)
        assert address_of(key).hex() == Account.from_key(key).address[2:].lower()

    def test_second_form_is_refused(self) -> None:
        signature = sign(self.DIGEST, self.KEY)
        mirrored = (ORDER - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
        assert recover(self.DIGEST, signature[:32] + mirrored + bytes([55 - signature[64]])) is None

    def test_other_recovery_bytes_are_refused(self) -> None:
        signature = sign(self.DIGEST, self.KEY)
        for v in {*range(256)} - {27, 28}:
            assert recover(self.DIGEST, signature[:64] + bytes([v])) is None

    @given(st.binary(max_size=70))
    def test_junk_recovers_nobody_and_raises_nothing(self, junk: bytes) -> None:
        recovered = recover(self.DIGEST, junk)
        assert recovered is None or len(junk) == 65

    @pytest.mark.parametrize("fill", [0x00, 0xFF])
    def test_signature_of_one_byte_repeated(self, fill: int) -> None:
        assert recover(self.DIGEST, bytes([fill]) * 64 + b"\x1b") is None

    @pytest.mark.parametrize("key", [bytes(32), b"\xff" * 32, ORDER.to_bytes(32, "big"), b"short"])
    def test_what_is_no_key_is_refused(self, key: bytes) -> None:
        with pytest.raises(InvalidInput):
            sign(self.DIGEST, key)
        with pytest.raises(InvalidInput):
            address_of(key)

    def test_error_does_not_show_the_key(self) -> None:
        key = b"\xff" * 32
        with pytest.raises(InvalidInput) as caught:
            sign(self.DIGEST, key)
        assert key.hex() not in str(caught.value)

    def test_digest_of_another_length_is_refused(self) -> None:
        with pytest.raises(InvalidInput):
            sign(b"short", self.KEY)


class TestNames:
    @given(NAMES)
    def test_name_round_trip(self, text: str) -> None:
        assert text_of_name(name32(text)) == text

    @given(st.binary(min_size=32, max_size=32))
    def test_word_is_a_name_or_refused(self, word: bytes) -> None:
        try:
            text = text_of_name(word)
        except InvalidInput:
            return
        assert name32(text) == word

    @given(USCC)
    def test_code_round_trip(self, text: str) -> None:
        assert text_of_uscc(uscc18(text)) == text

    @pytest.mark.parametrize("data", [b"", bytes(18), b"11440100000000001", b"11440100000000001f", b"\xe4" * 18])
    def test_bytes_that_are_no_code_are_refused(self, data: bytes) -> None:
        with pytest.raises(InvalidInput):
            text_of_uscc(data)

    def test_thumbprint_of_an_anchor_key_is_its_padded_address(self) -> None:
        assert anchor_thumbprint(b"\x11" * 20) == bytes(12) + b"\x11" * 20
        with pytest.raises(InvalidInput):
            anchor_thumbprint(b"\x11" * 32)
