"""The account library loads fast, and can all that it could."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from py_ecc.bls12_381 import curve_order

from chain.kernel.bls_later import CURVE_ORDER

_LOADED = "import json, sys, {room}; print(json.dumps('py_ecc.bls' in sys.modules))"
_VERSION_4 = """
import chain.keys, json, sys
from eth_keyfile import create_keyfile_json, decode_keyfile_json
made = create_keyfile_json(bytes(31) + b"\\1", b"passphrase", version=4, kdf="pbkdf2", iterations=2)
print(json.dumps([made["pubkey"], decode_keyfile_json(made, b"passphrase").hex()]))
"""
GENERATOR = "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
"""The generator of G1, compressed: the public key of the private key 1."""


def run(program: str) -> object:
    """What a fresh process prints, as JSON."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("room", ["chain.ledger.deploy, eth_account", "chain.keys, eth_account.signers.local"])
def test_accounts_are_loaded_and_pairings_are_not(room: str) -> None:
    assert run(_LOADED.format(room=room)) is False


def test_a_key_file_of_version_4_can_still_be_made_and_read() -> None:
    assert run(_VERSION_4) == [GENERATOR, "01".rjust(64, "0")]


def test_the_order_is_the_curves() -> None:
    assert curve_order == CURVE_ORDER
