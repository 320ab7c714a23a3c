"""A real Kubo node's program, for tests marked by asking for ``kubo_program``.

``make test`` and ``.ci/run`` build it before any test starts, so that no test waits minutes for a compiler.
Where it can't be built, for want of Go, these tests are skipped with a reason that tests/skips.toml lists.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.ci.kubo import find_kubo, why_unbuildable


@pytest.fixture(scope="session")
def kubo_program() -> Path:
    """The path of an ``ipfs`` whose version is in range."""
    if (found := find_kubo()) is not None:
        return found
    if reason := why_unbuildable():
        pytest.skip(reason)
    pytest.fail("Kubo is not built yet: run `make kubo` once (some minutes, kept outside the checkout)", pytrace=False)
