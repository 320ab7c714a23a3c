"""Writes tests/vectors/trust_root.json: trust roots that Python and TypeScript must both read, or both refuse.

Digests come from hashlib over json.dumps with sorted keys, which for these contents is RFC 8785. Run it only when
docs/formats/trust-root.md changes: ``python -m scripts.vectors.trust_root``.
"""

from __future__ import annotations

import copy
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "trust_root.json"


def _contract(name: str, number: int, first: int, end: int | None = None) -> dict[str, Any]:
    return {"name": name, "address": "0x" + number.to_bytes(20, "big").hex(), "fromBlock": first, "untilBlock": end}


def _root(*contracts: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": "yinxin-trust-root-1", "chainId": 440100,
        "genesisHash": "0x" + sha256(b"trust root vectors").hexdigest(),
        "contracts": list(contracts), "witnesses": [], "threshold": 0,
    }  # fmt: skip


def _digest(root: dict[str, Any]) -> str:
    return "0x" + sha256(json.dumps(root, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def vectors() -> dict[str, Any]:
    """All cases: name to root and digest; name to a root that is refused."""
    log, registry = _contract("AnchorLog", 1, 3), _contract("BureauRegistry", 2, 2)
    holders, book = _contract("KeyHolderRegistry", 3, 5), _contract("TenderBook", 4, 6)
    proceedings = _contract("TenderProceedings", 5, 7)
    succeeded = (_contract("TenderBook", 4, 6, 100), _contract("TenderBook", 6, 100))
    good = {
        "without tenders": _root(log, registry),
        "with tenders": _root(log, registry, holders, book, proceedings),
        "with a book that follows another": _root(log, registry, holders, *succeeded, proceedings),
    }
    whole = good["with tenders"]
    ended, unknown, unordered = (copy.deepcopy(whole) for _ in range(3))
    ended["contracts"][3]["untilBlock"] = 100
    unknown["contracts"][3]["name"] = "TenderLog"
    unordered["contracts"][3:] = [proceedings, book]
    refused = {
        "no registry of bureaus": _root(log, holders, book, proceedings),
        "no log": _root(registry, holders, book, proceedings),
        "a newest book that has an end": ended,
        "a contract of another name": unknown,
        "contracts out of order": unordered,
        "books with a gap": _root(log, registry, holders, succeeded[0], _contract("TenderBook", 6, 101), proceedings),
        "one address twice": _root(log, registry, holders, _contract("TenderBook", 3, 6), proceedings),
    }
    return {
        "about": "docs/formats/trust-root.md; written by scripts/vectors/trust_root.py",
        "good": {name: {"root": root, "digest": _digest(root)} for name, root in good.items()},
        "refused": refused,
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(vectors(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
