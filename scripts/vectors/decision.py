"""Writes tests/vectors/decision.json: decisions signed by eth-account from the typed data that a wallet is handed.

python -m scripts.vectors.decision
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data

from chain.desk.decisions import request_digest
from chain.desk.messages import Request
from chain.issuing.contents import Draft, rows_digest
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.ledger.decision import Decision
from chain.ledger.typed import Domain

FILE = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "decision.json"
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
    drafts = [_draft(number) for number in range(1, 10)]
    return {
        "domain": first["domain"],
        "types": first["types"],
        "privateKey": hex0x(KEY),
        "address": str(account.address).lower(),
        "cases": cases,
        "drafts": [draft.as_dict() for draft in drafts],
        "roots": [hex0x(rows_digest(drafts[:size])) for size in range(len(drafts) + 1)],
        "requests": [_request(drafts, **more) for more in ({}, {"size": len(drafts), "part": 4, "shown": 5})],
    }


def _draft(number: int) -> Draft:
    """A row of an invented list, each unlike the others."""
    fields = {
        "certificateHolderName": f"示例{number}号商行",
        "certificateNumber": f"44{number:014}",
        "answer": number % 2 == 0,
    }
    follows = f"1.2.156.3005.2.x.{number}" if number > 5 else None
    expires = None if number % 3 else 1_864_483_200
    return Draft(f"sample.{number}", f"44{number:014}", "001", 1_769_788_800 + number, expires, fields, follows)


def _request(drafts: list[Draft], *, shown: int | None = None, **more: int) -> dict[str, str]:
    """A release over all of them that holds the first few, or all."""
    body = {
        "lane": "11100000MB0143028R001",
        "version": 1,
        "operation": "issue",
        "source": "november.csv",
        "operator": "officer-001",
        "maker": "",
        "batch": 12,
        "createdAt": 1_769_788_800,
        "rowsDigest": b64url(rows_digest(drafts)),
        "drafts": [draft.as_dict() for draft in drafts[:shown]],
        **more,
    }
    data = Request("release", "11440100000000001F", body).to_bytes()
    return {"text": data.decode(), "digest": hex0x(request_digest(data))}


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
