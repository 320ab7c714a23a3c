"""The examples of docs/service.md run as they stand, against the real server."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.api.fixtures import town_template
from tests.api.service.conftest import hall, two_bureaus
from tests.api.service.hall import WORD, Hall
from tests.api.service.served import serving
from tests.api.town import BUREAU, licences

__all__ = ["hall", "town_template", "two_bureaus"]

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]
PAGE = Path(__file__).parents[2] / "docs" / "service.md"


def test_the_examples_run(hall: Hall) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 7
    file = hall.town.write_list("november.csv", licences(2))
    script = hall.town.folder / "examples.sh"
    script.write_text("set -euo pipefail\n" + "\n".join(blocks), encoding="utf-8")
    with serving(hall) as served:
        told = {"YX": served.url, "BUREAU": BUREAU, "PASSWORD": WORD, "FILE": str(file)}
        done = subprocess.run(
            ["bash", "-x", str(script)], env={**os.environ, **told}, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr + served.log.read_text()
    assert '"accepted":true' in done.stdout
    assert "event: batch" in done.stdout
    assert '"verdict":"UNKNOWN"' in done.stdout
