from __future__ import annotations

from tests.support.tender_fixtures import tender_stage, tender_template

__all__ = ["tender_stage", "tender_template"]
