"""``yinxin audit`` over a bureau's own chain and store: clean, and each stored blob that is changed is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.kernel.home import Home
from tests.api.town import BUREAU, LICENCE, Town, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


def _segments(town: Town) -> list[Path]:
    home = Home(town.officer)
    return sorted((home.resolve(home.settings.documents.blobs) / "segments").rglob("*.car"))


def _change(town: Town, text: bytes) -> tuple[Path, bytes]:
    """Change one byte of the stored blob that holds ``text``; the file and what it held."""
    for path in _segments(town):
        data = path.read_bytes()
        at = data.find(text)
        if at >= 0:
            path.chmod(0o600)
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            return path, data
    raise AssertionError(f"{text!r} is stored nowhere")


def test_batches_lists_and_everything_are_recomputed_from_ledger_and_blobs(town: Town) -> None:
    with town.signing():
        town.issue(licences(3))
        town.act("revoke", town.identifiers(1)[0], "--reason", "示例")
    batch = town.ok(town.officer, "audit", "--batch", "1")
    assert (batch["verdict"], batch["findings"], batch["looked"]["A108"]) == ("clean", [], 3)
    everything = town.ok(town.officer, "audit", "--all")
    assert (everything["verdict"], everything["findings"]) == ("clean", [])
    assert {"A101", "A107", "A108", "A203", "A205", "A206"} <= set(everything["looked"])
    assert "A301" not in everything["looked"]  # this ledger has no tenders
    words = town.run(town.officer, "audit", "--all", as_json=False)
    assert "clean" in words.out

    missing = town.run(town.officer, "audit", "--batch", "9")
    assert (missing.code, missing.data["findings"][0]["rule"]) == (1, "A101")
    nowhere = town.run(town.officer, "audit", "--batch", "1", "--lane", "11100000MB0143028R009")
    assert nowhere.code == 1

    name = f"batch {BUREAU}/{LICENCE}/1"
    for text, rule in ((b'"yinxin-manifest-1"', "A104"), (b'"yinxin-manifest-page-1"', "A106")):
        path, data = _change(town, text)
        broken = town.run(town.officer, "audit", "--batch", "1")
        assert (broken.code, [(one["rule"], one["subject"][: len(name)]) for one in broken.data["findings"]]) == (
            1, [(rule, name)],
        )  # fmt: skip
        path.write_bytes(data)
    assert town.ok(town.officer, "audit", "--all")["verdict"] == "clean"
