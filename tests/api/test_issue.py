"""``yinxin issue``: one list, once, whole."""

from __future__ import annotations

import pytest

from tests.api.town import Town, licences

pytestmark = pytest.mark.loopback


def test_first(town: Town) -> None:
    done = town.issue(licences(3))
    assert done["issued"] == 3
    bundle = town.bundle(town.identifiers(1)[0])
    assert town.verdict(bundle) == "VALID"
