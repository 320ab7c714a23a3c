"""The stage of tenders, for audits of what a real chain holds, and one whole tender on it."""

from tests.chain.audit.whole import whole
from tests.support.tender_fixtures import tender_stage, tender_template

__all__ = ["tender_stage", "tender_template", "whole"]
