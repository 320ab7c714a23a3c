"""Our credential in the hands of two independent SD-JWT libraries: PyPI sd-jwt and npm @sd-jwt/core."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import InvalidJWSSignature
from sd_jwt.verifier import SDJWTVerifier

from chain.credentials.credential import arrange, issue_credential, parse_credential
from chain.credentials.es256 import coordinates
from chain.kernel.encoding import b64url
from tests.chain.credentials.samples import CONTENT, EXPIRES, FIELDS, IDENTIFIER, NOT_BEFORE, credential, signer

SCRIPT = Path(__file__).with_name("sd_jwt_verify.mjs")
NOW = NOT_BEFORE + 86_400


def jwk(name: str = "yinxin test vector 1") -> dict[str, str]:
    x, y = coordinates(signer(name).public_key)
    return {"kty": "EC", "crv": "P-256", "x": b64url(x), "y": b64url(y)}


def by_sd_jwt(text: str, key: str = "yinxin test vector 1") -> dict[str, Any]:
    """What PyPI sd-jwt reads from the credential."""

    def issuer_key(issuer: str, header: dict[str, str]) -> JWK:
        assert issuer == f"urn:uscc:{CONTENT.bureau}"
        assert header["typ"] == "dc+sd-jwt"
        return JWK(**jwk(key))

    payload: dict[str, Any] = SDJWTVerifier(text, issuer_key).get_verified_payload()
    return payload


def by_core(text: str, *, claims: list[str] | None = None, now: int = NOW, key: str = "yinxin test vector 1") -> Any:
    """What npm @sd-jwt/core says of it."""
    request = {"credential": text, "jwk": jwk(key), "now": now, "claims": claims}
    run = subprocess.run(
        ["node", str(SCRIPT)], input=json.dumps(request), capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(run.stdout)


VISIBLE = parse_credential(credential().jwt + "~").payload
VISIBLE = {name: value for name, value in VISIBLE.items() if name not in ("_sd", "_sd_alg", "certificateIdentifier")}


class TestPypiSdJwt:
    def test_reads_every_field_and_the_identifier(self) -> None:
        assert by_sd_jwt(credential().text) == {**VISIBLE, **FIELDS, "certificateIdentifier": {"value": IDENTIFIER}}

    def test_reads_a_presentation(self) -> None:
        shown = parse_credential(credential().text).present(["certificateHolderName", "certificateIdentifier"])
        assert by_sd_jwt(shown) == {
            **VISIBLE,
            "certificateHolderName": FIELDS["certificateHolderName"],
            "certificateIdentifier": {"value": IDENTIFIER},
        }

    def test_reads_values_that_are_not_text(self) -> None:
        fields: dict[str, Any] = {
            "grade_at_least_2": True,
            "KZ_grade": 1,
            "KZ_scope": ["一", {"二": None}],
            "KZ_odd": '"\\\u2028𠮷',
        }
        issued = issue_credential(replace(CONTENT, fields=fields), signer())
        assert by_sd_jwt(issued.text) == {**VISIBLE, **fields, "certificateIdentifier": {"value": IDENTIFIER}}

    def test_refuses_another_key(self) -> None:
        with pytest.raises(InvalidJWSSignature):
            by_sd_jwt(credential().text, key="another")


class TestNpmSdJwtCore:
    def test_reads_every_field_and_makes_our_presentation(self) -> None:
        names = ["certificateHolderName", "KZ_domicile"]
        answer = by_core(credential().text, claims=names)
        assert answer["ok"], answer
        assert answer["payload"] == {**VISIBLE, **FIELDS, "certificateIdentifier": {"value": IDENTIFIER}}
        assert answer["header"] == {"alg": "ES256", "kid": b64url(signer().thumbprint), "typ": "dc+sd-jwt"}
        # The library puts disclosures in an order of its own; arranged, its presentation is ours, byte for byte.
        assert arrange(answer["presentation"]) == parse_credential(credential().text).present(names)

    def test_refuses_another_key_and_a_wrong_time(self) -> None:
        assert not by_core(credential().text, key="another")["ok"]
        assert not by_core(credential().text, now=EXPIRES + 1)["ok"]
        assert not by_core(credential().text, now=NOT_BEFORE - 1)["ok"]
