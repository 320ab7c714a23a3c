"""Golden vectors of containers, shared with TypeScript: tests/vectors/age.json."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from typing import Any

import pytest

from chain.containers import RecordIdentity, X25519Identity, decrypt, encrypt_record, key_id_of, stanzas_of
from chain.kernel.errors import YinxinError


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def test_records_open_and_are_written_byte_for_byte(
    vectors: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for case in vectors("age")["records"]:
        key_id, secret, file = _raw(case["keyId"]), _raw(case["secret"]), _raw(case["file"])
        plaintext = _raw(case["plaintext"]) if "plaintext" in case else bytes(case["zeros"])
        assert key_id_of(stanzas_of(file)) == key_id
        assert decrypt(file, RecordIdentity({key_id: secret}.__getitem__)) == plaintext
        random = _raw(case["fileKey"]) + _raw(case["nonce"])
        monkeypatch.setattr(os, "urandom", lambda count, random=random: random[:count])
        assert encrypt_record(plaintext, key_id, secret) == file


def test_x25519_files_open(vectors: Callable[[str], Any]) -> None:
    for case in vectors("age")["x25519"]:
        assert decrypt(_raw(case["file"]), X25519Identity.parse(case["identity"])) == _raw(case["plaintext"])


def test_refused_files_stay_shut(vectors: Callable[[str], Any]) -> None:
    topic = vectors("age")
    secrets = {_raw(case["keyId"]): _raw(case["secret"]) for case in topic["records"]}
    assert len(topic["refused"]) >= 20
    for case in topic["refused"]:
        with pytest.raises(YinxinError):
            decrypt(_raw(case["file"]), RecordIdentity(secrets.__getitem__))
