"""The stage of tenders, for audits of what a real chain holds."""

from tests.support.tender_fixtures import tender_stage, tender_template

__all__ = ["tender_stage", "tender_template"]
