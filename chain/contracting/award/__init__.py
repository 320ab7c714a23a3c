"""From public candidates to the contract: objections and complaints, award, award letter, contract, performance.

============  ==================================================================================================
cases         complaints and decisions; objections and answers are those of chain.tenders.opening
awards        which candidate, and why not the first
certificates  award letter and performance record, certificates of the ledger that are put on record
contracts     the contract and its amendments, signed by both sides
signing       what both sides sign
parts         what these papers have in common
============  ==================================================================================================

Formats: docs/formats/award.md. Page: docs/award.md.
"""

from chain.contracting.award.awards import Award, Ground, Reason
from chain.contracting.award.cases import Complaint, ComplaintDecision
from chain.contracting.award.certificates import CertificateOnRecord, CertificateUse
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
from chain.contracting.award.parts import PaperDocument, Party, Period
from chain.contracting.award.signing import agreement_digest, agreement_text, signer_of

__all__ = [
    "AMENDMENT_KIND",
    "Agreement",
    "Amendment",
    "Award",
    "CertificateOnRecord",
    "CertificateUse",
    "Complaint",
    "ComplaintDecision",
    "Contract",
    "Ground",
    "PaperDocument",
    "Party",
    "Period",
    "Reason",
    "SignedAgreement",
    "agreement_digest",
    "agreement_text",
    "content_digest",
    "read_amendment",
    "read_contract",
    "signer_of",
]
