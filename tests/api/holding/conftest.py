from __future__ import annotations

from tests.api.tenders.conftest import office, tender_stage, tender_template

__all__ = ["office", "tender_stage", "tender_template"]
