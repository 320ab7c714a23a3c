"""Our stamp in the hands of an independent COSE and CWT library: PyPI cwt."""

from __future__ import annotations

from typing import Any

import cbor2
import cwt
import pytest
from cwt import COSE, COSEKey

from chain.credentials.es256 import coordinates
from chain.credentials.stamp import issue_stamp
from tests.chain.credentials.samples import BUREAU, EXPIRES, signer, stamp, stamp_content


def cose_key(name: str = "yinxin test vector 1") -> Any:
    x, y = coordinates(signer(name).public_key)
    # RFC 9052 section 7, RFC 9053 section 7.1.1: kty EC2, kid, alg ES256, crv P-256, x, y.
    return COSEKey.new({1: 2, 2: signer().thumbprint[:8], 3: -7, -1: 1, -2: x, -3: y})


def test_reads_the_claims() -> None:
    long_ago = issue_stamp(stamp_content(not_before=1_000_000_000, expires=4_000_000_000), signer())
    claims = cwt.decode(long_ago, cose_key())
    assert claims == cbor2.loads(cbor2.loads(long_ago).value[2])
    assert (claims[1], claims[4], claims[5]) == (BUREAU, 4_000_000_000, 1_000_000_000)


def test_checks_the_signature_as_cose_sign1() -> None:
    protected, unprotected, payload = COSE.new().decode_with_headers(stamp(), cose_key())
    assert (protected[1], protected[4]) == (-7, signer().thumbprint[:8])
    assert unprotected == {}
    assert cbor2.loads(payload)[4] == EXPIRES


def test_refuses_another_key() -> None:
    with pytest.raises(cwt.VerifyError):
        COSE.new().decode(stamp(), cose_key("another"))
