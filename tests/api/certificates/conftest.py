from __future__ import annotations

from tests.api.service.conftest import hall, town_template, two_bureaus

__all__ = ["hall", "town_template", "two_bureaus"]
