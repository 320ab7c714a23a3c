"""The stage of tenders, for openings on a real chain."""

from tests.support.tender_fixtures import tender_stage, tender_template

__all__ = ["tender_stage", "tender_template"]
