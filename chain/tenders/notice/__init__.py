"""The notice of a tender 招标公告: what is bought, by which rules, until when, and to whose keys bids are sealed.

==============  ==============================================================================================
findings        what a check found, all at once
members         strict reading of members
form            the figures that a bid states
evaluation      method, criteria, formulas, reference price, as data
qualification   rules over certificates; the guarantee
model, reading  the notice and its one form (docs/formats/notice.md)
rules, law      what members must be to each other; what the law asks
changes         what an amendment may change
current         every version, compared with the ledger
draft, template from what a person fills in to a notice, and what is handed to that person
standing        what the ledger says of a notice before it is published
publishing      publish, amend, extend, cancel: exactly once
answers         questions without names, answers on record
deadline        making a deadline final
agenda          what is due, from whom, until when
==============  ==============================================================================================

    notice = current_notice(ledger, board, 7)
    notice.envelope(2).recipients, notice.opening_key, notice.price_envelope.field("price").fault("12.5")

The deadline of a notice is the one it laid down; an extension or an outage moves it without a new version, so what
holds now is ``ledger.tender(7).deadline``.
"""

from chain.tenders.notice.changes import amendment_findings, changed_members, touches_bids
from chain.tenders.notice.current import current_notice, notices
from chain.tenders.notice.draft import Drafted, Place, make_notice, read_draft
from chain.tenders.notice.evaluation import Criterion, Evaluation, Reference, Source
from chain.tenders.notice.findings import Findings, NoticeFinding
from chain.tenders.notice.form import FormField
from chain.tenders.notice.law import Limits, committee_gaps, law_findings
from chain.tenders.notice.members import Money, Words
from chain.tenders.notice.model import (
    Committee,
    Custodian,
    Envelope,
    Lot,
    Notice,
    Organisation,
    Previous,
    Supervisor,
    TenderDocument,
)
from chain.tenders.notice.qualification import Condition, GuaranteeRule, QualificationRule, check_types
from chain.tenders.notice.reading import look_at, read_notice

__all__ = [
    "Committee",
    "Condition",
    "Criterion",
    "Custodian",
    "Drafted",
    "Envelope",
    "Evaluation",
    "Findings",
    "FormField",
    "GuaranteeRule",
    "Limits",
    "Lot",
    "Money",
    "Notice",
    "NoticeFinding",
    "Organisation",
    "Place",
    "Previous",
    "QualificationRule",
    "Reference",
    "Source",
    "Supervisor",
    "TenderDocument",
    "Words",
    "amendment_findings",
    "changed_members",
    "check_types",
    "committee_gaps",
    "current_notice",
    "law_findings",
    "look_at",
    "make_notice",
    "notices",
    "read_draft",
    "read_notice",
    "touches_bids",
]
