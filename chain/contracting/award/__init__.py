"""From public candidates to the contract: objections and complaints, award, award letter, contract, performance.

============  ==================================================================================================
cases         complaints and decisions; objections and answers are those of chain.tenders.opening
reading       cases with their papers
periods       how long there is: to file, to answer, until the next step
filing        complaints filed and decided
standing      what stands: candidates, upheld cases, whether an award may follow
awards        which candidate, and why not the first
awarding      the award on board and ledger
certificates  award letter and performance record, certificates of the ledger that are put on record
letters       the list that they are issued from, and what they must say
contracts     the contract and its amendments, signed by both sides
signing       what both sides sign
drafting      from a person's draft to a contract
agreements    contract and amendments as they stand, and what each must say
concluding    offered, signed, on the ledger
parts         what these papers have in common
============  ==================================================================================================

Formats: docs/formats/award.md. Page: docs/award.md.
"""

from chain.contracting.award.agreements import (
    StandingContract,
    amendment_contradiction,
    amendments_of,
    contract_contradiction,
    signature_contradiction,
    standing_contract,
    supplier_of,
)
from chain.contracting.award.awarding import award_lot, standing_award
from chain.contracting.award.awards import Award, Ground, Reason
from chain.contracting.award.cases import Complaint, ComplaintDecision
from chain.contracting.award.certificates import CertificateOnRecord, CertificateUse
from chain.contracting.award.concluding import (
    Offered,
    agree,
    check_amendment,
    check_contract,
    offer,
    offers,
    record_amendment,
    record_contract,
    signed_by_both,
)
from chain.contracting.award.contracts import (
    AMENDMENT_KIND,
    Agreement,
    Amendment,
    Contract,
    SignedAgreement,
    content_digest,
    read_amendment,
    read_contract,
)
from chain.contracting.award.drafting import (
    DraftedAgreement,
    amendment_template,
    contract_template,
    draft_amendment,
    draft_contract,
)
from chain.contracting.award.filing import check_objection, complain, decide, object_in_time
from chain.contracting.award.letters import (
    CITES,
    TYPES,
    anchor_contradiction,
    contradiction,
    day_of,
    letter_row,
    list_of,
    on_record,
    performance_row,
    put_on_record,
    records_of,
)
from chain.contracting.award.parts import PaperDocument, Party, Period
from chain.contracting.award.periods import Window, check_over, check_settled, due, window
from chain.contracting.award.reading import ReadCase, read_cases
from chain.contracting.award.signing import agreement_digest, agreement_text, signer_of
from chain.contracting.award.standing import award_contradiction, make_award, shaken, standing_candidates, untold

__all__ = [
    "AMENDMENT_KIND",
    "CITES",
    "TYPES",
    "Agreement",
    "Amendment",
    "Award",
    "CertificateOnRecord",
    "CertificateUse",
    "Complaint",
    "ComplaintDecision",
    "Contract",
    "DraftedAgreement",
    "Ground",
    "Offered",
    "PaperDocument",
    "Party",
    "Period",
    "ReadCase",
    "Reason",
    "SignedAgreement",
    "StandingContract",
    "Window",
    "agree",
    "agreement_digest",
    "agreement_text",
    "amendment_contradiction",
    "amendment_template",
    "amendments_of",
    "anchor_contradiction",
    "award_contradiction",
    "award_lot",
    "check_amendment",
    "check_contract",
    "check_objection",
    "check_over",
    "check_settled",
    "complain",
    "content_digest",
    "contract_contradiction",
    "contract_template",
    "contradiction",
    "day_of",
    "decide",
    "draft_amendment",
    "draft_contract",
    "due",
    "letter_row",
    "list_of",
    "make_award",
    "object_in_time",
    "offer",
    "offers",
    "on_record",
    "performance_row",
    "put_on_record",
    "read_amendment",
    "read_cases",
    "read_contract",
    "record_amendment",
    "record_contract",
    "records_of",
    "shaken",
    "signature_contradiction",
    "signed_by_both",
    "signer_of",
    "standing_award",
    "standing_candidates",
    "standing_contract",
    "supplier_of",
    "untold",
    "window",
]
