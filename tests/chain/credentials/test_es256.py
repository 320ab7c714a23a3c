"""ES256 with one form a signature: both backends, range of r and s, thumbprints."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from chain.credentials import es256
from chain.credentials.es256 import ORDER, SoftwareSigner, coordinates, low_s, thumbprint_of, verify_es256, well_formed
from chain.kernel.encoding import unb64url
from chain.kernel.errors import InvalidInput
from tests.chain.credentials.forge import high_s
from tests.chain.credentials.samples import signer

DIGEST = sha256(b"a message").digest()


@pytest.fixture(params=["awscrt", "cryptography"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both libraries, one after the other, with an empty cache of keys."""
    if request.param == "cryptography":
        monkeypatch.setattr(es256, "_aws", lambda: None)
    es256._verifier.cache_clear()
    yield str(request.param)
    es256._verifier.cache_clear()


class TestSigning:
    def test_every_signature_is_low_s_and_verifies(self, backend: str) -> None:
        key = SoftwareSigner.generate()
        for _ in range(40):
            digest = os.urandom(32)
            signature = key.sign(digest)
            assert well_formed(signature)
            assert verify_es256(key.public_key, digest, signature)
            assert not verify_es256(key.public_key, digest, high_s(signature))

    def test_openssl_accepts_it(self, backend: str) -> None:
        key = SoftwareSigner.generate()
        signature = key.sign(DIGEST)
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        key.private_key.public_key().verify(encode_dss_signature(r, s), DIGEST, ec.ECDSA(Prehashed(hashes.SHA256())))

    def test_it_accepts_openssl(self, backend: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
        for _ in range(20):
            r, s = decode_dss_signature(key.sign(DIGEST, ec.ECDSA(Prehashed(hashes.SHA256()))))
            assert verify_es256(public, DIGEST, low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big")))

    @pytest.mark.parametrize("size", [0, 31, 33, 64])
    def test_a_digest_of_another_size_is_refused(self, size: int) -> None:
        with pytest.raises(InvalidInput, match="32 bytes"):
            signer().sign(bytes(size))

    def test_another_curve_is_refused(self) -> None:
        with pytest.raises(InvalidInput, match="secp384r1"):
            SoftwareSigner(ec.generate_private_key(ec.SECP384R1()))


class TestVerifying:
    def test_another_key_or_digest(self, backend: str) -> None:
        signature = signer().sign(DIGEST)
        assert not verify_es256(signer("another").public_key, DIGEST, signature)
        assert not verify_es256(signer().public_key, sha256(b"another").digest(), signature)
        assert not verify_es256(signer().public_key, b"short", signature)

    @pytest.mark.parametrize(
        ("r", "s"), [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (1, ORDER // 2 + 1), (2**256 - 1, 1), (1, 2**256 - 1)]
    )
    def test_r_or_s_out_of_range(self, backend: str, r: int, s: int) -> None:
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        assert not well_formed(signature)
        assert not verify_es256(signer().public_key, DIGEST, signature)

    @pytest.mark.parametrize("size", [0, 63, 65, 70])
    def test_signature_of_another_size(self, backend: str, size: int) -> None:
        assert not verify_es256(signer().public_key, DIGEST, (b"\1" * 80)[:size])

    def test_small_r_and_s_are_encoded_as_der_wants(self, backend: str) -> None:
        assert not verify_es256(signer().public_key, DIGEST, (1).to_bytes(32, "big") + (1).to_bytes(32, "big"))
        assert not verify_es256(signer().public_key, DIGEST, (128).to_bytes(32, "big") + (255).to_bytes(32, "big"))

    @pytest.mark.parametrize(
        "key",
        [b"", bytes(33), b"\x02" + b"\xff" * 32, b"\x04" + bytes(64), b"\x02" + bytes(31), b"\x05" + bytes(32)],
    )
    def test_no_point_of_the_curve(self, key: bytes) -> None:
        with pytest.raises(InvalidInput, match="P-256"):
            verify_es256(key, DIGEST, signer().sign(DIGEST))

    @given(st.integers(0, 511))
    def test_one_changed_bit(self, bit: int) -> None:
        signature = bytearray(signer().sign(DIGEST))
        signature[bit // 8] ^= 1 << bit % 8
        assert not verify_es256(signer().public_key, DIGEST, bytes(signature))


class TestThumbprint:
    def test_is_rfc_7638_over_the_canonical_jwk(self) -> None:
        public = signer().public_key
        x, y = coordinates(public)
        from chain.kernel.encoding import b64url

        jwk = json.dumps({"crv": "P-256", "kty": "EC", "x": b64url(x), "y": b64url(y)}, separators=(",", ":"))
        assert thumbprint_of(public) == sha256(jwk.encode()).digest() == signer().thumbprint

    def test_of_the_published_key_of_rfc_7517(self) -> None:
        # RFC 7517 appendix A.1; its thumbprint computed by jwcrypto.
        from jwcrypto.jwk import JWK

        key = {
            "kty": "EC",
            "crv": "P-256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        }
        x, y = unb64url(key["x"]), unb64url(key["y"])
        public = bytes([2 + (y[-1] & 1)]) + x
        assert coordinates(public) == (x, y)
        assert thumbprint_of(public) == unb64url(JWK(**key).thumbprint())
