"""The verifier as one file, opened from the disk in Chromium, against a real chain, honest and lying services."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from chain.credentials.bundle import read_bundle
from chain.credentials.stamp import digits
from tests.web.chromium import opened, program
from tests.web.test_live import Scene, lying, scene
from tests.web.test_single import build

__all__ = ["scene"]

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.timeout(300),
    pytest.mark.skipif(program() is None, reason="no Chromium on this machine"),
]


def shown(scene: Scene, folder: Path, inputs: list[str], *, node: str | None = None) -> list[dict[str, Any]]:
    """What the page shows for each input: verdict, words, results of steps; nothing may be complained about."""
    root = folder / "trust-root.json"
    root.write_bytes(scene.hall.service.ledger.trust_root.to_bytes())
    file = folder / "verify.html"
    endpoint = node or scene.hall.service.ledger.endpoints[0]
    build(file, "--trust-root", str(root), "--endpoint", endpoint, "--service", scene.served.url)

    async def ask() -> list[dict[str, Any]]:
        found = []
        async with opened(file.as_uri(), folder) as page:
            await page.until("document.querySelector('#check') !== null")
            for text in inputs:
                await page.value(
                    f"document.querySelector('#input').value = {json.dumps(text)};"
                    "document.querySelector('.answer')?.remove(); document.querySelector('#check').click()"
                )
                await page.until("document.querySelector('.answer') !== null")
                answer = await page.value(
                    "(() => { const a = document.querySelector('.answer'); return { verdict: a.dataset.verdict,"
                    " text: a.innerText, steps: [...a.querySelectorAll('ol > li')].map((step) => step.className) } })()"
                )
                found.append(answer)
            assert not page.complaints
        return found

    return asyncio.run(ask())


def test_it_checks_by_itself_from_the_disk(scene: Scene, tmp_path: Path) -> None:
    bundles = [scene.bundle(name) for name in scene.names]
    stamp = digits(read_bundle(bundles[0].encode()).stamp)
    place = bundles[0].index('"record":"') + 10
    changed = bundles[0][:place] + ("B" if bundles[0][place] != "B" else "C") + bundles[0][place + 1 :]
    found = shown(scene, tmp_path, [*bundles, stamp, changed])
    assert [one["verdict"] for one in found] == ["VALID", "REVOKED", "VALID", "FORGED"]
    assert [len(one["steps"]) for one in found] == [7] * 4
    facts = scene.hall.service.ledger.reader.bureau(scene.hall.service.bureaus[0])
    assert facts is not None
    assert facts.name in found[0]["text"]


def test_a_node_that_hides_a_revocation_is_unmasked(scene: Scene, tmp_path: Path) -> None:
    with lying(scene, hide_states=True) as liar:
        (found,) = shown(scene, tmp_path, [scene.bundle(scene.names[1])], node=liar)
    assert found["verdict"] == "CANNOT_CHECK"
    assert found["steps"][5] == "ERROR"
