"""Where the contracts keep what in storage, compared with what is committed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
COMMITTED = Path(__file__).parent / "storage-layout.json"
CONTRACTS = ("BureauRegistry", "AnchorLog")


def _plain(text: str) -> str:
    """Type names carry numbers of the syntax tree, which change with every edit of a file."""
    return re.sub(r"\)\d+(?=_|\b)", ")", text)


def _layout(contract: str) -> dict[str, Any]:
    command = [str(ROOT / "node_modules/.bin/forge"), "inspect", contract, "storageLayout", "--json"]
    answer = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    structs = {
        _plain(name): [_place(member) for member in kind["members"]]
        for name, kind in (answer["types"] or {}).items()
        if "members" in kind
    }
    return {"storage": [_place(entry) for entry in answer["storage"]], "structs": dict(sorted(structs.items()))}


def _place(entry: dict[str, Any]) -> str:
    return f"slot {entry['slot']} + {entry['offset']}: {entry['label']} {_plain(entry['type'])}"


@pytest.mark.skipif(not (ROOT / "node_modules/.bin/forge").exists(), reason="no forge for this platform")
def test_storage_layout_is_as_committed() -> None:
    found = {contract: _layout(contract) for contract in CONTRACTS}
    text = json.dumps(found, indent=1) + "\n"
    if not COMMITTED.exists():
        COMMITTED.write_text(text, encoding="utf-8")
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == found, f"the layout changed; it is now:\n{text}"


def test_what_one_anchor_reads_lies_in_one_slot_each() -> None:
    structs = json.loads(COMMITTED.read_text(encoding="utf-8"))["BureauRegistry"]["structs"]
    for struct, members in (
        ("t_struct(Lane)_storage", ("from", "until", "suspendedFrom", "suspendedUntil")),
        ("t_struct(KeyRecord)_storage", ("from", "until", "compromisedSince", "purpose")),
        ("t_struct(Bureau)_storage", ("suspendedFrom", "succeeded", "everAccredited")),
    ):
        first = {line.split(": ")[1].split(" ")[0] for line in structs[struct] if line.startswith("slot 0 ")}
        assert first >= set(members), struct
