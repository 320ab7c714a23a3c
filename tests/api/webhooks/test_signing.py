"""Signatures are those of the Standard Webhooks convention."""

from __future__ import annotations

import base64
import hashlib
import hmac

from api.webhooks.signing import headers, secret_of, shown

SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
BODY = b'{"test": 2432232314}'
"""The example that the convention's own documents and libraries use."""


def test_the_conventions_own_example() -> None:
    found = headers([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY)
    assert found == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_two_secrets_count_both_sign() -> None:
    found = headers([SECRET, b"old" * 11], "e", 1, BODY)["webhook-signature"].split(" ")
    made = [base64.b64encode(hmac.new(key, b"e.1." + BODY, hashlib.sha256).digest()) for key in (SECRET, b"old" * 11)]
    assert found == ["v1," + item.decode() for item in made]


def test_every_salt_bureau_and_master_key_gives_another_secret() -> None:
    made = {
        secret_of(master, bureau, salt)
        for master in (bytes(32), b"\1" * 32)
        for bureau in ("11440100000000001F", "11440100000000002J")
        for salt in ("00" * 16, "01" * 16)
    }
    assert len(made) == 8
    assert {len(secret) for secret in made} == {32}
    assert shown(bytes(32)) == "whsec_" + "A" * 43 + "="
