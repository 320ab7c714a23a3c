"""Write tests/vectors/keys.json: what eth-account and the keystore make, for the browser to make and open alike.

Keys are derived from labels and guard nothing. Usage: python -m scripts.vectors.key
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from eth_account import Account
from eth_account.messages import _hash_eip191_message, encode_defunct, encode_typed_data

from chain.kernel.encoding import hex0x, sha256
from chain.keys import Keystore, keystore
from scripts.vectors.ledger import DOMAIN_TYPE

FILE = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "keys.json"
PASSPHRASE = "a sample passphrase, 样例口令"  # noqa: S105 - of sample keys
_CHEAP = {"n": 2**12, "r": 8, "p": 1}


def vectors() -> dict[str, Any]:
    """All of it; key files, in which much is random, are those that stand, so that a second run changes nothing.

    ``madeInBrowser`` is what ``sealAccount`` of web/keys/keyfile.ts wrote with n = 4096.
    """
    secret = sha256(b"yinxin keys vector: account")
    account = Account.from_key(secret)
    standing = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return {
        "passphrase": PASSPHRASE,
        "privateKey": hex0x(secret),
        "address": account.address.lower(),
        "messages": [_message(account, text) for text in ("", "hello", "我参加评标。\nsecond line", "x" * 300)],
        "typed": [_typed(account, data) for data in _typed_data()],
        "transactions": [_transaction(account, one) for one in _transactions()],
        "files": standing.get("files") or _files(secret),
        "madeInBrowser": standing.get("madeInBrowser", ""),
    }


def _message(account: Any, text: str) -> dict[str, str]:
    message = encode_defunct(text=text)
    digest = bytes(_hash_eip191_message(message))
    return {
        "text": text,
        "digest": hex0x(digest),
        "signature": hex0x(bytes(account.sign_message(message).signature)),
    }


def _typed_data() -> list[dict[str, Any]]:
    domain = {"name": "Sample", "version": "1", "chainId": 20260101, "verifyingContract": "0x" + "a5" * 20}
    nested = {
        "EIP712Domain": DOMAIN_TYPE,
        "Paper": [
            {"name": "lines", "type": "Line[]"},
            {"name": "pair", "type": "bytes32[2]"},
            {"name": "raw", "type": "bytes"},
            {"name": "least", "type": "int64"},
            {"name": "most", "type": "uint256"},
            {"name": "good", "type": "bool"},
            {"name": "mark", "type": "bytes4"},
        ],
        "Line": [{"name": "text", "type": "string"}, {"name": "to", "type": "address"}],
    }
    message = {
        "lines": [{"text": "一", "to": "0x" + "01" * 20}, {"text": "", "to": "0x" + "02" * 20}],
        "pair": ["0x" + "11" * 32, "0x" + "22" * 32],
        "raw": "0x0011ff",
        "least": -7,
        "most": str(2**256 - 1),
        "good": False,
        "mark": "0x01020304",
    }
    empty = {"EIP712Domain": DOMAIN_TYPE, "Paper": [{"name": "lines", "type": "string[]"}]}
    return [
        {"types": nested, "primaryType": "Paper", "domain": domain, "message": message},
        {"types": empty, "primaryType": "Paper", "domain": domain, "message": {"lines": []}},
    ]


def _typed(account: Any, data: dict[str, Any]) -> dict[str, Any]:
    whole = json.loads(json.dumps(data))
    if "most" in whole["message"]:
        whole["message"]["most"] = int(whole["message"]["most"])  # a wallet is handed text: JSON has no such number
    message = encode_typed_data(full_message=whole)
    digest = bytes(_hash_eip191_message(message))
    signature = hex0x(bytes(account.sign_message(message).signature))
    return {"data": data, "digest": hex0x(digest), "signature": signature}


def _transactions() -> list[dict[str, Any]]:
    first = {"chainId": 790533815989775, "nonce": 0, "gas": 21_000, "to": "0x" + "07" * 20, "data": "0x"}
    second = {"chainId": 31337, "nonce": 300, "gas": 900_000, "to": "0x" + "15" * 20, "data": "0x" + "ab" * 70}
    return [
        {**first, "maxPriorityFeePerGas": "0", "maxFeePerGas": "1", "value": str(10**18)},
        {**second, "maxPriorityFeePerGas": "1000000000", "maxFeePerGas": "30000000000", "value": "0"},
    ]


def _transaction(account: Any, one: dict[str, Any]) -> dict[str, Any]:
    amounts = {name: int(one[name]) for name in ("maxPriorityFeePerGas", "maxFeePerGas", "value")}
    signed = account.sign_transaction({**one, **amounts, "type": 2})
    return {"transaction": one, "raw": hex0x(bytes(signed.raw_transaction))}


def _files(secret: bytes) -> list[dict[str, Any]]:
    accounts = (
        Account.encrypt(secret, PASSPHRASE, kdf="scrypt", iterations=4096),
        Account.encrypt(secret, PASSPHRASE, kdf="pbkdf2", iterations=2000),
    )
    files = [{"name": "account", "kind": "account", "file": json.dumps(one), "data": hex0x(secret)} for one in accounts]
    with TemporaryDirectory() as folder, mock.patch.object(keystore, "_SCRYPT", _CHEAP):
        store = Keystore(Path(folder), PASSPHRASE)
        for kind, read in (("secret", store.secret), ("desk", store.desk)):
            name = f"sample-{kind}"
            store.create(name, kind)
            text = store.sealed(name).decode()
            files.append({"name": name, "kind": kind, "file": text, "data": hex0x(read(name))})
    return files


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
