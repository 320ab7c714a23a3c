"""Where the contracts keep what in storage, compared with what is committed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import solcx

from chain.ledger.compile import SETTINGS, read_sources, resolve_compiler

COMMITTED = Path(__file__).parent / "storage-layout.json"
CONTRACTS = {
    "BureauRegistry": "contracts/governance/BureauRegistry.sol",
    "AnchorLog": "contracts/anchoring/AnchorLog.sol",
    "KeyHolderRegistry": "contracts/tenders/KeyHolderRegistry.sol",
    "TenderBook": "contracts/tenders/TenderBook.sol",
    "TenderProceedings": "contracts/tenders/TenderProceedings.sol",
}


def _plain(text: str) -> str:
    """Type names carry numbers of the syntax tree, which change with every edit of a file."""
    return re.sub(r"\)\d+(?=_|\b)", ")", text)


def _layouts() -> dict[str, Any]:
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in read_sources().items()},
        "settings": {**SETTINGS, "outputSelection": {name: {"*": ["storageLayout"]} for name in CONTRACTS.values()}},
    }
    answer = solcx.compile_standard(request, solc_binary=resolve_compiler().path)["contracts"]
    return {contract: _layout(answer[source][contract]["storageLayout"]) for contract, source in CONTRACTS.items()}


def _layout(answer: Any) -> dict[str, Any]:
    structs = {
        _plain(name): [_place(member) for member in kind["members"]]
        for name, kind in (answer["types"] or {}).items()
        if "members" in kind
    }
    return {"storage": [_place(entry) for entry in answer["storage"]], "structs": dict(sorted(structs.items()))}


def _place(entry: dict[str, Any]) -> str:
    return f"slot {entry['slot']} + {entry['offset']}: {entry['label']} {_plain(entry['type'])}"


def test_storage_layout_is_as_committed() -> None:
    found = _layouts()
    shown = json.dumps(found, indent=1)
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == found, f"the layout changed; it is now:\n{shown}"


def test_what_one_anchor_reads_lies_in_one_slot_each() -> None:
    structs = json.loads(COMMITTED.read_text(encoding="utf-8"))["BureauRegistry"]["structs"]
    for struct, members in (
        ("t_struct(Lane)_storage", ("from", "until", "suspendedFrom", "suspendedUntil")),
        ("t_struct(KeyRecord)_storage", ("from", "until", "compromisedSince", "purpose")),
        ("t_struct(Bureau)_storage", ("suspendedFrom", "succeeded", "everAccredited")),
    ):
        first = {line.split(": ")[1].split(" ")[0] for line in structs[struct] if line.startswith("slot 0 ")}
        assert first >= set(members), struct
