from __future__ import annotations

from tests.api.fixtures import shared_town, town, town_template

__all__ = ["shared_town", "town", "town_template"]
