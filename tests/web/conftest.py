from __future__ import annotations

from tests.api.fixtures import town_template
from tests.api.service.conftest import hall, two_bureaus

__all__ = ["hall", "town_template", "two_bureaus"]
