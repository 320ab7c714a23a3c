"""What a bidder keeps: encrypted to the company's papers, opened by nobody else, and only what it says it is."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from chain.containers import X25519Recipient, encrypt
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import InvalidInput, YinxinError
from chain.keys.signatures import address_of
from chain.sealing import Form, Manifest
from chain.tenders.bidding import BidPlace
from chain.tenders.bidding.kept import KeptBid, RecoveryKit, open_kept, open_kit

PAPERS, OTHER = sha256(b"papers"), sha256(b"other papers")
RECOVERY = sha256(b"recovery key")
PLACE = BidPlace(sha256(b"genesis"), bytes([7]) * 20, 3, 1, bytes([1]) * 20, address_of(RECOVERY))


def public(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def test_a_recovery_kit_opens_with_the_companys_papers_alone() -> None:
    sealed = RecoveryKit(PLACE, RECOVERY).sealed(public(PAPERS))
    assert open_kit(sealed, PAPERS) == RecoveryKit(PLACE, RECOVERY)
    assert RECOVERY not in sealed
    assert b64url(RECOVERY).encode() not in sealed
    assert repr(RECOVERY) not in repr(RecoveryKit(PLACE, RECOVERY))
    with pytest.raises(YinxinError):
        open_kit(sealed, OTHER)


def test_a_kit_whose_key_is_another_addresss_is_refused() -> None:
    body = {"format": "yinxin-recovery-kit-1", "place": PLACE.as_dict(), "key": b64url(sha256(b"thief"))}
    with pytest.raises(InvalidInput) as caught:
        open_kit(encrypt(canonical(body), X25519Recipient(public(PAPERS))), PAPERS)
    assert caught.value.code == "bidding.kit"


def test_what_was_sealed_is_kept_by_envelope() -> None:
    manifests = {
        number: Manifest(PLACE.identity(number, 1), {}, Form.of({"price": f"{number}.00"}), ()) for number in (1, 2)
    }
    kept = KeptBid(sha256(b"salt"), manifests)
    sealed = kept.sealed(public(PAPERS))
    assert open_kept(sealed, PAPERS) == kept
    assert b"price" not in sealed
    texts = [manifests[1].to_bytes().decode()] * 2
    twice = canonical({"format": "yinxin-bid-kept-1", "salt": b64url(bytes(32)), "manifests": texts})
    twice = encrypt(twice, X25519Recipient(public(PAPERS)))
    with pytest.raises(InvalidInput):
        open_kept(twice, PAPERS)
