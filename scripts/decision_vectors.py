"""Writes tests/vectors/decision.json: decisions signed by eth-account from the typed data that a wallet is handed.

python -m scripts.decision_vectors
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data

from chain.kernel.encoding import hex0x, sha256
from chain.ledger.decision import Decision
from chain.ledger.typed import Domain

FILE = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "decision.json"
DOMAIN = Domain(20_260_101, bytes.fromhex("a5" * 20))
KEY = sha256(b"yinxin decision vectors")
DECISIONS = (
    Decision("11440100000000001F", sha256(b"a list"), True, "", 1_767_225_600, 1_767_312_000),
    Decision("11440100000000001F", sha256(b"a list"), False, "第7行无批准文件 row 7", 1_767_225_600, 1_767_312_000),
    Decision("authority", sha256(b"a proposal"), True, 'quotes " and \\ and \n', 0, 604_800),
    Decision("", bytes(32), False, "𠮷 beyond the basic plane", 2**53 - 1, 2**53 - 1),
)


def vectors() -> dict[str, Any]:
    """The file's content."""
    account = Account.from_key(KEY)
    cases = []
    for decision in DECISIONS:
        typed = decision.typed_data(DOMAIN)
        signed = account.sign_message(encode_typed_data(full_message=typed))
        cases.append(
            {
                "message": typed["message"],
                "digest": hex0x(bytes(signed.message_hash)),
                "signature": hex0x(bytes(signed.signature)),
            }
        )
    first = DECISIONS[0].typed_data(DOMAIN)
    return {
        "domain": first["domain"],
        "types": first["types"],
        "privateKey": hex0x(KEY),
        "address": str(account.address).lower(),
        "cases": cases,
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
